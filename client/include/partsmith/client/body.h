#pragma once
/// The bytes of a request: a text, or a stream of known length that is read once. Copies share the text.

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

  std::uint64_t length() const;
  /// The text, or nothing for a stream.
  const std::string* text() const;
  /// Reads from the start; of a stream, the one reading that it allows.
  Pull open() const;

 private:
  struct Stream {
    std::uint64_t length;
    Pull pull;
  };
  explicit Body(Stream stream) : content_(std::move(stream)) {}

  using Text = std::shared_ptr<const std::string>;
  std::variant<Text, Stream> content_;
};

}  // namespace partsmith::client
