#pragma once
/// Tells whoever started the server that it accepts requests, and where.

#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace partsmith::cli {

/// The file is removed with this value, since it would promise a server that isn't there; unless another
/// server has put its own in its place.
class ReadyFile {
 public:
  /// Removes the file of a server that was killed. An empty path: no file.
  explicit ReadyFile(std::filesystem::path path);
  ~ReadyFile();
  ReadyFile(const ReadyFile&) = delete;
  ReadyFile& operator=(const ReadyFile&) = delete;

  /// Writes `{"url":…,"port":…,"pid":…,"control_url":…}` whole or not at all; through no link.
  std::expected<void, std::string> write(const std::string& url, std::uint16_t port,
                                         const std::string& control_url);
  /// Safe from any thread after write().
  void remove() const;

 private:
  std::filesystem::path path_;
  std::optional<std::pair<dev_t, ino_t>> written_;
};

}  // namespace partsmith::cli
