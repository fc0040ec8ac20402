#pragma once
/// What a store is, said plainly: maps in memory, and the bytes as shared runs, so that it also knows which
/// bytes a disk must hold. It takes no time to be right about crashes: a crash has no say in it.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <partsmith/storage/store.h>

namespace partsmith::storage::testing {

/// Bytes that were written once, wherever they are shared.
using Run = std::shared_ptr<const std::string>;

struct Slice {
  Run run;
  std::size_t offset = 0;
  std::size_t length = 0;
};

struct ModelBytes {
  std::vector<Slice> slices;

  static ModelBytes of(std::string text);
  std::string text() const;
  std::uint64_t size() const;
  ModelBytes range(std::uint64_t offset, std::uint64_t length) const;
  void append(const ModelBytes& other);
};

struct ModelPart {
  ModelBytes bytes;
  std::uint64_t revision = 0;
  ETag etag;
  TimePoint modified;
};

struct ModelObject {
  std::map<std::uint32_t, ModelPart> parts;
  ETag etag;
  std::optional<UploadId> upload;
  std::string colour;  ///< an attribute
  TimePoint modified;
  VersionId version = VersionId::null();
  bool marker = false;     ///< a delete marker
  std::uint64_t born = 0;  ///< of two versions, the one with the greater number is the newer one

  ModelBytes bytes() const;
};

struct ModelUpload {
  std::string key;
  UploadId id;
  std::string colour;
  TimePoint initiated;
  std::map<std::uint32_t, ModelPart> parts;
  std::uint64_t born = 0;
  bool key_deleted = false;  ///< since it began, without versions
};

struct ModelBucket {
  Versioning versioning = Versioning::unversioned;
  std::map<std::string, std::vector<ModelObject>> versions;  ///< newest first; no key without one
  std::vector<ModelUpload> uploads;                          ///< by initiation
};

class Model {
 public:
  std::map<std::string, ModelBucket> buckets;
  std::vector<UploadRef> begun;  ///< every upload that there ever was, by initiation
  std::uint64_t births = 0;      ///< of versions and uploads

  // What an operation is refused with, in the order of the store's looking; nothing when it succeeds.
  std::optional<StoreErrorCode> refuses(const BucketName& bucket) const;
  std::optional<StoreErrorCode> refuses(const UploadRef& ref) const;
  std::optional<StoreErrorCode> refuses(const BucketName& bucket, const ObjectKey& key,
                                        const WriteCondition& condition) const;

  ModelBucket* bucket(const BucketName& name);
  const ModelBucket* bucket(const BucketName& name) const;
  /// What can be seen.
  const ModelObject* object(const BucketName& bucket, const ObjectKey& key) const;
  const ModelObject* version(const BucketName& bucket, const ObjectKey& key, const VersionId& version) const;
  /// The version that the upload became.
  const ModelObject* completed(const UploadRef& ref) const;
  /// Adds the version, or replaces the null version by it.
  void add_version(const BucketName& bucket, const ObjectKey& key, ModelObject object);
  void remove_version(const BucketName& bucket, const ObjectKey& key, const VersionId& version);
  const ModelUpload* upload(const UploadRef& ref) const;
  ModelUpload* upload(const UploadRef& ref);
  void end_upload(const UploadRef& ref);

  ObjectPage list_objects(const BucketName& bucket, const ObjectQuery& query,
                          std::vector<std::string>& keys) const;
  /// Of VersionPage all but the versions, which are `key id` in `ids`.
  VersionPage list_versions(const BucketName& bucket, const VersionQuery& query,
                            std::vector<std::string>& ids) const;
  UploadPage list_uploads(const BucketName& bucket, const UploadQuery& query,
                          std::vector<std::string>& ids) const;

  /// The runs that something can still be read from.
  std::set<Run> runs() const;
};

/// Everything that can be seen, as text; the same from either.
std::string picture(const Model& model);
std::string picture(Store& store);

}  // namespace partsmith::storage::testing
