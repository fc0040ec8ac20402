#include "operations/listing_parameters.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <stdexcept>

#include <partsmith/values/encoding.h>

#include "operations/answers.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

constexpr std::string_view token_mark = "1";  // so that the format can change
constexpr std::int32_t int_max = std::numeric_limits<std::int32_t>::max();
constexpr std::int32_t page = limits::max_page;
constexpr std::int32_t buckets_page = 10'000;

/// Source of every row but where it says otherwise: reported (brekkylab/backlot, measured 2026-09). A page
/// has at most 1,000 entries whatever the number is; MaxKeys shows the number as it was asked for, MaxUploads
/// and MaxParts at most 1,000 (of MaxParts that is unsettled).
constexpr auto rules = std::to_array<NumberRule>({
    {"ListBuckets", "max-buckets", buckets_page, 1, buckets_page, "max-buckets"},
    {"ListObjects", "max-keys", page, 0, int_max, "maxKeys"},
    {"HeadBucket", "max-keys", page, 0, int_max, "maxKeys"},
    {"ListObjectsV2", "max-keys", page, 0, int_max, "maxKeys"},
    // versitygw#1809
    {"ListObjectVersions", "max-keys", page, 0, int_max, "max-keys", "max-keys cannot be negative"},
    {"ListMultipartUploads", "max-uploads", page, 0, int_max, "max-uploads"},
    // The range: versitygw#329 and versitygw#1383
    {"ListParts", "max-parts", page, 0, int_max, "max-parts"},
    {"ListParts", "part-number-marker", 0, 0, int_max, "part-number-marker"},
});

bool stays(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.' || c == '*' || c == '/';
}

S3Error argument_alone(std::string message, std::string_view name) {
  return S3Error(ErrorCode::InvalidArgument, std::move(message)).with("ArgumentName", std::string(name));
}

}  // namespace

const NumberRule& number_rule(const Visit& visit, std::string_view parameter) {
  const auto found = std::ranges::find_if(rules, [&](const NumberRule& rule) {
    return rule.operation == visit.operation().name && rule.parameter == parameter;
  });
  if (found == rules.end()) throw std::logic_error("a listing without a rule for its number");
  return *found;
}

S3Result<std::int32_t> number_parameter(const Visit& visit, const NumberRule& rule) {
  const auto text = visit.query().get(rule.parameter);
  if (!text || text->empty()) return rule.absent;
  std::int32_t number = 0;
  const auto parsed = std::from_chars(text->data(), text->data() + text->size(), number);
  if (parsed.ec == std::errc() && parsed.ptr == text->data() + text->size()) return number;
  const std::string name(rule.parameter);
  return invalid_argument("Provided " + name + " not an integer or within integer range", name,
                          std::string(*text));
}

S3Result<std::uint32_t> number_in_range(const NumberRule& rule, std::int32_t number) {
  if (number >= rule.least && number <= rule.most) return static_cast<std::uint32_t>(number);
  const std::string argument(rule.argument);
  if (!rule.out_of_range.empty()) {
    return std::unexpected(argument_alone(std::string(rule.out_of_range), argument));
  }
  return invalid_argument("Argument " + argument + " must be an integer between " +
                              std::to_string(rule.least) + " and " + std::to_string(rule.most),
                          argument, std::to_string(number));
}

std::unexpected<S3Error> after_bucket(const Visit& visit, S3Error error) {
  if (const auto bucket = visit.store().bucket(visit.bucket()); !bucket)
    return refused(bucket.error(), visit);
  return std::unexpected(std::move(error));
}

S3Result<void> refuse_parameter(const Visit& visit, std::string_view name, std::string_view message) {
  if (!visit.query().has(name)) return {};
  return std::unexpected(argument_alone(std::string(message), name));
}

std::string make_token(std::string_view key) {
  return to_base64url(as_bytes(std::string(token_mark) + std::string(key)));
}

S3Result<std::optional<std::string>> opaque_token(const Visit& visit, std::string_view name) {
  const auto text = visit.query().get(name);
  if (!text) return std::nullopt;
  const auto bytes = from_base64url(*text);
  if (!bytes || !as_text(*bytes).starts_with(token_mark)) {
    return std::unexpected(argument_alone("The continuation token provided is incorrect", name));
  }
  return std::string(as_text(*bytes).substr(token_mark.size()));
}

S3Result<NameEncoding> NameEncoding::of(const Visit& visit) {
  NameEncoding encoding;
  const auto type = visit.query().get("encoding-type");
  if (!type) return encoding;
  if (!protocol::equal_ignoring_case(*type, "url")) {
    return invalid_argument("Invalid Encoding Method specified in Request", "encoding-type",
                            std::string(*type));
  }
  encoding.type_ = *type;
  return encoding;
}

std::string NameEncoding::operator()(std::string_view name) const {
  if (!type_) return std::string(name);
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char character : name) {
    const auto c = static_cast<unsigned char>(character);
    if (stays(c)) {
      encoded += character;
    } else if (c == ' ') {
      encoded += '+';
    } else {
      encoded += {'%', digits[c >> 4], digits[c & 15]};
    }
  }
  return encoded;
}

void NameEncoding::write_type(protocol::XmlWriter& document) const {
  document.optional_element("EncodingType", type_);
}

}  // namespace partsmith::server
