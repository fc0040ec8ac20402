#pragma once
/// Bodies to decode, and what came of them.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/protocol/aws_chunked.h>

#include "documented_key.h"

namespace partsmith::protocol::chunked {

using Error = AwsChunkedDecoder::Error;

inline constexpr StreamingPayload unsigned_trailer{.trailer = true};
inline constexpr StreamingPayload signed_plain{.signed_chunks = true};
inline constexpr StreamingPayload signed_trailer{.signed_chunks = true, .trailer = true};

inline ChunkSigning documented_signing(std::string seed) {
  return {documented::key(), std::string(documented::amz_date), documented::scope(), std::move(seed)};
}
inline ChunkSigning some_signing() {
  return documented_signing(std::string(64, '0'));
}

inline std::optional<ChunkSigning> signing_for(StreamingPayload form) {
  return form.signed_chunks ? std::optional(some_signing()) : std::nullopt;
}

/// What a decoder made of a body.
struct Outcome {
  std::string data;
  std::vector<Headers::Field> trailers;
  std::optional<Error> error;

  bool operator==(const Outcome&) const = default;
};

/// Feeds `body` cut at the given lengths (the rest as one piece), then ends it.
inline Outcome decode(StreamingPayload form, const std::optional<ChunkSigning>& signing,
                      std::string_view body, const std::vector<std::size_t>& lengths = {}) {
  AwsChunkedDecoder decoder(form, signing);
  Outcome outcome;
  const auto sink = [&outcome](ByteView bytes) {
    outcome.data += as_text(bytes);
    return true;
  };
  const auto feed = [&](std::string_view piece) {
    const auto fed = decoder.feed(as_bytes(piece), sink);
    if (!fed) outcome.error = fed.error();
    return fed.has_value();
  };
  bool good = true;
  for (const auto length : lengths) {
    if (!good || body.empty()) break;
    good = feed(body.substr(0, length));
    body.remove_prefix(std::min(length, body.size()));
  }
  if (good && !body.empty()) good = feed(body);
  if (good) {
    if (const auto end = decoder.finish(); !end) outcome.error = end.error();
  }
  if (!outcome.error) outcome.trailers.assign(decoder.trailers().begin(), decoder.trailers().end());
  return outcome;
}

inline std::string random_text(std::mt19937& random, std::size_t length) {
  // Bytes that framing is made of come often, so that data which looks like framing is tried.
  constexpr std::string_view likely = "\r\n0;:a1";
  std::string text(length, '\0');
  for (auto& c : text)
    c = random() % 2 == 0 ? likely[random() % likely.size()] : static_cast<char>(random() & 0xFF);
  return text;
}

}  // namespace partsmith::protocol::chunked
