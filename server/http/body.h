#pragma once
/// The body of a request on a connection: where it ends, and reading it in runs straight from the
/// connection's buffer.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "http/connection.h"
#include "http/head.h"
#include "http/message.h"

namespace partsmith::server {

class ConnectionBody final : public RequestBody {
 public:
  ConnectionBody(Connection& connection, const Head& head, const LeastRate::Terms& terms);

  std::optional<std::uint64_t> length() const override;
  bool framed() const override { return framing_.kind != Framing::Kind::none; }
  std::expected<void, BodyError> read(const Sink& sink) override { return read_from({.sink = sink}); }
  std::expected<void, BodyError> read_piped(const Sink& sink, BytePipe& pipe,
                                            const std::function<bool()>& emptied) override {
    return read_from({.sink = sink, .pipe = connection_.secure() ? nullptr : &pipe, .emptied = emptied});
  }
  void withhold_continue() override { withholds_continue_ = true; }

  /// Bytes still to come before the next request; nothing if that cannot be known, or if they may never come.
  std::optional<std::uint64_t> remainder() const;

 private:
  /// Where its bytes go.
  struct Way {
    const Sink& sink;
    BytePipe* pipe = nullptr;  ///< of those that have not been received yet
    std::function<bool()> emptied{};
  };
  std::expected<void, BodyError> read_from(const Way& way);
  std::expected<void, BodyError> read_length(const Way& way);
  std::expected<void, BodyError> read_chunked(const Sink& sink);
  std::expected<void, BodyError> read_runs(std::uint64_t& left, const Way& way);
  std::expected<void, BodyError> read_run(std::uint64_t& left, const Sink& sink);
  std::expected<void, BodyError> pipe_run(std::uint64_t& left, const Way& way);
  std::expected<std::uint64_t, BodyError> read_chunk_size();
  std::expected<void, BodyError> read_trailers();
  std::expected<std::string, BodyError> read_line(std::size_t longest);
  std::expected<void, BodyError> more(std::size_t capacity);

  Connection& connection_;
  Framing framing_;
  LeastRate rate_;
  std::uint64_t left_ = 0;  ///< of a body of known length
  bool awaits_continue_;    ///< the client waits for "100 Continue" before it sends
  bool withholds_continue_ = false;
  bool read_called_ = false;
  bool at_end_ = false;
  bool broken_ = false;  ///< it cannot be read to its end any more
};

}  // namespace partsmith::server
