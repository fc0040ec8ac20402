#pragma once
/// Tells whoever started the server that it accepts requests, and where.

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>

namespace partsmith::cli {

/// The file is removed with this value, since it would promise a server that isn't there.
class ReadyFile {
 public:
  /// An empty path: no file.
  explicit ReadyFile(std::filesystem::path path) : path_(std::move(path)) {}
  ~ReadyFile();
  ReadyFile(const ReadyFile&) = delete;
  ReadyFile& operator=(const ReadyFile&) = delete;

  /// Writes `{"url":…,"port":…,"pid":…}` whole or not at all.
  std::expected<void, std::string> write(const std::string& url, std::uint16_t port) const;

 private:
  std::filesystem::path path_;
};

}  // namespace partsmith::cli
