#pragma once
/// Where the bytes of an upload come from, part by part: a file, a stream of unknown length, or (in
/// redis_source.h) a list in Redis.

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include <partsmith/client/body.h>

namespace partsmith::client {

/// One thread at a time. Errors are one line fit for a person.
class PartSource {
 public:
  virtual ~PartSource() = default;
  /// The next part, which can be read more than once, also after the source has gone; nothing after the last.
  /// A source without bytes has no parts.
  virtual std::expected<std::optional<Body>, std::string> next() = 0;
  /// Of all parts together, when it is known beforehand.
  virtual std::optional<std::uint64_t> size() const { return std::nullopt; }
};

/// A regular file, in parts of one size but the last.
class FileSource final : public PartSource {
 public:
  /// Of larger parts no byte is held: they are read where they are needed.
  static constexpr std::uint64_t most_in_memory = std::uint64_t{16} << 20;

  /// A file that is changed while it is read is an error at its end. The part size grows beyond `part_size`
  /// when the file would need more than 10,000 parts.
  static std::expected<FileSource, std::string> open(const std::filesystem::path& path,
                                                     std::uint64_t part_size);

  std::expected<std::optional<Body>, std::string> next() override;
  std::optional<std::uint64_t> size() const override { return size_; }
  std::uint64_t part_size() const { return part_size_; }

 private:
  class OpenFile;
  explicit FileSource(std::shared_ptr<const OpenFile> file) : file_(std::move(file)) {}
  Body part(std::uint64_t length) const;

  std::shared_ptr<const OpenFile> file_;  ///< shared with the parts
  std::uint64_t size_ = 0;
  std::uint64_t part_size_ = 0;
  std::uint64_t done_ = 0;
  std::int64_t changed_ = 0;  ///< when the file was last changed, in ns
};

/// The size of that part of something whose length isn't known: it doubles each thousand parts, so that 8 MiB
/// to begin with reach 8 TiB. At most 5 GiB.
std::uint64_t growing_part_size(std::uint64_t first, std::uint32_t number);

/// What a descriptor gives until its end (stdin, a pipe), in parts of growing size. Doesn't own it.
class StreamSource final : public PartSource {
 public:
  StreamSource(int descriptor, std::uint64_t part_size, std::stop_token stop = {})
      : fd_(descriptor), part_size_(part_size), stop_(std::move(stop)) {}
  std::expected<std::optional<Body>, std::string> next() override;

 private:
  int fd_;
  std::uint64_t part_size_;
  std::stop_token stop_;
  std::uint32_t number_ = 0;
  bool ended_ = false;
};

}  // namespace partsmith::client
