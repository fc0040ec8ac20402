#include "once_named_json.h"

#include <set>
#include <string>
#include <vector>

namespace partsmith::server {

std::optional<nlohmann::ordered_json> parse_once_named(std::string_view text, int depth_allowed) {
  using json = nlohmann::ordered_json;
  std::vector<std::set<std::string>> names;
  bool sound = true;
  const auto watch = [&](int depth, json::parse_event_t event, json& value) {
    if (event == json::parse_event_t::object_start) {
      sound = sound && depth < depth_allowed;
      names.emplace_back();
    } else if (event == json::parse_event_t::array_start) {
      sound = sound && depth < depth_allowed;
    } else if (event == json::parse_event_t::object_end) {
      names.pop_back();
    } else if (event == json::parse_event_t::key) {
      sound = names.back().insert(value.get<std::string>()).second && sound;
    }
    return true;
  };
  json document = json::parse(text, watch, false);
  if (!sound || document.is_discarded()) return std::nullopt;
  return document;
}

}  // namespace partsmith::server
