#pragma once
/// AWS Signature Version 4 for S3, as both ends compute it: canonical request, string to sign, signing key,
/// signature, and the chained signatures of aws-chunked bodies. Pure functions; nothing here is logged.
/// Source: S3 API reference, "Authenticating Requests (AWS Signature Version 4)" and its pages on header,
/// query-parameter and chunked signing.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/protocol/headers.h>
#include <partsmith/values/digest.h>
#include <partsmith/values/time.h>

namespace partsmith::protocol::sigv4 {

inline constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
inline constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";
inline constexpr std::string_view empty_sha256 =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// `20260221/us-east-1/s3/aws4_request`.
struct Scope {
  std::string date;  ///< YYYYMMDD
  std::string region;
  std::string service;
  std::string text() const { return date + '/' + region + '/' + service + "/aws4_request"; }
};

/// What is signed. `path` and `query` are the raw target's, undecoded, as on the wire: the canonical forms
/// are made from them (the path is taken as the client encoded it: S3 does not normalise and does not encode
/// twice).
struct SignedRequest {
  std::string_view method;
  std::string_view path;
  std::string_view query;  ///< without '?'; X-Amz-Signature is left out of the canonical form
  const Headers* headers = nullptr;
  std::vector<std::string> signed_headers;  ///< lower case, sorted
  std::string_view payload_hash;            ///< hex SHA-256, UNSIGNED-PAYLOAD or STREAMING-…
};

std::string canonical_request(const SignedRequest& request);
std::string string_to_sign(std::string_view amz_date, const Scope& scope, std::string_view canonical_request);
Sha256 signing_key(std::string_view secret_key, const Scope& scope);
/// Lower-case hex HMAC.
std::string signature(const Sha256& key, std::string_view string_to_sign);

/// What signature() signs of one chunk of STREAMING-AWS4-HMAC-SHA256-PAYLOAD(-TRAILER); `previous` is the
/// seed (the request's signature) or the chunk before, `chunk_sha256` the hex digest of the chunk's data.
std::string chunk_to_sign(std::string_view amz_date, const Scope& scope, std::string_view previous,
                          std::string_view chunk_sha256);
/// Of the trailer: `trailer_text` is each trailer as "name:value\n", in order.
std::string trailer_to_sign(std::string_view amz_date, const Scope& scope, std::string_view previous,
                            std::string_view trailer_text);
std::string chunk_signature(const Sha256& key, std::string_view amz_date, const Scope& scope,
                            std::string_view previous, std::string_view chunk_sha256);
std::string trailer_signature(const Sha256& key, std::string_view amz_date, const Scope& scope,
                              std::string_view previous, std::string_view trailer_text);

struct Credentials {
  std::string access_key;
  std::string secret_key;
  std::string session_token;  ///< empty: none
};

/// Client side: adds x-amz-date, x-amz-content-sha256 (= payload_hash), x-amz-security-token and
/// Authorization to `headers`, signing `host` and every header already there but those that proxies change.
/// Returns the signature, the seed of chunk signatures. `headers` must hold Host.
std::string sign(Headers& headers, std::string_view method, std::string_view target,
                 std::string_view payload_hash, const Credentials& credentials, std::string_view region,
                 TimePoint now);

/// Client side: the target with the X-Amz-* query parameters and signature added. `signed_extra` are headers
/// that the request will carry besides Host; x-amz-content-sha256 among them replaces UNSIGNED-PAYLOAD.
std::string presign(std::string_view method, std::string_view host, std::string_view target,
                    const Headers& signed_extra, const Credentials& credentials, std::string_view region,
                    TimePoint now, std::int64_t expires_seconds);

}  // namespace partsmith::protocol::sigv4
