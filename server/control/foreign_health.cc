#include "control/foreign_health.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

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

constexpr std::array<ForeignPath, 6> paths{{
    {"/minio/health/live", "", ""},
    {"/minio/health/ready", "", "", true},
    {"/minio/health/cluster", "", "", true},
    {"/minio/health/cluster/read", "", "", true},
    {"/_localstack/health", json,
     R"({"services": {"s3": "running"}, "edition": "partsmith", "version": "{}"})"},
    {"/favicon.ico", "", ""},  // S3Mock's containers are asked there
}};

const ForeignPath* find(std::string_view target) {
  const auto* row = std::ranges::find(paths, target, &ForeignPath::path);
  return row == paths.end() ? nullptr : row;
}

constexpr std::string_view init_path = "/_localstack/init";

/// Of `/_localstack/init/ready` where READY is among init_stages; nothing for other paths and stages.
std::optional<std::size_t> init_stage_of(std::string_view target) {
  if (!target.starts_with(init_path) || target.size() < init_path.size() + 1) return std::nullopt;
  target.remove_prefix(init_path.size() + 1);
  const auto same = [](char asked, char letter) { return asked == letter || asked == letter - 'A' + 'a'; };
  const auto stage = std::ranges::find_if(
      init_stages, [&](std::string_view name) { return std::ranges::equal(target, name, same); });
  if (stage == init_stages.end()) return std::nullopt;
  return static_cast<std::size_t>(stage - init_stages.begin());
}

bool is_of_init(std::string_view target) {
  return target == init_path || init_stage_of(target);
}

/// With spaces where Python's json has them.
std::string init_text(const InitReport& report, std::optional<std::size_t> stage) {
  std::vector<std::string> scripts;
  for (const InitScript& script : report.scripts) {
    if (stage && script.stage != init_stages[*stage]) continue;
    const auto name =
        nlohmann::json(script.name).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    scripts.push_back(
        fmt::format(R"({{"stage": "{}", "name": {}, "state": "{}"}})", script.stage, name, script.state));
  }
  std::string completed;
  if (stage) {
    completed = fmt::format("{}", report.completed[*stage]);
  } else {
    std::vector<std::string> members;
    for (std::size_t at = 0; at < init_stages.size(); ++at)
      members.push_back(fmt::format(R"("{}": {})", init_stages[at], report.completed[at]));
    completed = fmt::format("{{{}}}", fmt::join(members, ", "));
  }
  return fmt::format(R"({{"completed": {}, "scripts": [{}]}})", completed, fmt::join(scripts, ", "));
}

Response answer_with(const Request& request, std::string_view content_type, std::string text) {
  Response response;
  if (!content_type.empty()) response.headers.add("Content-Type", std::string(content_type));
  if (request.method == "HEAD") {
    response.announced_length = text.size();
  } else {
    response.body = std::move(text);
  }
  return response;
}

}  // namespace

bool is_foreign_health(const Request& request) {
  return (request.method == "GET" || request.method == "HEAD") &&
         (find(request.target) != nullptr || is_of_init(request.target)) &&
         !request.headers.get("authorization") && bucket_of_host(request.headers.value("host")).empty();
}

bool asks_for_readiness(const Request& request) {
  const auto* row = find(request.target);
  return row != nullptr && row->tells_readiness;
}

Response foreign_health_answer(const Request& request, const ForeignHealth& health) {
  if (is_of_init(request.target))
    return answer_with(request, json, init_text(health.init, init_stage_of(request.target)));
  const ForeignPath& row = *find(request.target);
  if (row.tells_readiness && !health.ready) {
    Response response;
    response.status = 503;
    return response;
  }
  std::string text(row.body);
  if (const auto place = text.find("\"{}\""); place != std::string::npos)
    text.replace(place + 1, 2, health.version);
  return answer_with(request, row.content_type, std::move(text));
}

}  // namespace partsmith::server
