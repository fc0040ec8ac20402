#include "policies/bucket_policy.h"

#include <algorithm>

#include <partsmith/protocol/headers.h>

#include "policies/wildcards.h"

namespace partsmith::server {
namespace {

bool any_matches(const std::vector<std::string>& patterns, std::string_view text) {
  return std::ranges::any_of(patterns,
                             [&](const std::string& pattern) { return matches_wildcards(pattern, text); });
}

/// As policies name it, without "arn:aws:s3:::".
std::string name_of(const Target& resource) {
  if (const auto* bucket = std::get_if<BucketTarget>(&resource)) return bucket->bucket.text();
  if (const auto* object = std::get_if<ObjectTarget>(&resource))
    return object->bucket.text() + '/' + object->key.text();
  return {};
}

bool is_about(const PolicyStatement::Who& who, const Principal& principal) {
  return who.anyone || (who.account && !principal.is_anonymous());
}

}  // namespace

BucketPolicy::Verdict BucketPolicy::decide(const Principal& principal, std::string_view action,
                                           const Target& resource, const Circumstances& circumstances) const {
  const std::string name = name_of(resource);
  const std::string lower = protocol::lower_case(action);
  Verdict verdict = Verdict::silent;
  for (const PolicyStatement& statement : statements) {
    const bool applies = is_about(statement.who, principal) != statement.not_who &&
                         any_matches(statement.actions, lower) != statement.not_actions &&
                         any_matches(statement.resources, name) != statement.not_resources &&
                         std::ranges::all_of(statement.conditions, [&](const PolicyCondition& condition) {
                           return condition.holds(principal, circumstances);
                         });
    if (!applies) continue;
    if (!statement.allows) return Verdict::denied;
    verdict = Verdict::allowed;
  }
  return verdict;
}

bool BucketPolicy::allows_some(const Principal& principal, std::string_view action) const {
  const std::string lower = protocol::lower_case(action);
  return std::ranges::any_of(statements, [&](const PolicyStatement& statement) {
    return statement.allows && is_about(statement.who, principal) != statement.not_who &&
           any_matches(statement.actions, lower) != statement.not_actions;
  });
}

bool BucketPolicy::is_public() const {
  return std::ranges::any_of(statements, [](const PolicyStatement& statement) {
    return statement.allows && (statement.who.anyone || statement.not_who) &&
           std::ranges::none_of(statement.conditions, &PolicyCondition::fixes_the_caller);
  });
}

}  // namespace partsmith::server
