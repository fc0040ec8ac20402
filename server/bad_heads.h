#pragma once
/// How a head that is none is answered, and what the log says of it besides.

#include <partsmith/protocol/error.h>

#include "http/edge.h"

namespace partsmith::server {

protocol::S3Error bad_head_error(HttpEdge::BadHead::Kind kind);

}  // namespace partsmith::server
