#include <algorithm>

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

protocol::ChunkSigning chunk_signing(const protocol::Headers& headers, std::string seed,
                                     const S3ClientOptions& options, const std::string& region) {
  const std::string date(headers.value("x-amz-date"));
  const sigv4::Scope scope{date.substr(0, 8), region, "s3"};
  return {sigv4::signing_key(options.credentials.secret_key, scope), date, scope, std::move(seed)};
}

/// The bucket's region, when the answer says that the request went to or was signed for another. Source: S3
/// user guide, "Request redirection and the REST API"; a HEAD answer has only the header.
std::optional<std::string> region_told(const S3Answer& answer) {
  const auto failure = answer.failure();
  if (!failure) return std::nullopt;
  const bool moved = answer.status == 301;
  const bool signed_wrong =
      answer.status == 400 && (failure->code.empty() || failure->code == "AuthorizationHeaderMalformed");
  if (!moved && !signed_wrong) return std::nullopt;
  if (const auto header = answer.headers.get("x-amz-bucket-region")) return std::string(*header);
  return failure->field("Region");
}

/// Where a bucket is for the moment, while its name is on its way into DNS.
std::optional<Origin> temporary_host(const S3Answer& answer) {
  if (answer.status != 307) return std::nullopt;
  std::string url(answer.headers.value("location"));
  const auto scheme = url.find("://");
  if (scheme == std::string::npos) return std::nullopt;
  url.resize(std::min(url.size(), url.find_first_of("/?#", scheme + 3)));
  const auto endpoint = Endpoint::parse(url);
  return endpoint ? std::optional(endpoint->origin()) : std::nullopt;
}

}  // namespace

S3Client::S3Client(Endpoint endpoint, S3ClientOptions options, const Clock& clock)
    : endpoint_(std::move(endpoint)), options_(std::move(options)), clock_(clock), http_(options_.http) {}

S3Client::~S3Client() = default;

std::expected<S3Answer, ClientError> S3Client::send(const S3Request& request) {
  return follow(request, [this](const HttpRequest& prepared) { return http_.send(prepared); });
}

std::expected<S3Answer, ClientError> S3Client::send(const S3Request& request, const HttpClient::Sink& sink) {
  return follow(request, [&](const HttpRequest& prepared) { return http_.send(prepared, sink); });
}

std::expected<S3Answer, ClientError> S3Client::follow(const S3Request& request, const Send& send) {
  auto answer = s3_answer(send(prepare(request)));
  if (!options_.follow_regions || !request.body.repeatable()) return answer;
  std::optional<Origin> host;
  // A new bucket may be at another host for now, and that host may name the region only then.
  constexpr int most_redirections = 3;
  for (int redirections = 0; redirections < most_redirections; ++redirections) {
    if (!answer || answer->ok()) break;
    if (const auto moved = temporary_host(*answer); moved && moved != host) {
      host = moved;
    } else if (!learn_region(request, *answer)) {
      return answer;
    }
    const auto region = region_of(request.bucket);
    answer = s3_answer(send(prepare(request, endpoint_in(region), region, host)));
  }
  if (host && answer && answer->ok()) {
    if (const auto region = answer->headers.get("x-amz-bucket-region"))
      remember_region(request.bucket, *region);
  }
  return answer;
}

bool S3Client::learn_region(const S3Request& request, const S3Answer& answer) {
  auto region = region_told(answer);
  if (!region && request.method == "HEAD" && (answer.status == 400 || answer.status == 301)) {
    // An answer without a document may leave the region out: a listing that is refused for it does not.
    S3Request listing;
    listing.method = "GET";
    listing.bucket = request.bucket;
    listing.parameter("max-keys", "0");
    if (const auto told = s3_answer(http_.send(prepare(listing)))) region = region_told(*told);
  }
  if (!region || *region == region_of(request.bucket)) return false;
  remember_region(request.bucket, *region);
  return true;
}

void S3Client::remember_region(const std::string& bucket, std::string_view region) {
  const std::scoped_lock lock(mutex_);
  regions_[bucket] = region;
}

std::string S3Client::region_of(const std::string& bucket) const {
  const std::scoped_lock lock(mutex_);
  const auto told = regions_.find(bucket);
  return told == regions_.end() ? options_.region : told->second;
}

std::expected<S3Answer, ClientError> S3Client::send(const HttpRequest& request) {
  return s3_answer(http_.send(request));
}

Endpoint S3Client::endpoint_in(const std::string& region) const {
  return region == options_.region ? endpoint_ : endpoint_.in_region(region);
}

HttpRequest S3Client::prepare(const S3Request& request) const {
  const auto region = region_of(request.bucket);
  return prepare(request, endpoint_in(region), region, {});
}

HttpRequest S3Client::prepare(const S3Request& request, const Endpoint& endpoint, const std::string& region,
                              const std::optional<Origin>& instead) const {
  auto place = endpoint.place(request.bucket, request.key);
  if (instead) place.origin = *instead;
  HttpRequest result{place.origin, request.method, target_of(place.path, request),
                     {},           request.body,   request.stop};
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
      result.target = sigv4::presign(request.method, place.origin.authority(), result.target, signed_extra,
                                     options_.credentials, region, clock_.now(), request.presigned_seconds);
    }
  } else {
    signature = sigv4::sign(result.headers, request.method, result.target, hash, options_.credentials, region,
                            clock_.now());
  }
  if (!encoded) return result;
  std::optional<protocol::ChunkSigning> signing;
  if (request.payload != Payload::unsigned_trailer)
    signing = chunk_signing(result.headers, signature, options_, region);
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
