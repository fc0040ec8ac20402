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

/// The same by a library for any JSON: what the two above do where a text needs an escape
/// (plain_attributes.h).
std::string any_json(const ObjectAttributes& attributes);
std::optional<ObjectAttributes> attributes_from_any_json(std::string_view text);

}  // namespace partsmith::storage
