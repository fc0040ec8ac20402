#pragma once
/// Texts inside Markdown.

#include <string>
#include <string_view>

namespace partsmith::conformance {

/// One line, in which nothing is markup: fit for the cell of a table.
std::string markdown_cell(std::string_view text);
/// A block of code, whatever the text holds.
std::string markdown_code(std::string_view text);

}  // namespace partsmith::conformance
