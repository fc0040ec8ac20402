#pragma once
/// The store: buckets, objects, uploads and parts. Every member is safe from any thread. What it acknowledges
/// survives kill -9 (see Durability); what it refuses leaves nothing behind. It knows nothing of HTTP, XML or
/// S3's messages. Writers and leases end before their store does.
///
/// The life of an upload:  initiated --complete()--> completed (an object version that remembers it)
///                         initiated --abort()-----> gone
/// A part still arriving when its upload ends finds it gone at put_part() and is discarded with its writer.

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <partsmith/storage/error.h>
#include <partsmith/storage/types.h>
#include <partsmith/values/byte_pipe.h>
#include <partsmith/values/encoding.h>

namespace partsmith::storage {

template <typename T>
using Result = std::expected<T, StoreError>;

/// Receives the bytes of one part or object. Nothing is visible until the writer is given to put_part() or
/// put_object(); a writer that is dropped takes its bytes with it. One thread at a time.
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;
  virtual Result<void> write(ByteView bytes) = 0;
  virtual std::uint64_t size() const = 0;
};

/// One object version, held: whatever is overwritten, deleted or aborted meanwhile, its bytes can be read to
/// the end. One thread at a time.
class ObjectLease {
 public:
  virtual ~ObjectLease() = default;
  virtual const ObjectInfo& info() const = 0;
  /// Up to `into.size()` bytes from `offset`; fewer only at the object's end. At most a few descriptors are
  /// open, however many segments there are.
  virtual Result<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> into) = 0;
  /// Up to `wanted` bytes from `offset`, which is within the object, into a pipe that holds none; how many.
  /// Nothing: they are small, and have to be read.
  virtual Result<std::optional<std::size_t>> read(std::uint64_t offset, BytePipe& into,
                                                  std::size_t wanted) = 0;
  /// The part's place in the object; nothing when the object has no such part.
  struct PartRange {
    PartInfo part;
    std::uint64_t offset = 0;
  };
  /// `ordinal` counts from 1 over the parts that are there, as GET ?partNumber does.
  virtual Result<std::optional<PartRange>> part(std::uint32_t ordinal) const = 0;
  /// Up to `limit` parts whose number is greater than `after`, ascending.
  virtual Result<std::vector<PartInfo>> parts(std::uint32_t after, std::uint32_t limit) const = 0;
};

/// Where a new object's or part's bytes come from: a writer that has received them, or a range of a leased
/// object, whose segments are shared and not copied.
class Content {
 public:
  static Content written(std::unique_ptr<BlobWriter> writer);
  /// `source` must outlive the call that takes the content.
  static Content shared(ObjectLease& source, std::uint64_t offset, std::uint64_t length);

  std::unique_ptr<BlobWriter> writer;  ///< set, or
  ObjectLease* source = nullptr;       ///< set with the range
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// The comment of each function begins with the refusals that are its own, by the names of StoreErrorCode
/// (error.h): "no_such_bucket" there means that it returns that error for a bucket that isn't there. Any
/// function may also return what the machine causes: io, damaged, read_only, out_of_space,
/// too_many_open_files, busy.
class Store {
 public:
  virtual ~Store() = default;

  /// bucket_exists.
  virtual Result<BucketInfo> create_bucket(const BucketName& name, const std::string& region) = 0;
  /// no_such_bucket.
  virtual Result<BucketInfo> bucket(const BucketName& name) = 0;
  /// From now on. `versioning` is enabled or suspended. no_such_bucket; lock_needs_versions: of a bucket that
  /// has an object lock they can't be suspended.
  virtual Result<void> set_versioning(const BucketName& name, Versioning versioning) = 0;
  /// no_such_bucket, bucket_not_empty (of versions or delete markers). Open uploads don't keep a bucket: they
  /// are aborted with it.
  virtual Result<void> delete_bucket(const BucketName& name) = 0;
  /// Buckets by name after `start_after`, at most `limit`.
  virtual Result<BucketPage> buckets(const std::string& prefix, const std::string& start_after,
                                     std::uint32_t limit) = 0;

  /// The bucket's document of that kind, if it has one. no_such_bucket. Documents end with their bucket.
  virtual Result<std::optional<std::string>> bucket_document(const BucketName& name, BucketDocument kind) = 0;
  /// Sets or (nothing) removes it. no_such_bucket; lock_needs_versions: an object lock is only for a bucket
  /// whose versions are enabled.
  virtual Result<void> set_bucket_document(const BucketName& name, BucketDocument kind,
                                           const std::optional<std::string>& document) = 0;
  /// A number that is another one as soon as a bucket's documents are answered as changed. Whoever keeps what
  /// a document says asks for it before the document.
  virtual std::uint64_t bucket_documents_revision() const = 0;

  /// A place for bytes. `expected_size` helps to choose it (small blobs live in the database).
  virtual Result<std::unique_ptr<BlobWriter>> new_blob(std::optional<std::uint64_t> expected_size) = 0;

  /// Makes the object visible, replacing the one of that key, or as a new version, as the bucket's versioning
  /// has it. no_such_bucket, precondition_failed, no_such_key (If-Match and no object).
  virtual Result<ObjectInfo> put_object(const BucketName& bucket, const ObjectKey& key, Content content,
                                        const ObjectDraft& draft) = 0;
  /// The version of that id, or the latest. no_such_bucket, no_such_key (without `version`), no_such_version,
  /// is_delete_marker.
  virtual Result<ObjectInfo> object(const BucketName& bucket, const ObjectKey& key,
                                    const std::optional<VersionId>& version = {}) = 0;
  virtual Result<std::unique_ptr<ObjectLease>> open_object(const BucketName& bucket, const ObjectKey& key,
                                                           const std::optional<VersionId>& version = {}) = 0;
  /// Changes attributes of the version; nothing else of it changes. Refusals as of object().
  using AttributesChange = std::function<void(ObjectAttributes&)>;
  virtual Result<ObjectInfo> change_attributes(const BucketName& bucket, const ObjectKey& key,
                                               const std::optional<VersionId>& version,
                                               const AttributesChange& change) = 0;
  /// With `version`, ends that version or delete marker. Without, ends the object, in a versioned bucket by a
  /// delete marker, made even when there is no object. Succeeds when there is nothing to end, with or without
  /// `must_match`, as on S3. Its bytes are free when this returns, those of a large object soon after (more
  /// than 32 MiB, or 250 parts). no_such_bucket; precondition_failed: it has not the ETag `must_match`;
  /// locked.
  virtual Result<Deletion> delete_object(const BucketName& bucket, const ObjectKey& key,
                                         const std::optional<ETag>& must_match,
                                         const std::optional<VersionId>& version = {},
                                         LockOverride override = LockOverride::none) = 0;
  virtual Result<ObjectPage> list_objects(const BucketName& bucket, const ObjectQuery& query) = 0;
  virtual Result<VersionPage> list_versions(const BucketName& bucket, const VersionQuery& query) = 0;

  /// no_such_bucket. The attributes become the object's.
  virtual Result<UploadInfo> create_upload(const BucketName& bucket, const ObjectKey& key,
                                           const ObjectAttributes& attributes,
                                           std::optional<ChecksumAlgorithm> checksum_algorithm,
                                           std::optional<ChecksumType> checksum_type) = 0;
  /// no_such_bucket, no_such_upload.
  virtual Result<UploadInfo> upload(const UploadRef& ref) = 0;
  /// Inserts or replaces the part; the replaced bytes are free when this returns. no_such_bucket,
  /// no_such_upload.
  virtual Result<PartInfo> put_part(const UploadRef& ref, PartNumber number, Content content,
                                    const PartFacts& facts) = 0;
  /// Parts with a number greater than `after`, at most `limit`. no_such_bucket, no_such_upload.
  virtual Result<PartPage> parts(const UploadRef& ref, std::uint32_t after, std::uint32_t limit) = 0;
  /// Turns the named parts (ascending, at least one) into the object, of which put_object() says how it
  /// becomes visible, without copying a byte; the upload's other parts are freed. The object has the
  /// attributes that the upload was created with; draft.attributes is not looked at. no_such_bucket,
  /// no_such_upload, parts_changed, precondition_failed, no_such_key. On any error the upload is as before.
  struct PartRevision {
    PartNumber number;
    std::uint64_t revision;
  };
  virtual Result<ObjectInfo> complete(const UploadRef& ref, std::span<const PartRevision> parts,
                                      const ObjectDraft& draft) = 0;
  /// The object version that this upload became, while it is there. no_such_bucket,
  /// no_such_upload.
  virtual Result<ObjectInfo> completed(const UploadRef& ref) = 0;
  /// Every byte of the upload is free when this returns, but for parts still arriving. no_such_bucket,
  /// no_such_upload.
  virtual Result<void> abort(const UploadRef& ref) = 0;
  /// no_such_bucket, foreign_marker.
  virtual Result<UploadPage> list_uploads(const BucketName& bucket, const UploadQuery& query) = 0;

  // Snapshots: the buckets with their documents, the objects and the open uploads of an instant. They share
  // the bytes, and cost rows. Each is taken, restored and removed in one transaction, for which other writers
  // wait: docs/storage.md has how long.

  virtual Result<std::vector<SnapshotInfo>> snapshots() = 0;
  /// In the place of the one of that name. False, and nothing changed, when there are 100 others.
  virtual Result<bool> take_snapshot(const std::string& name) = 0;
  /// Puts everything back as it was, ids included; what came since is gone, and its bytes are free when this
  /// returns. Leases of what was there before can't be read any more. Snapshots stay. False: there is none
  /// of that name.
  virtual Result<bool> restore_snapshot(const std::string& name) = 0;
  /// False: there is none of that name.
  virtual Result<bool> remove_snapshot(const std::string& name) = 0;

  virtual Result<StoreTotals> totals() = 0;
};

}  // namespace partsmith::storage
