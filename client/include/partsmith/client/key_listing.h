#pragma once
/// The keys of a bucket one after the other, each with its versions: for who goes through all of them, or
/// through two buckets side by side.

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/client/objects.h>

namespace partsmith::client {

/// Keys come URL-encoded, so that any of them can be told.
S3Request list_object_versions(std::string bucket, std::string_view prefix);
S3Request get_bucket_versioning(std::string bucket);

struct VersionInList {
  std::string id;  ///< empty in a listing without versions
  bool delete_marker = false;
  bool latest = true;
  std::uint64_t size = 0;
  std::string etag;
  std::string last_modified;
};

struct KeyInList {
  std::string key;
  std::vector<VersionInList> versions;  ///< oldest first; without versions the one that is current
};

/// Source: S3 API reference, ListObjectsV2 and ListObjectVersions. Holds a page and the versions of one key.
/// A listing that doesn't advance, leaves its prefix, or has a key of more than 100,000 versions is an error.
class KeyListing {
 public:
  enum class Of { objects, versions };
  /// The client outlives it.
  KeyListing(S3Client& client, std::string bucket, std::string prefix, Of of, CallPolicy call_policy);

  /// Nothing after the last.
  Result<std::optional<KeyInList>> next();

 private:
  struct Page;
  static Result<Page> read_objects(const S3Answer& answer);
  static Result<Page> read_versions(const S3Answer& answer);
  S3Request request() const;
  Result<void> fetch();
  Result<void> look_at(const Page& page);
  void take(std::deque<KeyInList> keys);

  S3Client& client_;
  const std::string bucket_;
  const std::string prefix_;
  const Of of_;
  const CallPolicy call_policy_;
  std::deque<KeyInList> keys_;  ///< the last one may go on in the next page
  std::string token_;           ///< of the next page; of versions the key, and then the id
  std::string id_token_;
  std::string first_key_;  ///< of the page before
  bool ended_ = false;
};

/// The versions of one key, oldest first; none when there is no such key.
Result<std::vector<VersionInList>> versions_of_key(S3Client& client, const std::string& bucket,
                                                   const std::string& key, const CallPolicy& call_policy);

}  // namespace partsmith::client
