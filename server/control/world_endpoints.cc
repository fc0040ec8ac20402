#include <nlohmann/json.hpp>

#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/path.h>

#include "control/answers.h"
#include "control/endpoints.h"
#include "forward/no_store.h"
#include "names.h"
#include "whole_number.h"
#include "worlds/reset.h"

namespace partsmith::server {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::ptrdiff_t longest_name = 100;  ///< characters

/// The name in the path, if a snapshot can have it.
std::optional<std::string> snapshot_name(const Asked& asked) {
  auto name = protocol::percent_decode(asked.name);
  const auto is_plain = [](char c) { return static_cast<unsigned char>(c) > ' ' && c != '/' && c != 0x7f; };
  const auto begins_one = [](char c) { return (c & 0xC0) != 0x80; };
  if (!name || std::ranges::count_if(*name, begins_one) > longest_name ||
      !std::ranges::all_of(*name, is_plain))
    return std::nullopt;
  return name;
}

Response wrong_name() {
  return error_answer(400, "a snapshot's name has at most 100 characters, without white space and '/'");
}

Response failed(const storage::StoreError& error) {
  return error_answer(500, error.detail);
}

Response not_here() {
  return error_answer(501, std::string(of_an_upstream));
}

Response no_such_snapshot() {
  return error_answer(404, "no snapshot has that name");
}

/// Its buckets at the upstream, if it has some of its own; an answer where they can't be removed.
std::optional<Response> empty_at_upstream(const Asked& asked, const std::string& access_key) {
  if (asked.server.upstream == nullptr || access_key.empty()) return std::nullopt;
  const Away away(asked.visit.request.place);
  const auto emptied =
      asked.server.empty_at_upstream(access_key, [&] { return asked.stopping.stop_requested(); });
  if (emptied) return std::nullopt;
  return error_answer(502, "the world can't be emptied: " + emptied.error());
}

bool has_world(const Asked& asked, const std::string& access_key) {
  const auto keys = asked.server.worlds.keys();
  return std::ranges::find(keys, access_key) != keys.end();
}

Json settings_json(const World& world) {
  return {{"min_part_size", world.settings->minimum_part_bytes.load()}};
}

}  // namespace

Response list_worlds(const Asked& asked) {
  return json_answer({{"worlds", asked.server.worlds.keys()}});
}

Response remove_world(const Asked& asked) {
  const auto key = protocol::percent_decode(asked.name);
  if (key && has_world(asked, *key)) {
    if (auto failed = empty_at_upstream(asked, *key)) return *std::move(failed);
  }
  const auto removed = key ? asked.server.worlds.remove(*key) : false;
  if (!removed) return error_answer(500, removed.error());
  return *removed ? empty_answer() : error_answer(404, "no access key of that name has a world of its own");
}

Response reset_world(const Asked& asked) {
  if (asked.server.upstream != nullptr && !asked.server.empty_at_upstream) return not_here();
  if (auto failed = empty_at_upstream(asked, std::string(asked.query.get("world").value_or(""))))
    return *std::move(failed);
  if (const auto done = reset(*asked.world); !done) return error_answer(500, done.error());
  return empty_answer();
}

Response reset_world_as_moto(const Asked& asked) {
  Response response = reset_world(asked);
  return response.status == 204 ? json_answer({{"status", "ok"}}) : response;
}

Response get_settings(const Asked& asked) {
  return json_answer(settings_json(*asked.world));
}

/// {"min_part_size": 1024}
Response change_settings(const Asked& asked) {
  if (asked.server.upstream != nullptr)
    return error_answer(501, "the least size of parts is the upstream's to say");
  static constexpr auto names = std::to_array<std::string_view>({"min_part_size"});
  const auto document = nlohmann::json::parse(asked.body, nullptr, false);
  if (!document.is_object() || document.empty())
    return error_answer(400, "an object with \"min_part_size\" is wanted");
  for (const auto& [name, value] : document.items()) {
    if (name != names[0]) return error_answer(400, unknown_name("setting", name, names));
    if (whole_number(value).value_or(limits::max_part_size + 1) > limits::max_part_size)
      return error_answer(400, "\"min_part_size\" is a number of bytes, of 5 GiB at most");
  }
  asked.world->settings->minimum_part_bytes = *whole_number(document["min_part_size"]);
  return json_answer(settings_json(*asked.world));
}

Response list_snapshots(const Asked& asked) {
  if (asked.server.upstream != nullptr) return not_here();
  const auto snapshots = asked.world->store.snapshots();
  if (!snapshots) return failed(snapshots.error());
  Json list = Json::array();
  for (const auto& snapshot : *snapshots)
    list.push_back({{"name", snapshot.name}, {"taken", protocol::iso8601(snapshot.taken)}});
  return json_answer({{"snapshots", std::move(list)}});
}

Response take_snapshot(const Asked& asked) {
  if (asked.server.upstream != nullptr) return not_here();
  const auto name = snapshot_name(asked);
  if (!name) return wrong_name();
  const auto taken = asked.world->store.take_snapshot(*name);
  if (!taken) return failed(taken.error());
  return *taken ? empty_answer() : error_answer(409, "the world has 100 snapshots already");
}

/// What the store had then is there again. What was asked and what was to fail since then is forgotten, and
/// the clock shows real time, as after a reset.
Response restore_snapshot(const Asked& asked) {
  if (asked.server.upstream != nullptr) return not_here();
  const auto name = snapshot_name(asked);
  if (!name) return wrong_name();
  const auto restored = asked.world->store.restore_snapshot(*name);
  if (!restored) return failed(restored.error());
  if (!*restored) return no_such_snapshot();
  forget_test(*asked.world);
  return empty_answer();
}

Response remove_snapshot(const Asked& asked) {
  if (asked.server.upstream != nullptr) return not_here();
  const auto name = snapshot_name(asked);
  if (!name) return wrong_name();
  const auto removed = asked.world->store.remove_snapshot(*name);
  if (!removed) return failed(removed.error());
  return *removed ? empty_answer() : no_such_snapshot();
}

}  // namespace partsmith::server
