#pragma once
/// Keys in listings with encoding-type=url.

#include <string>
#include <string_view>

#include "checks/making.h"

namespace partsmith::conformance::checks {

/// With the encodings undone that no client minds: of a slash, and of a space in another way.
inline std::string plainly(std::string told) {
  for (const auto& [from, to] : {std::pair{"%2F", "/"}, {"%20", "+"}})
    for (auto at = told.find(from); at != std::string::npos; at = told.find(from)) told.replace(at, 3, to);
  return told;
}

/// The form of a text that ends so, whatever encodes a space and a slash.
inline std::string either_encoding(std::string_view end) {
  std::string form = "*";
  for (const char c : end) form += c == '+' || c == '/' ? '*' : c;
  return form;
}

/// The element ends with this, for whoever decodes it.
inline void expect_encoded(Answer& answer, const std::string& path, std::string_view end) {
  const auto told = plainly(answer.text(path));
  answer.expect(told.ends_with(end), path + " that ends with " + std::string(end), told,
                {"element fits", path, either_encoding(end)});
}

}  // namespace partsmith::conformance::checks
