#pragma once
/// Bytes that the kernel holds, on their way from one descriptor to another without being copied to us and
/// back (splice(2)): a third of what copying costs the processor. The process ignores SIGPIPE.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>

namespace partsmith {

class BytePipe {
 public:
  /// What one fill takes at most, in bytes; the kernel may hold less of what comes in small pieces.
  static constexpr std::size_t most = std::size_t{1} << 20U;

  /// Nothing where the process or its user may have no more of them: who can't have one copies.
  static std::optional<BytePipe> open();

  BytePipe(BytePipe&& other) noexcept;
  BytePipe& operator=(BytePipe&& other) noexcept;
  ~BytePipe();

  std::size_t held() const { return held_; }
  /// Takes up to `wanted` bytes, more than 0, of a socket that doesn't block. Only when nothing is held. How
  /// many; 0 at the end of the stream. The error is errno: EAGAIN when nothing is there yet.
  std::expected<std::size_t, int> fill(int socket, std::size_t wanted);
  /// The same of a file's bytes from `offset`, waiting for its disk; 0 at its end.
  std::expected<std::size_t, int> fill(int file, std::uint64_t offset, std::size_t wanted);
  /// Gives what the socket takes now, at least a byte of those held. The error is errno: EAGAIN when it takes
  /// none.
  std::expected<std::size_t, int> drain(int socket);

 private:
  BytePipe(int out, int in) : out_(out), in_(in) {}

  int out_ = -1;
  int in_ = -1;
  std::size_t held_ = 0;
};

}  // namespace partsmith
