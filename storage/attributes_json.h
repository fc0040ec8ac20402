#pragma once
/// ObjectAttributes as the text of one column. Every byte comes back: values that are not UTF-8, as header
/// values may be, are written as {"base64": "…"} where others are plain strings.

#include <optional>
#include <string>
#include <string_view>

#include <partsmith/storage/types.h>

namespace partsmith::storage {

std::string to_json(const ObjectAttributes& attributes);
/// Nothing when the text is not what to_json() writes.
std::optional<ObjectAttributes> attributes_from_json(std::string_view text);

}  // namespace partsmith::storage
