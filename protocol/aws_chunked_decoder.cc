#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include <partsmith/protocol/aws_chunked.h>
#include <partsmith/values/limits.h>

namespace partsmith::protocol {

namespace {

using Error = AwsChunkedDecoder::Error;
using Step = std::expected<void, Error>;

constexpr std::string_view trailer_signature_name = "x-amz-trailer-signature";
constexpr std::size_t max_size_digits = 16;
constexpr std::size_t max_head_bytes = 256;

struct ChunkHead {
  std::uint64_t size = 0;
  std::string_view signature;  ///< empty: none
  bool plain = true;           ///< written as the documentation has it
};

/// `line` without its CRLF: the size, and one parameter, with blanks around either and around its "=". As a
/// signature counts whatever the first parameter's text is, but a text with a parameter of its own.
/// Source: openstack/swift's tests of Amazon S3 (test/s3api/test_input_errors.py).
std::optional<ChunkHead> parse_chunk_head(std::string_view line) {
  const std::size_t semicolon = line.find(';');
  std::string_view digits = line.substr(0, semicolon);
  while (semicolon != std::string_view::npos && digits.ends_with(' ')) digits.remove_suffix(1);
  if (digits.empty() || digits.size() > max_size_digits) return std::nullopt;
  ChunkHead head;
  const auto* const end = digits.data() + digits.size();
  const auto [parsed_to, error] = std::from_chars(digits.data(), end, head.size, 16);
  if (error != std::errc{} || parsed_to != end) return std::nullopt;
  if (semicolon == std::string_view::npos) return head;
  const std::string_view parameter = line.substr(semicolon + 1);
  const std::size_t equals = parameter.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  head.signature = trimmed(parameter.substr(equals + 1));
  const bool is_named = trimmed(parameter.substr(0, equals)) == "chunk-signature";
  if (head.signature.empty() || (is_named && head.signature.find(';') != std::string_view::npos)) {
    return std::nullopt;
  }
  constexpr std::size_t signature_length = 64;
  head.plain = line.substr(digits.size()).starts_with(";chunk-signature=") &&
               parameter.substr(equals + 1).size() == signature_length;
  return head;
}

constexpr std::string_view token_marks = "!#$%&'*+-.^_`|~";

bool is_token(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           token_marks.find(c) != std::string_view::npos;
  });
}

}  // namespace

std::optional<StreamingPayload> streaming_payload(std::string_view content_sha256) {
  if (content_sha256 == "STREAMING-UNSIGNED-PAYLOAD-TRAILER") return StreamingPayload{.trailer = true};
  if (content_sha256 == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD") return StreamingPayload{.signed_chunks = true};
  if (content_sha256 == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER") {
    return StreamingPayload{.signed_chunks = true, .trailer = true};
  }
  if (content_sha256 == "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD") {
    return StreamingPayload{.signed_chunks = true, .sigv4a = true};
  }
  if (content_sha256 == "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER") {
    return StreamingPayload{.signed_chunks = true, .trailer = true, .sigv4a = true};
  }
  return std::nullopt;
}

// The states, in order, and what ends each:
//
//   head ──line, size > 0──► data ──size bytes──► data_end ──CRLF──► head
//     └──line, size 0──► trailers (form with trailer) ──empty line──► rest (which means nothing)
//                   └──► last_end (form without) ──CRLF──► done
class AwsChunkedDecoder::Machine {
 public:
  Machine(StreamingPayload form, std::optional<ChunkSigning> signing)
      : form_(form), signing_(std::move(signing)) {
    if (signing_) previous_signature_ = signing_->seed_signature;
  }

  std::expected<bool, Error> feed(ByteView raw, const Sink& sink) {
    while (!failure_ && !stopped_ && !raw.empty()) {
      if (auto step = advance(raw, sink); !step) failure_ = step.error();
    }
    if (failure_) return std::unexpected(*failure_);
    return !stopped_;
  }

  Step finish() const {
    if (failure_) return std::unexpected(*failure_);
    if (phase_ == Phase::done) return {};
    const bool whole = phase_ == Phase::rest || (phase_ == Phase::trailers && line_.empty());
    if (!whole || (form_.signed_chunks && !trailer_signed_)) return std::unexpected(Error::incomplete);
    return {};
  }

  std::uint64_t decoded_bytes() const { return decoded_; }
  const Headers& trailers() const { return trailers_; }
  SmallChunk small_chunk() const { return {chunk_number_, small_size_.value_or(0)}; }
  const SignatureMismatch& mismatch() const { return mismatch_; }

 private:
  enum class Phase { head, data, data_end, trailers, rest, last_end, done };

  Step advance(ByteView& raw, const Sink& sink) {
    switch (phase_) {
      case Phase::head:
        return take_head(raw);
      case Phase::data:
        return take_data(raw, sink);
      case Phase::data_end:
        return take_crlf(raw, Phase::head);
      case Phase::trailers:
        return take_trailer(raw);
      case Phase::rest:
        return take_rest(raw);
      case Phase::last_end:
        return take_crlf(raw, Phase::done);
      case Phase::done:
        break;
    }
    return std::unexpected(Error::malformed);
  }

  /// Moves the line's next bytes from raw to line_. True when its LF has come, false when raw has ended
  /// before; an error when the line grows beyond `max`.
  std::expected<bool, Error> gather_line(ByteView& raw, std::size_t max, Error too_long) {
    const auto window = raw.first(std::min(raw.size(), max - line_.size()));
    const void* const newline = std::memchr(window.data(), '\n', window.size());
    const auto count =
        newline == nullptr
            ? window.size()
            : static_cast<std::size_t>(static_cast<const std::uint8_t*>(newline) - window.data()) + 1;
    line_ += as_text(window.first(count));
    raw = raw.subspan(count);
    if (newline != nullptr) return true;
    if (line_.size() == max) return std::unexpected(too_long);
    return false;
  }

  Step take_head(ByteView& raw) {
    const auto complete = gather_line(raw, max_head_bytes, Error::malformed);
    if (!complete) return std::unexpected(complete.error());
    if (!*complete) return {};
    if (!line_.ends_with("\r\n")) return std::unexpected(Error::malformed);
    const auto head = parse_chunk_head(std::string_view(line_).substr(0, line_.size() - 2));
    const bool fits = head && (form_.signed_chunks ? !head->signature.empty() : head->plain);
    if (!fits) return std::unexpected(Error::malformed);
    auto begun = begin_chunk(*head);
    line_.clear();
    return begun;
  }

  Step begin_chunk(const ChunkHead& head) {
    ++chunk_number_;
    declared_signature_ = head.signature;
    if (head.size == 0) {
      phase_ = form_.trailer ? Phase::trailers : Phase::last_end;
      return check_chunk();
    }
    if (small_size_) return std::unexpected(Error::chunk_too_small);
    if (head.size > limits::max_part_size) return std::unexpected(Error::chunk_too_large);
    if (head.size < min_chunk_bytes) small_size_ = head.size;
    remaining_ = head.size;
    phase_ = Phase::data;
    return {};
  }

  Step take_data(ByteView& raw, const Sink& sink) {
    const auto run = raw.first(static_cast<std::size_t>(std::min<std::uint64_t>(raw.size(), remaining_)));
    raw = raw.subspan(run.size());
    remaining_ -= run.size();
    decoded_ += run.size();
    if (checks_signatures()) chunk_digest_.update(run);
    stopped_ = !sink(run);
    if (remaining_ > 0) return {};
    phase_ = Phase::data_end;
    return check_chunk();
  }

  bool checks_signatures() const { return form_.signed_chunks && signing_.has_value(); }

  /// The chunk that has just ended against the signature its head declared.
  Step check_chunk() {
    if (!checks_signatures()) return {};
    return check_signature(sigv4::chunk_to_sign(signing_->amz_date, signing_->scope, previous_signature_,
                                                to_hex(chunk_digest_.finish())),
                           declared_signature_);
  }

  Step check_signature(std::string to_sign, std::string_view declared) {
    previous_signature_ = sigv4::signature(signing_->key, to_sign);
    if (equal_in_constant_time(as_bytes(declared), as_bytes(previous_signature_))) return {};
    mismatch_ = {std::move(to_sign), std::string(declared)};
    return std::unexpected(Error::wrong_signature);
  }

  Step take_crlf(ByteView& raw, Phase next) {
    constexpr std::string_view crlf = "\r\n";
    const auto count = std::min(raw.size(), crlf.size() - line_.size());
    line_ += as_text(raw.first(count));
    raw = raw.subspan(count);
    if (!crlf.starts_with(line_)) return std::unexpected(Error::malformed);
    if (line_ == crlf) {
      line_.clear();
      phase_ = next;
    }
    return {};
  }

  /// A line ends with CRLF. Before it an LF may stand, as the documentation's trailers have it.
  Step take_trailer(ByteView& raw) {
    const auto before = line_.size();
    const auto complete =
        gather_line(raw, limits::max_trailer_bytes - trailer_bytes_ + before, Error::trailer_too_large);
    if (!complete) return std::unexpected(complete.error());
    trailer_bytes_ += line_.size() - before;
    if (!*complete || !line_.ends_with("\r\n")) return {};
    auto line = std::string_view(line_).substr(0, line_.size() - 2);
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.empty()) phase_ = Phase::rest;
    auto read = line.empty() ? Step{} : read_trailer(line);
    line_.clear();
    return read;
  }

  Step take_rest(ByteView& raw) {
    trailer_bytes_ += raw.size();
    raw = {};
    if (trailer_bytes_ > limits::max_trailer_bytes) return std::unexpected(Error::trailer_too_large);
    return {};
  }

  Step read_trailer(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)) || trailer_signed_) {
      return std::unexpected(Error::malformed_trailer);
    }
    const auto name = lower_case(line.substr(0, colon));
    const auto value = trimmed(line.substr(colon + 1));
    if (form_.signed_chunks && name == trailer_signature_name) {
      if (signed_trailer_text_.empty()) return std::unexpected(Error::incomplete);
      trailer_signed_ = true;
      return check_trailer(value);
    }
    signed_trailer_text_ += name;
    signed_trailer_text_ += ':';
    signed_trailer_text_ += value;
    signed_trailer_text_ += '\n';
    trailers_.set(name, std::string(value));  // of several the last one counts
    return {};
  }

  Step check_trailer(std::string_view declared) {
    if (!checks_signatures()) return {};
    return check_signature(sigv4::trailer_to_sign(signing_->amz_date, signing_->scope, previous_signature_,
                                                  signed_trailer_text_),
                           declared);
  }

  StreamingPayload form_;
  std::optional<ChunkSigning> signing_;
  Phase phase_ = Phase::head;
  std::optional<Error> failure_;
  bool stopped_ = false;

  std::string line_;  ///< what has come of a head, a CRLF or a trailer line
  std::uint64_t remaining_ = 0;
  std::uint64_t decoded_ = 0;
  std::uint64_t chunk_number_ = 0;
  std::optional<std::uint64_t> small_size_;

  Digest chunk_digest_{DigestKind::sha256};
  std::string declared_signature_;
  std::string previous_signature_;

  Headers trailers_;
  std::string signed_trailer_text_;
  std::size_t trailer_bytes_ = 0;
  bool trailer_signed_ = false;
  SignatureMismatch mismatch_;
};

AwsChunkedDecoder::AwsChunkedDecoder(StreamingPayload form, std::optional<ChunkSigning> signing)
    : machine_(std::make_unique<Machine>(form, std::move(signing))) {}
AwsChunkedDecoder::~AwsChunkedDecoder() = default;
AwsChunkedDecoder::AwsChunkedDecoder(AwsChunkedDecoder&&) noexcept = default;
AwsChunkedDecoder& AwsChunkedDecoder::operator=(AwsChunkedDecoder&&) noexcept = default;

std::expected<bool, Error> AwsChunkedDecoder::feed(ByteView raw, const Sink& sink) {
  return machine_->feed(raw, sink);
}
std::expected<void, Error> AwsChunkedDecoder::finish() {
  return machine_->finish();
}
std::uint64_t AwsChunkedDecoder::decoded_bytes() const {
  return machine_->decoded_bytes();
}
const Headers& AwsChunkedDecoder::trailers() const {
  return machine_->trailers();
}
AwsChunkedDecoder::SmallChunk AwsChunkedDecoder::small_chunk() const {
  return machine_->small_chunk();
}
const AwsChunkedDecoder::SignatureMismatch& AwsChunkedDecoder::mismatch() const {
  return machine_->mismatch();
}

}  // namespace partsmith::protocol
