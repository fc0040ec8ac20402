#pragma once
/// The policy of a POST form: what its signer allows to be posted, until when.
/// Source: S3 API reference, "Creating a POST Policy"; recordings post-policy-*.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/values/time.h>

#include "forms/form_fields.h"

namespace partsmith::server {

struct PostPolicy {
  enum class Match { equal, starts_with, never };
  struct Condition {
    Match match;
    std::string name;  ///< as written, with its dollar; of one that is never met, all of it
    std::string value;
  };

  TimePoint expiration;
  std::vector<Condition> conditions;      ///< all of which must hold, also where several speak of one field
  std::uint64_t min_size = 0;             ///< of the file, in bytes: the narrowest of all ranges
  std::optional<std::uint64_t> max_size;  ///< likewise
};

/// Of the base64 in the form's policy field. InvalidPolicyDocument.
S3Result<PostPolicy> parse_post_policy(std::string_view base64);

/// Whether the policy allows this form to be posted now: AccessDenied when it has expired, a condition isn't
/// met, or a field is there that no condition speaks of.
S3Result<void> check_post_policy(const PostPolicy& policy, const FormFields& fields, const BucketName& bucket,
                                 TimePoint now);

}  // namespace partsmith::server
