#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include <partsmith/protocol/aws_chunked.h>

namespace partsmith::protocol {

namespace {

constexpr std::string_view crlf = "\r\n";
constexpr std::size_t signature_length = 64;
constexpr std::string_view signature_mark = ";chunk-signature=";
constexpr std::string_view trailer_signature_mark = "x-amz-trailer-signature:";

std::uint64_t head_length(StreamingPayload form, std::uint64_t size) {
  const auto signature = form.signed_chunks ? signature_mark.size() + signature_length : 0;
  return fmt::formatted_size("{:x}", size) + signature + crlf.size();
}

std::uint64_t chunk_length(StreamingPayload form, std::uint64_t size) {
  return head_length(form, size) + size + crlf.size();
}

}  // namespace

AwsChunkedEncoder::AwsChunkedEncoder(StreamingPayload form, std::optional<ChunkSigning> signing)
    : form_(form), signing_(std::move(signing)) {
  if (!form_.signed_chunks) return;
  if (!signing_) throw std::logic_error("AwsChunkedEncoder: a signed form without a key");
  previous_signature_ = signing_->seed_signature;
}

std::string AwsChunkedEncoder::head(ByteView data) {
  auto text = fmt::format("{:x}", data.size());
  if (form_.signed_chunks) {
    previous_signature_ = sigv4::chunk_signature(signing_->key, signing_->amz_date, signing_->scope,
                                                 previous_signature_, to_hex(sha256(data)));
    text += signature_mark;
    text += previous_signature_;
  }
  text += crlf;
  return text;
}

std::string AwsChunkedEncoder::chunk(ByteView data) {
  if (data.empty()) throw std::logic_error("AwsChunkedEncoder: an empty chunk would end the body");
  auto text = head(data);
  text += as_text(data);
  text += crlf;
  return text;
}

std::string AwsChunkedEncoder::last(const Headers& trailers) {
  if (!form_.trailer && trailers.size() > 0) {
    throw std::logic_error("AwsChunkedEncoder: trailers in a form that has none");
  }
  auto text = head({});
  std::string signed_text;
  for (const auto& [name, value] : trailers) {
    const auto line = fmt::format("{}:{}", lower_case(name), trimmed(value));
    text += line;
    text += crlf;
    signed_text += line;
    signed_text += '\n';
  }
  if (form_.signed_chunks && form_.trailer) {
    previous_signature_ = sigv4::trailer_signature(signing_->key, signing_->amz_date, signing_->scope,
                                                   previous_signature_, signed_text);
    text += trailer_signature_mark;
    text += previous_signature_;
    text += crlf;
  }
  text += crlf;
  return text;
}

std::uint64_t AwsChunkedEncoder::encoded_length(StreamingPayload form, std::uint64_t payload,
                                                std::uint64_t chunk_size, const Headers& trailers) {
  if (chunk_size == 0) throw std::logic_error("AwsChunkedEncoder: chunks of no bytes");
  auto length = payload / chunk_size * chunk_length(form, chunk_size);
  if (payload % chunk_size > 0) length += chunk_length(form, payload % chunk_size);
  length += head_length(form, 0);
  for (const auto& [name, value] : trailers) length += name.size() + 1 + trimmed(value).size() + crlf.size();
  if (form.signed_chunks && form.trailer)
    length += trailer_signature_mark.size() + signature_length + crlf.size();
  return length + crlf.size();
}

}  // namespace partsmith::protocol
