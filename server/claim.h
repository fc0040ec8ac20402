#pragma once
/// Whose key a request says it is signed with, and how: read, and not believed yet.

#include <string_view>
#include <variant>

#include <partsmith/protocol/sigv2.h>

#include "addressing.h"
#include "authorization.h"
#include "http/message.h"
#include "outcome.h"

namespace partsmith::server {

/// The first: the request claims nothing.
using Claim = std::variant<std::monostate, SignatureClaim, protocol::sigv2::Claim>;

/// From Authorization or a presigned query. InvalidArgument for both at once and for what is no known type;
/// NotImplemented for Signature V4A; what claim_from_header() and claim_from_query() refuse.
S3Result<Claim> claim_of(const Request& request, const Address& address);

inline bool is_anonymous(const Claim& claim) { return std::holds_alternative<std::monostate>(claim); }

/// Empty where nothing is claimed.
std::string_view access_key_of(const Claim& claim);

/// NotImplemented: partsmith has no Signature V4A.
protocol::S3Error unsupported_sigv4a();

}  // namespace partsmith::server
