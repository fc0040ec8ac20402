#pragma once
/// ObjectAttributes as JSON where no text needs an escape, as hardly one does: without the tree of values
/// that a library for any JSON builds, and about a tenth of its work.

#include <optional>
#include <string>
#include <string_view>

#include <partsmith/storage/types.h>

namespace partsmith::storage {

/// The same text as the library's; nothing when a byte needs an escape.
std::optional<std::string> plain_json(const ObjectAttributes& attributes);
/// Nothing when the text is not what plain_json() writes.
std::optional<ObjectAttributes> attributes_from_plain_json(std::string_view text);

}  // namespace partsmith::storage
