#pragma once
/// Names of sub-resources as the ids of checks have them.

#include <string>
#include <string_view>

namespace partsmith::conformance::checks {

/// "requestPayment" is "request-payment".
inline std::string dashed(std::string_view name) {
  std::string text;
  for (const char letter : name) {
    const bool upper = letter >= 'A' && letter <= 'Z';
    if (upper) text += '-';
    text += upper ? static_cast<char>(letter - 'A' + 'a') : letter;
  }
  return text;
}

}  // namespace partsmith::conformance::checks
