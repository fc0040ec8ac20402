#pragma once
/// Texts for people and pipes. Where nobody reads any more (a terminal or a pipe that is gone, a full disk)
/// what goes on must come to its end all the same: nothing here throws.

#include <string_view>

namespace partsmith::cli {

/// To stderr as it is, at once; what can't be written is lost.
void tell_text(std::string_view text);
/// The same, as a line.
void tell_line(std::string_view line);

/// To stdout; false: it can't be written.
[[nodiscard]] bool print_text(std::string_view text);

}  // namespace partsmith::cli
