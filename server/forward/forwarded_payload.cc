#include "forward/forwarded_payload.h"

#include <algorithm>
#include <limits>

#include <partsmith/protocol/sigv4.h>
#include <partsmith/values/limits.h>

#include "forward/upstream_errors.h"
#include "payload.h"
#include "payload_errors.h"

namespace partsmith::server {
namespace {

using protocol::AwsChunkedEncoder;
using protocol::ErrorCode;
using protocol::OperationId;
using protocol::S3Error;
using protocol::StreamingPayload;

/// Of a body that goes on aws-chunked, but for the last one.
constexpr std::size_t chunk_bytes = 64 * 1024;
constexpr std::uint64_t any_length = std::numeric_limits<std::uint64_t>::max();
constexpr StreamingPayload trailer_form{.signed_chunks = false, .trailer = true, .sigv4a = false};

/// Amazon S3 wants a length of these; of documents a missing one means an empty body.
bool needs_length(const Visit& visit) {
  return visit.is(OperationId::PutObject) || visit.is(OperationId::UploadPart);
}

bool is_sha256(std::string_view text) {
  constexpr std::size_t digits = 64;
  return text.size() == digits && from_hex(text).has_value();
}

/// Beside a signature in the URL, or one of Version 2, any text may stand where the payload's digest would.
/// Its body is refused when it has come; this is told before.
S3Result<void> check_without_digest(const Visit& visit) {
  const auto declared = declared_payload(visit, any_length, ChecksumHeader::of_object);
  if (!declared) return std::unexpected(declared.error());
  const auto length = visit.request.body->length();
  if (!declared->length || !length || *declared->length == *length) return {};
  return std::unexpected(wrong_length(*declared->length, *length));
}

/// The trailers with values of the right length, whatever they will be.
protocol::Headers trailers_by_length(ChecksumAlgorithm algorithm) {
  const auto& row = traits(algorithm);
  return {{std::string(row.header), to_base64(Bytes(row.bytes))}};
}

/// Gathers runs of any size into chunks of one.
class Chunker {
 public:
  Chunker(AwsChunkedEncoder& encoder, UpstreamExchange& exchange) : encoder_(encoder), exchange_(exchange) {
    buffer_.reserve(chunk_bytes);
  }
  UpstreamExchange::Result<bool> take(ByteView run) {
    while (!run.empty()) {
      const ByteView piece = run.first(std::min(run.size(), chunk_bytes - buffer_.size()));
      buffer_.insert(buffer_.end(), piece.begin(), piece.end());
      run = run.subspan(piece.size());
      if (buffer_.size() < chunk_bytes) continue;
      if (auto sent = flush(); !sent || !*sent) return sent;
    }
    return true;
  }
  UpstreamExchange::Result<bool> flush() {
    if (buffer_.empty()) return true;
    const std::string chunk = encoder_.chunk(buffer_);
    buffer_.clear();
    return exchange_.send(as_bytes(chunk));
  }

 private:
  AwsChunkedEncoder& encoder_;
  UpstreamExchange& exchange_;
  Bytes buffer_;
};

}  // namespace

S3Result<ForwardedPayload> ForwardedPayload::of(const Visit& visit, UpstreamRequest& request) {
  const RequestBody& body = *visit.request.body;
  ForwardedPayload payload(visit);
  request.asks_first = protocol::equal_ignoring_case(visit.request.headers.value("expect"), "100-continue");
  payload.length_ = body.framed() ? body.length() : std::optional<std::uint64_t>(0);
  const bool anonymous = visit.principal().is_anonymous();
  if (!anonymous) request.payload_hash = protocol::sigv4::unsigned_payload;
  if (anonymous) {
    // Whatever its form, it goes on as it came: who signs nothing must not be given our signature.
  } else if (const auto* whole = std::get_if<SignedPayload>(&visit.payload())) {
    if (is_sha256(whole->text)) {
      request.payload_hash = protocol::lower_case(whole->text);
    } else if (body.framed()) {
      if (auto ok = check_without_digest(visit); !ok) return std::unexpected(std::move(ok.error()));
    }
    if (body.framed()) payload.sha256_.emplace(DigestKind::sha256);
    payload.holds_end_back_ = true;
  } else if (const auto* streamed = std::get_if<StreamedPayload>(&visit.payload())) {
    auto declared = declared_payload(visit, any_length, ChecksumHeader::of_object);
    if (!declared) return std::unexpected(std::move(declared.error()));
    payload.length_ = declared->length;
    payload.decoder_.emplace(streamed->form, streamed->signing);
    payload.trailer_ = declared->trailer;
    payload.holds_end_back_ = true;
  }
  if (!body.framed() && needs_length(visit)) return std::unexpected(S3Error(ErrorCode::MissingContentLength));
  // Who sends a head that everybody refuses may wait for the refusal without sending the body.
  request.asks_first = request.asks_first || payload.length_ > limits::max_part_size;
  payload.asked_first_ = request.asks_first;
  request.length = payload.length_;
  payload.in_chunks_ = !payload.length_;
  if (payload.trailer_) {
    payload.encoder_.emplace(trailer_form, std::nullopt);
    request.payload_hash = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
    request.length = AwsChunkedEncoder::encoded_length(trailer_form, *payload.length_, chunk_bytes,
                                                       trailers_by_length(*payload.trailer_));
    const std::string encodings(request.headers.value("content-encoding"));
    request.headers.set("Content-Encoding", encodings.empty() ? "aws-chunked" : "aws-chunked, " + encodings);
    request.headers.set("x-amz-decoded-content-length", std::to_string(*payload.length_));
    request.headers.set("x-amz-trailer", std::string(traits(*payload.trailer_).header));
  }
  return payload;
}

std::size_t ForwardedPayload::memory() const {
  const std::size_t chunks = encoder_ ? 2 * chunk_bytes : 0;
  return is_small() ? static_cast<std::size_t>(*length_) + chunks : chunks;
}

bool ForwardedPayload::is_small() const {
  return length_ && *length_ <= small_body && !asked_first_;
}

S3Result<std::string> ForwardedPayload::read_small() {
  std::string body;
  if (!visit_->request.body->framed()) return body;
  body.reserve(static_cast<std::size_t>(*length_));
  auto passed = pass([&](ByteView run) -> S3Result<bool> {
    body += as_text(run);
    return true;
  });
  if (!passed) return std::unexpected(std::move(passed.error()));
  if (!encoder_) return body;
  auto last = last_chunk();
  if (!last) return std::unexpected(std::move(last.error()));
  return body.empty() ? *std::move(last) : encoder_->chunk(as_bytes(body)) + *last;
}

S3Result<bool> ForwardedPayload::send(UpstreamExchange& exchange) {
  // What is read from here on, the client is asked to send.
  if (asked_first_ && exchange.is_ready()) return false;
  std::optional<Chunker> chunker;
  if (encoder_) chunker.emplace(*encoder_, exchange);
  const bool holds_byte = holds_end_back_ && !encoder_ && !in_chunks_ && *length_ > 0;
  std::string held;
  const auto sent = [&](UpstreamExchange::Result<bool> result) -> S3Result<bool> {
    // An upstream that refuses a body may answer and close before it is sent: the answer counts.
    if (!result)
      return result.error().kind == UpstreamFailure::Kind::cut ? S3Result<bool>(false)
                                                               : std::unexpected(s3_error(result.error()));
    return *result;
  };
  std::optional<Piping> piping;
  if (auto pipe = open_pipe(exchange)) {
    piping.emplace(*std::move(pipe));
    piping->send = [&] {
      const Away away(visit_->request.place);
      return sent(exchange.send(piping->pipe));
    };
  }
  const auto send_run = [&](ByteView run) -> S3Result<bool> {
    const Away away(visit_->request.place);
    if (chunker) return sent(chunker->take(run));
    if (holds_byte && passed_ == *length_) {
      held = as_text(run.last(1));
      run = run.first(run.size() - 1);
    }
    return run.empty() ? S3Result<bool>(true) : sent(exchange.send(run));
  };
  auto passed = pass(send_run, piping ? &*piping : nullptr);
  if (!passed || !*passed) return passed;
  if (encoder_) {
    auto last = last_chunk();
    if (!last) return std::unexpected(std::move(last.error()));
    if (auto flushed = sent(chunker->flush()); !flushed || !*flushed) return flushed;
    held = *std::move(last);
  }
  if (!held.empty()) {
    if (auto ended = sent(exchange.send(as_bytes(held))); !ended || !*ended) return ended;
  }
  if (auto ended = exchange.end_body(); !ended && ended.error().kind != UpstreamFailure::Kind::cut)
    return std::unexpected(s3_error(ended.error()));
  return true;
}

std::optional<BytePipe> ForwardedPayload::open_pipe(const UpstreamExchange& exchange) const {
  if (decoder_ || encoder_ || sha256_ || !exchange.passes_pipes()) return std::nullopt;
  return BytePipe::open();
}

S3Result<bool> ForwardedPayload::pass(const Sink& sink, Piping* piping) {
  std::optional<S3Error> failure;
  const auto goes_on = [&](S3Result<bool> taken) {
    if (!taken) failure = std::move(taken.error());
    return taken && *taken;
  };
  const auto take = [&](ByteView run) {
    passed_ += run.size();
    if (length_ && passed_ > *length_) {
      failure = wrong_length(*length_, passed_);
      return false;
    }
    if (sha256_) sha256_->update(run);
    return goes_on(sink(run));
  };
  bool stopped = false;
  const auto take_raw = [&](ByteView raw) {
    if (!decoder_) {
      stopped = !take(raw);
    } else {
      const auto fed = decoder_->feed(raw, take);
      if (!fed) failure = s3_error(fed.error(), *visit_, *decoder_);
      stopped = !fed || !*fed;
    }
    return !stopped;
  };
  const auto take_pipe = [&] {
    passed_ += piping->pipe.held();
    stopped = !goes_on(piping->send());
    return !stopped;
  };
  RequestBody& body = *visit_->request.body;
  const auto read =
      piping == nullptr ? body.read(take_raw) : body.read_piped(take_raw, piping->pipe, take_pipe);
  if (failure) return std::unexpected(std::move(*failure));
  if (stopped) return false;
  if (!read) return std::unexpected(s3_error(read.error()));
  if (auto ok = verify(); !ok) return std::unexpected(std::move(ok.error()));
  return true;
}

S3Result<void> ForwardedPayload::verify() {
  if (decoder_) {
    if (const auto end = decoder_->finish(); !end) {
      return std::unexpected(s3_error(end.error(), *visit_, *decoder_));
    }
    if (auto ok = check_trailers(trailer_, *decoder_); !ok) return ok;
  }
  if (length_ && passed_ != *length_) return std::unexpected(wrong_length(*length_, passed_));
  if (!sha256_) return {};
  const std::string& said = std::get<SignedPayload>(visit_->payload()).text;
  const std::string computed = to_hex(sha256_->finish());
  if (protocol::equal_ignoring_case(said, computed)) return {};
  return std::unexpected(wrong_sha256(said, computed));
}

S3Result<std::string> ForwardedPayload::last_chunk() {
  auto given = trailing_checksum(*trailer_, *decoder_);
  if (!given) return std::unexpected(std::move(given.error()));
  return encoder_->last({{std::string(traits(*trailer_).header), given->base64()}});
}

}  // namespace partsmith::server
