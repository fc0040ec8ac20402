#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <map>
#include <set>
#include <vector>

#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/message_date.h>
#include <partsmith/protocol/operations.h>
#include <partsmith/protocol/sigv2.h>
#include <partsmith/values/digest.h>

namespace partsmith::protocol::sigv2 {
namespace {

/// Besides what tells operations apart.
constexpr auto other_subresources = std::to_array<std::string_view>(
    {"response-cache-control", "response-content-disposition", "response-content-encoding",
     "response-content-language", "response-content-type", "response-expires", "select-type", "storageClass",
     "versionId"});

/// They tell operations apart, and every client of V2 leaves them out: both operations list the same. Of
/// `session` Amazon S3 does so itself (reported: brekkylab/backlot, measured 2026-09).
constexpr auto plain_parameters = std::to_array<std::string_view>({"id", "list-type", "session"});

/// Sub-resources that are signed with their values; of the others the name alone is (the same). Of
/// annotationName and storageClass that is unsettled.
constexpr auto with_values = std::to_array<std::string_view>(
    {"annotationName", "partNumber", "select-type", "storageClass", "uploadId", "versionId"});

bool is_signed_with_value(std::string_view name) {
  return name.starts_with("response-") || std::ranges::find(with_values, name) != with_values.end();
}

/// Sorted. Made from the table of operations, so that no operation's name can be forgotten here: a signature
/// for one would serve for the other.
std::vector<std::string_view> all_subresources() {
  std::vector<std::string_view> names(other_subresources.begin(), other_subresources.end());
  for (const OperationRow& row : operation_table()) {
    std::string_view conditions = row.query;
    while (!conditions.empty()) {
      const std::string_view condition = conditions.substr(0, conditions.find(' '));
      conditions.remove_prefix(std::min(conditions.size(), condition.size() + 1));
      const std::string_view name = condition.substr(0, condition.find('='));
      if (std::ranges::find(plain_parameters, name) == plain_parameters.end()) names.push_back(name);
    }
  }
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  return names;
}

bool breaks_lines(std::string_view value) {
  return value.find_first_of("\r\n") != std::string_view::npos;
}

/// Whether "a=1&b" could be read as a value and a further sub-resource.
bool goes_on_as_parameter(std::string_view value) {
  for (auto at = value.find('&'); at != std::string_view::npos; at = value.find('&', at + 1)) {
    const std::string_view rest = value.substr(at + 1);
    if (is_subresource(rest.substr(0, rest.find_first_of("=&")))) return true;
  }
  return false;
}

bool is_amz(std::string_view lower_name) {
  return lower_name.starts_with("x-amz-");
}

/// x-amz-* of the headers, and of the query of presigned URLs: name -> values joined by ','.
std::string canonical_amz_headers(const SignedRequest& request) {
  std::map<std::string, std::string> fields;
  for (const auto& [name, value] : request.headers) {
    const std::string lower = lower_case(name);
    if (!is_amz(lower)) continue;
    const auto [field, first] = fields.try_emplace(lower);
    if (!first) field->second += ',';
    field->second += trimmed(value);
  }
  for (const auto& parameter : request.query.parameters()) {
    const std::string lower = lower_case(parameter.name);
    if (is_amz(lower) && !fields.contains(lower)) fields[lower] = trimmed(parameter.value);
  }
  std::string text;
  for (const auto& [name, value] : fields) text += name + ':' + value + '\n';
  return text;
}

/// `/bucket`, without a key or a slash at its end.
bool is_bare_bucket(const SignedRequest& request) {
  return request.bucket.empty() && request.path.size() > 1 &&
         request.path.find('/', 1) == std::string_view::npos;
}

std::string canonical_resource(const SignedRequest& request, ResourceForm form) {
  const bool bare = form == ResourceForm::bare_empties || form == ResourceForm::slash_and_bare;
  const bool slash = form == ResourceForm::slash_ended || form == ResourceForm::slash_and_bare;
  std::string text;
  if (!request.bucket.empty()) text = '/' + std::string(request.bucket);
  text += request.path;
  if (slash && is_bare_bucket(request)) text += '/';

  std::vector<std::string> parameters;
  for (const auto& parameter : request.query.parameters()) {
    if (!is_subresource(parameter.name)) continue;
    const bool with_value =
        is_signed_with_value(parameter.name) && (bare ? !parameter.value.empty() : parameter.has_value);
    parameters.push_back(with_value ? parameter.name + '=' + parameter.value : parameter.name);
  }
  std::ranges::sort(parameters);
  for (std::size_t i = 0; i < parameters.size(); ++i) text += (i == 0 ? '?' : '&') + parameters[i];
  return text;
}

std::string_view header_or_parameter(const SignedRequest& request, std::string_view name) {
  if (const auto value = request.headers.get(name)) return *value;
  return request.query.get(name).value_or("");
}

/// Amazon S3 takes any time that is gone, and of those to come the ones that fit in 32 bits (reported:
/// brekkylab/backlot, measured 2026-09). What was before the year 1 is the first second of it here.
std::optional<std::int64_t> seconds_in(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  std::int64_t seconds = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  if (seconds > std::numeric_limits<std::int32_t>::max()) return std::nullopt;
  constexpr std::int64_t first_second = -62'135'596'800;
  return std::max(seconds, first_second);
}

}  // namespace

std::expected<Claim, S3Error> claim_from_header(const Headers& headers) {
  const std::string_view value = headers.value("authorization").substr(std::string_view("AWS ").size());
  const std::size_t colon = value.find(':');
  if (colon == std::string_view::npos || colon + 1 == value.size() ||
      value.find(':', colon + 1) != std::string_view::npos) {
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
  claim.signed_at = parse_message_date(date);
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
  const auto access_key = query.get("AWSAccessKeyId");
  if (!signature_text || !expires || !access_key) {
    return std::unexpected(
        S3Error(ErrorCode::AccessDenied,
                "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters"));
  }
  const auto seconds = seconds_in(*expires);
  if (!seconds) {
    return std::unexpected(S3Error(ErrorCode::AccessDenied,
                                   "Invalid date (should be seconds since epoch): " + std::string(*expires)));
  }
  Claim claim;
  claim.access_key = *access_key;
  claim.signature = *signature_text;
  claim.date_text = *expires;
  claim.expires = TimePoint(std::chrono::seconds(*seconds));
  return claim;
}

bool is_subresource(std::string_view name) {
  static const std::vector<std::string_view> names = all_subresources();
  return std::ranges::binary_search(names, name);
}

std::optional<std::string> ambiguous_name(const SignedRequest& request) {
  std::set<std::string> seen;
  for (const auto& parameter : request.query.parameters()) {
    const std::string lower = lower_case(parameter.name);
    const bool of_resource = is_subresource(parameter.name);
    if (!of_resource && !is_amz(lower) && lower != "content-md5" && lower != "content-type") continue;
    const bool twice = !seen.insert(of_resource ? parameter.name : lower).second;
    if (twice || breaks_lines(parameter.name) || breaks_lines(parameter.value)) return parameter.name;
    if (of_resource && goes_on_as_parameter(parameter.value)) return parameter.name;
    if (!of_resource && parameter.name.find(':') != std::string::npos) return parameter.name;
  }
  seen.clear();
  for (const auto& [name, value] : request.headers) {
    const bool one_line =
        equal_ignoring_case(name, "content-md5") || equal_ignoring_case(name, "content-type");
    if (breaks_lines(value) || (one_line && !seen.insert(lower_case(name)).second)) return name;
  }
  return std::nullopt;
}

std::string string_to_sign(const SignedRequest& request, ResourceForm form) {
  std::string text(request.method);
  text += '\n';
  text += header_or_parameter(request, "content-md5");
  text += '\n';
  text += header_or_parameter(request, "content-type");
  text += '\n';
  text += request.date_text;
  text += '\n';
  return text + canonical_amz_headers(request) + canonical_resource(request, form);
}

std::string signature(std::string_view secret_key, std::string_view string_to_sign_text) {
  return to_base64(hmac_sha1(as_bytes(secret_key), as_bytes(string_to_sign_text)));
}

}  // namespace partsmith::protocol::sigv2
