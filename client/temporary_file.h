#pragma once
/// A file that has no name of its own until it is whole.

#include <expected>
#include <filesystem>
#include <span>
#include <string>

#include <partsmith/values/encoding.h>

namespace partsmith::client {

/// In the folder of the path that it is to have. It has no name at all until it gets that path, so that a
/// killed process leaves nothing; where the file system can't do that, a hidden name that is removed unless
/// it gets the path. Errors are one line fit for a person.
class TemporaryFile {
 public:
  static std::expected<TemporaryFile, std::string> create(std::filesystem::path wanted);
  TemporaryFile(TemporaryFile&& other) noexcept;
  TemporaryFile& operator=(TemporaryFile&&) = delete;
  ~TemporaryFile();

  /// From any thread.
  std::expected<void, std::string> write(ByteView bytes, std::uint64_t offset) const;
  /// What is there, up to the buffer's size; 0 at the end.
  std::expected<std::size_t, std::string> read(std::span<std::uint8_t> into, std::uint64_t offset) const;
  /// Gives it its name; `replace` false fails when there is a file of that name.
  std::expected<void, std::string> commit(bool replace);

 private:
  TemporaryFile(int descriptor, std::filesystem::path path, std::filesystem::path wanted)
      : fd_(descriptor), path_(std::move(path)), wanted_(std::move(wanted)) {}
  std::string by_descriptor() const;
  bool link_to(const std::filesystem::path& path) const;

  int fd_;
  std::filesystem::path path_;  ///< empty while it has no name, and once it has the one wanted
  std::filesystem::path wanted_;
};

}  // namespace partsmith::client
