#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <partsmith/protocol/dates.h>

#include "control/answers.h"
#include "control/durations.h"
#include "control/endpoints.h"

namespace partsmith::server {
namespace {

using Json = nlohmann::ordered_json;

Json clock_json(const World& world) {
  return {{"now", protocol::iso8601(world.clock.now())},
          {"real", protocol::iso8601(world.clock.unmoved())},
          {"frozen", world.movable_clock->frozen()}};
}

}  // namespace

Response get_clock(const Asked& asked) {
  if (asked.world->movable_clock == nullptr) return error_answer(404, "this world's clock can't be moved");
  return json_answer(clock_json(*asked.world));
}

/// {"set": "2026-11-30T00:00:00Z"}, {"advance": "8d"}, {"frozen": true}, {"reset": true}; done in this order:
/// reset, set, advance, frozen.
Response change_clock(const Asked& asked) {
  MovableClock* clock = asked.world->movable_clock;
  if (clock == nullptr) return error_answer(404, "this world's clock can't be moved");
  const auto document = nlohmann::json::parse(asked.body, nullptr, false);
  if (!document.is_object() || document.empty())
    return error_answer(400, "an object with set, advance, frozen or reset is wanted");
  std::optional<TimePoint> set;
  std::optional<std::chrono::milliseconds> advance;
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

}  // namespace partsmith::server
