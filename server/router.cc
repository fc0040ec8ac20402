#include "router.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "sub_resources.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::OperationRow;
using protocol::Query;
using protocol::S3Error;
using protocol::Scope;
using Refused = std::unexpected<RouteRefusal>;

constexpr std::string_view part_number = "partNumber";

bool parameter_present(const Query& query, std::string_view condition) {
  const std::size_t equals = condition.find('=');
  if (equals == std::string_view::npos) return query.has(condition);
  return query.get(condition.substr(0, equals)) == condition.substr(equals + 1);
}

bool query_matches(const Query& query, std::string_view conditions) {
  while (!conditions.empty()) {
    const std::size_t space = conditions.find(' ');
    if (!parameter_present(query, conditions.substr(0, space))) return false;
    if (space == std::string_view::npos) break;
    conditions.remove_prefix(space + 1);
  }
  return true;
}

const OperationRow* operation_of(std::string_view method, Scope scope, const Query& query,
                                 const protocol::Headers& headers) {
  for (const OperationRow& row : protocol::operation_table()) {
    if (row.method == method && row.scope == scope && query_matches(query, row.query) &&
        (row.header.empty() || headers.has(row.header))) {
      return &row;
    }
  }
  return nullptr;
}

Refused refused(S3Error error, RefusedAfter after) {
  return Refused(RouteRefusal{std::move(error), after, nullptr});
}

S3Error argument(std::string message, std::string_view name, std::string_view value) {
  return S3Error(ErrorCode::InvalidArgument, std::move(message))
      .with("ArgumentName", std::string(name))
      .with("ArgumentValue", std::string(value));
}

S3Error request_error(const char* message) { return S3Error(ErrorCode::InvalidRequest, message); }

S3Error not_allowed(std::string_view method, std::string_view type, std::string allowed) {
  S3Error error = S3Error(ErrorCode::MethodNotAllowed)
                      .with("Method", std::string(method))
                      .with("ResourceType", std::string(type));
  if (allowed.empty()) return error;
  return std::move(error).with_header("Allow", std::move(allowed));
}

std::string_view resource_type(Scope scope) {
  switch (scope) {
    case Scope::service: return "SERVICE";
    case Scope::bucket: return "BUCKET";
    case Scope::object: return "OBJECT";
  }
  return {};
}

bool is_method_of_s3(std::string_view method) {
  constexpr auto known = std::to_array<std::string_view>({"GET", "PUT", "HEAD", "POST", "DELETE", "PATCH"});
  return std::ranges::find(known, method) != known.end();
}

/// The sub-resources in the query, by name. partNumber is one at a bucket, and beside another at a key.
std::vector<std::string_view> selected_in(const Query& query, Scope scope) {
  std::vector<std::string_view> names;
  bool has_part_number = false;
  for (const Query::Parameter& parameter : query.parameters()) {
    if (parameter.name == part_number) {
      has_part_number = true;
    } else if (sub_resource(parameter.name, scope) != nullptr) {
      names.push_back(parameter.name);
    }
  }
  if (has_part_number && (scope == Scope::bucket || !names.empty())) names.push_back(part_number);
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

bool is_part(const std::vector<std::string_view>& names) {
  return names.size() == 2 && names[0] == part_number && names[1] == "uploadId";
}

S3Error conflict(const std::vector<std::string_view>& names) {
  std::string joined;
  for (const std::string_view name : names) joined += (joined.empty() ? "" : ", ") + std::string(name);
  return argument("Conflicting query string parameters: " + joined, "ResourceType", names.front());
}

/// versionId at a bucket, which a listing's parameters come before, and beside sub-resources that have no
/// versions.
std::expected<void, RouteRefusal> check_version_id(std::string_view method, Scope scope, const Query& query,
                                                   const protocol::Headers& headers, const SubResource* row) {
  const auto version = query.get("versionId");
  if (!version) return {};
  const std::string_view name = row == nullptr ? "" : row->name;
  if (scope == Scope::object) {
    constexpr auto unversioned = std::to_array<std::string_view>({"torrent", "uploadId", "uploads"});
    const bool without =
        row != nullptr && (method == "GET" || method == "HEAD") &&
        (row->scope == Scope::bucket || std::ranges::find(unversioned, name) != unversioned.end());
    if (!without) return {};
  } else {
    if (row == nullptr && (method == "POST" || method == "PUT")) return {};
    const bool late = (method == "PUT" && name == "acl") || (method == "POST" && name == "restore");
    if (late || (name == "acl" && (method == "GET" || method == "HEAD"))) {
      return refused(argument("Invalid version id specified", "versionId", *version),
                     late ? RefusedAfter::bucket : RefusedAfter::nothing);
    }
  }
  return Refused(RouteRefusal{
      argument("This operation does not accept a version-id.", "versionId", *version), RefusedAfter::nothing,
      scope == Scope::bucket ? operation_of(method, scope, query, headers) : nullptr});
}

/// What is in the sub-resource's Allow and yet no operation there. Nothing when it is one.
std::expected<void, RouteRefusal> check_place(std::string_view method, Scope scope, const SubResource& row) {
  if (row.name == "torrent" && method == "GET") {
    return refused(not_allowed(method, row.type, {}), RefusedAfter::bucket);
  }
  if (!has_method(row, method)) {
    return refused(not_allowed(method, row.type, allowed_methods(row)), RefusedAfter::signature);
  }
  if (scope == Scope::bucket && row.scope == Scope::object) {
    if (row.name == "restore") return refused(ErrorCode::UserKeyMustBeSpecified, RefusedAfter::bucket);
    return refused(request_error("A key must be specified"), RefusedAfter::bucket);
  }
  if (scope == Scope::object && method == "GET") {
    if (row.name == "logging") return refused(ErrorCode::NoLoggingStatusForKey, RefusedAfter::bucket);
    if (row.name == "versions") {
      return refused(request_error("There is no such thing as the ?versions sub-resource for a key"),
                     RefusedAfter::bucket);
    }
    if (row.name == "uploads") {
      return refused(request_error("Key is not expected for the GET method ?uploads subresource"),
                     RefusedAfter::bucket);
    }
  }
  return {};
}

/// The one sub-resource; nothing when there is none.
std::expected<const SubResource*, RouteRefusal> sub_resource_of(std::string_view method, Scope scope,
                                                                const Query& query,
                                                                const protocol::Headers& headers) {
  if (query.parameters().empty()) return nullptr;
  const auto names = selected_in(query, scope);
  if (is_part(names)) {
    if (method == "PUT" && scope == Scope::object) return nullptr;  // UploadPart, which has no other name
    return refused(not_allowed(method, "PART", "PUT"), RefusedAfter::signature);
  }
  if (names.size() > 1) return refused(conflict(names), RefusedAfter::nothing);
  if (names.size() == 1 && names.front() == part_number) {
    return refused(request_error("Object must have a valid key name."), RefusedAfter::nothing);
  }
  const SubResource* row = names.empty() ? nullptr : sub_resource(names.front(), scope);
  if (auto ok = check_version_id(method, scope, query, headers, row); !ok)
    return Refused(std::move(ok.error()));
  if (const auto website = query.get("website"); website && !website->empty()) {
    return refused(argument("The website parameter must not have a value", "website", *website),
                   RefusedAfter::nothing);
  }
  if (row == nullptr && scope == Scope::object && method == "PUT" && query.has(part_number)) {
    return refused(
        argument("This operation does not accept partNumber without uploadId", part_number, part_number),
        RefusedAfter::signature);
  }
  return row;
}

}  // namespace

std::expected<const OperationRow*, RouteRefusal> route(std::string_view method, Scope scope,
                                                       const Query& query, const protocol::Headers& headers) {
  if (!is_method_of_s3(method)) return refused(ErrorCode::BadRequest, RefusedAfter::nothing);
  Scope home = scope;
  if (scope != Scope::service) {
    const auto row = sub_resource_of(method, scope, query, headers);
    if (!row) return Refused(row.error());
    if (*row != nullptr) {
      if (auto ok = check_place(method, scope, **row); !ok) return Refused(std::move(ok.error()));
      home = (*row)->scope;
    }
  }
  if (const OperationRow* operation = operation_of(method, home, query, headers)) return operation;
  return refused(not_allowed(method, resource_type(scope), allowed_methods(scope)), RefusedAfter::signature);
}

}  // namespace partsmith::server
