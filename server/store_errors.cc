#include "store_errors.h"

#include <partsmith/protocol/dates.h>

namespace partsmith::server {

using protocol::ErrorCode;
using protocol::S3Error;
using storage::StoreErrorCode;

namespace {

S3Error with_bucket(S3Error error, const Target& about) {
  if (const auto* bucket = std::get_if<BucketTarget>(&about))
    return std::move(error).with("BucketName", bucket->bucket.text());
  if (const auto* object = std::get_if<ObjectTarget>(&about))
    return std::move(error).with("BucketName", object->bucket.text());
  return error;
}

S3Error with_key(S3Error error, const Target& about) {
  if (const auto* object = std::get_if<ObjectTarget>(&about))
    return std::move(error).with("Key", object->key.text());
  return error;
}

}  // namespace

protocol::S3Error object_is_locked() {
  return S3Error(ErrorCode::AccessDenied, "Access Denied because object protected by object lock.");
}

protocol::S3Error s3_error(const storage::StoreError& error, const Visit& visit, const Target& about) {
  switch (error.code) {
    case StoreErrorCode::no_such_bucket:
      return with_bucket(S3Error(ErrorCode::NoSuchBucket), about);
    case StoreErrorCode::bucket_exists:
      return with_bucket(S3Error(ErrorCode::BucketAlreadyOwnedByYou), about);
    case StoreErrorCode::bucket_not_empty:
      return with_bucket(S3Error(ErrorCode::BucketNotEmpty), about);
    case StoreErrorCode::no_such_key: {
      S3Error missing = with_key(S3Error(ErrorCode::NoSuchKey), about);
      if (!error.marker) return missing;
      return std::move(missing)
          .with_header("x-amz-delete-marker", "true")
          .with_header("x-amz-version-id", error.marker->version.text());
    }
    case StoreErrorCode::no_such_version:
      return with_key(S3Error(ErrorCode::NoSuchVersion), about)
          .with("VersionId", std::string(visit.query().get("versionId").value_or("")));
    case StoreErrorCode::is_delete_marker:
      return S3Error(ErrorCode::MethodNotAllowed)
          .with("Method", visit.request.method)
          .with("ResourceType", "DeleteMarker")
          .with_header("x-amz-delete-marker", "true")
          .with_header("x-amz-version-id", error.marker->version.text())
          .with_header("Last-Modified", protocol::http_date(error.marker->modified))
          .with_header("Allow", "DELETE");
    case StoreErrorCode::no_such_upload:
      return S3Error(ErrorCode::NoSuchUpload)
          .with("UploadId", std::string(visit.query().get("uploadId").value_or("")));
    case StoreErrorCode::locked:
      return object_is_locked();
    case StoreErrorCode::lock_needs_versions:
      return S3Error(ErrorCode::InvalidBucketState,
                     visit.is(protocol::OperationId::PutBucketVersioning)
                         ? "An Object Lock configuration is present on this bucket, so the versioning state "
                           "cannot be changed."
                         : "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration");
    case StoreErrorCode::conflict:
      return with_key(S3Error(ErrorCode::ConditionalRequestConflict)
                          .with("Condition", visit.headers().has("if-match") ? "If-Match" : "If-None-Match"),
                      about);
    case StoreErrorCode::precondition_failed:
      return S3Error(ErrorCode::PreconditionFailed)
          .with("Condition", visit.headers().has("if-match") ? "If-Match" : "If-None-Match");
    case StoreErrorCode::parts_changed:
    case StoreErrorCode::out_of_space:
    case StoreErrorCode::too_many_open_files:
    case StoreErrorCode::busy: {
      S3Error slow(ErrorCode::SlowDown);
      slow.log_detail = error.detail;
      return slow;
    }
    case StoreErrorCode::foreign_marker:  // which only ListMultipartUploads meets, and answers itself
    case StoreErrorCode::read_only:
    case StoreErrorCode::damaged:
    case StoreErrorCode::io:
      break;
  }
  S3Error internal(ErrorCode::InternalError);
  internal.log_detail = error.detail;
  return internal;
}

}  // namespace partsmith::server
