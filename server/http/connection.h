#pragma once
/// One accepted connection: its socket, TLS over it if the edge speaks that, the bytes that arrived and were
/// not used yet, and waiting with a time limit. Used by one thread at a time, except cut().

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/descriptor.h"
#include "http/head.h"
#include "http/tls.h"

namespace partsmith::server {

/// What came of waiting for input.
enum class Input {
  received,
  nothing_yet,  ///< only without waiting
  timeout,
  ended,  ///< the client closed its side, or the connection broke
};

class Connection {
 public:
  using Clock = std::chrono::steady_clock;
  using Duration = std::chrono::milliseconds;

  /// Enough for most heads, and little enough for many heads that arrive slowly.
  static constexpr std::size_t head_buffer = std::size_t{16} * 1024;
  /// The largest run of a body: few system calls, still in the processor's cache.
  static constexpr std::size_t body_buffer = std::size_t{256} * 1024;

  /// With an identity it speaks TLS. Throws std::bad_alloc.
  explicit Connection(Descriptor socket, const TlsIdentity* identity = nullptr);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int socket() const { return socket_.get(); }
  bool secure() const { return tls_ != nullptr; }
  /// Whether TLS has not got as far as the first byte.
  bool shaking_hands() const { return tls_ != nullptr && tls_->shaking_hands(); }
  /// Whether it goes on when the client takes bytes, rather than when it sends some.
  bool wants_output() const { return wants_output_; }
  const std::string& peer_address() const { return peer_address_; }
  std::uint16_t peer_port() const { return peer_port_; }

  /// The bytes that arrived and were not consumed. Valid until the next receive or release.
  std::string_view buffered() const { return {buffer_.get() + begin_, end_ - begin_}; }
  void consume(std::size_t count);
  /// All bytes consumed so far.
  std::uint64_t consumed() const { return consumed_; }

  /// Takes what has arrived into a buffer of `capacity` bytes, without waiting. The buffer must not be full.
  Input receive(std::size_t capacity);
  /// Waits for the first byte up to `limit`.
  Input receive(std::size_t capacity, Duration limit);
  /// Whether input, or its end, comes within `limit`; receives nothing.
  bool await_input(Duration limit) const;
  /// Whether the client sent more than was consumed.
  bool has_unread() const { return begin_ != end_ || await_input(Duration(0)); }
  /// Gives the buffer's memory back if it is empty: an idle connection should cost little.
  void release_buffer();

  /// Sends both pieces, together where they fit. The number of bytes that the system took; fewer than asked
  /// for if the client took none of them for `limit`, or left.
  std::uint64_t send(std::string_view first, std::string_view second, Duration limit);
  /// Says that nothing more will be sent, and throws away what the client still sends: closing at once would
  /// reset the connection, and the client might lose the answer before reading it. Ends early once `give_up`.
  void linger_before_close(const std::atomic<bool>& give_up);
  /// Closing will be a reset (RST), once everything sent has arrived.
  void reset_on_close();
  /// Ends all waiting on this connection. May be called from any thread while it lives.
  void cut() const;

  /// Of the head that is arriving.
  HeadScanner head_scanner;
  std::optional<Clock::time_point> head_started;  ///< when its first byte came

 private:
  void make_room(std::size_t capacity);
  Input receive_plain();
  Input receive_tls();
  std::uint64_t send_plain(std::string_view first, std::string_view second, Duration limit);
  std::uint64_t send_tls(std::string_view bytes, Duration limit);

  Descriptor socket_;
  std::unique_ptr<TlsSession> tls_;
  bool wants_output_ = false;
  bool reset_on_close_ = false;
  std::string peer_address_;
  std::uint16_t peer_port_ = 0;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t consumed_ = 0;
};

}  // namespace partsmith::server
