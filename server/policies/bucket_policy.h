#pragma once
/// A bucket's policy: who may do what to it, beyond its owner and what ACLs grant. Here there are two
/// callers, the account and whoever signs nothing; what a policy says of other accounts and of services is
/// kept and told, and matches nobody. Source: IAM user guide, "IAM JSON policy elements reference"; S3 user
/// guide, "Bucket policies for Amazon S3"; recordings put-bucket-policy, get-bucket-policy,
/// bucket-policy-put-get-delete.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "authorisation.h"
#include "policies/condition.h"

namespace partsmith::server {

/// Source: S3 user guide, "Bucket policies for Amazon S3".
inline constexpr std::size_t max_policy_bytes = 20 * 1024;

struct PolicyStatement {
  bool allows = false;  ///< else it denies
  /// Who, or with `not_` everybody else.
  struct Who {
    bool anyone = false;
    bool account = false;
  } who;
  bool not_who = false;
  std::vector<std::string> actions;  ///< patterns in lower case
  bool not_actions = false;
  std::vector<std::string> resources;  ///< patterns: "bucket", "bucket/*"
  bool not_resources = false;
  std::vector<PolicyCondition> conditions = {};  ///< all have to hold
};

struct BucketPolicy {
  std::vector<PolicyStatement> statements;
  /// As S3 tells it: members in its order, a list of one as its element (recorded: get-bucket-policy;
  /// reported: hashicorp/terraform#2432).
  std::string text;

  enum class Verdict { silent, allowed, denied };
  /// Whatever denies outweighs what allows.
  Verdict decide(const Principal& principal, std::string_view action, const Target& resource,
                 const Circumstances& circumstances) const;
  /// Whether a statement allows it on some resource.
  bool allows_some(const Principal& principal, std::string_view action) const;
  /// Whether it allows callers that aren't fixed. Source: S3 user guide, "The meaning of public".
  bool is_public() const;
};

/// MalformedPolicy; NotImplemented for conditions and variables that aren't known here.
S3Result<BucketPolicy> parse_bucket_policy(std::string_view text, std::string_view bucket);

}  // namespace partsmith::server
