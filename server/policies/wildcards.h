#pragma once
/// Texts with wildcards, as policies have them.

#include <string_view>

namespace partsmith::server {

/// `*` stands for any run of characters, none too, and `?` for one. Takes at most as many steps as the
/// product of the lengths.
bool matches_wildcards(std::string_view pattern, std::string_view text);

inline bool has_wildcards(std::string_view pattern) {
  return pattern.find_first_of("*?") != std::string_view::npos;
}

}  // namespace partsmith::server
