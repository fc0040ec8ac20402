#include "forms/post_policy.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

#include <partsmith/protocol/dates.h>

#include "once_named_json.h"

namespace partsmith::server {
namespace {

using json = nlohmann::ordered_json;
using protocol::ErrorCode;
using protocol::S3Error;

/// Fields that no condition needs to speak of.
constexpr auto exempt =
    std::to_array<std::string_view>({"awsaccesskeyid", "signature", "x-amz-signature", "policy", "file"});

std::unexpected<S3Error> invalid(std::string what) {
  return std::unexpected(S3Error(ErrorCode::InvalidPolicyDocument, "Invalid Policy: " + std::move(what)));
}

std::unexpected<S3Error> denied(std::string why) {
  return std::unexpected(S3Error(ErrorCode::AccessDenied, "Invalid according to Policy: " + std::move(why)));
}

/// S3's policies may escape a dollar and a vertical tab, which JSON doesn't know.
std::string plain_json(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      plain += text[i];
      continue;
    }
    const char next = text[++i];
    if (next == '$') {
      plain += '$';
    } else if (next == 'v') {
      plain += "\\u000b";
    } else {
      plain += '\\';
      plain += next;
    }
  }
  return plain;
}

/// The object, its list, a condition.
constexpr int depth_of_a_policy = 3;

S3Result<PostPolicy::Condition> simple_condition(const json& condition) {
  if (condition.size() != 1) {
    return invalid("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.");
  }
  const auto property = condition.begin();
  if (!property->is_string()) return invalid("Invalid Simple-Condition: value must be a string.");
  return PostPolicy::Condition{PostPolicy::Match::equal, '$' + property.key(), property->get<std::string>()};
}

/// A byte count: a number, or as some clients have it a text of digits.
std::optional<std::uint64_t> size_limit(const json& value) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  const bool digits = !text.empty() && text.size() < 19 &&
                      std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return std::nullopt;
  return std::stoull(text);
}

std::string shown_json(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// A text that is no number is a condition that no form meets (recorded: post-policy-content-length-range);
/// what could never be a limit is no policy (reported: ceph/s3-tests, which asks Amazon S3 the same).
S3Result<void> read_size_range(const json& condition, PostPolicy& policy) {
  const auto min = size_limit(condition[1]);
  const auto max = size_limit(condition[2]);
  const auto readable = [](const std::optional<std::uint64_t>& limit, const json& value) {
    return limit || value.is_string();
  };
  if (!readable(min, condition[1]) || !readable(max, condition[2])) {
    return invalid("Invalid content-length-range: both limits must be non-negative integers.");
  }
  if (!min || !max) {
    std::string written = '[' + shown_json(condition[0]) + ", " + shown_json(condition[1]) + ", " +
                          shown_json(condition[2]) + ']';
    policy.conditions.push_back({PostPolicy::Match::never, std::move(written), {}});
    return {};
  }
  policy.min_size = std::max(policy.min_size, *min);
  policy.max_size = std::min(policy.max_size.value_or(*max), *max);
  return {};
}

/// The texts, but for the last, are reported (versitygw, after Amazon S3).
S3Result<void> read_condition(const json& condition, PostPolicy& policy) {
  if (condition.is_object()) {
    auto simple = simple_condition(condition);
    if (!simple) return std::unexpected(std::move(simple.error()));
    policy.conditions.push_back(std::move(*simple));
    return {};
  }
  if (!condition.is_array()) return invalid("Invalid condition test: must be a List or Object.");
  if (condition.empty() || !condition[0].is_string()) {
    return invalid("Invalid Condition: missing operation identifier.");
  }
  const auto written = condition[0].get<std::string>();
  const std::string operation = protocol::lower_case(written);
  const bool compares = operation == "eq" || operation == "starts-with";
  if (!compares && operation != "content-length-range") {
    return invalid("Invalid Condition: unknown operation '" + written + "'.");
  }
  if (condition.size() != 3) return invalid("Invalid " + written + ": wrong number of arguments.");
  if (!compares) return read_size_range(condition, policy);
  if (!condition[1].is_string() || !condition[2].is_string()) {
    return invalid("Invalid Condition: unknown operation or malformed operands.");
  }
  policy.conditions.push_back({operation == "eq" ? PostPolicy::Match::equal : PostPolicy::Match::starts_with,
                               condition[1].get<std::string>(), condition[2].get<std::string>()});
  return {};
}

std::string shown(const PostPolicy::Condition& condition) {
  if (condition.match == PostPolicy::Match::never) return condition.name;
  return std::string("[") + (condition.match == PostPolicy::Match::equal ? "\"eq\"" : "\"starts-with\"") +
         ", " + shown_json(condition.name) + ", " + shown_json(condition.value) + ']';
}

/// `$name` without its dollar, in lower case; clients may have escaped the dollar once too often.
std::string field_name(std::string_view written) {
  if (written.starts_with("\\$")) written.remove_prefix(1);
  if (!written.starts_with('$')) return {};
  return protocol::lower_case(written.substr(1));
}

/// Of a Content-Type that is a list, each must begin so.
bool every_piece_starts_with(std::string_view list, std::string_view start) {
  while (true) {
    const std::size_t comma = list.find(',');
    if (!protocol::trimmed(list.substr(0, comma)).starts_with(start)) return false;
    if (comma == std::string_view::npos) return true;
    list.remove_prefix(comma + 1);
  }
}

bool holds(const PostPolicy::Condition& condition, std::string_view name, std::string_view value) {
  if (condition.match == PostPolicy::Match::equal) return value == condition.value;
  return name == "content-type" ? every_piece_starts_with(value, condition.value)
                                : value.starts_with(condition.value);
}

/// Of a field `bucket` the URL's bucket counts, and the field mustn't say another.
bool is_met(const PostPolicy::Condition& condition, const FormFields& fields, const BucketName& bucket) {
  if (condition.match == PostPolicy::Match::never) return false;
  const std::string name = field_name(condition.name);
  const auto value = form_field(fields, name);
  const bool field_holds = value && holds(condition, name, *value);
  if (name == "bucket") return holds(condition, name, bucket.text()) && (!value || field_holds);
  return !name.empty() && field_holds;
}

std::string unmentioned_fields(const PostPolicy& policy, const FormFields& fields) {
  std::set<std::string> mentioned;
  for (const auto& condition : policy.conditions) mentioned.insert(field_name(condition.name));
  std::string extra;
  const auto add = [&](const std::string& name) {
    const std::string lower = protocol::lower_case(name);
    if (mentioned.contains(lower) || lower.starts_with("x-ignore-") ||
        std::ranges::find(exempt, lower) != exempt.end()) {
      return;
    }
    extra += (extra.empty() ? "" : ", ") + name;
  };
  for (const auto& [name, value] : fields) add(name);
  if (!form_field(fields, "bucket")) add("bucket");
  return extra;
}

}  // namespace

S3Result<PostPolicy> parse_post_policy(std::string_view base64) {
  if (base64.empty()) return invalid("Expecting '{' but found End-of-Input");
  const auto bytes = from_base64(base64);
  if (!bytes) return invalid("invalid Base64 encoding.");
  const auto parsed = parse_once_named(plain_json(as_text(*bytes)), depth_of_a_policy);
  if (!parsed || !parsed->is_object()) return invalid("Invalid JSON.");
  const json& document = *parsed;
  for (const auto& [name, value] : document.items()) {
    if (name != "expiration" && name != "conditions") return invalid("Unexpected: '" + name + "'.");
  }
  const auto expiration = document.find("expiration");
  if (expiration == document.end()) return invalid("Policy missing expiration.");
  const auto conditions = document.find("conditions");
  if (conditions == document.end()) return invalid("Policy missing conditions.");
  PostPolicy policy;
  const auto time =
      expiration->is_string() ? protocol::parse_iso8601(expiration->get<std::string>()) : std::nullopt;
  if (!time) {
    return invalid("Invalid 'expiration' value: '" +
                   (expiration->is_string() ? expiration->get<std::string>() : std::string()) + "'");
  }
  policy.expiration = *time;
  if (!conditions->is_array()) return invalid("Invalid 'conditions' value: must be a List.");
  for (const json& condition : *conditions) {
    if (auto ok = read_condition(condition, policy); !ok) return std::unexpected(std::move(ok.error()));
  }
  return policy;
}

S3Result<void> check_post_policy(const PostPolicy& policy, const FormFields& fields, const BucketName& bucket,
                                 TimePoint now) {
  if (now > policy.expiration) return denied("Policy expired.");
  for (const auto& condition : policy.conditions) {
    if (!is_met(condition, fields, bucket)) return denied("Policy Condition failed: " + shown(condition));
  }
  if (const std::string extra = unmentioned_fields(policy, fields); !extra.empty()) {
    return denied("Extra input fields: " + extra);
  }
  return {};
}

}  // namespace partsmith::server
