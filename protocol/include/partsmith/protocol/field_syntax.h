#pragma once
/// What an HTTP field may be made of, for text that didn't arrive in a head: parameters of a query, fields of
/// a form, rows of a database. Source: RFC 9110, 5.1 and 5.5.

#include <optional>
#include <string>
#include <string_view>

namespace partsmith::protocol {

/// A field's name: letters, digits and !#$%&'*+-.^_`|~, at least one.
bool is_token(std::string_view text);

/// Whether the bytes may stand in a field's value: no control characters but tabs. A carriage return or line
/// feed would begin another field.
bool is_field_value(std::string_view text);

/// The text with spaces for control characters: for what a store holds, which nobody checked when it came.
std::string field_value(std::string_view text);

/// UTF-8 as ISO-8859-1, which is what a field's value carries. Nothing where the text has other characters or
/// isn't UTF-8.
std::optional<std::string> to_latin1(std::string_view utf8);

}  // namespace partsmith::protocol
