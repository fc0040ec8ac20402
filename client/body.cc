#include <algorithm>

#include <partsmith/client/body.h>

namespace partsmith::client {

std::uint64_t Body::length() const {
  if (const auto* stream = std::get_if<Stream>(&content_)) return stream->length;
  return std::get<Text>(content_)->size();
}

const std::string* Body::text() const {
  const auto* text = std::get_if<Text>(&content_);
  return text == nullptr ? nullptr : text->get();
}

Body::Pull Body::open() const {
  if (const auto* stream = std::get_if<Stream>(&content_)) return stream->pull;
  return [text = std::get<Text>(content_), done = std::size_t{0}](
             std::span<std::uint8_t> into) mutable -> std::expected<std::size_t, std::string> {
    const auto rest = as_bytes(*text).subspan(done);
    const auto count = std::min(rest.size(), into.size());
    std::ranges::copy(rest.first(count), into.begin());
    done += count;
    return count;
  };
}

}  // namespace partsmith::client
