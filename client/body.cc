#include <fmt/format.h>

#include <algorithm>

#include <partsmith/client/body.h>

namespace partsmith::client {

std::uint64_t Body::length() const {
  if (const auto* stream = std::get_if<Stream>(&content_)) return stream->length;
  if (const auto* bytes = std::get_if<Elsewhere>(&content_)) return bytes->length;
  return std::get<Text>(content_)->size();
}

const std::string* Body::text() const {
  const auto* text = std::get_if<Text>(&content_);
  return text == nullptr ? nullptr : text->get();
}

Body::Pull Body::open() const {
  if (const auto* stream = std::get_if<Stream>(&content_)) return stream->pull;
  if (const auto* bytes = std::get_if<Elsewhere>(&content_)) return bytes->open();
  return [text = std::get<Text>(content_), done = std::size_t{0}](
             std::span<std::uint8_t> into) mutable -> std::expected<std::size_t, std::string> {
    const auto rest = as_bytes(*text).subspan(done);
    const auto count = std::min(rest.size(), into.size());
    std::ranges::copy(rest.first(count), into.begin());
    done += count;
    return count;
  };
}

std::expected<void, std::string> read_whole(const Body& body, const std::function<void(ByteView)>& each) {
  if (const auto* text = body.text()) {
    each(as_bytes(*text));
    return {};
  }
  constexpr std::uint64_t piece = 256 * 1024;
  Bytes buffer(static_cast<std::size_t>(std::min(piece, body.length())));
  const auto pull = body.open();
  for (auto left = body.length(); left > 0;) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size()));
    const auto got = pull(std::span(buffer).first(wanted));
    if (!got) return std::unexpected(got.error());
    if (*got == 0)
      return std::unexpected(fmt::format("the body ended {} bytes before its stated length", left));
    each(ByteView(buffer).first(*got));
    left -= *got;
  }
  return {};
}

}  // namespace partsmith::client
