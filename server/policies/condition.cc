#include "policies/condition.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>

#include "account.h"
#include "policies/address_range.h"
#include "policies/wildcards.h"

namespace partsmith::server {

using protocol::ErrorCode;
using protocol::S3Error;

namespace {

using Compare = bool (*)(std::string_view value, std::string_view wanted);

bool equal(std::string_view value, std::string_view wanted) {
  return value == wanted;
}
bool in_range(std::string_view value, std::string_view wanted) {
  const auto range = AddressRange::parse(wanted);
  return range && range->contains(value);
}
/// S3 takes no longer head than 8 KiB, so that no longer value is compared with patterns.
bool like(std::string_view value, std::string_view wanted) {
  constexpr std::size_t longest = 8 * 1024;
  return wanted == "*" || (value.size() <= longest && matches_wildcards(wanted, value));
}
std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}
template <typename Relation>
bool as_numbers(std::string_view value, std::string_view wanted) {
  const auto a = number(value);
  const auto b = number(wanted);
  return a && b && Relation{}(*a, *b);
}

using IsValue = bool (*)(std::string_view);

bool any_text(std::string_view) {
  return true;
}
bool is_boolean(std::string_view text) {
  return protocol::equal_ignoring_case(text, "true") || protocol::equal_ignoring_case(text, "false");
}
bool is_number(std::string_view text) {
  return number(text).has_value();
}
bool is_range(std::string_view text) {
  return AddressRange::parse(text).has_value();
}

}  // namespace

struct ConditionOperator {
  std::string_view name;
  Compare compare;  ///< null: `Null`, which asks whether there is a value
  bool negated = false;
  IsValue is_value = any_text;
};

struct ConditionKey {
  std::string_view name;  ///< "s3:x-amz-*": of any such header
  std::optional<std::string> (*value)(const Principal&, const Circumstances&, std::string_view header);
  bool fixes_the_caller = false;
};

namespace {

constexpr auto operators = std::to_array<ConditionOperator>({
    {"StringEquals", equal},
    {"StringNotEquals", equal, true},
    {"StringEqualsIgnoreCase", protocol::equal_ignoring_case},
    {"StringNotEqualsIgnoreCase", protocol::equal_ignoring_case, true},
    {"StringLike", like},
    {"StringNotLike", like, true},
    {"ArnEquals", like},
    {"ArnLike", like},
    {"ArnNotEquals", like, true},
    {"ArnNotLike", like, true},
    {"Bool", protocol::equal_ignoring_case, false, is_boolean},
    {"IpAddress", in_range, false, is_range},
    {"NotIpAddress", in_range, true, is_range},
    {"NumericEquals", as_numbers<std::equal_to<>>, false, is_number},
    {"NumericNotEquals", as_numbers<std::equal_to<>>, true, is_number},
    {"NumericLessThan", as_numbers<std::less<>>, false, is_number},
    {"NumericLessThanEquals", as_numbers<std::less_equal<>>, false, is_number},
    {"NumericGreaterThan", as_numbers<std::greater<>>, false, is_number},
    {"NumericGreaterThanEquals", as_numbers<std::greater_equal<>>, false, is_number},
    {"Null", nullptr, false, is_boolean},
});

using Value = std::optional<std::string>;

Value owned(std::optional<std::string_view> text) {
  return text ? Value(std::string(*text)) : std::nullopt;
}
Value truth(bool value) {
  return value ? "true" : "false";
}

// What a request says under each key.

Value header(const Principal&, const Circumstances& request, std::string_view name) {
  return owned(request.headers.get(name));
}
template <const char* name>
Value parameter(const Principal&, const Circumstances& request, std::string_view) {
  return owned(request.query.get(name));
}
Value never(const Principal&, const Circumstances&, std::string_view) {
  return std::nullopt;
}
Value of_no_service(const Principal&, const Circumstances&, std::string_view) {
  return "false";
}
Value secure_transport(const Principal&, const Circumstances& request, std::string_view) {
  return truth(request.secure);
}
Value source_address(const Principal&, const Circumstances& request, std::string_view) {
  return std::string(request.peer_address);
}
Value user_agent(const Principal&, const Circumstances& request, std::string_view) {
  return owned(request.headers.get("user-agent"));
}
Value referer(const Principal&, const Circumstances& request, std::string_view) {
  return owned(request.headers.get("referer"));
}
Value principal_account(const Principal& principal, const Circumstances&, std::string_view) {
  return principal.is_anonymous() ? std::nullopt : Value(account_number);
}
Value principal_arn(const Principal& principal, const Circumstances&, std::string_view) {
  return principal.is_anonymous() ? std::nullopt : Value(account_arn());
}
Value principal_type(const Principal& principal, const Circumstances&, std::string_view) {
  return principal.is_anonymous() ? "Anonymous" : "Account";
}
Value user_id(const Principal& principal, const Circumstances&, std::string_view) {
  return principal.is_anonymous() ? "anonymous" : account_number;
}
Value resource_account(const Principal&, const Circumstances&, std::string_view) {
  return account_number;
}
Value authentication(const Principal& principal, const Circumstances& request, std::string_view) {
  if (principal.is_anonymous()) return std::nullopt;
  const bool in_query = request.query.has("X-Amz-Signature") || request.query.has("Signature");
  return request.by_form ? "POST" : in_query ? "REST-QUERY-STRING" : "REST-HEADER";
}
Value signature_version(const Principal& principal, const Circumstances&, std::string_view) {
  if (principal.is_anonymous()) return std::nullopt;
  return principal.by_version_4 ? "AWS4-HMAC-SHA256" : "AWS";
}

constexpr char prefix[] = "prefix";
constexpr char delimiter[] = "delimiter";
constexpr char max_keys[] = "max-keys";
constexpr char version_id[] = "versionId";

/// Names are compared without regard to case. Keys of what this server can't have, as a VPC, are absent of
/// every request, as they are on Amazon S3 of one that comes from elsewhere.
constexpr auto keys = std::to_array<ConditionKey>({
    {"aws:SecureTransport", secure_transport},
    {"aws:SourceIp", source_address, true},
    {"aws:Referer", referer},
    {"aws:UserAgent", user_agent},
    {"aws:PrincipalAccount", principal_account, true},
    {"aws:PrincipalArn", principal_arn, true},
    {"aws:PrincipalType", principal_type},
    {"aws:PrincipalIsAWSService", of_no_service},
    {"aws:PrincipalOrgID", never, true},
    {"aws:ViaAWSService", of_no_service},
    {"aws:userid", user_id, true},
    {"aws:SourceAccount", never, true},
    {"aws:SourceArn", never, true},
    {"aws:SourceOwner", never, true},
    {"aws:SourceVpc", never, true},
    {"aws:SourceVpce", never, true},
    {"aws:ResourceAccount", resource_account},
    {"s3:ResourceAccount", resource_account},
    {"s3:prefix", parameter<prefix>},
    {"s3:delimiter", parameter<delimiter>},
    {"s3:max-keys", parameter<max_keys>},
    {"s3:VersionId", parameter<version_id>},
    {"s3:authType", authentication},
    {"s3:signatureversion", signature_version},
    {"s3:if-match", header},
    {"s3:if-none-match", header},
    {"s3:x-amz-server-side-encryption-aws-kms-key-id", header, true},
    {"s3:x-amz-*", header},
});

const ConditionOperator* operator_named(std::string_view name) {
  const auto* const found = std::ranges::find(operators, name, &ConditionOperator::name);
  return found == operators.end() ? nullptr : found;
}

const ConditionKey* key_named(std::string_view name) {
  const std::string wanted = protocol::lower_case(name);
  const auto* const found = std::ranges::find_if(keys, [&](const ConditionKey& key) {
    return matches_wildcards(protocol::lower_case(key.name), wanted);
  });
  return found == keys.end() ? nullptr : found;
}

std::unexpected<S3Error> unsupported() {
  return std::unexpected(S3Error(ErrorCode::NotImplemented));
}

}  // namespace

S3Result<PolicyCondition> PolicyCondition::of(std::string_view named_operator, std::string_view key,
                                              std::vector<std::string> values) {
  constexpr std::string_view if_exists = "IfExists";
  PolicyCondition condition;
  condition.if_exists_ = named_operator.ends_with(if_exists);
  if (condition.if_exists_) named_operator.remove_suffix(if_exists.size());
  condition.operator_ = operator_named(named_operator);
  condition.key_ = key_named(key);
  if (condition.operator_ == nullptr || condition.key_ == nullptr) return unsupported();
  if (key.starts_with("s3:")) condition.header_ = key.substr(3);
  for (const std::string& value : values) {
    if (value.contains("${")) return unsupported();
    if (condition.operator_->is_value(value)) continue;
    return std::unexpected(S3Error(ErrorCode::MalformedPolicy, "Invalid policy syntax."));
  }
  condition.values_ = std::move(values);
  return condition;
}

bool PolicyCondition::holds(const Principal& principal, const Circumstances& circumstances) const {
  const Value value = key_->value(principal, circumstances, header_);
  if (operator_->compare == nullptr) {
    return std::ranges::any_of(values_, [&](const std::string& absent) {
      return protocol::equal_ignoring_case(absent, "true") == !value.has_value();
    });
  }
  if (!value) return operator_->negated || if_exists_;
  const bool matches = std::ranges::any_of(
      values_, [&](const std::string& wanted) { return operator_->compare(*value, wanted); });
  return matches != operator_->negated;
}

bool PolicyCondition::fixes_the_caller() const {
  if (!key_->fixes_the_caller || operator_->negated || operator_->compare == nullptr || if_exists_)
    return false;
  return std::ranges::all_of(values_, [&](const std::string& value) {
    if (operator_->compare == in_range) return AddressRange::parse(value)->is_narrow();
    return !has_wildcards(value);
  });
}

}  // namespace partsmith::server
