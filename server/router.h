#pragma once
/// Finds the operation that a request asks for, from the one table of operations.

#include <expected>
#include <string_view>

#include <partsmith/protocol/error.h>
#include <partsmith/protocol/headers.h>
#include <partsmith/protocol/operations.h>
#include <partsmith/protocol/uri.h>

namespace partsmith::server {

/// MethodNotAllowed when no operation of that scope has the method.
std::expected<const protocol::OperationRow*, protocol::S3Error> route(std::string_view method, protocol::Scope scope,
                                                                      const protocol::Query& query,
                                                                      const protocol::Headers& headers);

}  // namespace partsmith::server
