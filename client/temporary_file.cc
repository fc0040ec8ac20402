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

}  // namespace

std::expected<TemporaryFile, std::string> TemporaryFile::create(std::filesystem::path wanted) {
  const auto path = wanted.parent_path() /
                    fmt::format(".{}.partsmith-{}", wanted.filename().string().substr(0, 200), random_hex(6));
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

std::expected<void, std::string> TemporaryFile::commit(bool replace) {
  if (::close(std::exchange(fd_, -1)) != 0) return failed(wanted_, errno);
  if (replace) {
    if (::rename(path_.c_str(), wanted_.c_str()) != 0) return failed(wanted_, errno);
    path_.clear();
    return {};
  }
  // A link never replaces anything; the temporary name is removed with this value.
  if (::link(path_.c_str(), wanted_.c_str()) != 0) return failed(wanted_, errno);
  return {};
}

}  // namespace partsmith::client
