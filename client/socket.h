#pragma once
/// A non-blocking TCP socket that waits with a deadline.

#include <string>
#include <utility>

#include "wire.h"

namespace partsmith::client {

class Socket {
 public:
  /// Connects to one of the host's addresses.
  static std::expected<Socket, ClientError> connect(const Origin& origin, Instant deadline);

  explicit Socket(int descriptor) : fd_(descriptor) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Socket();

  int descriptor() const { return fd_; }
  /// Waits for any of poll's events; the events that came, or a timeout.
  std::expected<short, ClientError> wait(short events, Instant deadline) const;
  bool readable_now() const;
  void half_close() const;
  void interrupt() const;
  void reset();

 private:
  void close();

  int fd_;
};

ClientError timed_out(std::string_view while_doing);
ClientError cut_by(int error_number);

}  // namespace partsmith::client
