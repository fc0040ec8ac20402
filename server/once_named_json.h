#pragma once
/// JSON of which two readers can't make two different things: each name of an object comes once.

#include <nlohmann/json.hpp>

#include <optional>
#include <string_view>

namespace partsmith::server {

/// Nothing for what isn't JSON, for a name that comes twice, and for what nests deeper than `depth` objects
/// and lists.
std::optional<nlohmann::ordered_json> parse_once_named(std::string_view text, int depth);

}  // namespace partsmith::server
