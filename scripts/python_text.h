#pragma once
/// Bytes as expressions of Python.

#include <string>
#include <string_view>

namespace partsmith::scripts {

/// An expression, ASCII alone, for a text with a character per byte. What repeats itself is written once.
std::string python_text(std::string_view bytes);
/// Fit to stand in a docstring.
std::string in_docstring(std::string_view text);

}  // namespace partsmith::scripts
