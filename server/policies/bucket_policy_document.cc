/// Reads a bucket's policy from its JSON.

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <span>

#include <partsmith/protocol/headers.h>

#include "account.h"
#include "once_named_json.h"
#include "policies/actions.h"
#include "policies/bucket_policy.h"
#include "policies/wildcards.h"

namespace partsmith::server {
namespace {

using json = nlohmann::ordered_json;
using protocol::ErrorCode;
using protocol::S3Error;

/// The policy, its list, a statement, its conditions, an operator, a list of values.
constexpr int depth_of_a_policy = 6;
constexpr std::string_view arn_prefix = "arn:aws:s3:::";

/// As S3 tells them.
constexpr auto members_of_a_policy = std::to_array<const char*>({"Version", "Id", "Statement"});
constexpr auto members_of_a_statement =
    std::to_array<const char*>({"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction",
                                "Resource", "NotResource", "Condition"});

std::unexpected<S3Error> malformed(std::string what) {
  return std::unexpected(S3Error(ErrorCode::MalformedPolicy, std::move(what)));
}
std::unexpected<S3Error> missing(std::string_view field) {
  return malformed("Missing required field " + std::string(field));
}
std::unexpected<S3Error> invalid_principal() {
  return malformed("Invalid principal in policy");
}

S3Result<void> check_members(const json& object, std::span<const char* const> known) {
  for (const auto& [name, value] : object.items()) {
    if (std::ranges::find(known, name) == known.end()) return malformed("Unknown field " + name);
  }
  return {};
}

/// One text, or a list of at least one. Nothing for anything else.
std::optional<std::vector<std::string>> texts(const json& value) {
  if (value.is_string()) return std::vector{value.get<std::string>()};
  if (!value.is_array() || value.empty()) return std::nullopt;
  std::vector<std::string> all;
  for (const json& one : value) {
    if (!one.is_string()) return std::nullopt;
    all.push_back(one.get<std::string>());
  }
  return all;
}

json undo_list_of_one(const json& value) {
  return value.is_array() && value.size() == 1 ? value.front() : value;
}

/// An element that a statement has under its name or, for the contrary, under "Not" and its name.
struct Element {
  const json* value = nullptr;
  bool negated = false;
};
S3Result<Element> element(const json& statement, const std::string& name) {
  const auto plain = statement.find(name);
  const auto negated = statement.find("Not" + name);
  if ((plain != statement.end()) == (negated != statement.end())) return missing(name);
  return plain != statement.end() ? Element{&*plain} : Element{&*negated, true};
}

bool is_account(std::string_view text) {
  return text.size() == 12 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// One of the texts under "AWS".
S3Result<PolicyStatement::Who> caller(const std::string& text) {
  if (text == "*") return PolicyStatement::Who{.anyone = true};
  if (text == account_number || text == account_arn()) return PolicyStatement::Who{.account = true};
  if (is_account(text) || text.starts_with("arn:aws:")) return PolicyStatement::Who{};
  return invalid_principal();
}

/// Who isn't known here matches nobody.
S3Result<PolicyStatement::Who> callers(const json& value) {
  if (value == "*") return PolicyStatement::Who{.anyone = true};
  if (!value.is_object() || value.empty()) return invalid_principal();
  PolicyStatement::Who who;
  for (const auto& [kind, named] : value.items()) {
    const auto names = texts(named);
    if (!names) return invalid_principal();
    if (kind == "AWS") {
      for (const std::string& name : *names) {
        const auto one = caller(name);
        if (!one) return std::unexpected(one.error());
        who.anyone = who.anyone || one->anyone;
        who.account = who.account || one->account;
      }
    } else if (kind == "CanonicalUser") {
      who.account = who.account || std::ranges::find(*names, owner_id) != names->end();
    } else if (kind != "Service" && kind != "Federated") {
      return invalid_principal();
    }
  }
  return who;
}

S3Result<std::vector<std::string>> actions(const json& value) {
  auto named = texts(value);
  if (!named) return malformed("Policy has invalid action");
  for (std::string& action : *named) {
    action = protocol::lower_case(action);
    if (action != "*" && !(action.starts_with("s3:") && named_actions(action).any()))
      return malformed("Policy has invalid action");
  }
  return *std::move(named);
}

/// Each names the policy's own bucket, or what is in it.
S3Result<std::vector<std::string>> resources(const json& value, std::string_view bucket) {
  auto named = texts(value);
  if (!named) return malformed("Policy has invalid resource");
  for (std::string& resource : *named) {
    if (resource.contains("${")) return std::unexpected(S3Error(ErrorCode::NotImplemented));
    if (!resource.starts_with(arn_prefix)) return malformed("Policy has invalid resource");
    resource.erase(0, arn_prefix.size());
    const std::string_view of_bucket = std::string_view(resource).substr(0, resource.find('/'));
    if (!matches_wildcards(of_bucket, bucket)) return malformed("Policy has invalid resource");
  }
  return *std::move(named);
}

/// Each action acts on one of the resources at least (reported: versity/versitygw#645,
/// humanmade/S3-Uploads#239).
bool actions_apply(const PolicyStatement& statement) {
  if (statement.not_actions || statement.not_resources) return true;
  const auto is_of_object = [](const std::string& resource) {
    return resource.contains('/') || resource.ends_with('*');
  };
  const bool has_object = std::ranges::any_of(statement.resources, is_of_object);
  const bool has_bucket = std::ranges::any_of(
      statement.resources, [](const std::string& resource) { return !resource.contains('/'); });
  return std::ranges::all_of(statement.actions, [&](const std::string& action) {
    const NamedActions named = named_actions(action);
    return (named.of_bucket && has_bucket) || (named.of_object && has_object);
  });
}

/// `applies` here: where nobody who could ask is meant, no condition is asked for, and any is taken.
S3Result<std::vector<PolicyCondition>> conditions(const json& operators, bool applies) {
  std::vector<PolicyCondition> all;
  if (!operators.is_object()) return malformed("Invalid Condition type");
  for (const auto& [named_operator, keys] : operators.items()) {
    if (!keys.is_object()) return malformed("Invalid Condition type");
    for (const auto& [key, value] : keys.items()) {
      json written = value;
      if (value.is_boolean() || value.is_number()) written = value.dump();
      auto values = texts(written);
      if (!values) return malformed("Invalid Condition type");
      if (!applies) continue;
      auto condition = PolicyCondition::of(named_operator, key, *std::move(values));
      if (!condition) return std::unexpected(std::move(condition.error()));
      all.push_back(*std::move(condition));
    }
  }
  return all;
}

S3Result<PolicyStatement> statement_of(const json& value, std::string_view bucket) {
  if (!value.is_object()) return malformed("Invalid policy syntax.");
  if (auto ok = check_members(value, members_of_a_statement); !ok)
    return std::unexpected(std::move(ok.error()));
  PolicyStatement statement;
  const auto effect = value.find("Effect");
  if (effect == value.end()) return missing("Effect");
  if (*effect != "Allow" && *effect != "Deny") return malformed("Invalid effect: " + effect->dump());
  statement.allows = *effect == "Allow";

  const auto principal = element(value, "Principal");
  if (!principal) return std::unexpected(principal.error());
  const auto who = callers(*principal->value);
  if (!who) return std::unexpected(who.error());
  statement.who = *who;
  statement.not_who = principal->negated;

  const auto action = element(value, "Action");
  if (!action) return std::unexpected(action.error());
  auto named = actions(*action->value);
  if (!named) return std::unexpected(std::move(named.error()));
  statement.actions = *std::move(named);
  statement.not_actions = action->negated;

  const auto resource = element(value, "Resource");
  if (!resource) return std::unexpected(resource.error());
  auto targets = resources(*resource->value, bucket);
  if (!targets) return std::unexpected(std::move(targets.error()));
  statement.resources = *std::move(targets);
  statement.not_resources = resource->negated;
  if (!actions_apply(statement)) return malformed("Action does not apply to any resource(s) in statement");

  if (const auto condition = value.find("Condition"); condition != value.end()) {
    const bool applies = who->anyone || who->account || statement.not_who;
    auto parsed = conditions(*condition, applies);
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    statement.conditions = *std::move(parsed);
  }
  return statement;
}

/// The members that are there, in S3's order.
json told_statement(const json& statement) {
  json told = json::object();
  for (const char* name : members_of_a_statement) {
    const auto found = statement.find(name);
    if (found == statement.end()) continue;
    json value = undo_list_of_one(*found);
    if (value.is_object()) {
      for (json& inner : value) {
        inner = undo_list_of_one(inner);
        if (inner.is_object()) {
          for (json& innermost : inner) innermost = undo_list_of_one(innermost);
        }
      }
    }
    told[name] = std::move(value);
  }
  return told;
}

}  // namespace

S3Result<BucketPolicy> parse_bucket_policy(std::string_view text, std::string_view bucket) {
  if (text.empty() || text.front() != '{')
    return malformed("Policies must be valid JSON and the first byte must be '{'");
  if (text.size() > max_policy_bytes) return malformed("Policy exceeds the maximum allowed document size.");
  const auto document = parse_once_named(text, depth_of_a_policy);
  if (!document) return malformed("This policy contains invalid Json");
  if (auto ok = check_members(*document, members_of_a_policy); !ok)
    return std::unexpected(std::move(ok.error()));
  json told = json::object();
  if (const auto version = document->find("Version"); version != document->end()) {
    if (*version != "2012-10-17" && *version != "2008-10-17")
      return malformed("The policy must contain a valid version string");
    told["Version"] = *version;
  }
  if (const auto id = document->find("Id"); id != document->end()) {
    if (!id->is_string()) return malformed("Invalid policy syntax.");
    told["Id"] = *id;
  }
  const auto listed = document->find("Statement");
  if (listed == document->end()) return missing("Statement");
  const json statements = listed->is_object() ? json::array({*listed}) : *listed;
  if (!statements.is_array()) return malformed("Invalid policy syntax.");
  if (statements.empty()) return malformed("Could not parse the policy: Statement is empty!");
  BucketPolicy policy;
  json& all = told["Statement"] = json::array();
  for (const json& one : statements) {
    auto statement = statement_of(one, bucket);
    if (!statement) return std::unexpected(std::move(statement.error()));
    policy.statements.push_back(*std::move(statement));
    all.push_back(told_statement(one));
  }
  policy.text = told.dump();
  return policy;
}

}  // namespace partsmith::server
