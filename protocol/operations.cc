#include <algorithm>
#include <array>

#include <partsmith/protocol/operations.h>

namespace partsmith::protocol {

namespace {

using enum Scope;
using enum Support;

// Where only GET needs a second name to tell one from many (`analytics id`), PUT and DELETE go without: a
// request that forgot it must not become CreateBucket or DeleteBucket. A header counts after as many names in
// the query. Operations that nothing tells from their successors or siblings (GetBucketLifecycle,
// ListDirectoryBuckets, ...) come behind them: they are here for their names. PostObject, the browser's form,
// is the one row that the model doesn't have.
constexpr auto table = std::to_array<OperationRow>({
    {"ListBuckets", "GET", service, "", "", full, ""},
    {"ListDirectoryBuckets", "GET", service, "", "", none, ""},

    {"GetBucketAnalyticsConfiguration", "GET", bucket, "analytics id", "", partial, "none can be set"},
    {"GetBucketIntelligentTieringConfiguration", "GET", bucket, "intelligent-tiering id", "", partial, "none can be set"},
    {"GetBucketInventoryConfiguration", "GET", bucket, "inventory id", "", partial, "none can be set"},
    {"GetBucketMetricsConfiguration", "GET", bucket, "metrics id", "", partial, "none can be set"},
    {"CreateSession", "GET", bucket, "session", "", none, ""},
    {"GetBucketAbac", "GET", bucket, "abac", "", none, ""},
    {"GetBucketAccelerateConfiguration", "GET", bucket, "accelerate", "", full, ""},
    {"GetBucketAcl", "GET", bucket, "acl", "", full, ""},
    {"GetBucketCors", "GET", bucket, "cors", "", full, ""},
    {"GetBucketEncryption", "GET", bucket, "encryption", "", full, ""},
    {"GetBucketLifecycleConfiguration", "GET", bucket, "lifecycle", "", full, ""},
    {"GetBucketLocation", "GET", bucket, "location", "", full, ""},
    {"GetBucketLogging", "GET", bucket, "logging", "", partial, "none can be set"},
    {"GetBucketMetadataConfiguration", "GET", bucket, "metadataConfiguration", "", none, ""},
    {"GetBucketMetadataTableConfiguration", "GET", bucket, "metadataTable", "", none, ""},
    {"GetBucketNotificationConfiguration", "GET", bucket, "notification", "", partial, "none can be set"},
    {"GetBucketOwnershipControls", "GET", bucket, "ownershipControls", "", full, ""},
    {"GetBucketPolicy", "GET", bucket, "policy", "", partial, "none can be set"},
    {"GetBucketPolicyStatus", "GET", bucket, "policyStatus", "", partial, "none can be set"},
    {"GetBucketReplication", "GET", bucket, "replication", "", partial, "none can be set"},
    {"GetBucketRequestPayment", "GET", bucket, "requestPayment", "", full, ""},
    {"GetBucketTagging", "GET", bucket, "tagging", "", full, ""},
    {"GetBucketVersioning", "GET", bucket, "versioning", "", full, ""},
    {"GetBucketWebsite", "GET", bucket, "website", "", partial, "none can be set"},
    {"GetObjectLockConfiguration", "GET", bucket, "object-lock", "", partial, "none can be set"},
    {"GetPublicAccessBlock", "GET", bucket, "publicAccessBlock", "", full, ""},
    {"ListBucketAnalyticsConfigurations", "GET", bucket, "analytics", "", partial, "none can be set"},
    {"ListBucketIntelligentTieringConfigurations", "GET", bucket, "intelligent-tiering", "", partial, "none can be set"},
    {"ListBucketInventoryConfigurations", "GET", bucket, "inventory", "", partial, "none can be set"},
    {"ListBucketMetricsConfigurations", "GET", bucket, "metrics", "", partial, "none can be set"},
    {"ListMultipartUploads", "GET", bucket, "uploads", "", full, ""},
    {"ListObjectVersions", "GET", bucket, "versions", "", full, ""},
    {"ListObjectsV2", "GET", bucket, "list-type=2", "", full, ""},
    {"GetBucketLifecycle", "GET", bucket, "lifecycle", "", none, ""},
    {"GetBucketNotification", "GET", bucket, "notification", "", none, ""},
    {"ListObjects", "GET", bucket, "", "", full, ""},

    {"HeadBucket", "HEAD", bucket, "", "", full, ""},

    {"PutBucketAbac", "PUT", bucket, "abac", "", none, ""},
    {"PutBucketAccelerateConfiguration", "PUT", bucket, "accelerate", "", partial, "kept and told; no endpoint is nearer"},
    {"PutBucketAcl", "PUT", bucket, "acl", "", partial, "kept and told, and not enforced"},
    {"PutBucketAnalyticsConfiguration", "PUT", bucket, "analytics", "", none, ""},
    {"PutBucketCors", "PUT", bucket, "cors", "", full, ""},
    {"PutBucketEncryption", "PUT", bucket, "encryption", "", partial, "the bytes on disk are as sent"},
    {"PutBucketIntelligentTieringConfiguration", "PUT", bucket, "intelligent-tiering", "", none, ""},
    {"PutBucketInventoryConfiguration", "PUT", bucket, "inventory", "", none, ""},
    {"PutBucketLifecycleConfiguration", "PUT", bucket, "lifecycle", "", partial,
     "rules are kept and told (x-amz-expiration, x-amz-abort-date), and not carried out"},
    {"PutBucketLogging", "PUT", bucket, "logging", "", none, ""},
    {"PutBucketMetricsConfiguration", "PUT", bucket, "metrics", "", none, ""},
    {"PutBucketNotificationConfiguration", "PUT", bucket, "notification", "", none, ""},
    {"PutBucketOwnershipControls", "PUT", bucket, "ownershipControls", "", full, ""},
    {"PutBucketPolicy", "PUT", bucket, "policy", "", none, ""},
    {"PutBucketReplication", "PUT", bucket, "replication", "", none, ""},
    {"PutBucketRequestPayment", "PUT", bucket, "requestPayment", "", partial, "kept and told; there is one account, who pays"},
    {"PutBucketTagging", "PUT", bucket, "tagging", "", full, ""},
    {"PutBucketVersioning", "PUT", bucket, "versioning", "", partial, "no MFA delete"},
    {"PutBucketWebsite", "PUT", bucket, "website", "", none, ""},
    {"PutObjectLockConfiguration", "PUT", bucket, "object-lock", "", none, ""},
    {"PutPublicAccessBlock", "PUT", bucket, "publicAccessBlock", "", partial, "there are no policies to block"},
    {"UpdateBucketMetadataAnnotationTableConfiguration", "PUT", bucket, "metadataAnnotationTable", "", none,
     ""},
    {"UpdateBucketMetadataInventoryTableConfiguration", "PUT", bucket, "metadataInventoryTable", "", none,
     ""},
    {"UpdateBucketMetadataJournalTableConfiguration", "PUT", bucket, "metadataJournalTable", "", none, ""},
    {"PutBucketLifecycle", "PUT", bucket, "lifecycle", "", none, ""},
    {"PutBucketNotification", "PUT", bucket, "notification", "", none, ""},
    {"CreateBucket", "PUT", bucket, "", "", partial,
     "ACLs are kept and not enforced; no object lock, no directory buckets"},

    {"CreateBucketMetadataConfiguration", "POST", bucket, "metadataConfiguration", "", none, ""},
    {"CreateBucketMetadataTableConfiguration", "POST", bucket, "metadataTable", "", none, ""},
    {"DeleteObjects", "POST", bucket, "delete", "", full, ""},
    {"WriteGetObjectResponse", "POST", bucket, "", "x-amz-request-route", none, ""},
    {"PostObject", "POST", bucket, "", "", full, ""},

    {"DeleteBucketAnalyticsConfiguration", "DELETE", bucket, "analytics", "", partial, "none can be set"},
    {"DeleteBucketCors", "DELETE", bucket, "cors", "", full, ""},
    {"DeleteBucketEncryption", "DELETE", bucket, "encryption", "", full, ""},
    {"DeleteBucketIntelligentTieringConfiguration", "DELETE", bucket, "intelligent-tiering", "", partial, "none can be set"},
    {"DeleteBucketInventoryConfiguration", "DELETE", bucket, "inventory", "", partial, "none can be set"},
    {"DeleteBucketLifecycle", "DELETE", bucket, "lifecycle", "", full, ""},
    {"DeleteBucketMetadataConfiguration", "DELETE", bucket, "metadataConfiguration", "", none, ""},
    {"DeleteBucketMetadataTableConfiguration", "DELETE", bucket, "metadataTable", "", none, ""},
    {"DeleteBucketMetricsConfiguration", "DELETE", bucket, "metrics", "", partial, "none can be set"},
    {"DeleteBucketOwnershipControls", "DELETE", bucket, "ownershipControls", "", full, ""},
    {"DeleteBucketPolicy", "DELETE", bucket, "policy", "", partial, "none can be set"},
    {"DeleteBucketReplication", "DELETE", bucket, "replication", "", partial, "none can be set"},
    {"DeleteBucketTagging", "DELETE", bucket, "tagging", "", full, ""},
    {"DeleteBucketWebsite", "DELETE", bucket, "website", "", partial, "none can be set"},
    {"DeletePublicAccessBlock", "DELETE", bucket, "publicAccessBlock", "", full, ""},
    {"DeleteBucket", "DELETE", bucket, "", "", full, ""},

    {"GetObjectAnnotation", "GET", object, "annotation annotationName", "", none, ""},
    {"GetObjectAcl", "GET", object, "acl", "", full, ""},
    {"GetObjectAttributes", "GET", object, "attributes", "", full, ""},
    {"GetObjectLegalHold", "GET", object, "legal-hold", "", partial, "no bucket has Object Lock"},
    {"GetObjectRetention", "GET", object, "retention", "", partial, "no bucket has Object Lock"},
    {"GetObjectTagging", "GET", object, "tagging", "", full, ""},
    {"GetObjectTorrent", "GET", object, "torrent", "", none, ""},
    {"ListObjectAnnotations", "GET", object, "annotation", "", none, ""},
    {"ListParts", "GET", object, "uploadId", "", full, ""},
    {"GetObject", "GET", object, "", "", full, ""},

    {"HeadObject", "HEAD", object, "", "", full, ""},

    {"UploadPartCopy", "PUT", object, "partNumber uploadId", "x-amz-copy-source", full, ""},
    {"UploadPart", "PUT", object, "partNumber uploadId", "", full, ""},
    {"PutObjectAcl", "PUT", object, "acl", "", partial, "kept and told, and not enforced"},
    {"PutObjectAnnotation", "PUT", object, "annotation", "", none, ""},
    {"PutObjectLegalHold", "PUT", object, "legal-hold", "", partial, "no bucket has Object Lock"},
    {"PutObjectRetention", "PUT", object, "retention", "", partial, "no bucket has Object Lock"},
    {"PutObjectTagging", "PUT", object, "tagging", "", full, ""},
    {"RenameObject", "PUT", object, "renameObject", "", none, ""},
    {"UpdateObjectEncryption", "PUT", object, "encryption", "", none, ""},
    {"CopyObject", "PUT", object, "", "x-amz-copy-source", partial,
     "no object lock; ACLs are kept and not enforced"},
    {"PutObject", "PUT", object, "", "", partial,
     "no object lock or appending; ACLs are kept and not enforced"},

    {"SelectObjectContent", "POST", object, "select", "", none, ""},
    {"CompleteMultipartUpload", "POST", object, "uploadId", "", full, ""},
    {"CreateMultipartUpload", "POST", object, "uploads", "", partial,
     "no object lock; ACLs are kept and not enforced"},
    {"RestoreObject", "POST", object, "restore", "", partial, "the copy is there at once; no select"},

    {"AbortMultipartUpload", "DELETE", object, "uploadId", "", full, ""},
    {"DeleteObjectAnnotation", "DELETE", object, "annotation", "", none, ""},
    {"DeleteObjectTagging", "DELETE", object, "tagging", "", full, ""},
    {"DeleteObject", "DELETE", object, "", "", full, ""},
});

}  // namespace

std::span<const OperationRow> operation_table() {
  return table;
}

const OperationRow* operation_by_name(std::string_view name) {
  const auto found = std::ranges::find(table, name, &OperationRow::name);
  return found == table.end() ? nullptr : &*found;
}

}  // namespace partsmith::protocol
