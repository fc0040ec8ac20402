#pragma once
/// The facts a store keeps: buckets, objects, uploads, parts. Plain values; copying one never touches the
/// disk.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <partsmith/values/checksum.h>
#include <partsmith/values/etag.h>
#include <partsmith/values/names.h>
#include <partsmith/values/time.h>
#include <partsmith/values/version_id.h>

namespace partsmith::storage {

using NameValues = std::vector<std::pair<std::string, std::string>>;

/// A bucket begins unversioned; it never becomes so again.
enum class Versioning : std::uint8_t { unversioned, enabled, suspended };

struct BucketInfo {
  BucketName name;
  std::string region;
  TimePoint created;
  Versioning versioning = Versioning::unversioned;
};

struct SnapshotInfo {
  std::string name;
  TimePoint taken;
};

struct StoreTotals {
  std::uint64_t bytes = 0;  ///< of parts and objects, shared ones counted once
  std::uint64_t open_uploads = 0;
};

/// What a bucket can be configured with: one text of each kind, which the store keeps and doesn't look into.
enum class BucketDocument {
  accelerate,
  acl,
  cors,
  encryption,
  lifecycle,
  object_lock,  ///< a bucket that has it keeps its versions enabled
  ownership_controls,
  policy,
  public_access_block,
  request_payment,
  tagging
};

/// SSE-S3, "AES256". Bytes on disk are as sent.
struct S3Encryption {
  bool operator==(const S3Encryption&) const = default;
};
/// SSE-KMS and DSSE-KMS. Bytes on disk are as sent.
struct KmsEncryption {
  std::string algorithm = "aws:kms";  ///< or "aws:kms:dsse"
  std::string key_id = {};
  std::string context = {};
  bool bucket_key_enabled = false;

  bool operator==(const KmsEncryption&) const = default;
};
/// SSE-C. Bytes on disk are encrypted with the key, which isn't kept.
struct CustomerKeyEncryption {
  std::string key_md5;  ///< base64

  bool operator==(const CustomerKeyEncryption&) const = default;
};
/// How an object is said to be encrypted.
using Encryption = std::variant<S3Encryption, KmsEncryption, CustomerKeyEncryption>;

inline bool is_under_kms(const Encryption& encryption) {
  return std::holds_alternative<KmsEncryption>(encryption);
}
inline bool is_under_customer_key(const Encryption& encryption) {
  return std::holds_alternative<CustomerKeyEncryption>(encryption);
}
/// "AES256", "aws:kms", "aws:kms:dsse"; empty under a customer key.
inline std::string_view algorithm_of(const Encryption& encryption) {
  if (const auto* kms = std::get_if<KmsEncryption>(&encryption)) return kms->algorithm;
  return is_under_customer_key(encryption) ? "" : "AES256";
}

/// How long an object version can't be deleted, and whether somebody may do so all the same.
struct Retention {
  enum class Mode : std::uint8_t { governance, compliance };
  Mode mode = Mode::governance;
  TimePoint until;  ///< kept to the millisecond

  bool operator==(const Retention&) const = default;
};

/// Whoever deletes a version that is locked against it.
enum class LockOverride : std::uint8_t {
  none,
  governance,  ///< of retentions in that mode
  everything,  ///< for who empties the store
};

/// What a client says about an object when it makes it. The store keeps it and gives it back untouched.
struct ObjectAttributes {
  NameValues headers;        ///< stored standard headers, lower-case names: content-type, cache-control, …
  NameValues user_metadata;  ///< names without "x-amz-meta-", lower case, in order
  NameValues tags;
  std::string storage_class = "STANDARD";
  Encryption encryption;
  std::string acl = {};                          ///< as the server writes it; empty: the account's alone
  std::optional<TimePoint> restored_until = {};  ///< of an archived object: until then it can be read
  std::optional<Retention> retention = {};
  std::optional<bool> legal_hold = {};  ///< whether one is in force; nothing: there never was one
};

/// One part of an object version, or of an open upload. A plain object has exactly one, number 1.
struct PartInfo {
  PartNumber number;
  std::uint64_t revision = 0;  ///< changes whenever the part is replaced; never reused
  std::uint64_t size = 0;      ///< bytes
  ETag etag;
  std::optional<Checksum> checksum;
  TimePoint modified;
};

/// One version of an object, or a delete marker, which has nothing but its place in time.
struct ObjectInfo {
  BucketName bucket;
  ObjectKey key;
  std::uint64_t size = 0;
  ETag etag;
  std::optional<ObjectChecksum> checksum;
  TimePoint modified;
  ObjectAttributes attributes;
  bool multipart = false;             ///< made by CompleteMultipartUpload
  std::uint32_t part_count = 1;       ///< parts that GET ?partNumber can name
  std::optional<UploadId> upload_id;  ///< the upload that made it
  VersionId version = VersionId::null();
  bool latest = true;                               ///< no version of its key is newer
  bool delete_marker = false;                       ///< only in a VersionPage
  Versioning versioning = Versioning::unversioned;  ///< of its bucket, when this was read
};

struct UploadInfo {
  BucketName bucket;
  ObjectKey key;
  UploadId id;
  TimePoint initiated;
  ObjectAttributes attributes;
  std::optional<ChecksumAlgorithm> checksum_algorithm;  ///< as named at creation
  std::optional<ChecksumType> checksum_type;            ///< set if and only if the algorithm is
};

/// An upload as every operation names it: all three must match.
struct UploadRef {
  BucketName bucket;
  ObjectKey key;
  UploadId id;
};

/// What must hold at the instant of a commit.
struct WriteCondition {
  bool must_not_exist = false;     ///< If-None-Match: *
  std::optional<ETag> must_match;  ///< If-Match; no_such_key when there is no object
  bool existed = false;            ///< when the write began: it conflicts with a delete since then
};

/// A new object version, but for its bytes.
struct ObjectDraft {
  ObjectAttributes attributes;
  ETag etag;
  std::optional<ObjectChecksum> checksum;
  WriteCondition condition;
  std::optional<Retention> default_retention = {};  ///< of a version whose attributes have none
};

struct PartFacts {
  ETag etag;
  std::optional<Checksum> checksum;
};

struct ObjectQuery {
  std::string prefix;
  std::string delimiter;  ///< empty: none
  /// Keys and common prefixes up to and including this one are left out; so a key inside a group leaves out
  /// the whole group.
  std::string start_after;
  std::uint32_t limit = limits::max_page;  ///< keys and common prefixes together; 0 gives an empty page
};
struct ObjectPage {
  std::vector<ObjectInfo> objects;           ///< by key, in UTF-8 byte order
  std::vector<std::string> common_prefixes;  ///< likewise
  bool truncated = false;
  /// start_after for the next page: the last key or common prefix given; empty when none was given.
  std::string next;
};

struct VersionQuery {
  std::string prefix;
  std::string delimiter;
  std::string key_marker;  ///< empty: from the start
  /// Only with key_marker: versions of that key older than this one are given too, whether this one is still
  /// there or not. A null version that has gone has no place: all versions of the key are given.
  std::optional<VersionId> version_marker;
  std::uint32_t limit = limits::max_page;
};
struct VersionPage {
  std::vector<ObjectInfo> versions;  ///< and delete markers; by key, then newest first
  std::vector<std::string> common_prefixes;
  bool truncated = false;
  std::string next_key_marker;                   ///< the last version's key or the last common prefix
  std::optional<VersionId> next_version_marker;  ///< nothing after a common prefix
};

/// What a deletion did.
struct Deletion {
  /// The version that was named, or the delete marker that was made; nothing in an unversioned bucket.
  std::optional<VersionId> version;
  bool delete_marker = false;  ///< `version` is, or was, a delete marker
};

struct UploadQuery {
  std::string prefix;
  std::string delimiter;
  std::string key_marker;  ///< empty: from the start
  /// Only with key_marker: uploads of that key begun after this one are given too, whether this one is still
  /// open or not. A text that is no upload id of this store's making is ignored.
  std::string upload_id_marker;
  std::uint32_t limit = limits::max_page;
};
struct UploadPage {
  std::vector<UploadInfo> uploads;  ///< by key, then by initiation
  std::vector<std::string> common_prefixes;
  bool truncated = false;
  std::string next_key_marker;        ///< the last upload's key or the last common prefix
  std::string next_upload_id_marker;  ///< empty after a common prefix
};

struct PartPage {
  UploadInfo upload;
  std::vector<PartInfo> parts;  ///< ascending by number
  bool truncated = false;
};

struct BucketPage {
  std::vector<BucketInfo> buckets;  ///< by name
  bool truncated = false;
};

}  // namespace partsmith::storage
