#pragma once
/// Who may do what: a principal, an action, a resource.

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <partsmith/protocol/headers.h>
#include <partsmith/protocol/uri.h>
#include <partsmith/values/names.h>
#include <partsmith/values/version_id.h>

#include "outcome.h"

namespace partsmith::server {

/// Who asks, as the signature proved.
struct Principal {
  std::string access_key = {};  ///< empty: nobody
  std::string region = {};      ///< that the client signed for: the endpoint that it believes to speak to
  bool by_version_4 = false;    ///< of the signature

  bool is_anonymous() const { return access_key.empty(); }
};

struct ServiceTarget {};
struct BucketTarget {
  BucketName bucket;
};
struct ObjectTarget {
  BucketName bucket;
  ObjectKey key;
  std::optional<VersionId> version = {};  ///< nothing: the latest
};
/// What an operation is about.
using Target = std::variant<ServiceTarget, BucketTarget, ObjectTarget>;
/// Null: the service.
const BucketName* bucket_of(const Target& target);

/// What else of a request the conditions of a policy may ask for.
struct Circumstances {
  const protocol::Headers& headers;
  const protocol::Query& query;
  std::string_view peer_address;
  bool secure = false;   ///< over TLS
  bool by_form = false;  ///< PostObject
};

/// Safe from any thread.
class Policy {
 public:
  virtual ~Policy() = default;
  /// `action` is one of the table of operations: "s3:PutObject". AccessDenied when the principal lacks the
  /// right.
  virtual S3Result<void> check(const Principal& principal, std::string_view action, const Target& resource,
                               const Circumstances& circumstances) const = 0;
};

/// The action on a version that the request names: "s3:GetObject" → "s3:GetObjectVersion"; those on locks are
/// the same.
/// Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3".
std::string versioned(std::string_view action);

}  // namespace partsmith::server
