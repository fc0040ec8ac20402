#include "control/health.h"

#include <nlohmann/json.hpp>

#include <partsmith/protocol/uri.h>

#include "addressing.h"

namespace partsmith::server {

bool is_control(const Request& request) {
  return request.target.starts_with("/_partsmith/") && bucket_of_host(request.headers.value("host")).empty();
}

Outcome control_answer(const Request& request, const std::string& version,
                       std::chrono::steady_clock::time_point started) {
  if (protocol::split_target(request.target).path != "/_partsmith/health") {
    return std::unexpected(protocol::S3Error(protocol::ErrorCode::NotFound));
  }
  if (request.method != "GET" && request.method != "HEAD") {
    return std::unexpected(protocol::S3Error(protocol::ErrorCode::MethodNotAllowed));
  }
  const std::chrono::duration<double> uptime = std::chrono::steady_clock::now() - started;
  const nlohmann::ordered_json health = {
      {"status", "ok"}, {"version", version}, {"uptime_seconds", uptime.count()}};
  Response response;
  response.headers.add("Content-Type", "application/json");
  std::string text = health.dump() + '\n';
  if (request.method == "HEAD") {
    response.announced_length = text.size();
  } else {
    response.body = std::move(text);
  }
  return response;
}

}  // namespace partsmith::server
