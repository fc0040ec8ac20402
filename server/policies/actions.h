#pragma once
/// The actions that a bucket's policy may name. Source: Service Authorization Reference, "Actions, resources,
/// and condition keys for Amazon S3".

#include <string_view>

namespace partsmith::server {

/// What a pattern of actions ("s3:Get*") stands for.
struct NamedActions {
  bool of_bucket = false;  ///< some act on a bucket
  bool of_object = false;  ///< some act on an object, a version or an upload
  bool any() const { return of_bucket || of_object; }
};
/// Letter case doesn't matter.
NamedActions named_actions(std::string_view pattern);

}  // namespace partsmith::server
