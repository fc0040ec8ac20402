#pragma once
/// How stages and operations end.

#include <expected>

#include <partsmith/protocol/error.h>

#include "http/message.h"

namespace partsmith::server {

template <typename T>
using S3Result = std::expected<T, protocol::S3Error>;

/// An answer, or S3's error, from which the answer is made.
using Outcome = S3Result<Response>;

}  // namespace partsmith::server
