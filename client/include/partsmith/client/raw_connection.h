#pragma once
/// A level below HttpClient: raw bytes over a connection, for requests that are malformed on purpose.

#include <chrono>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <partsmith/client/http_client.h>

namespace partsmith::client {

/// One thread at a time.
class RawConnection {
 public:
  static std::expected<RawConnection, ClientError> open(const Origin& origin,
                                                        const HttpOptions& options = {});
  ~RawConnection();
  RawConnection(RawConnection&&) noexcept;
  RawConnection& operator=(RawConnection&&) noexcept;

  /// All of the bytes; the error `cut` when the other side closed meanwhile: its answer may still be read.
  std::expected<void, ClientError> send(std::string_view bytes);
  /// The next answer, interim (1xx) ones included. `to_head` says that it answers HEAD, hence has no body.
  /// `patience` instead of the options' idle timeout; after a timeout it can be asked for again.
  std::expected<HttpAnswer, ClientError> read_answer(bool to_head = false,
                                                     std::optional<std::chrono::milliseconds> patience = {});

  struct Rest {
    std::string bytes;
    bool closed = false;  ///< in good order; otherwise the connection was reset
  };
  /// All that comes until the other side ends the connection.
  std::expected<Rest, ClientError> read_to_end();

  /// Says that nothing more will be sent.
  void half_close();
  /// Ends the connection so that the other side sees it reset; only destruction is left afterwards.
  void reset();

 private:
  struct State;
  explicit RawConnection(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace partsmith::client
