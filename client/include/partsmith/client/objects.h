#pragma once
/// Buckets and objects as answers tell them. Source: S3 API reference, the page of each operation.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <partsmith/client/call.h>
#include <partsmith/client/object_requests.h>
#include <partsmith/values/checksum.h>
#include <partsmith/values/etag.h>

namespace partsmith::client {

struct BucketInList {
  std::string name;
  std::string created;
  std::string region;  ///< empty when not given
};

struct ObjectInList {
  std::string key;
  std::uint64_t size = 0;
  std::string etag;
  std::string last_modified;
  std::string storage_class;
};

struct ObjectsPage {
  std::vector<ObjectInList> objects;
  std::vector<std::string> common_prefixes;
  std::string next;  ///< of the page after this one; empty: there is none
};

/// What HEAD tells of an object.
struct ObjectFacts {
  std::uint64_t size = 0;
  ETag etag;
  protocol::Headers headers;
  std::uint32_t parts = 0;  ///< told only for ?partNumber
  /// Of the whole object; one over its parts ("-N") is none.
  std::optional<Checksum> full_checksum;

  /// Whether the ETag must be the MD5 of the bytes, or of the parts' MD5s: not under KMS and customer keys.
  bool etag_is_md5() const;
};

struct DeleteFailure {
  std::string key;
  std::string code;
  std::string message;
};

// Reading an answer of status 2xx.
Result<std::vector<BucketInList>> read_buckets(const S3Answer& answer);
Result<ObjectsPage> read_objects_page(const S3Answer& answer);
Result<ObjectFacts> read_object_facts(const S3Answer& answer);
Result<std::vector<DeleteFailure>> read_delete_failures(const S3Answer& answer);

/// All pages; stops when `each` says false.
Result<std::vector<BucketInList>> all_buckets(S3Client& client, const CallPolicy& call_policy);
Result<void> each_objects_page(S3Client& client, const S3Request& listing, const CallPolicy& call_policy,
                               const std::function<bool(const ObjectsPage&)>& each);
Result<ObjectFacts> object_facts(S3Client& client, const S3Request& head, const CallPolicy& call_policy);
/// Deletes by DeleteObjects, or one by one where the service doesn't have it. What could not be deleted.
Result<std::vector<DeleteFailure>> delete_keys(S3Client& client, const std::string& bucket,
                                               std::span<const std::string> keys,
                                               const CallPolicy& call_policy);

}  // namespace partsmith::client
