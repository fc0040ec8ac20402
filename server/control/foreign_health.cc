#include "control/foreign_health.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "addressing.h"

namespace partsmith::server {
namespace {

struct ForeignPath {
  std::string_view path;
  std::string_view content_type;  ///< empty: no body
  std::string_view
      body;  ///< `{}` stands for partsmith's version; spaces as LocalStack has them, since scripts grep
  bool tells_readiness = false;  ///< whether requests can be served now, an upstream's too
};

constexpr std::string_view json = "application/json";

constexpr std::array<ForeignPath, 8> paths{{
    {"/minio/health/live", "", ""},
    {"/minio/health/ready", "", "", true},
    {"/minio/health/cluster", "", "", true},
    {"/minio/health/cluster/read", "", "", true},
    {"/_localstack/health", json,
     R"({"services": {"s3": "running"}, "edition": "partsmith", "version": "{}"})"},
    {"/_localstack/init", json,
     R"({"completed": {"BOOT": true, "START": true, "READY": true, "SHUTDOWN": false}, "scripts": []})"},
    {"/_localstack/init/ready", json, R"({"completed": true, "stage": "READY", "scripts": []})"},
    {"/favicon.ico", "", ""},  // S3Mock's containers are asked there
}};

const ForeignPath* find(std::string_view target) {
  const auto* row = std::ranges::find(paths, target, &ForeignPath::path);
  return row == paths.end() ? nullptr : row;
}

}  // namespace

bool is_foreign_health(const Request& request) {
  return (request.method == "GET" || request.method == "HEAD") && find(request.target) != nullptr &&
         !request.headers.get("authorization") && bucket_of_host(request.headers.value("host")).empty();
}

bool asks_for_readiness(const Request& request) {
  return find(request.target)->tells_readiness;
}

Response foreign_health_answer(const Request& request, const std::string& version, bool ready) {
  const ForeignPath& row = *find(request.target);
  if (row.tells_readiness && !ready) {
    Response response;
    response.status = 503;
    return response;
  }
  std::string text(row.body);
  if (const auto place = text.find("\"{}\""); place != std::string::npos) text.replace(place + 1, 2, version);
  Response response;
  if (!row.content_type.empty()) response.headers.add("Content-Type", std::string(row.content_type));
  if (request.method == "HEAD") {
    response.announced_length = text.size();
  } else {
    response.body = std::move(text);
  }
  return response;
}

}  // namespace partsmith::server
