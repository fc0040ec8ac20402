#pragma once
/// What an XML text needs before tinyxml2 reads it.

#include <optional>
#include <string>
#include <string_view>

namespace partsmith::protocol {

/// The document, which fits its limits (xml_fits), with white space that is an element's whole text, or
/// stands beside CDATA, comments or instructions, written as character references: tinyxml2 would drop it.
/// White space between two elements is left alone. Nothing when the text holds a DTD, a reference to an
/// entity that XML doesn't define, a byte that XML doesn't allow, isn't UTF-8, ends inside of markup, or has
/// such white space longer than any text of S3's: a byte of it becomes five.
std::optional<std::string> prepare_xml(std::string_view text);

}  // namespace partsmith::protocol
