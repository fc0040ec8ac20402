#pragma once
/// Where the bytes of an upload come from, part by part: a file, a stream of unknown length, or (later) a
/// list whose elements are parts.

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace partsmith::client {

/// One thread at a time. Errors are one line fit for a person.
class PartSource {
 public:
  virtual ~PartSource() = default;
  /// The next part's bytes, nothing after the last. A source without bytes has no parts.
  virtual std::expected<std::optional<std::string>, std::string> next() = 0;
  /// Of all parts together, when it is known beforehand.
  virtual std::optional<std::uint64_t> size() const { return std::nullopt; }
};

/// A regular file, in parts of one size but the last.
class FileSource final : public PartSource {
 public:
  /// The part size grows beyond `part_size` when the file would need more than 10,000 parts.
  static std::expected<FileSource, std::string> open(const std::filesystem::path& path,
                                                     std::uint64_t part_size);
  FileSource(FileSource&& other) noexcept;
  FileSource& operator=(FileSource&&) = delete;
  ~FileSource() override;

  std::expected<std::optional<std::string>, std::string> next() override;
  std::optional<std::uint64_t> size() const override { return size_; }
  std::uint64_t part_size() const { return part_size_; }

 private:
  FileSource(int descriptor, std::uint64_t size, std::uint64_t part_size)
      : fd_(descriptor), size_(size), part_size_(part_size) {}

  int fd_;
  std::uint64_t size_;
  std::uint64_t part_size_;
  std::uint64_t done_ = 0;
};

/// What a descriptor gives until its end (stdin, a pipe), in parts of one size but the last. Doesn't own it.
class StreamSource final : public PartSource {
 public:
  StreamSource(int descriptor, std::uint64_t part_size) : fd_(descriptor), part_size_(part_size) {}
  std::expected<std::optional<std::string>, std::string> next() override;

 private:
  int fd_;
  std::uint64_t part_size_;
  bool ended_ = false;
};

}  // namespace partsmith::client
