#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <partsmith/client/part_source.h>
#include <partsmith/values/limits.h>

namespace partsmith::client {
namespace {

std::string reason(int error_number) {
  return std::generic_category().message(error_number);
}

/// Waits until there is something to read. False when asked to stop.
bool wait_for_input(int fd, const std::stop_token& stop) {
  constexpr int look_again_ms = 100;
  pollfd entry{.fd = fd, .events = POLLIN, .revents = 0};
  while (!stop.stop_requested()) {
    if (::poll(&entry, 1, look_again_ms) != 0) return true;
  }
  return false;
}

/// As much as there is, up to `limit`; less only at the end.
std::expected<std::string, std::string> read_up_to(int fd, std::uint64_t limit, const std::stop_token& stop) {
  // A stream may end early: its buffer grows with what came instead of taking a whole part's memory at once.
  constexpr std::uint64_t step = 1 << 20;
  std::string bytes;
  while (bytes.size() < limit) {
    if (stop.stop_possible() && !wait_for_input(fd, stop)) return std::unexpected("stopped");
    const auto used = bytes.size();
    bytes.resize(used + static_cast<std::size_t>(std::min(step, limit - used)));
    const auto count = ::read(fd, bytes.data() + used, bytes.size() - used);
    const int error = errno;
    bytes.resize(used + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count == 0) return bytes;
    if (count < 0 && error != EINTR) return std::unexpected(fmt::format("cannot read: {}", reason(error)));
  }
  return bytes;
}

std::int64_t changed_at(const struct stat& facts) {
  return std::int64_t{facts.st_mtim.tv_sec} * 1'000'000'000 + facts.st_mtim.tv_nsec;
}

}  // namespace

std::uint64_t growing_part_size(std::uint64_t first, std::uint32_t number) {
  constexpr std::uint32_t step = 1000;
  return std::min(first << ((number - 1) / step), limits::max_part_size);
}

/// Its descriptor, closed with the last that needs it.
class FileSource::OpenFile {
 public:
  explicit OpenFile(int descriptor) : fd_(descriptor) {}
  ~OpenFile() { ::close(fd_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  /// Nothing when it can't be told; errno says why.
  std::optional<struct stat> facts() const {
    struct stat result{};
    return ::fstat(fd_, &result) == 0 ? std::optional(result) : std::nullopt;
  }
  /// At least one byte.
  std::expected<std::size_t, std::string> read(std::span<std::uint8_t> into, std::uint64_t offset) const {
    while (true) {
      const auto count = ::pread(fd_, into.data(), into.size(), static_cast<off_t>(offset));
      if (count > 0) return static_cast<std::size_t>(count);
      if (count == 0) return std::unexpected("the file became shorter while it was read");
      if (errno != EINTR) return std::unexpected(fmt::format("cannot read: {}", reason(errno)));
    }
  }

 private:
  int fd_;
};

std::expected<FileSource, std::string> FileSource::open(const std::filesystem::path& path,
                                                        std::uint64_t part_size) {
  // A pipe without a writer would keep open() waiting.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return std::unexpected(fmt::format("{}: {}", path.string(), reason(errno)));
  FileSource source(std::make_shared<OpenFile>(fd));
  const auto facts = source.file_->facts();
  if (!facts) return std::unexpected(fmt::format("{}: {}", path.string(), reason(errno)));
  if (!S_ISREG(facts->st_mode)) return std::unexpected(fmt::format("{}: not a regular file", path.string()));
  source.size_ = static_cast<std::uint64_t>(facts->st_size);
  source.changed_ = changed_at(*facts);
  if (source.size_ > limits::max_object_size)
    return std::unexpected(fmt::format("{}: larger than an object may be", path.string()));
  const auto needed = (source.size_ + limits::max_part_number - 1) / limits::max_part_number;
  source.part_size_ = std::max(part_size, needed);
  return source;
}

Body FileSource::part(std::uint64_t length) const {
  return Body::elsewhere(length, [file = file_, begin = done_, length] {
    return [file, offset = begin,
            left = length](std::span<std::uint8_t> into) mutable -> std::expected<std::size_t, std::string> {
      const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, into.size()));
      if (wanted == 0) return std::size_t{0};
      const auto got = file->read(into.first(wanted), offset);
      if (!got) return got;
      offset += *got;
      left -= *got;
      return got;
    };
  });
}

std::expected<std::optional<Body>, std::string> FileSource::next() {
  const auto length = std::min(part_size_, size_ - done_);
  if (length == 0) {
    const auto facts = file_->facts();
    if (!facts) return std::unexpected(fmt::format("cannot read: {}", reason(errno)));
    const bool same = static_cast<std::uint64_t>(facts->st_size) == size_ && changed_at(*facts) == changed_;
    if (!same) return std::unexpected("the file was changed while it was read");
    return std::nullopt;
  }
  auto body = part(length);
  done_ += length;
  if (length > most_in_memory) return body;
  std::string text;
  text.reserve(static_cast<std::size_t>(length));
  const auto read = read_whole(body, [&text](ByteView bytes) { text += as_text(bytes); });
  if (!read) return std::unexpected(read.error());
  return Body(std::move(text));
}

std::expected<std::optional<Body>, std::string> StreamSource::next() {
  if (ended_) return std::nullopt;
  const auto size = growing_part_size(part_size_, ++number_);
  auto bytes = read_up_to(fd_, size, stop_);
  if (!bytes) return std::unexpected(bytes.error());
  ended_ = bytes->size() < size;
  if (bytes->empty()) return std::nullopt;
  return Body(*std::move(bytes));
}

}  // namespace partsmith::client
