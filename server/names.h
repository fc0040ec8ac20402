#pragma once
/// Names in the documents of people: globs, and what they meant by a name that nobody knows.

#include <span>
#include <string>
#include <string_view>

namespace partsmith::server {

/// Whether the text is of the glob: '*' stands for any run of characters, '?' for any one.
bool matches_glob(std::string_view glob, std::string_view text);
/// The one of the names that is nearest to the word, or empty when none is near.
std::string nearest_name(std::string_view word, std::span<const std::string_view> names);
/// `what: "word" is not known`, and which name may be meant. Of a long word its beginning.
std::string unknown_name(std::string_view what, std::string_view word,
                         std::span<const std::string_view> names);

}  // namespace partsmith::server
