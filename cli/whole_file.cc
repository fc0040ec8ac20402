#include "whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <partsmith/values/random.h>

namespace partsmith::cli {
namespace {

std::unexpected<std::string> last_error() {
  return std::unexpected(std::string(std::strerror(errno)));
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

std::expected<void, std::string> write_whole_file(const std::filesystem::path& path, std::string_view text) {
  struct stat there{};
  if (lstat(path.c_str(), &there) == 0 && !S_ISREG(there.st_mode)) {
    return std::unexpected(S_ISLNK(there.st_mode) ? "it is a link, and where it leads isn't written to"
                                                  : "it is no file");
  }
  const std::string draft = path.string() + '.' + random_hex(4);
  const int file = open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (file < 0) return last_error();
  const bool written = write_all(file, text);
  const bool closed = close(file) == 0;
  if (written && closed && rename(draft.c_str(), path.c_str()) == 0) return {};
  const auto error = last_error();
  unlink(draft.c_str());
  return error;
}

}  // namespace partsmith::cli
