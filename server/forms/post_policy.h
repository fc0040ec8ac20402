#pragma once
/// The policy of a POST form: what its signer allows to be posted, until when.
/// Source: S3 API reference, "Creating a POST Policy"; recordings post-policy-*.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <partsmith/values/time.h>

#include "call.h"

namespace partsmith::server {

/// The fields before the file, in order, names as they came.
using FormFields = std::vector<std::pair<std::string, std::string>>;

/// The first field of that name, whatever its letter case.
std::optional<std::string_view> form_field(const FormFields& fields, std::string_view name);

struct PostPolicy {
  enum class Match { equal, starts_with };
  struct Condition {
    Match match;
    std::string name;  ///< as written, with its dollar
    std::string value;
  };

  TimePoint expiration;
  std::vector<Condition> conditions;
  std::uint64_t min_size = 0;             ///< of the file, in bytes
  std::optional<std::uint64_t> max_size;  ///< likewise
};

/// Of the base64 in the form's policy field. InvalidPolicyDocument.
S3Result<PostPolicy> parse_post_policy(std::string_view base64);

/// Whether the policy allows this form to be posted now: AccessDenied when it has expired, a condition isn't
/// met, or a field is there that no condition speaks of.
S3Result<void> check_post_policy(const PostPolicy& policy, const FormFields& fields, const BucketName& bucket,
                                 TimePoint now);

}  // namespace partsmith::server
