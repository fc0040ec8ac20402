#include "standard_streams.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>

namespace partsmith::cli {

void tell_text(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void tell_line(std::string_view line) {
  tell_text(std::string(line) + '\n');
}

bool print_text(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
}

}  // namespace partsmith::cli
