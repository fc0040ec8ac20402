#include "control/api.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include <nlohmann/json.hpp>

#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/path.h>
#include <partsmith/values/digest.h>

#include "addressing.h"
#include "control/foreign_health.h"
#include "control/openapi.h"
#include "faults/presets.h"
#include "faults/rule.h"
#include "journal/entry_text.h"
#include "journal/expectation.h"
#include "worlds/keyed_worlds.h"

namespace partsmith::server {
namespace {

using Json = nlohmann::ordered_json;
using std::chrono::milliseconds;

constexpr std::string_view prefix = "/_partsmith/";
constexpr std::size_t longest_body = std::size_t{1} << 20U;
constexpr std::size_t most_entries = 1'000;  ///< of one answer, unless `limit` says fewer or more

Response json_answer(const Json& document, int status = 200) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", "application/json");
  response.body = document.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
  return response;
}

Response error_answer(int status, std::string message) {
  return json_answer({{"error", std::move(message)}}, status);
}

Response empty_answer() {
  Response response;
  response.status = 204;
  return response;
}

/// 8d, 90s, 1h30m, -2h, 500ms.
std::optional<milliseconds> parse_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  std::int64_t sum = 0;
  while (!text.empty()) {
    std::int64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
    constexpr std::array<std::pair<std::string_view, std::int64_t>, 6> units = {
        {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}, {"w", 604'800'000}}};
    const auto unit =
        std::ranges::find_if(units, [&](const auto& one) { return text.starts_with(one.first); });
    if (unit == units.end() || number > std::int64_t{1} << 40U) return std::nullopt;
    sum += number * unit->second;
    text.remove_prefix(unit->first.size());
  }
  return milliseconds(negative ? -sum : sum);
}

Json status_json(const FaultSet::Status& status) {
  Json json = to_json(status.rule);
  json["matched"] = status.matched;
  json["hits"] = status.hits;
  return json;
}

Json clock_json(const World& world) {
  return {{"now", protocol::iso8601(world.clock.now())},
          {"real", protocol::iso8601(world.clock.unmoved())},
          {"frozen", world.movable_clock->frozen()}};
}

}  // namespace

/// A request of these endpoints, as far as it is known.
struct ControlApi::Asked {
  Visit& visit;
  std::string_view name;  ///< what stands where the path has {name}, decoded by nobody
  protocol::Query query;
  std::string body;
  std::shared_ptr<World> world;
  std::stop_token stopping;

  /// The query as a filter: everything but `world`, `limit` and `format`.
  std::expected<JournalFilter, std::string> filter() const {
    nlohmann::json object = nlohmann::json::object();
    for (const auto& one : query.parameters()) {
      if (one.name != "world" && one.name != "limit" && one.name != "format") object[one.name] = one.value;
    }
    return parse_filter(object);
  }
};

struct ControlApi::Endpoint {
  std::string_view method;
  std::string_view path;  ///< below the prefix; "{name}" stands for one segment
  Response (ControlApi::*answer)(const Asked&) const;
  bool always = false;  ///< answered without a token, and where the rest is off
};

std::span<const ControlApi::Endpoint> ControlApi::endpoints() {
  static constexpr auto all = std::to_array<Endpoint>({
      {"GET", "health", &ControlApi::health, true},
      {"GET", "metrics", &ControlApi::metrics},
      {"GET", "v1/openapi.json", &ControlApi::openapi},
      {"GET", "v1/faults", &ControlApi::list_faults},
      {"POST", "v1/faults", &ControlApi::add_faults},
      {"DELETE", "v1/faults", &ControlApi::clear_faults},
      {"GET", "v1/faults/{name}", &ControlApi::get_fault},
      {"DELETE", "v1/faults/{name}", &ControlApi::remove_fault},
      {"GET", "v1/fault-presets", &ControlApi::list_presets},
      {"GET", "v1/fault-types", &ControlApi::list_fault_types},
      {"GET", "v1/clock", &ControlApi::get_clock},
      {"POST", "v1/clock", &ControlApi::change_clock},
      {"GET", "v1/worlds", &ControlApi::list_worlds},
      {"POST", "v1/reset", &ControlApi::reset_world},
      {"GET", "v1/journal", &ControlApi::read_journal},
      {"DELETE", "v1/journal", &ControlApi::clear_journal},
      {"GET", "v1/journal/stream", &ControlApi::stream_journal},
      {"POST", "v1/journal/expect", &ControlApi::expect_in_journal},
  });
  return all;
}

namespace {

/// Whether the path is the pattern's; `name` is what stands for {name}.
bool matches_path(std::string_view pattern, std::string_view path, std::string_view& name) {
  const std::size_t brace = pattern.find("{name}");
  if (brace == std::string_view::npos) return pattern == path;
  if (!path.starts_with(pattern.substr(0, brace))) return false;
  name = path.substr(brace);
  return !name.empty() && name.find('/') == std::string_view::npos;
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
  if (is_foreign_health(request)) return true;
  return request.target.starts_with(prefix) && bucket_of_host(request.headers.value("host")).empty();
}

Response ControlApi::answer(Visit& visit, std::stop_token stopping) const {
  if (is_foreign_health(visit.request)) return foreign_health_answer(visit.request, options_.version);
  const auto target = protocol::split_target(visit.request.target);
  const std::string_view path = target.path.substr(prefix.size());
  const std::string_view method =
      visit.request.method == "HEAD" ? "GET" : std::string_view(visit.request.method);
  const Endpoint* endpoint = nullptr;
  std::string_view name;
  std::string allowed;
  for (const Endpoint& one : endpoints()) {
    if (!matches_path(one.path, path, name)) continue;
    allowed += (allowed.empty() ? "" : ", ") + std::string(one.method);
    if (one.method == method) endpoint = &one;
  }
  if (allowed.empty() || !(options_.enabled || endpoint == nullptr || endpoint->always)) {
    return error_answer(404, "partsmith has no such endpoint");
  }
  if (endpoint == nullptr) {
    Response response = error_answer(405, "the endpoint has no such method");
    response.headers.add("Allow", allowed);
    return response;
  }
  const std::string bearer = "Bearer " + options_.token;
  if (!endpoint->always && !options_.token.empty() &&
      !equal_in_constant_time(as_bytes(bearer), as_bytes(visit.request.headers.value("authorization")))) {
    return error_answer(401, "the control token is wanted: Authorization: Bearer TOKEN");
  }
  auto query = protocol::Query::parse(target.query);
  if (!query) return error_answer(400, "the query is malformed");
  auto body = body_of(visit);
  if (!body) return error_answer(413, "the body is incomplete, or longer than a MiB");
  const std::string key(query->get("world").value_or(""));
  const Asked asked{
      visit, name, *std::move(query), *std::move(body), worlds_.make_world_of(key), std::move(stopping)};
  return as_asked((this->*endpoint->answer)(asked), visit.request.method);
}

Response ControlApi::health(const Asked&) const {
  const std::chrono::duration<double> uptime = std::chrono::steady_clock::now() - started_;
  return json_answer({{"status", "ok"}, {"version", options_.version}, {"uptime_seconds", uptime.count()}});
}

Response ControlApi::metrics(const Asked&) const {
  Response response;
  response.headers.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.body = metrics_.text(options_.version);
  return response;
}

Response ControlApi::openapi(const Asked&) const {
  Response response;
  response.headers.add("Content-Type", "application/json");
  response.body = openapi_document(options_.version);
  return response;
}

Response ControlApi::list_faults(const Asked& asked) const {
  Json list = Json::array();
  for (const auto& status : asked.world->faults->list()) list.push_back(status_json(status));
  return json_answer({{"faults", std::move(list)}});
}

/// A rule, a list of rules, or {"preset": "name"}.
Response ControlApi::add_faults(const Asked& asked) const {
  const auto document = nlohmann::json::parse(asked.body, nullptr, false);
  std::string rules_text = asked.body;
  if (document.is_object() && document.contains("preset")) {
    if (document.size() != 1 || !document["preset"].is_string())
      return error_answer(400, "\"preset\" is a name, and stands alone");
    const auto preset_name = document["preset"].get<std::string>();
    const FaultPreset* preset = fault_preset(preset_name);
    if (preset == nullptr) {
      std::vector<std::string_view> names;
      for (const FaultPreset& one : fault_presets()) names.push_back(one.name);
      const std::string nearest = nearest_name(preset_name, names);
      return error_answer(400,
                          fmt::format("preset: \"{}\" is not known{}", preset_name.substr(0, 100),
                                      nearest.empty() ? "" : fmt::format("; did you mean \"{}\"?", nearest)));
    }
    rules_text = preset->rules;
  }
  auto rules = parse_fault_rules(rules_text);
  if (!rules) return error_answer(400, std::move(rules.error()));
  Json names = Json::array();
  for (FaultRule& rule : *rules) {
    names.push_back(rule.name);
    if (!asked.world->faults->add(std::move(rule))) return error_answer(400, "there are 1000 rules already");
  }
  return json_answer({{"added", std::move(names)}}, 201);
}

Response ControlApi::clear_faults(const Asked& asked) const {
  asked.world->faults->clear();
  return empty_answer();
}

Response ControlApi::get_fault(const Asked& asked) const {
  const auto name = protocol::percent_decode(asked.name);
  for (const auto& status : asked.world->faults->list()) {
    if (name && status.rule.name == *name) return json_answer(status_json(status));
  }
  return error_answer(404, "no rule has that name");
}

Response ControlApi::remove_fault(const Asked& asked) const {
  const auto name = protocol::percent_decode(asked.name);
  if (!name || !asked.world->faults->remove(*name)) return error_answer(404, "no rule has that name");
  return empty_answer();
}

Response ControlApi::list_presets(const Asked&) const {
  Json list = Json::array();
  for (const FaultPreset& preset : fault_presets()) {
    list.push_back({{"name", preset.name},
                    {"shows", preset.shows},
                    {"bugs", preset.bugs},
                    {"rules", nlohmann::ordered_json::parse(preset.rules)}});
  }
  return json_answer({{"presets", std::move(list)}});
}

Response ControlApi::list_fault_types(const Asked&) const {
  Json list = Json::array();
  for (const FaultTypeRow& row : fault_types()) {
    list.push_back(
        {{"name", row.name}, {"when", row.whens}, {"parameters", row.parameters}, {"text", row.text}});
  }
  return json_answer({{"fault_types", std::move(list)}});
}

Response ControlApi::get_clock(const Asked& asked) const {
  if (asked.world->movable_clock == nullptr) return error_answer(404, "this world's clock can't be moved");
  return json_answer(clock_json(*asked.world));
}

/// {"set": "2026-11-30T00:00:00Z"}, {"advance": "8d"}, {"frozen": true}, {"reset": true}; done in this order:
/// reset, set, advance, frozen.
Response ControlApi::change_clock(const Asked& asked) const {
  MovableClock* clock = asked.world->movable_clock;
  if (clock == nullptr) return error_answer(404, "this world's clock can't be moved");
  const auto document = nlohmann::json::parse(asked.body, nullptr, false);
  if (!document.is_object() || document.empty())
    return error_answer(400, "an object with set, advance, frozen or reset is wanted");
  std::optional<TimePoint> set;
  std::optional<milliseconds> advance;
  std::optional<bool> frozen;
  bool reset = false;
  for (const auto& [key, value] : document.items()) {
    if (key == "set" && value.is_string()) {
      set = protocol::parse_iso8601(value.get<std::string>());
      if (!set) return error_answer(400, "\"set\" must be a time such as 2026-11-30T12:00:00Z");
    } else if (key == "advance" && value.is_string()) {
      advance = parse_duration(value.get<std::string>());
      if (!advance) return error_answer(400, "\"advance\" must be a duration such as 8d, 90s, 1h30m or -2h");
    } else if (key == "frozen" && value.is_boolean()) {
      frozen = value.get<bool>();
    } else if (key == "reset" && value.is_boolean()) {
      reset = value.get<bool>();
    } else {
      return error_answer(400,
                          fmt::format("\"{}\" is not known here, or of another type", key.substr(0, 100)));
    }
  }
  if (reset) clock->reset();
  if (set) clock->set(*set);
  if (advance) clock->move(*advance);
  if (frozen) *frozen ? clock->freeze() : clock->unfreeze();
  // A presigned URL says its time in whole seconds. One that is made in this second counts as made before the
  // move; one that is made after this answer is of the next.
  const TimePoint real = clock->unmoved();
  asked.visit.wait(std::chrono::ceil<std::chrono::seconds>(real) - real);
  return json_answer(clock_json(*asked.world));
}

Response ControlApi::list_worlds(const Asked&) const { return json_answer({{"worlds", worlds_.keys()}}); }

/// Removes every bucket, rule and entry, and lets the clock show real time.
Response ControlApi::reset_world(const Asked& asked) const {
  World& world = *asked.world;
  if (const auto emptied = empty_store(world.store); !emptied) {
    return error_answer(500, "the world can't be emptied: " + emptied.error().detail);
  }
  world.faults->clear();
  if (world.journal) world.journal->clear();
  if (world.movable_clock != nullptr) world.movable_clock->reset();
  return empty_answer();
}

Response ControlApi::read_journal(const Asked& asked) const {
  if (!asked.world->journal) return error_answer(404, "this world keeps no journal");
  const auto filter = asked.filter();
  if (!filter) return error_answer(400, filter.error());
  std::size_t limit = most_entries;
  if (const auto text = asked.query.get("limit")) {
    const auto parsed = std::from_chars(text->data(), text->data() + text->size(), limit);
    if (parsed.ec != std::errc() || parsed.ptr != text->data() + text->size())
      return error_answer(400, "\"limit\" must be a whole number");
  }
  const std::string_view format = asked.query.get("format").value_or("json");
  if (format != "json" && format != "har") return error_answer(400, "\"format\" is json or har");
  const auto entries = asked.world->journal->entries(*filter, limit);
  if (format == "har") {
    Response response;
    response.headers.add("Content-Type", "application/json");
    response.body = to_har(entries, options_.version);
    return response;
  }
  Json list = Json::array();
  for (const auto& entry : entries) list.push_back(to_json(entry));
  return json_answer({{"last_id", asked.world->journal->last_id()}, {"entries", std::move(list)}});
}

Response ControlApi::clear_journal(const Asked& asked) const {
  if (asked.world->journal) asked.world->journal->clear();
  return empty_answer();
}

/// A line of JSON for each entry as it comes, and an empty line every ten seconds.
Response ControlApi::stream_journal(const Asked& asked) const {
  if (!asked.world->journal) return error_answer(404, "this world keeps no journal");
  const auto filter = asked.filter();
  if (!filter) return error_answer(400, filter.error());
  struct Stream {
    std::shared_ptr<Journal> journal;
    std::shared_ptr<Visit> visit;
    JournalFilter filter;
    std::stop_token stopping;
    std::string lines = {};

    std::string_view next() {
      constexpr std::size_t most = 1'000;
      constexpr std::chrono::seconds heartbeat{10};
      while (!stopping.stop_requested()) {
        lines.clear();
        const std::uint64_t last = journal->last_id();
        const auto entries = journal->entries(filter, most);
        for (const auto& entry : entries) {
          lines += to_json(entry).dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
        }
        filter.after = entries.size() == most ? entries.back().id : last;
        if (!lines.empty()) return lines;
        const Away away(visit->request.place);
        if (!journal->wait_for(filter.after, heartbeat, stopping))
          return stopping.stop_requested() ? "" : "\n";
      }
      return {};
    }
  };
  auto stream =
      std::make_shared<Stream>(asked.world->journal, asked.visit.shared_from_this(), *filter, asked.stopping);
  if (!asked.query.has("after")) stream->filter.after = stream->journal->last_id();
  Response response;
  response.headers.add("Content-Type", "application/x-ndjson");
  response.body = ChunkedBody{[stream] { return stream->next(); }};
  return response;
}

Response ControlApi::expect_in_journal(const Asked& asked) const {
  if (!asked.world->journal) return error_answer(404, "this world keeps no journal");
  const auto document = nlohmann::json::parse(asked.body, nullptr, false);
  const auto expectation = parse_expectation(document);
  if (!expectation) return error_answer(400, expectation.error());
  const Verdict verdict = judge(*asked.world->journal, *expectation);
  Json json = {{"holds", verdict.holds}, {"found", verdict.found}};
  if (!verdict.holds) json["text"] = verdict.text;
  return json_answer(json);
}

}  // namespace partsmith::server
