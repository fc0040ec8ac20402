#include "secret_files.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PARTSMITH_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PARTSMITH_SANITIZED 1
#endif
#endif

namespace partsmith::cli {

std::expected<std::string, std::string> read_secret(const std::filesystem::path& path) {
  constexpr std::streamsize most = 1024;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::unexpected(fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
  std::string text(most + 1, '\0');
  file.read(text.data(), most + 1);
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad())
    return std::unexpected(fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
  if (text.size() > most)
    return std::unexpected(
        fmt::format("{} has more than {} bytes: it is no secret key", path.string(), most));
  text.resize(std::min(text.find_first_of("\r\n"), text.size()));
  if (text.empty())
    return std::unexpected(
        fmt::format("the first line of {} is empty: it has to be the secret key", path.string()));
  return text;
}

std::optional<std::string> warning_about(const std::filesystem::path& secret) {
  struct stat there{};
  if (stat(secret.c_str(), &there) != 0 || !S_ISREG(there.st_mode) || (there.st_mode & S_IROTH) == 0)
    return std::nullopt;
  return fmt::format("warning: every user of this machine may read {0} (mode {1:04o}): chmod 600 {0}",
                     secret.string(), there.st_mode & 07777U);
}

void keep_memory_private() {
#ifndef PARTSMITH_SANITIZED
  prctl(PR_SET_DUMPABLE, 0);
#endif
}

}  // namespace partsmith::cli
