#include "control/api.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

#include <partsmith/values/digest.h>

#include "addressing.h"
#include "control/answers.h"
#include "control/foreign_health.h"

namespace partsmith::server {
namespace {

constexpr std::size_t longest_body = std::size_t{1} << 20U;

/// Whether a token is asked for, and whether it is there without the rest.
enum class Guard : std::uint8_t { open, closed };
/// Whether the endpoint is about one world, which `?world=` names.
enum class About : std::uint8_t { server, world };

struct Endpoint {
  std::string_view method;
  std::string_view path;  ///< "{name}" stands for one segment
  Response (*answer)(const Asked&);
  About about = About::world;
  Guard guard = Guard::closed;
};

constexpr std::string_view moto_reset = "/moto-api/reset";

constexpr auto endpoints = std::to_array<Endpoint>({
    {"GET", "/_partsmith/health", health, About::server, Guard::open},
    {"GET", "/_partsmith/metrics", metrics},
    {"GET", "/_partsmith/v1/openapi.json", openapi, About::server},
    {"GET", "/_partsmith/v1/faults", list_faults},
    {"POST", "/_partsmith/v1/faults", add_faults},
    {"DELETE", "/_partsmith/v1/faults", clear_faults},
    {"GET", "/_partsmith/v1/faults/{name}", get_fault},
    {"DELETE", "/_partsmith/v1/faults/{name}", remove_fault},
    {"GET", "/_partsmith/v1/fault-presets", list_presets, About::server},
    {"GET", "/_partsmith/v1/fault-types", list_fault_types, About::server},
    {"GET", "/_partsmith/v1/clock", get_clock},
    {"POST", "/_partsmith/v1/clock", change_clock},
    {"GET", "/_partsmith/v1/worlds", list_worlds, About::server},
    {"DELETE", "/_partsmith/v1/worlds/{name}", remove_world, About::server},
    {"POST", "/_partsmith/v1/reset", reset_world},
    {"POST", moto_reset, reset_world_as_moto},
    {"GET", "/_partsmith/v1/settings", get_settings},
    {"POST", "/_partsmith/v1/settings", change_settings},
    {"GET", "/_partsmith/v1/snapshots", list_snapshots},
    {"PUT", "/_partsmith/v1/snapshots/{name}", take_snapshot},
    {"DELETE", "/_partsmith/v1/snapshots/{name}", remove_snapshot},
    {"POST", "/_partsmith/v1/snapshots/{name}/restore", restore_snapshot},
    {"GET", "/_partsmith/v1/journal", read_journal},
    {"DELETE", "/_partsmith/v1/journal", clear_journal},
    {"GET", "/_partsmith/v1/journal/stream", stream_journal},
    {"POST", "/_partsmith/v1/journal/expect", expect_in_journal},
    {"GET", "/_localstack/chaos/faults", list_chaos_faults},
    {"POST", "/_localstack/chaos/faults", set_chaos_faults},
    {"PATCH", "/_localstack/chaos/faults", add_chaos_faults},
    {"DELETE", "/_localstack/chaos/faults", remove_chaos_faults},
    {"GET", "/_localstack/chaos/effects", get_chaos_effects},
    {"POST", "/_localstack/chaos/effects", set_chaos_effects},
});

/// Whether the path is the pattern's; `name` is what stands for {name}.
bool matches_path(std::string_view pattern, std::string_view path, std::string_view& name) {
  constexpr std::string_view brace = "{name}";
  const std::size_t at = pattern.find(brace);
  if (at == std::string_view::npos) return pattern == path;
  const std::string_view before = pattern.substr(0, at);
  const std::string_view after = pattern.substr(at + brace.size());
  if (path.size() <= before.size() + after.size()) return false;
  if (!path.starts_with(before) || !path.ends_with(after)) return false;
  name = path.substr(at, path.size() - before.size() - after.size());
  return name.find('/') == std::string_view::npos;
}

std::optional<std::string> body_of(Visit& visit) {
  std::string text;
  const auto read = visit.request.body->read([&](ByteView run) {
    if (text.size() + run.size() > longest_body) return false;
    text += as_text(run);
    return true;
  });
  if (!read) return std::nullopt;
  return text;
}

/// HEAD is answered as GET is, without the body.
Response as_asked(Response response, std::string_view method) {
  if (method != "HEAD") return response;
  if (const auto* text = std::get_if<std::string>(&response.body)) response.announced_length = text->size();
  response.body = std::string();
  return response;
}

}  // namespace

bool ControlApi::is_for(const Request& request) {
  if (request.came_by_control_port) return true;
  if (is_foreign_health(request)) return true;
  // A bucket may have the name of moto's path, and S3 has no POST of a key without a query.
  const bool named = request.target.starts_with("/_partsmith/") ||
                     request.target.starts_with("/_localstack/chaos/") ||
                     (request.method == "POST" && request.target == moto_reset);
  return named && bucket_of_host(request.headers.value("host")).empty();
}

Response ControlApi::answer(Visit& visit, std::stop_token stopping) const {
  const Request& request = visit.request;
  if (is_foreign_health(request)) {
    ForeignHealth health{.version = server_.version};
    if (options_.init_report) health.init = options_.init_report();
    if (server_.upstream == nullptr || !asks_for_readiness(request))
      return foreign_health_answer(request, health);
    const Away away(request.place);
    health.ready = server_.upstream->health().reached;
    return foreign_health_answer(request, health);
  }
  const auto target = protocol::split_target(request.target);
  const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
  const Endpoint* endpoint = nullptr;
  std::string_view name;
  std::string allowed;
  for (const Endpoint& one : endpoints) {
    if (!matches_path(one.path, target.path, name)) continue;
    allowed += (allowed.empty() ? "" : ", ") + std::string(one.method);
    if (one.method == method) endpoint = &one;
  }
  if (allowed.empty() || !(is_offered(request) || endpoint == nullptr || endpoint->guard == Guard::open)) {
    return error_answer(404, "partsmith has no such endpoint");
  }
  if (endpoint == nullptr) {
    Response response = error_answer(405, "the endpoint has no such method");
    response.headers.add("Allow", allowed);
    return response;
  }
  if (endpoint->guard == Guard::closed && !has_token(request)) {
    return error_answer(401, "the control token is wanted: Authorization: Bearer TOKEN");
  }
  auto query = protocol::Query::parse(target.query);
  if (!query) return error_answer(400, "the query is malformed");
  auto body = body_of(visit);
  if (!body) return error_answer(413, "the body is incomplete, or longer than a MiB");
  std::shared_ptr<World> world;
  if (endpoint->about == About::world) {
    world = server_.worlds.make_world_of(std::string(query->get("world").value_or("")));
  }
  const Asked asked{
      visit, server_, name, *std::move(query), *std::move(body), std::move(world), std::move(stopping)};
  return as_asked(endpoint->answer(asked), request.method);
}

bool ControlApi::is_offered(const Request& request) const {
  return options_.enabled && (!options_.own_port || request.came_by_control_port);
}

bool ControlApi::has_token(const Request& request) const {
  if (options_.token.empty()) return true;
  const std::string bearer = "Bearer " + options_.token;
  return equal_in_constant_time(as_bytes(bearer), as_bytes(request.headers.value("authorization")));
}

}  // namespace partsmith::server
