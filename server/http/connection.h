#pragma once
/// One accepted connection: its socket, TLS over it if the edge speaks that, the bytes that arrived and were
/// not used yet, and waiting for its client. Used by one thread at a time, except cut().

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <partsmith/values/byte_pipe.h>
#include <partsmith/values/limits.h>

#include "http/descriptor.h"
#include "http/head.h"
#include "http/least_rate.h"
#include "http/tls.h"
#include "memory_budget.h"

namespace partsmith::server {

/// What came of waiting for input.
enum class Input {
  received,
  nothing_yet,  ///< only without waiting
  timeout,
  ended,       ///< the client closed its side, or the connection broke
  no_memory,   ///< the buffer is full, and the budget has no larger one
  plain_text,  ///< not TLS; from now on the connection isn't secure, and has to be refused
};

/// What came of waiting for a client.
enum class Waited {
  ready,
  late,         ///< the deadline passed
  crowded_out,  ///< others need the room more than the slowest client does
};

class Connection;

/// Where a worker waits for a client that is slow in the middle of a request or an answer.
class SlowClients {
 public:
  virtual ~SlowClients() = default;
  /// Nothing if it can't wait there any more.
  virtual std::optional<Waited> wait(Connection& connection, std::chrono::steady_clock::time_point deadline,
                                     Pace pace) = 0;
  /// In the middle of a long transfer: requests that wait for a worker come first.
  virtual void make_way() = 0;
};

class Connection {
 public:
  using Clock = std::chrono::steady_clock;
  using Duration = std::chrono::milliseconds;

  /// Enough for most heads, and little enough for many heads that arrive slowly.
  static constexpr std::size_t head_buffer = std::size_t{16} * 1024;
  /// For the largest head, and the byte that is too much.
  static constexpr std::size_t longest_head_buffer = limits::max_request_head_bytes + head_buffer;
  /// The largest run of a body: few system calls, still in the processor's cache.
  static constexpr std::size_t body_buffer = std::size_t{256} * 1024;

  /// With an identity it speaks TLS. Everything pointed to outlives it. Throws std::bad_alloc.
  Connection(Descriptor socket, const TlsIdentity* identity, SlowClients& slow_clients, MemoryBudget& memory);
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
  /// When something was last about to be sent, or the connection came. Not when a thread let go of it:
  /// clients that are answered one after the other are quiet in that order.
  Clock::time_point quiet_since() const { return quiet_since_; }
  /// All bytes consumed so far.
  std::uint64_t consumed() const { return consumed_; }

  /// Takes what has arrived into a buffer of `capacity` bytes, without waiting. The buffer is smaller where
  /// memory is short, and must not be full.
  Input receive(std::size_t capacity);
  /// Waits for the first byte as long as the client keeps to the rate.
  Input receive(std::size_t capacity, LeastRate& rate);
  /// The same into a pipe that holds nothing, of up to `wanted` bytes; they count as consumed. Only where
  /// nothing is buffered and the connection isn't secure.
  Input receive(BytePipe& into, std::size_t wanted, LeastRate& rate);
  /// Whether input, or its end, comes within `limit`; receives nothing.
  bool await_input(Duration limit) const;
  /// Whether the client sent more than was consumed.
  bool has_unread() const { return begin_ != end_ || await_input(Duration(0)); }
  /// Gives the buffer's memory back if it is empty: an idle connection should cost little.
  void release_buffer();

  /// Sends both pieces, together where they fit. The number of bytes that the system took; fewer than asked
  /// for if the client left, or took what was sent too slowly.
  std::uint64_t send(std::string_view first, std::string_view second, LeastRate& rate);
  /// All that the pipe holds, where the connection isn't secure; how many bytes the system took.
  std::uint64_t send(BytePipe& from, LeastRate& rate);
  /// Between two runs of a body or an answer: requests that wait for a worker come first.
  void make_way() const { slow_clients_.make_way(); }
  /// The client may be in full flow: waiting for it begins with a moment on the worker.
  void expect_flow() { flowing_ = true; }

  /// Says that nothing more will be sent. Until the deadline what the client still sends is thrown away:
  /// closing at once would reset the connection, and the client might lose the answer before reading it.
  void begin_lingering(Clock::time_point deadline);
  bool lingering() const { return lingering_; }
  /// Throws away what has come, without waiting; whether to go on when more comes.
  bool linger();
  /// Closing will be a reset (RST), once everything sent has arrived.
  void reset_on_close();
  /// Ends all waiting on this connection. May be called from any thread while it lives.
  void cut() const;

  /// Of the head that is arriving.
  HeadScanner head_scanner;
  std::optional<Clock::time_point> head_started;  ///< when its first byte came
  bool crowded_out = false;                       ///< its client was too slow for the room that it took
  std::uint64_t to_skip = 0;                   ///< bytes of a body that nobody reads, before the next request
  std::optional<Clock::time_point> closes_at;  ///< while it skips or lingers

 private:
  void never_block();
  bool make_room(std::size_t capacity);
  std::size_t affordable(std::size_t capacity);
  Input receive_plain();
  Input receive_tls();
  Input receive_piped(BytePipe& into, std::size_t wanted);
  bool speaks_plain_text() const;
  bool wait_for_client(bool output, LeastRate& rate);
  Waited wait(Clock::time_point deadline, Pace pace);
  std::uint64_t taken_by_client() const;
  void sent(std::size_t count);
  bool send_plain(std::string_view first, std::string_view second, LeastRate& rate);
  bool send_tls(std::string_view bytes, LeastRate& rate);

  Descriptor socket_;
  SlowClients& slow_clients_;
  MemoryBudget& memory_;
  std::unique_ptr<TlsSession> tls_;
  Clock::time_point quiet_since_ = Clock::now();
  bool never_blocks_ = false;
  bool wants_output_ = false;
  bool reset_on_close_ = false;
  bool flowing_ = false;
  bool lingering_ = false;
  std::uint64_t lingered_ = 0;  ///< bytes thrown away
  std::uint64_t sent_ = 0;      ///< bytes that the system took, of all answers
  MemoryBudget::Reservation held_;
  std::string peer_address_;
  std::uint16_t peer_port_ = 0;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t consumed_ = 0;
};

}  // namespace partsmith::server
