#pragma once
/// The local engine as a Store. Its members are in buckets.cc, objects.cc, versions.cc, uploads.cc
/// and snapshots.cc.

#include <atomic>
#include <memory>

#include <partsmith/storage/store.h>

#include "ended_uploads.h"
#include "engine.h"

namespace partsmith::storage {

class LocalStore final : public Store {
 public:
  explicit LocalStore(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}

  Result<BucketInfo> create_bucket(const BucketName& name, const std::string& region) override;
  Result<BucketInfo> bucket(const BucketName& name) override;
  Result<void> set_versioning(const BucketName& name, Versioning versioning) override;
  Result<void> delete_bucket(const BucketName& name) override;
  Result<BucketPage> buckets(const std::string& prefix, const std::string& start_after,
                             std::uint32_t limit) override;
  Result<std::optional<std::string>> bucket_document(const BucketName& name, BucketDocument kind) override;
  Result<void> set_bucket_document(const BucketName& name, BucketDocument kind,
                                   const std::optional<std::string>& document) override;
  std::uint64_t bucket_documents_revision() const override { return documents_revision_; }

  Result<std::unique_ptr<BlobWriter>> new_blob(std::optional<std::uint64_t> expected_size) override;

  Result<ObjectInfo> put_object(const BucketName& bucket, const ObjectKey& key, Content content,
                                const ObjectDraft& draft) override;
  Result<ObjectInfo> object(const BucketName& bucket, const ObjectKey& key,
                            const std::optional<VersionId>& version) override;
  Result<std::unique_ptr<ObjectLease>> open_object(const BucketName& bucket, const ObjectKey& key,
                                                   const std::optional<VersionId>& version) override;
  Result<ObjectInfo> change_attributes(const BucketName& bucket, const ObjectKey& key,
                                       const std::optional<VersionId>& version,
                                       const AttributesChange& change) override;
  Result<Deletion> delete_object(const BucketName& bucket, const ObjectKey& key,
                                 const std::optional<ETag>& must_match,
                                 const std::optional<VersionId>& version, LockOverride override) override;
  Result<ObjectPage> list_objects(const BucketName& bucket, const ObjectQuery& query) override;
  Result<VersionPage> list_versions(const BucketName& bucket, const VersionQuery& query) override;

  Result<UploadInfo> create_upload(const BucketName& bucket, const ObjectKey& key,
                                   const ObjectAttributes& attributes,
                                   std::optional<ChecksumAlgorithm> checksum_algorithm,
                                   std::optional<ChecksumType> checksum_type) override;
  Result<UploadInfo> upload(const UploadRef& ref) override;
  Result<PartInfo> put_part(const UploadRef& ref, PartNumber number, Content content,
                            const PartFacts& facts) override;
  Result<PartPage> parts(const UploadRef& ref, std::uint32_t after, std::uint32_t limit) override;
  Result<ObjectInfo> complete(const UploadRef& ref, std::span<const PartRevision> parts,
                              const ObjectDraft& draft) override;
  Result<ObjectInfo> completed(const UploadRef& ref) override;
  Result<void> abort(const UploadRef& ref) override;
  Result<UploadPage> list_uploads(const BucketName& bucket, const UploadQuery& query) override;

  Result<std::vector<SnapshotInfo>> snapshots() override;
  Result<bool> take_snapshot(const std::string& name) override;
  Result<bool> restore_snapshot(const std::string& name) override;
  Result<bool> remove_snapshot(const std::string& name) override;
  Result<StoreTotals> totals() override;

  /// Returns when the bytes of large objects that were deleted or replaced are free.
  void catch_up() { engine_->catch_up(); }

 private:
  /// Tells of a change at its end: committed or not, and before it is answered.
  class DocumentsChange {
   public:
    explicit DocumentsChange(std::atomic<std::uint64_t>& revision) : revision_(revision) {}
    ~DocumentsChange() { ++revision_; }
    DocumentsChange(const DocumentsChange&) = delete;
    DocumentsChange& operator=(const DocumentsChange&) = delete;

   private:
    std::atomic<std::uint64_t>& revision_;
  };

  std::unique_ptr<Engine> engine_;
  std::atomic<std::uint64_t> documents_revision_ = 0;
  EndedUploads ended_;
};

}  // namespace partsmith::storage
