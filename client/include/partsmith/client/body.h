#pragma once
/// The bytes of a request: a text, something that can be opened again and again, or a stream of known length
/// that is read once. Copies share the text.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include <partsmith/values/encoding.h>

namespace partsmith::client {

class Body {
 public:
  /// Fills the front of the buffer and says how many bytes; 0 at the end. The error is one line fit for a
  /// person.
  using Pull = std::function<std::expected<std::size_t, std::string>(std::span<std::uint8_t>)>;

  Body() : Body(std::string()) {}
  Body(std::string text)  // NOLINT(google-explicit-constructor)
      : content_(std::make_shared<const std::string>(std::move(text))) {}
  Body(const char* text) : Body(std::string(text)) {}  // NOLINT(google-explicit-constructor)
  static Body stream(std::uint64_t length, Pull pull) { return Body(Stream{length, std::move(pull)}); }
  /// Bytes that lie elsewhere, as in a file: each call of `open` begins at the start, from any thread.
  static Body elsewhere(std::uint64_t length, std::function<Pull()> open) {
    return Body(Elsewhere{length, std::move(open)});
  }

  std::uint64_t length() const;
  /// The text, or nothing for what isn't one.
  const std::string* text() const;
  /// Reads from the start; of a stream, the one reading that it allows.
  Pull open() const;
  /// Whether it can be opened more than once.
  bool repeatable() const { return !std::holds_alternative<Stream>(content_); }

 private:
  struct Stream {
    std::uint64_t length;
    Pull pull;
  };
  struct Elsewhere {
    std::uint64_t length;
    std::function<Pull()> open;
  };
  explicit Body(Stream stream) : content_(std::move(stream)) {}
  explicit Body(Elsewhere bytes) : content_(std::move(bytes)) {}

  using Text = std::shared_ptr<const std::string>;
  std::variant<Text, Stream, Elsewhere> content_;
};

/// Calls `each` with all bytes of the body, in order. The error says why they could not be read.
std::expected<void, std::string> read_whole(const Body& body, const std::function<void(ByteView)>& each);

}  // namespace partsmith::client
