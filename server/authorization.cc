#include "authorization.h"

#include <algorithm>
#include <charconv>

#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/message_date.h>
#include <partsmith/values/limits.h>

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

constexpr std::string_view no_credential =
    "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".";

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  while (true) {
    const std::size_t end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return pieces;
    text.remove_prefix(end + 1);
  }
}

std::expected<void, std::string> read_credential(std::string_view text, SignatureClaim& claim) {
  auto credential = parse_credential(text);
  if (!credential) return std::unexpected(std::move(credential.error()));
  claim.access_key = std::move(credential->access_key);
  claim.scope = std::move(credential->scope);
  return {};
}

bool may_be_in_a_name(char c) {
  return c > ' ' && c < 0x7f && std::string_view("\"(),/:;<=>?@[\\]{}").find(c) == std::string_view::npos;
}

/// False when a name stands there twice, or can't be a header's: what is signed must have one reading, and
/// each name costs a line. How Amazon S3 answers is unsettled. A name that the request doesn't have is no
/// fault: canonical_headers.
bool read_signed_headers(std::string_view text, SignatureClaim& claim) {
  for (const std::string_view name : split(text, ';')) {
    if (name.empty() || !std::ranges::all_of(name, may_be_in_a_name)) return false;
    claim.signed_headers.push_back(protocol::lower_case(name));
  }
  std::ranges::sort(claim.signed_headers);
  return std::ranges::adjacent_find(claim.signed_headers) == claim.signed_headers.end();
}

constexpr std::string_view bad_signed_headers =
    "the SignedHeaders are mal-formed; expecting each name once, separated by ';'.";

S3Error malformed_header(std::string_view what) {
  return S3Error(ErrorCode::AuthorizationHeaderMalformed,
                 "The authorization header is malformed; " + std::string(what));
}

S3Error bad_query(std::string message) {
  return S3Error(ErrorCode::AuthorizationQueryParametersError, std::move(message));
}

/// x-amz-date in its own form, or Date in HTTP's.
std::expected<TimePoint, S3Error> date_of(const protocol::Headers& headers) {
  const auto text = headers.has("x-amz-date") ? headers.get("x-amz-date") : headers.get("date");
  if (text) {
    if (const auto time = protocol::parse_amz_date(*text)) return *time;
    if (const auto time = protocol::parse_message_date(*text)) return *time;
  }
  return std::unexpected(
      S3Error(ErrorCode::AccessDenied, "AWS authentication requires a valid Date or x-amz-date header"));
}

}  // namespace

std::expected<Credential, std::string> parse_credential(std::string_view text) {
  const auto pieces = split(text, '/');
  const std::size_t n = pieces.size();
  if (n < 5) return std::unexpected(std::string(no_credential));
  if (pieces.back() != "aws4_request") {
    return std::unexpected("incorrect terminal \"" + std::string(pieces.back()) +
                           "\". This endpoint uses \"aws4_request\".");
  }
  Credential credential;
  credential.scope = {std::string(pieces[n - 4]), std::string(pieces[n - 3]), std::string(pieces[n - 2])};
  const std::size_t tail =
      pieces[n - 4].size() + pieces[n - 3].size() + pieces[n - 2].size() + pieces[n - 1].size() + 4;
  credential.access_key = text.substr(0, text.size() - tail);
  const auto& scope = credential.scope;
  const bool all_digits = std::ranges::all_of(scope.date, [](char c) { return c >= '0' && c <= '9'; });
  if (credential.access_key.empty() || scope.region.empty() || scope.service.empty()) {
    return std::unexpected(std::string(no_credential));
  }
  if (scope.date.size() != 8 || !all_digits) {
    return std::unexpected("incorrect date format \"" + scope.date +
                           "\". This date in the credential must be in the format \"yyyyMMdd\".");
  }
  return credential;
}

std::expected<SignatureClaim, S3Error> claim_from_header(const protocol::Headers& headers) {
  SignatureClaim claim;
  std::string_view credential;
  std::string_view signed_headers;

  std::string_view rest = headers.value("authorization");
  rest.remove_prefix(protocol::sigv4::algorithm.size());
  const auto pieces = split(rest, ',');
  if (pieces.size() < 3) {  // this and the next: reported (versitygw, after Amazon S3)
    return std::unexpected(malformed_header(
        "the authorization header requires three components: Credential, SignedHeaders, and Signature."));
  }
  for (const std::string_view piece : pieces) {
    const std::string_view field = protocol::trimmed(piece);
    const std::size_t equals = field.find('=');
    if (equals == std::string_view::npos) {
      return std::unexpected(
          malformed_header("the authorization component \"" + std::string(field) + "\" is malformed."));
    }
    const std::string_view name = field.substr(0, equals);
    const std::string_view value = field.substr(equals + 1);
    if (name == "Credential") credential = value;
    if (name == "SignedHeaders") signed_headers = value;
    if (name == "Signature") claim.signature = value;
  }
  if (credential.empty()) return std::unexpected(malformed_header("missing Credential."));
  if (signed_headers.empty()) return std::unexpected(malformed_header("missing SignedHeaders."));
  if (claim.signature.empty()) return std::unexpected(malformed_header("missing Signature."));
  if (const auto ok = read_credential(credential, claim); !ok) {
    return std::unexpected(malformed_header(ok.error()));
  }
  if (!read_signed_headers(signed_headers, claim))
    return std::unexpected(malformed_header(bad_signed_headers));

  const auto signed_at = date_of(headers);
  if (!signed_at) return std::unexpected(signed_at.error());
  claim.signed_at = *signed_at;
  claim.amz_date = protocol::amz_date(*signed_at);
  if (!claim.amz_date.starts_with(claim.scope.date)) {
    return std::unexpected(malformed_header("Invalid credential date \"" + claim.scope.date +
                                            "\". This date is not the same as X-Amz-Date: \"" +
                                            claim.amz_date.substr(0, 8) + "\"."));
  }
  return claim;
}

std::expected<SignatureClaim, S3Error> claim_from_query(const protocol::Query& query) {
  SignatureClaim claim;
  claim.presigned = true;
  const auto algorithm = query.get("X-Amz-Algorithm");
  const auto credential = query.get("X-Amz-Credential");
  const auto signature = query.get("X-Amz-Signature");
  const auto date = query.get("X-Amz-Date");
  const auto signed_headers = query.get("X-Amz-SignedHeaders");
  const auto expires = query.get("X-Amz-Expires");
  if (!algorithm || !credential || !signature || !date || !signed_headers || !expires) {
    return std::unexpected(
        bad_query("Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
                  "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."));
  }
  if (*algorithm != protocol::sigv4::algorithm) {
    return std::unexpected(
        bad_query("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\""));
  }
  if (const auto ok = read_credential(*credential, claim); !ok) {
    return std::unexpected(bad_query("Error parsing the X-Amz-Credential parameter; " + ok.error()));
  }
  const auto signed_at = protocol::parse_amz_date(*date);
  if (!signed_at) {
    return std::unexpected(
        bad_query("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""));
  }
  const auto parsed =
      std::from_chars(expires->data(), expires->data() + expires->size(), claim.expires_seconds);
  if (parsed.ec != std::errc() || parsed.ptr != expires->data() + expires->size()) {
    return std::unexpected(bad_query("X-Amz-Expires should be a number"));
  }
  if (claim.expires_seconds < 0) return std::unexpected(bad_query("X-Amz-Expires must be non-negative"));
  if (claim.expires_seconds > limits::max_presign_seconds) {
    return std::unexpected(bad_query(
        "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be "
        "less than 604800 seconds"));
  }
  claim.signature = *signature;
  claim.amz_date = *date;
  claim.signed_at = *signed_at;
  if (!read_signed_headers(*signed_headers, claim)) {
    return std::unexpected(
        bad_query("Error parsing the X-Amz-SignedHeaders parameter; " + std::string(bad_signed_headers)));
  }
  if (!claim.amz_date.starts_with(claim.scope.date)) {
    return std::unexpected(bad_query("Invalid credential date \"" + claim.scope.date +
                                     "\". This date is not the same as X-Amz-Date: \"" +
                                     claim.amz_date.substr(0, 8) + "\"."));
  }
  return claim;
}

}  // namespace partsmith::server
