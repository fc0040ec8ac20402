#include "router.h"

namespace partsmith::server {
namespace {

using protocol::OperationRow;

bool parameter_present(const protocol::Query& query, std::string_view condition) {
  const std::size_t equals = condition.find('=');
  if (equals == std::string_view::npos) return query.has(condition);
  return query.get(condition.substr(0, equals)) == condition.substr(equals + 1);
}

bool query_matches(const protocol::Query& query, std::string_view conditions) {
  while (!conditions.empty()) {
    const std::size_t space = conditions.find(' ');
    if (!parameter_present(query, conditions.substr(0, space))) return false;
    if (space == std::string_view::npos) break;
    conditions.remove_prefix(space + 1);
  }
  return true;
}

std::string_view resource_type(protocol::Scope scope) {
  switch (scope) {
    case protocol::Scope::service: return "SERVICE";
    case protocol::Scope::bucket: return "BUCKET";
    case protocol::Scope::object: return "OBJECT";
  }
  return {};
}

}  // namespace

std::expected<const OperationRow*, protocol::S3Error> route(std::string_view method, protocol::Scope scope,
                                                            const protocol::Query& query,
                                                            const protocol::Headers& headers) {
  for (const OperationRow& row : protocol::operation_table()) {
    if (row.method == method && row.scope == scope && query_matches(query, row.query) &&
        (row.header.empty() || headers.has(row.header))) {
      return &row;
    }
  }
  return std::unexpected(protocol::S3Error(protocol::ErrorCode::MethodNotAllowed)
                             .with("Method", std::string(method))
                             .with("ResourceType", std::string(resource_type(scope))));
}

}  // namespace partsmith::server
