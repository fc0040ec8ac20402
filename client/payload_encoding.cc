#include "payload_encoding.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace partsmith::client {
namespace {

using protocol::AwsChunkedEncoder;
using protocol::Headers;
using protocol::StreamingPayload;

bool has_trailer(Payload payload) {
  return payload == Payload::unsigned_trailer || payload == Payload::signed_chunks_trailer;
}

StreamingPayload form_of(Payload payload) {
  return {.signed_chunks = payload != Payload::unsigned_trailer, .trailer = has_trailer(payload)};
}

std::optional<std::string> trailer_name(const S3Request& request) {
  if (!has_trailer(request.payload)) return std::nullopt;
  if (request.stated_trailer) return request.stated_trailer->first;
  if (request.trailer) return std::string(traits(*request.trailer).header);
  return std::nullopt;
}

/// Pulls the plain body chunk by chunk and hands out its encoded form in pieces of any size.
class EncodingPull {
 public:
  EncodingPull(const S3Request& request, std::optional<protocol::ChunkSigning> signing)
      : plain_(request.body.open()),
        left_(request.body.length()),
        chunk_(static_cast<std::size_t>(request.chunk_bytes)),
        encoder_(form_of(request.payload), std::move(signing)),
        trailer_(request.stated_trailer) {
    if (!trailer_ && request.trailer && has_trailer(request.payload)) checksummer_.emplace(*request.trailer);
    if (!has_trailer(request.payload)) trailer_.reset();
  }

  std::expected<std::size_t, std::string> pull(std::span<std::uint8_t> into) {
    if (begin_ == encoded_.size()) {
      if (done_) return std::size_t{0};
      if (const auto ready = encode_next(); !ready) return std::unexpected(ready.error());
    }
    const auto count = std::min(into.size(), encoded_.size() - begin_);
    std::ranges::copy(as_bytes(encoded_).subspan(begin_, count), into.begin());
    begin_ += count;
    return count;
  }

 private:
  std::expected<void, std::string> encode_next() {
    begin_ = 0;
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left_, chunk_.size()));
    std::size_t filled = 0;
    while (filled < wanted) {
      const auto got = plain_(std::span(chunk_).subspan(filled, wanted - filled));
      if (!got) return std::unexpected(got.error());
      if (*got == 0) return std::unexpected(fmt::format("the body ended {} bytes early", left_ - filled));
      filled += *got;
    }
    left_ -= filled;
    const auto bytes = ByteView(chunk_).first(filled);
    if (checksummer_) checksummer_->update(bytes);
    if (filled > 0) {
      encoded_ = encoder_.chunk(bytes);
      return {};
    }
    done_ = true;
    encoded_ = encoder_.last(trailers());
    return {};
  }

  Headers trailers() {
    if (trailer_) return {*trailer_};
    if (!checksummer_) return {};
    const auto checksum = checksummer_->finish();
    return {{std::string(traits(checksum.algorithm).header), checksum.base64()}};
  }

  Body::Pull plain_;
  std::uint64_t left_;
  Bytes chunk_;
  AwsChunkedEncoder encoder_;
  std::optional<Checksummer> checksummer_;
  std::optional<std::pair<std::string, std::string>> trailer_;
  std::string encoded_;
  std::size_t begin_ = 0;
  bool done_ = false;
};

/// The trailers with values of the right length, whatever they will be.
Headers trailers_by_length(const S3Request& request) {
  if (!has_trailer(request.payload)) return {};
  if (request.stated_trailer) return {*request.stated_trailer};
  if (!request.trailer) return {};
  const auto& row = traits(*request.trailer);
  return {{std::string(row.header), to_base64(Bytes(row.bytes))}};
}

void add_unless_stated(Headers& headers, std::string_view name, std::string value) {
  if (!headers.has(name)) headers.add(std::string(name), std::move(value));
}

}  // namespace

std::optional<std::string_view> streaming_form(Payload payload) {
  switch (payload) {
    case Payload::signed_whole:
    case Payload::unsigned_whole:
      return std::nullopt;
    case Payload::unsigned_trailer:
      return "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
    case Payload::signed_chunks:
      return "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
    case Payload::signed_chunks_trailer:
      return "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
  }
  return std::nullopt;
}

void add_encoding_headers(Headers& headers, const S3Request& request) {
  add_unless_stated(headers, "Content-Encoding", "aws-chunked");
  add_unless_stated(headers, "x-amz-decoded-content-length", std::to_string(request.body.length()));
  if (const auto name = trailer_name(request)) add_unless_stated(headers, "x-amz-trailer", *name);
}

Body encode_payload(const S3Request& request, std::optional<protocol::ChunkSigning> signing) {
  const auto length = AwsChunkedEncoder::encoded_length(form_of(request.payload), request.body.length(),
                                                        request.chunk_bytes, trailers_by_length(request));
  const auto encode = [](const S3Request& plain, std::optional<protocol::ChunkSigning> signs) -> Body::Pull {
    const auto state = std::make_shared<EncodingPull>(plain, std::move(signs));
    return [state](std::span<std::uint8_t> into) { return state->pull(into); };
  };
  if (!request.body.repeatable()) return Body::stream(length, encode(request, std::move(signing)));
  return Body::elsewhere(length, [encode, request, signing] { return encode(request, signing); });
}

}  // namespace partsmith::client
