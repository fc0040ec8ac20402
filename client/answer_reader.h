#pragma once
/// Reads HTTP/1.1 answers from a wire, keeping what came after each for the next.

#include <functional>
#include <string>

#include <partsmith/client/http_client.h>

#include "wire.h"

namespace partsmith::client {

/// How long to wait for the next byte, and for all of them.
struct Patience {
  std::chrono::milliseconds idle;
  Instant end;

  Instant deadline() const { return std::min(end, std::chrono::steady_clock::now() + idle); }
};

class AnswerReader {
 public:
  explicit AnswerReader(Wire& wire) : wire_(wire) {}

  struct Head {
    int status = 0;
    int minor_version = 1;
    std::string reason;
    protocol::Headers headers;

    /// Whether the connection may carry another request after this answer.
    bool keeps_alive() const;
  };

  /// The next head, interim (1xx) ones included.
  std::expected<Head, ClientError> read_head(Patience patience);
  /// Before the body that belongs to the head; `to_head` says that the request was HEAD.
  std::expected<void, ClientError> begin_body(const Head& head, bool to_head);
  /// The body's next run, valid until anything else is read; empty at its end.
  std::expected<ByteView, ClientError> next_run(Patience patience);
  /// The same for who needn't see the bytes: how many went into the pipe, which held none. Nothing where
  /// next_run() has some first, or has to find the body's end.
  std::expected<std::optional<std::size_t>, ClientError> next_run(BytePipe& into, std::size_t most,
                                                                  Patience patience);
  /// Whether the body has been read to its end, as far as that is known.
  bool at_end() const { return form_ == BodyForm::none || (form_ == BodyForm::of_length && left_ == 0); }
  /// What begin_body() found; nothing for a body in chunks, or one that ends with the connection.
  std::optional<std::uint64_t> body_length() const;
  /// The whole body, for who takes it run by run as it comes. False from the sink stops.
  std::expected<void, ClientError> read_body(const Head& head, bool to_head, const HttpClient::Sink& sink,
                                             Patience patience);
  /// How many bytes are there though nothing was asked for, waiting so long for the first of them.
  std::uint64_t excess(std::chrono::milliseconds watch);
  /// Everything until the other side ends or breaks the connection; whether it ended it in good order.
  std::expected<bool, ClientError> read_to_end(std::string& into, Patience patience);

  /// Before another request on the same connection.
  void begin_answer() { begun_ = begin_ < buffer_.size(); }
  /// Whether a byte of the answer has come.
  bool has_begun() const { return begun_; }
  /// Whether bytes are there that nobody has read.
  bool has_buffered() const { return begin_ < buffer_.size(); }
  /// Whether the body that was read had no end of its own but the connection's.
  bool ended_by_close() const { return ended_by_close_; }

 private:
  /// False at the end of the stream.
  std::expected<bool, ClientError> fill(Patience patience);
  std::expected<std::string, ClientError> take_line(Patience patience, std::size_t limit);
  /// Up to `most` bytes of what is there or comes next.
  std::expected<ByteView, ClientError> take_run(std::uint64_t most, Patience patience);
  /// Goes to the next chunk; the last one ends the body.
  std::expected<void, ClientError> begin_chunk(Patience patience);
  std::expected<void, ClientError> skip_trailers(Patience patience);

  enum class BodyForm : std::uint8_t { none, of_length, in_chunks, until_close };

  Wire& wire_;
  BodyForm form_ = BodyForm::none;
  std::optional<std::uint64_t> length_;
  std::uint64_t left_ = 0;  ///< of the body, or of the chunk
  bool in_chunk_ = false;
  std::string buffer_;
  std::size_t begin_ = 0;  ///< of what is unread in the buffer
  bool begun_ = false;
  bool ended_by_close_ = false;
};

}  // namespace partsmith::client
