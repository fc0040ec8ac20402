#pragma once
/// What stands in the place of a world's store where an upstream has the buckets: it has nothing, and says
/// so of what is asked for or put into it.

#include <partsmith/storage/store.h>

namespace partsmith::server {

inline constexpr const char* of_an_upstream =
    "the buckets are an upstream's: they stay as they are, but those of the worlds of access keys, and no "
    "snapshot can be taken";

class NoStore final : public storage::Store {
 public:
  storage::Result<storage::BucketInfo> create_bucket(const BucketName&, const std::string&) override {
    return elsewhere();
  }
  storage::Result<storage::BucketInfo> bucket(const BucketName&) override { return elsewhere(); }
  storage::Result<void> set_versioning(const BucketName&, storage::Versioning) override {
    return elsewhere();
  }
  storage::Result<void> delete_bucket(const BucketName&) override { return elsewhere(); }
  storage::Result<storage::BucketPage> buckets(const std::string&, const std::string&,
                                               std::uint32_t) override {
    return storage::BucketPage();
  }
  storage::Result<std::optional<std::string>> bucket_document(const BucketName&,
                                                              storage::BucketDocument) override {
    return elsewhere();
  }
  storage::Result<void> set_bucket_document(const BucketName&, storage::BucketDocument,
                                            const std::optional<std::string>&) override {
    return elsewhere();
  }
  std::uint64_t bucket_documents_revision() const override { return 0; }
  storage::Result<std::unique_ptr<storage::BlobWriter>> new_blob(std::optional<std::uint64_t>) override {
    return elsewhere();
  }
  storage::Result<storage::ObjectInfo> put_object(const BucketName&, const ObjectKey&, storage::Content,
                                                  const storage::ObjectDraft&) override {
    return elsewhere();
  }
  storage::Result<storage::ObjectInfo> object(const BucketName&, const ObjectKey&,
                                              const std::optional<VersionId>&) override {
    return elsewhere();
  }
  storage::Result<std::unique_ptr<storage::ObjectLease>> open_object(
      const BucketName&, const ObjectKey&, const std::optional<VersionId>&) override {
    return elsewhere();
  }
  storage::Result<storage::ObjectInfo> change_attributes(const BucketName&, const ObjectKey&,
                                                         const std::optional<VersionId>&,
                                                         const AttributesChange&) override {
    return elsewhere();
  }
  storage::Result<storage::Deletion> delete_object(const BucketName&, const ObjectKey&,
                                                   const std::optional<ETag>&,
                                                   const std::optional<VersionId>&,
                                                   storage::LockOverride) override {
    return elsewhere();
  }
  storage::Result<storage::ObjectPage> list_objects(const BucketName&, const storage::ObjectQuery&) override {
    return elsewhere();
  }
  storage::Result<storage::VersionPage> list_versions(const BucketName&,
                                                      const storage::VersionQuery&) override {
    return elsewhere();
  }
  storage::Result<storage::UploadInfo> create_upload(const BucketName&, const ObjectKey&,
                                                     const storage::ObjectAttributes&,
                                                     std::optional<ChecksumAlgorithm>,
                                                     std::optional<ChecksumType>) override {
    return elsewhere();
  }
  storage::Result<storage::UploadInfo> upload(const storage::UploadRef&) override { return elsewhere(); }
  storage::Result<storage::PartInfo> put_part(const storage::UploadRef&, PartNumber, storage::Content,
                                              const storage::PartFacts&) override {
    return elsewhere();
  }
  storage::Result<storage::PartPage> parts(const storage::UploadRef&, std::uint32_t, std::uint32_t) override {
    return elsewhere();
  }
  storage::Result<storage::ObjectInfo> complete(const storage::UploadRef&, std::span<const PartRevision>,
                                                const storage::ObjectDraft&) override {
    return elsewhere();
  }
  storage::Result<storage::ObjectInfo> completed(const storage::UploadRef&) override { return elsewhere(); }
  storage::Result<void> abort(const storage::UploadRef&) override { return elsewhere(); }
  storage::Result<storage::UploadPage> list_uploads(const BucketName&, const storage::UploadQuery&) override {
    return elsewhere();
  }
  storage::Result<std::vector<storage::SnapshotInfo>> snapshots() override {
    return std::vector<storage::SnapshotInfo>();
  }
  storage::Result<bool> take_snapshot(const std::string&) override { return elsewhere(); }
  storage::Result<bool> restore_snapshot(const std::string&) override { return elsewhere(); }
  storage::Result<bool> remove_snapshot(const std::string&) override { return elsewhere(); }
  storage::Result<storage::StoreTotals> totals() override { return elsewhere(); }

 private:
  static std::unexpected<storage::StoreError> elsewhere() {
    return std::unexpected(storage::StoreError{storage::StoreErrorCode::read_only, of_an_upstream});
  }
};

}  // namespace partsmith::server
