#pragma once
/// An open file of the system, closed with this value.

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "files/file_system.h"

namespace partsmith::storage {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  int number() const { return number_; }
  bool valid() const { return number_ >= 0; }
  /// Somebody else closes it.
  void release() { number_ = -1; }

 private:
  int number_;
};

/// Invalid, with errno, when it fails. `folder`: what a relative path begins at.
inline Descriptor open_descriptor(int folder, const char* path, int flags) {
  constexpr ::mode_t owner_only_file = 0600;
  for (;;) {
    const int number = ::openat(folder, path, flags | O_CLOEXEC, owner_only_file);
    if (number >= 0 || errno != EINTR) return Descriptor(number);
  }
}

/// The error that errno has.
inline std::unexpected<FileError> failed(std::string_view call, const std::filesystem::path& path) {
  const int number = errno;
  return std::unexpected(FileError{number, fmt::format("{} {}", call, path.string())});
}

}  // namespace partsmith::storage
