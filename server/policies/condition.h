#pragma once
/// The conditions of a bucket policy's statement: what they ask of a request, and whether it holds.
/// Source: IAM user guide, "IAM JSON policy elements: Condition operators", "AWS global condition context
/// keys"; Service Authorization Reference, "Condition keys for Amazon S3".

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authorisation.h"

namespace partsmith::server {

struct ConditionOperator;
struct ConditionKey;

class PolicyCondition {
 public:
  /// Of an operator ("StringNotLikeIfExists"), a key ("aws:SourceIp") and the values of which one suffices.
  /// MalformedPolicy where a value isn't of the operator's kind; NotImplemented for an operator or a key that
  /// isn't known here, and for values with variables.
  static S3Result<PolicyCondition> of(std::string_view named_operator, std::string_view key,
                                      std::vector<std::string> values);

  bool holds(const Principal& principal, const Circumstances& circumstances) const;
  /// Whether it leaves only callers that are fixed, so that who allows anyone under it isn't public.
  /// Source: S3 user guide, "The meaning of public".
  bool fixes_the_caller() const;

 private:
  const ConditionOperator* operator_ = nullptr;
  const ConditionKey* key_ = nullptr;
  std::string header_;  ///< that a key like "s3:x-amz-acl" stands for
  bool if_exists_ = false;
  std::vector<std::string> values_;
};

}  // namespace partsmith::server
