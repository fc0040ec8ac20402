#pragma once
/// The head of a request, read strictly: whatever two readers could understand differently is refused (RFC
/// 9112). Pure functions, without a socket.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include <partsmith/protocol/headers.h>

#include "http/edge.h"

namespace partsmith::server {

using HeadFault = HttpEdge::BadHead::Kind;

/// How a request says where its body ends.
struct Framing {
  enum class Kind { none, length, chunked };
  Kind kind = Kind::none;
  std::uint64_t length = 0;
};

struct Head {
  std::string method;
  std::string target;  ///< undecoded; the absolute form is reduced to the origin form
  protocol::Headers headers;
  Framing framing;
  bool http_1_0 = false;
  bool keep_alive = true;  ///< what the client wants after this request
  bool expects_continue = false;
};

/// RFC 9110, 5.6.2: what a field's name may be.
bool is_token(std::string_view text);
/// RFC 9110, 5.5, with the bytes above 0x7f: no control byte but the tab.
bool is_field_value(std::string_view text);

/// What a Head and what is made of it (headers, parameters) take in memory, in bytes, as far as a client can
/// drive it.
std::size_t memory_of(std::string_view head);

/// Looks for the end of a head that may still be arriving. Keeps its place, so that each byte is looked at
/// once.
class HeadScanner {
 public:
  /// The head's length with its empty line, nothing while it is incomplete. Between two calls `bytes` may
  /// only grow.
  std::expected<std::optional<std::size_t>, HeadFault> scan(std::string_view bytes);
  void restart() { line_start_ = scanned_ = 0; }

 private:
  std::size_t line_start_ = 0;
  std::size_t scanned_ = 0;
};

/// Reads a whole head, as HeadScanner found it.
std::expected<Head, HeadFault> parse_head(std::string_view head);

}  // namespace partsmith::server
