#include "precedence.h"

#include <array>

namespace partsmith::server {
namespace {

using enum protocol::ErrorCode;

constexpr const char* measured = "reported: brekkylab/backlot (measured 2026-09)";

constexpr auto common = std::to_array<PrecedenceStep>({
    {"x-amz-content-sha256 is nonsense", InvalidArgument, ""},
    {"the clock is an hour off", RequestTimeTooSkewed, measured},
    {"an x-amz- header is not signed", AccessDenied, measured},
    {"the access key is unknown", InvalidAccessKeyId, measured},
    {"the signature is wrong", SignatureDoesNotMatch, ""},
    {"the bucket's name is malformed", InvalidBucketName, ""},
    {"the key is too long", KeyTooLongError, ""},
    {"the owner expected is no account", InvalidBucketOwnerAWSAccountID, ""},
    {"another owner is expected", AccessDenied, ""},
});

constexpr auto put_object = std::to_array<PrecedenceStep>({
    {"a customer key comes beside another encryption", InvalidArgument, ""},
    {"the customer key's algorithm is unknown", InvalidEncryptionAlgorithmError,
     "recorded: put-object-sse-c-errors"},
    {"the metadata is too large", MetadataTooLarge, ""},
    {"the storage class is unknown", InvalidStorageClass, ""},
    {"both If-Match and If-None-Match", NotImplemented, ""},
    {"no length", MissingContentLength, ""},
    {"the body is larger than an object may be", EntityTooLarge, ""},
    {"Content-MD5 is malformed", InvalidDigest, ""},
    {"a checksum header is malformed", InvalidRequest, ""},
    {"no such bucket", NoSuchBucket, ""},
    {"the body is not the one signed", XAmzContentSHA256Mismatch, ""},
    {"the body is not that of Content-MD5", BadDigest, ""},
    {"the object exists and must not", PreconditionFailed, ""},
});

constexpr auto get_object = std::to_array<PrecedenceStep>({
    {"the customer key's algorithm is unknown", InvalidEncryptionAlgorithmError, ""},
    {"no such bucket", NoSuchBucket, ""},
    {"the version id is malformed", InvalidArgument, measured},
    {"no such key", NoSuchKey, ""},
    {"a customer key is not wanted", InvalidRequest, ""},
    {"If-Match fails", PreconditionFailed, ""},
    {"If-None-Match fails", NotModified, "documented: RFC 9110, 13.2.2"},
    {"the object is archived", InvalidObjectState, ""},
    {"the range is beyond the end", InvalidRange, ""},
});

constexpr auto copy_object = std::to_array<PrecedenceStep>({
    {"the metadata directive is unknown", InvalidArgument, ""},
    {"the customer key's algorithm is unknown", InvalidEncryptionAlgorithmError, ""},
    {"no such bucket", NoSuchBucket, ""},
    {"no such source", NoSuchKey, ""},
    {"a customer key of the source is not wanted", InvalidRequest, ""},
    {"x-amz-copy-source-if-match fails", PreconditionFailed, ""},
    {"the source is archived", InvalidObjectState, ""},
    {"the metadata is too large", MetadataTooLarge, ""},
    {"the storage class is unknown", InvalidStorageClass, ""},
    {"both If-Match and If-None-Match", NotImplemented, ""},
});

constexpr auto create_upload = std::to_array<PrecedenceStep>({
    {"a customer key comes beside another encryption", InvalidArgument, ""},
    {"the customer key's algorithm is unknown", InvalidEncryptionAlgorithmError,
     "recorded: put-object-sse-c-errors"},
    {"the metadata is too large", MetadataTooLarge, ""},
    {"the storage class is unknown", InvalidStorageClass, ""},
    {"the checksum algorithm is unknown", InvalidRequest, ""},
    {"no such bucket", NoSuchBucket, ""},
});

constexpr auto upload_part = std::to_array<PrecedenceStep>({
    {"the part number is 0", InvalidArgument, ""},
    {"the customer key's algorithm is unknown", InvalidEncryptionAlgorithmError, ""},
    {"no length", MissingContentLength, ""},
    {"the body is larger than a part may be", EntityTooLarge, ""},
    {"Content-MD5 is malformed", InvalidDigest, ""},
    {"a checksum header is malformed", InvalidRequest, ""},
    {"no such bucket", NoSuchBucket, ""},
    {"no such upload", NoSuchUpload, ""},
    {"a customer key is not wanted", InvalidRequest, ""},
    {"the body is not the one signed", XAmzContentSHA256Mismatch, ""},
    {"the body is not that of Content-MD5", BadDigest, ""},
});

constexpr auto upload_part_copy = std::to_array<PrecedenceStep>({
    {"the part number is 0", InvalidArgument, ""},
    {"the customer key's algorithm is unknown", InvalidEncryptionAlgorithmError, ""},
    {"no such bucket", NoSuchBucket, ""},
    {"no such upload", NoSuchUpload, ""},
    {"a customer key is not wanted", InvalidRequest, ""},
    {"no such source", NoSuchKey, ""},
    {"x-amz-copy-source-if-match fails", PreconditionFailed, ""},
    {"the source is archived", InvalidObjectState, ""},
    {"the copied range is beyond the end", InvalidArgument, ""},
});

constexpr auto complete_upload = std::to_array<PrecedenceStep>({
    {"no such bucket", NoSuchBucket, ""},
    {"no such upload", NoSuchUpload, ""},
    {"the checksum type is unknown", InvalidRequest, ""},
    {"both If-Match and If-None-Match", NotImplemented, ""},
    {"the document is malformed", MalformedXML, "recorded: multipart-no-such-upload, of the upload"},
    {"the parts are out of order", InvalidPartOrder, ""},
    {"a part was never sent", InvalidPart, ""},
    {"a part is too small", EntityTooSmall, ""},
    {"the object's size is another", InvalidRequest, ""},
    {"the object's checksum is another", BadDigest, ""},
    {"the object exists and must not", PreconditionFailed, ""},
});

constexpr auto one_upload = std::to_array<PrecedenceStep>({
    {"no such bucket", NoSuchBucket, ""},
    {"no such upload", NoSuchUpload, ""},
});

constexpr auto list_parts = std::to_array<PrecedenceStep>({
    {"a listing parameter is malformed", InvalidArgument, ""},
    {"no such bucket", NoSuchBucket, "reported: brekkylab/backlot (measured 2026-09)"},
    {"no such upload", NoSuchUpload, ""},
});

constexpr auto delete_object = std::to_array<PrecedenceStep>({
    {"no such bucket", NoSuchBucket, ""},
    {"the version id is malformed", InvalidArgument, measured},
    {"If-Match fails", PreconditionFailed, ""},
});

constexpr auto listing = std::to_array<PrecedenceStep>({
    {"a listing parameter is malformed", InvalidArgument, ""},
    {"no such bucket", NoSuchBucket, "reported: brekkylab/backlot (measured 2026-09)"},
});

constexpr auto delete_objects = std::to_array<PrecedenceStep>({
    {"no such bucket", NoSuchBucket, ""},
    {"no digest of the document", InvalidRequest, measured},
    {"Content-MD5 is malformed", InvalidDigest, ""},
    {"the document is malformed", MalformedXML, measured},
    {"the body is not that of Content-MD5", BadDigest, measured},
});
constexpr auto put_bucket_document = std::to_array<PrecedenceStep>({
    {"no such bucket", NoSuchBucket, ""},
    {"no digest of the document", InvalidRequest, "reported: brekkylab/backlot (measured 2026-09)"},
    {"Content-MD5 is malformed", InvalidDigest, ""},
    {"the body is not that of Content-MD5", BadDigest, ""},
    {"the document is malformed", MalformedXML, ""},
});

constexpr auto put_bucket_acl = std::to_array<PrecedenceStep>({
    {"no such bucket", NoSuchBucket, ""},
    {"the canned ACL is unknown", InvalidArgument, ""},
    {"Content-MD5 is malformed", InvalidDigest, ""},
    {"the body is not that of Content-MD5", BadDigest, ""},
    {"the ACL is malformed", MalformedACLError, ""},
    {"the bucket takes no ACLs", AccessControlListNotSupported, "recorded: bucket-acl-errors"},
});

constexpr auto put_legal_hold = std::to_array<PrecedenceStep>({
    {"no such bucket", NoSuchBucket, ""},
    {"Content-MD5 is malformed", InvalidDigest, ""},
    {"the body is not that of Content-MD5", BadDigest, ""},
    {"the document is malformed", MalformedXML, ""},
    {"the bucket has no Object Lock", InvalidRequest, "recorded: legal-hold-errors"},
});

constexpr auto put_accelerate = std::to_array<PrecedenceStep>({
    {"no such bucket", NoSuchBucket, ""},
    {"Content-MD5 is malformed", InvalidDigest, ""},
    {"the body is not that of Content-MD5", BadDigest, ""},
    {"the bucket's name has dots", InvalidRequest, ""},
    {"the document is malformed", MalformedXML, "recorded: accelerate-invalid-status-and-dotted-bucket"},
});

constexpr auto delete_bucket = std::to_array<PrecedenceStep>({
    {"no such bucket", NoSuchBucket, ""},
    {"the bucket is not empty", BucketNotEmpty, ""},
});

constexpr auto table = std::to_array<Precedence>({
    {"PutObject", put_object},
    {"GetObject", get_object},
    {"CopyObject", copy_object},
    {"CreateMultipartUpload", create_upload},
    {"UploadPart", upload_part},
    {"UploadPartCopy", upload_part_copy},
    {"CompleteMultipartUpload", complete_upload},
    {"AbortMultipartUpload", one_upload},
    {"ListParts", list_parts},
    {"DeleteObject", delete_object},
    {"DeleteObjects", delete_objects},
    {"ListObjectsV2", listing},
    {"ListMultipartUploads", listing},
    {"ListObjectVersions", listing},
    {"PutBucketCors", put_bucket_document},
    {"PutBucketLifecycleConfiguration", put_bucket_document},
    {"PutBucketAcl", put_bucket_acl},
    {"PutObjectLegalHold", put_legal_hold},
    {"PutBucketAccelerateConfiguration", put_accelerate},
    {"DeleteBucket", delete_bucket},
});

}  // namespace

std::span<const PrecedenceStep> common_precedence() {
  return common;
}

std::span<const Precedence> precedence_table() {
  return table;
}

}  // namespace partsmith::server
