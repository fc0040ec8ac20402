#include "temporary_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include <partsmith/values/random.h>

namespace partsmith::client {
namespace {

std::unexpected<std::string> failed(const std::filesystem::path& path, int error_number) {
  return std::unexpected(fmt::format("{}: {}", path.string(), std::generic_category().message(error_number)));
}

std::filesystem::path hidden_name(const std::filesystem::path& wanted) {
  constexpr std::size_t longest = 200;  // with what is put around it, less than 255
  return wanted.parent_path() /
         fmt::format(".{}.partsmith-{}", wanted.filename().string().substr(0, longest), random_hex(6));
}

}  // namespace

std::expected<TemporaryFile, std::string> TemporaryFile::create(std::filesystem::path wanted) {
  const auto folder = wanted.has_parent_path() ? wanted.parent_path() : std::filesystem::path(".");
  TemporaryFile nameless(::open(folder.c_str(), O_RDWR | O_TMPFILE | O_CLOEXEC, 0666), {}, wanted);
  // It gets its name by way of /proc.
  if (nameless.fd_ >= 0 && ::access(nameless.by_descriptor().c_str(), F_OK) == 0) return nameless;
  const auto path = hidden_name(wanted);
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0) return failed(wanted, errno);
  return TemporaryFile(fd, path, std::move(wanted));
}

TemporaryFile::TemporaryFile(TemporaryFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::exchange(other.path_, {})),
      wanted_(std::move(other.wanted_)) {}

TemporaryFile::~TemporaryFile() {
  if (fd_ >= 0) ::close(fd_);
  if (!path_.empty()) ::unlink(path_.c_str());
}

std::expected<void, std::string> TemporaryFile::write(ByteView bytes, std::uint64_t offset) const {
  while (!bytes.empty()) {
    const auto count = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(wanted_, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return {};
}

std::expected<std::size_t, std::string> TemporaryFile::read(std::span<std::uint8_t> into,
                                                            std::uint64_t offset) const {
  while (true) {
    const auto count = ::pread(fd_, into.data(), into.size(), static_cast<off_t>(offset));
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return failed(wanted_, errno);
  }
}

std::string TemporaryFile::by_descriptor() const {
  return fmt::format("/proc/self/fd/{}", fd_);
}

/// Fails, with errno, where there is something already.
bool TemporaryFile::link_to(const std::filesystem::path& path) const {
  if (!path_.empty()) return ::link(path_.c_str(), path.c_str()) == 0;
  return ::linkat(AT_FDCWD, by_descriptor().c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) == 0;
}

std::expected<void, std::string> TemporaryFile::commit(bool replace) {
  // Closing may tell that the bytes could not be written; the last descriptor is still needed for the name.
  const int written = ::dup(fd_);
  if (written < 0 || ::close(written) != 0) return failed(wanted_, errno);
  if (!replace || path_.empty()) {
    if (link_to(wanted_)) return {};
    if (!replace || errno != EEXIST) return failed(wanted_, errno);
    const auto path = hidden_name(wanted_);
    if (!link_to(path)) return failed(wanted_, errno);
    path_ = path;
  }
  if (::rename(path_.c_str(), wanted_.c_str()) != 0) return failed(wanted_, errno);
  path_.clear();
  return {};
}

}  // namespace partsmith::client
