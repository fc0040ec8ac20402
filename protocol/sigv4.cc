#include <algorithm>
#include <array>
#include <stdexcept>

#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/sigv4.h>
#include <partsmith/protocol/uri.h>

#include "sigv4_canonical.h"

namespace partsmith::protocol::sigv4 {

namespace {

std::string hex_sha256(std::string_view text) {
  return to_hex(sha256(as_bytes(text)));
}

/// The common shape of everything that is signed: algorithm, date and scope, then lines of its own.
std::string lines_to_sign(std::string_view kind, std::string_view amz_date, const Scope& scope) {
  std::string text(kind);
  text += '\n';
  text += amz_date;
  text += '\n';
  text += scope.text();
  text += '\n';
  return text;
}

std::string join(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) {
    if (!text.empty()) text += ';';
    text += name;
  }
  return text;
}

std::vector<std::string> sorted_unique(std::vector<std::string> names) {
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  return names;
}

/// Headers that a proxy may add, drop or rewrite, and the signature's own.
bool is_left_unsigned(std::string_view lower_name) {
  constexpr auto names = std::to_array<std::string_view>(
      {"accept-encoding", "authorization", "connection", "expect", "keep-alive", "proxy-authorization",
       "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "via",
       "x-amzn-trace-id", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"});
  return std::ranges::find(names, lower_name) != names.end();
}

std::vector<std::string> names_to_sign(const Headers& headers) {
  std::vector<std::string> names;
  for (const auto& [name, value] : headers) {
    auto lower = lower_case(name);
    if (!is_left_unsigned(lower)) names.push_back(std::move(lower));
  }
  return sorted_unique(std::move(names));
}

Scope scope_of(std::string_view date, std::string_view region) {
  return {std::string(date.substr(0, 8)), std::string(region), "s3"};
}

}  // namespace

std::string canonical_request(const SignedRequest& request) {
  std::string text(request.method);
  text += '\n';
  text += canonical_path(request.path);
  text += '\n';
  text += canonical_query(request.query);
  text += '\n';
  text += canonical_headers(*request.headers, request.signed_headers);
  text += '\n';
  text += join(request.signed_headers);
  text += '\n';
  text += request.payload_hash;
  return text;
}

std::string string_to_sign(std::string_view amz_date, const Scope& scope,
                           std::string_view canonical_request) {
  return lines_to_sign(algorithm, amz_date, scope) + hex_sha256(canonical_request);
}

Sha256 signing_key(std::string_view secret_key, const Scope& scope) {
  std::string secret = "AWS4";
  secret += secret_key;
  const auto of_date = hmac_sha256(as_bytes(secret), as_bytes(scope.date));
  const auto of_region = hmac_sha256(of_date, as_bytes(scope.region));
  const auto of_service = hmac_sha256(of_region, as_bytes(scope.service));
  return hmac_sha256(of_service, as_bytes("aws4_request"));
}

std::string signature(const Sha256& key, std::string_view string_to_sign) {
  return to_hex(hmac_sha256(key, as_bytes(string_to_sign)));
}

std::string chunk_to_sign(std::string_view amz_date, const Scope& scope, std::string_view previous,
                          std::string_view chunk_sha256) {
  auto text = lines_to_sign("AWS4-HMAC-SHA256-PAYLOAD", amz_date, scope);
  text += previous;
  text += '\n';
  text += empty_sha256;
  text += '\n';
  text += chunk_sha256;
  return text;
}

std::string trailer_to_sign(std::string_view amz_date, const Scope& scope, std::string_view previous,
                            std::string_view trailer_text) {
  auto text = lines_to_sign("AWS4-HMAC-SHA256-TRAILER", amz_date, scope);
  text += previous;
  text += '\n';
  text += hex_sha256(trailer_text);
  return text;
}

std::string chunk_signature(const Sha256& key, std::string_view amz_date, const Scope& scope,
                            std::string_view previous, std::string_view chunk_sha256) {
  return signature(key, chunk_to_sign(amz_date, scope, previous, chunk_sha256));
}

std::string trailer_signature(const Sha256& key, std::string_view amz_date, const Scope& scope,
                              std::string_view previous, std::string_view trailer_text) {
  return signature(key, trailer_to_sign(amz_date, scope, previous, trailer_text));
}

std::string sign(Headers& headers, std::string_view method, std::string_view target,
                 std::string_view payload_hash, const Credentials& credentials, std::string_view region,
                 TimePoint now) {
  if (!headers.has("host")) throw std::logic_error("sigv4::sign: the headers hold no Host");
  const auto date = amz_date(now);
  const auto scope = scope_of(date, region);
  headers.set("x-amz-date", date);
  headers.set("x-amz-content-sha256", std::string(payload_hash));
  if (!credentials.session_token.empty()) headers.set("x-amz-security-token", credentials.session_token);

  const auto parts = split_target(target);
  const SignedRequest request{method,      parts.path, parts.query, &headers, names_to_sign(headers),
                              payload_hash};
  auto result = signature(signing_key(credentials.secret_key, scope),
                          string_to_sign(date, scope, canonical_request(request)));

  std::string authorization(algorithm);
  authorization += " Credential=" + credentials.access_key + '/' + scope.text();
  authorization += ", SignedHeaders=" + join(request.signed_headers);
  authorization += ", Signature=" + result;
  headers.set("Authorization", std::move(authorization));
  return result;
}

std::string presign(std::string_view method, std::string_view host, std::string_view target,
                    const Headers& signed_extra, const Credentials& credentials, std::string_view region,
                    TimePoint now, std::int64_t expires_seconds) {
  const auto date = amz_date(now);
  const auto scope = scope_of(date, region);
  Headers headers = signed_extra;
  headers.set("host", std::string(host));
  const auto names = names_to_sign(headers);

  std::string result(target);
  const auto add = [&result](std::string_view name, std::string_view value) {
    const bool first = result.find('?') == std::string::npos;
    result += first ? '?' : '&';
    result += name;
    result += '=';
    result += uri_encode(value, Slash::encode);
  };
  add("X-Amz-Algorithm", algorithm);
  add("X-Amz-Credential", credentials.access_key + '/' + scope.text());
  add("X-Amz-Date", date);
  add("X-Amz-Expires", std::to_string(expires_seconds));
  if (!credentials.session_token.empty()) add("X-Amz-Security-Token", credentials.session_token);
  add("X-Amz-SignedHeaders", join(names));

  const auto parts = split_target(result);
  const auto payload_hash = headers.get("x-amz-content-sha256").value_or(unsigned_payload);
  const SignedRequest request{method, parts.path, parts.query, &headers, names, payload_hash};
  const auto text = string_to_sign(date, scope, canonical_request(request));
  add("X-Amz-Signature", signature(signing_key(credentials.secret_key, scope), text));
  return result;
}

}  // namespace partsmith::protocol::sigv4
