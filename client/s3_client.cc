#include <partsmith/client/s3_client.h>
#include <partsmith/protocol/aws_chunked.h>
#include <partsmith/protocol/uri.h>
#include <partsmith/values/digest.h>

#include "payload_encoding.h"

namespace partsmith::client {
namespace {

namespace sigv4 = protocol::sigv4;
using protocol::uri_encode;

std::string target_of(const std::string& path, const S3Request& request) {
  std::string target = path;
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    target += separator;
    target += uri_encode(name, protocol::Slash::encode);
    if (value) target += '=' + uri_encode(*value, protocol::Slash::encode);
    separator = '&';
  }
  return target;
}

/// What x-amz-content-sha256 says; a request that states it itself is taken at its word.
std::string payload_hash(const S3Request& request) {
  if (const auto stated = request.headers.get("x-amz-content-sha256")) return std::string(*stated);
  if (const auto form = streaming_form(request.payload)) return std::string(*form);
  const std::string* text = request.body.text();
  if (request.payload == Payload::unsigned_whole || text == nullptr)
    return std::string(sigv4::unsigned_payload);
  return to_hex(sha256(as_bytes(*text)));
}

S3Answer s3_answer(HttpAnswer answer) {
  return {answer.status, std::move(answer.headers), std::move(answer.body), answer.body_length};
}

std::expected<S3Answer, ClientError> s3_answer(std::expected<HttpAnswer, ClientError> answer) {
  if (!answer) return std::unexpected(std::move(answer.error()));
  return s3_answer(*std::move(answer));
}

protocol::ChunkSigning chunk_signing(const protocol::Headers& headers, std::string seed,
                                     const S3ClientOptions& options) {
  const std::string date(headers.value("x-amz-date"));
  const sigv4::Scope scope{date.substr(0, 8), options.region, "s3"};
  return {sigv4::signing_key(options.credentials.secret_key, scope), date, scope, std::move(seed)};
}

}  // namespace

S3Client::S3Client(Endpoint endpoint, S3ClientOptions options, const Clock& clock)
    : endpoint_(std::move(endpoint)), options_(std::move(options)), clock_(clock), http_(options_.http) {}

S3Client::~S3Client() = default;

std::expected<S3Answer, ClientError> S3Client::send(const S3Request& request) {
  return s3_answer(http_.send(prepare(request)));
}

std::expected<S3Answer, ClientError> S3Client::send(const S3Request& request, const HttpClient::Sink& sink) {
  return s3_answer(http_.send(prepare(request), sink));
}

std::expected<S3Answer, ClientError> S3Client::send(const HttpRequest& request) {
  return s3_answer(http_.send(request));
}

HttpRequest S3Client::prepare(const S3Request& request) const {
  auto place = endpoint_.place(request.bucket, request.key);
  HttpRequest result{place.origin, request.method, target_of(place.path, request), {}, request.body};
  result.headers.add("Host", place.origin.authority());
  for (const auto& [name, value] : request.headers) result.headers.add(name, value);

  const bool anonymous = request.signing == Signing::anonymous || options_.credentials.access_key.empty();
  const bool encoded = streaming_form(request.payload).has_value();
  if (encoded) add_encoding_headers(result.headers, request);
  const auto hash = payload_hash(request);
  std::string signature;
  if (anonymous || request.signing == Signing::presigned) {
    if (encoded) result.headers.set("x-amz-content-sha256", hash);
    if (!anonymous) {
      auto signed_extra = result.headers;
      signed_extra.remove("host");
      result.target =
          sigv4::presign(request.method, place.origin.authority(), result.target, signed_extra,
                         options_.credentials, options_.region, clock_.now(), request.presigned_seconds);
    }
  } else {
    signature = sigv4::sign(result.headers, request.method, result.target, hash, options_.credentials,
                            options_.region, clock_.now());
  }
  if (!encoded) return result;
  std::optional<protocol::ChunkSigning> signing;
  if (request.payload != Payload::unsigned_trailer)
    signing = chunk_signing(result.headers, signature, options_);
  result.body = encode_payload(request, std::move(signing));
  return result;
}

std::string S3Client::presigned_url(const S3Request& request) const {
  auto presigned = request;
  presigned.signing = Signing::presigned;
  const auto prepared = prepare(presigned);
  return (prepared.origin.tls ? "https://" : "http://") + prepared.origin.authority() + prepared.target;
}

}  // namespace partsmith::client
