#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <partsmith/values/byte_pipe.h>

namespace partsmith {
namespace {

std::expected<std::size_t, int> move_bytes(int from, off64_t* offset, int to, std::size_t wanted) {
  while (true) {
    const ssize_t count = ::splice(from, offset, to, nullptr, wanted, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return std::unexpected(errno);
  }
}

}  // namespace

std::optional<BytePipe> BytePipe::open() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return std::nullopt;
  BytePipe pipe(ends[0], ends[1]);
  // Refused where a user's pipes hold much already. One of the kernel's own size does, in more steps.
  static_cast<void>(::fcntl(pipe.in_, F_SETPIPE_SZ, most));
  return pipe;
}

BytePipe::BytePipe(BytePipe&& other) noexcept
    : out_(std::exchange(other.out_, -1)),
      in_(std::exchange(other.in_, -1)),
      held_(std::exchange(other.held_, 0)) {}

BytePipe& BytePipe::operator=(BytePipe&& other) noexcept {
  std::swap(out_, other.out_);
  std::swap(in_, other.in_);
  std::swap(held_, other.held_);
  return *this;
}

BytePipe::~BytePipe() {
  if (out_ >= 0) ::close(out_);
  if (in_ >= 0) ::close(in_);
}

std::expected<std::size_t, int> BytePipe::fill(int socket, std::size_t wanted) {
  auto count = move_bytes(socket, nullptr, in_, std::min(wanted, most));
  held_ += count.value_or(0);
  return count;
}

std::expected<std::size_t, int> BytePipe::fill(int file, std::uint64_t offset, std::size_t wanted) {
  auto from = static_cast<off64_t>(offset);
  auto count = move_bytes(file, &from, in_, std::min(wanted, most));
  held_ += count.value_or(0);
  return count;
}

std::expected<std::size_t, int> BytePipe::drain(int socket) {
  auto count = move_bytes(out_, nullptr, socket, held_);
  held_ -= count.value_or(0);
  return count;
}

}  // namespace partsmith
