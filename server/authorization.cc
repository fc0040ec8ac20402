#include "authorization.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include <partsmith/protocol/dates.h>

#include "signing_checks.h"

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

/// Whether the text begins with a date, as Amazon S3 reads it: four digits, two, and as many as follow
/// (reported: brekkylab/backlot, measured 2026-09).
bool begins_with_date(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits < 7 || digits > 8) return false;
  const auto number = [&](std::size_t from, std::size_t count) {
    unsigned value = 0;
    std::from_chars(text.data() + from, text.data() + from + count, value);
    return value;
  };
  return std::chrono::year_month_day(std::chrono::year(static_cast<int>(number(0, 4))),
                                     std::chrono::month(number(4, 2)),
                                     std::chrono::day(number(6, digits - 6)))
      .ok();
}

}  // namespace

std::expected<Credential, std::string> parse_credential(std::string_view text) {
  const auto pieces = split(text, '/');
  const std::size_t n = pieces.size();
  if (n < 5) return std::unexpected(std::string(no_credential));
  Credential credential;
  credential.scope = {std::string(pieces[n - 4]), std::string(pieces[n - 3]), std::string(pieces[n - 2])};
  const std::size_t tail =
      pieces[n - 4].size() + pieces[n - 3].size() + pieces[n - 2].size() + pieces[n - 1].size() + 4;
  credential.access_key = text.substr(0, text.size() - tail);
  if (credential.access_key.empty()) return std::unexpected(std::string(no_credential));
  if (!begins_with_date(credential.scope.date)) {
    return std::unexpected("incorrect date format \"" + credential.scope.date +
                           "\". This date in the credential must be in the format \"yyyyMMdd\".");
  }
  if (credential.scope.region.empty()) {
    return std::unexpected(std::string("a non-empty region must be provided in the credential."));
  }
  if (pieces.back() != "aws4_request") {
    return std::unexpected("incorrect terminal \"" + std::string(pieces.back()) +
                           "\". This endpoint uses \"aws4_request\".");
  }
  return credential;
}

std::expected<SignatureClaim, S3Error> claim_from_header(const protocol::Headers& headers) {
  SignatureClaim claim;
  std::string_view credential;
  std::string_view signed_headers;

  const auto signed_at = header_time(headers);
  if (!signed_at) return std::unexpected(signed_at.error());
  claim.signed_at = *signed_at;
  claim.amz_date = protocol::amz_date(*signed_at);

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

  return claim;
}

std::expected<SignatureClaim, S3Error> claim_from_query(const protocol::Query& query) {
  SignatureClaim claim;
  claim.presigned = true;
  const auto time = query_time(query);
  if (!time) return std::unexpected(time.error());
  claim.signed_at = time->signed_at;
  claim.expires_seconds = time->expires_seconds;
  claim.amz_date = *query.get("X-Amz-Date");
  claim.signature = *query.get("X-Amz-Signature");
  if (const auto ok = read_credential(*query.get("X-Amz-Credential"), claim); !ok) {
    return std::unexpected(bad_query("Error parsing the X-Amz-Credential parameter; " + ok.error()));
  }
  if (!read_signed_headers(*query.get("X-Amz-SignedHeaders"), claim)) {
    return std::unexpected(
        bad_query("Error parsing the X-Amz-SignedHeaders parameter; " + std::string(bad_signed_headers)));
  }
  return claim;
}

}  // namespace partsmith::server
