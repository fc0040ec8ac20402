#include "cross_origin.h"

#include "configuration/bucket_configurations.h"
#include "operations/answers.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

std::vector<std::string> requested_headers(std::string_view list) {
  std::vector<std::string> names;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string name = protocol::lower_case(protocol::trimmed(list.substr(0, comma)));
    if (!name.empty()) names.push_back(name);
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return names;
}

CorsQuestion question_of(const Request& request, std::string_view method) {
  return {.origin = request.headers.value("origin"),
          .method = method,
          .headers = requested_headers(request.headers.value("access-control-request-headers"))};
}

bool may_be_asked(std::string_view method) {
  return is_cors_method(method) || method == "PATCH" || method == "OPTIONS";
}

std::unexpected<S3Error> bad_request(std::string message) {
  return std::unexpected(S3Error(ErrorCode::BadRequest, std::move(message)));
}

std::unexpected<S3Error> forbidden(std::string_view why, std::string_view method,
                                   std::string_view resource_type) {
  return std::unexpected(S3Error(ErrorCode::AccessForbidden, "CORSResponse: " + std::string(why))
                             .with("Method", std::string(method))
                             .with("ResourceType", std::string(resource_type)));
}

}  // namespace

/// What an empty header says is as good as nothing. A method that HTTP hasn't, or not in these letters, is
/// told before the bucket; PATCH and OPTIONS are methods that no rule can allow (reported: brekkylab/backlot,
/// measured 2026-09).
Outcome preflight(const Request& request, const Address& address, World& world) {
  if (request.headers.value("origin").empty()) {
    return bad_request("Insufficient information. Origin request header needed.");
  }
  const std::string_view method = request.headers.value("access-control-request-method");
  const std::string_view told = method.empty() ? "OPTIONS" : method;
  if (!may_be_asked(told)) return bad_request("Invalid Access-Control-Request-Method: " + std::string(told));
  const auto bucket = BucketName::parse(address.bucket);
  if (!bucket) return forbidden("Bucket not found", told, "BUCKET");
  const auto rules = world.configurations->cors(*bucket);
  if (!rules && rules.error().code == storage::StoreErrorCode::no_such_bucket) {
    return forbidden("Bucket not found", told, "BUCKET");
  }
  if (!rules) {
    S3Error error(ErrorCode::InternalError);
    error.log_detail = rules.error().detail;
    return std::unexpected(std::move(error));
  }
  if (!*rules) return forbidden("CORS is not enabled for this bucket.", told, "BUCKET");
  if (method.empty()) return bad_request("Invalid Access-Control-Request-Method: null");
  const auto headers = cors_headers(**rules, question_of(request, method));
  if (!headers) {
    return forbidden(
        "This CORS request is not allowed. This is usually because the evalution of Origin, request method / "
        "Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the "
        "resource's CORS "
        "spec.",
        told, address.scope == protocol::Scope::object ? "OBJECT" : "BUCKET");
  }
  Response response = empty_answer(200);
  response.headers = *headers;
  return response;
}

bool cors_allows(World& world, std::string_view bucket, std::string_view origin, std::string_view method) {
  const auto name = BucketName::parse(bucket);
  if (!name) return false;
  const auto rules = world.configurations->cors(*name);
  return rules && *rules &&
         cors_headers(**rules, {.origin = origin, .method = method, .headers = {}}).has_value();
}

void add_cors_headers(Response& response, const Request& request, const Address& address, World& world) {
  if (!request.headers.has("origin")) return;
  const auto bucket = BucketName::parse(address.bucket);
  if (!bucket) return;
  const auto rules = world.configurations->cors(*bucket);
  if (!rules || !*rules) return;
  // Amazon S3 heeds a preflight's headers in the request itself too (recorded publicly: see
  // docs/s3-truth.md).
  const auto method = request.headers.get("access-control-request-method").value_or(request.method);
  CorsQuestion question = question_of(request, method);
  const auto headers = cors_headers(**rules, question);
  if (!headers) return;
  protocol::Headers all = *headers;
  for (const auto& [name, value] : response.headers) all.add(name, value);
  response.headers = std::move(all);
}

}  // namespace partsmith::server
