#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <vector>

#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/sigv2.h>
#include <partsmith/values/digest.h>

namespace partsmith::protocol::sigv2 {
namespace {

/// Query parameters that are part of the resource.
constexpr auto subresources = std::to_array<std::string_view>({
    "accelerate",
    "acl",
    "analytics",
    "cors",
    "delete",
    "inventory",
    "lifecycle",
    "location",
    "logging",
    "metrics",
    "notification",
    "object-lock",
    "partNumber",
    "policy",
    "publicAccessBlock",
    "replication",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "restore",
    "select",
    "select-type",
    "storageClass",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "website",
});

/// x-amz-* of the headers, and of the query of presigned URLs: name -> values joined by ','.
std::string canonical_amz_headers(const SignedRequest& request) {
  std::map<std::string, std::string> fields;
  for (const auto& [name, value] : request.headers) {
    const std::string lower = lower_case(name);
    if (!lower.starts_with("x-amz-")) continue;
    std::string& joined = fields[lower];
    joined += (joined.empty() ? "" : ",") + std::string(trimmed(value));
  }
  for (const auto& parameter : request.query.parameters()) {
    const std::string lower = lower_case(parameter.name);
    if (lower.starts_with("x-amz-") && !fields.contains(lower)) fields[lower] = trimmed(parameter.value);
  }
  std::string text;
  for (const auto& [name, value] : fields) text += name + ':' + value + '\n';
  return text;
}

std::string canonical_resource(const SignedRequest& request) {
  std::string text;
  if (!request.bucket.empty()) text = '/' + std::string(request.bucket);
  text += request.path;

  std::vector<std::string> parameters;
  for (const auto& parameter : request.query.parameters()) {
    if (std::ranges::find(subresources, parameter.name) == subresources.end()) continue;
    parameters.push_back(parameter.has_value ? parameter.name + '=' + parameter.value : parameter.name);
  }
  std::ranges::sort(parameters);
  for (std::size_t i = 0; i < parameters.size(); ++i) text += (i == 0 ? '?' : '&') + parameters[i];
  return text;
}

std::string_view header_or_parameter(const SignedRequest& request, std::string_view name) {
  if (const auto value = request.headers.get(name)) return *value;
  return request.query.get(name).value_or("");
}

}  // namespace

std::expected<Claim, S3Error> claim_from_header(const Headers& headers) {
  const std::string_view value =
      trimmed(headers.value("authorization").substr(std::string_view("AWS ").size()));
  const std::size_t colon = value.rfind(':');
  if (colon == std::string_view::npos || colon == 0) {
    return std::unexpected(S3Error(ErrorCode::InvalidArgument,
                                   "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature")
                               .with("ArgumentName", "Authorization")
                               .with("ArgumentValue", std::string(headers.value("authorization"))));
  }
  Claim claim;
  claim.access_key = value.substr(0, colon);
  claim.signature = value.substr(colon + 1);

  const auto amz_date_header = headers.get("x-amz-date");
  const std::string_view date = amz_date_header ? *amz_date_header : headers.value("date");
  if (!amz_date_header) claim.date_text = date;
  claim.signed_at = parse_http_date(date);
  if (!claim.signed_at) claim.signed_at = parse_amz_date(date);
  if (!claim.signed_at) {
    return std::unexpected(
        S3Error(ErrorCode::AccessDenied, "AWS authentication requires a valid Date or x-amz-date header"));
  }
  return claim;
}

std::expected<Claim, S3Error> claim_from_query(const Query& query) {
  const auto signature_text = query.get("Signature");
  const auto expires = query.get("Expires");
  if (!signature_text || !expires) {
    return std::unexpected(
        S3Error(ErrorCode::AccessDenied,
                "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters"));
  }
  std::int64_t seconds = 0;
  const auto parsed = std::from_chars(expires->data(), expires->data() + expires->size(), seconds);
  constexpr std::int64_t last_second = 253'402'300'799;  // of the year 9999
  if (parsed.ec != std::errc() || parsed.ptr != expires->data() + expires->size() || seconds < 0 ||
      seconds > last_second) {
    return std::unexpected(S3Error(ErrorCode::AccessDenied,
                                   "Invalid date (should be seconds since epoch): " + std::string(*expires)));
  }
  Claim claim;
  claim.access_key = query.get("AWSAccessKeyId").value_or("");
  claim.signature = *signature_text;
  claim.date_text = *expires;
  claim.expires = TimePoint(std::chrono::seconds(seconds));
  return claim;
}

std::string string_to_sign(const SignedRequest& request) {
  std::string text(request.method);
  text += '\n';
  text += header_or_parameter(request, "content-md5");
  text += '\n';
  text += header_or_parameter(request, "content-type");
  text += '\n';
  text += request.date_text;
  text += '\n';
  return text + canonical_amz_headers(request) + canonical_resource(request);
}

std::string signature(std::string_view secret_key, std::string_view string_to_sign_text) {
  return to_base64(hmac_sha1(as_bytes(secret_key), as_bytes(string_to_sign_text)));
}

}  // namespace partsmith::protocol::sigv2
