#include "store_errors.h"

#include <partsmith/protocol/dates.h>

namespace partsmith::server {

using protocol::ErrorCode;
using protocol::S3Error;
using storage::StoreErrorCode;

protocol::S3Error s3_error(const storage::StoreError& error, const Call& call) {
  switch (error.code) {
    case StoreErrorCode::no_such_bucket:
      return S3Error(ErrorCode::NoSuchBucket).with("BucketName", call.bucket->text());
    case StoreErrorCode::bucket_exists:
      return S3Error(ErrorCode::BucketAlreadyOwnedByYou).with("BucketName", call.bucket->text());
    case StoreErrorCode::bucket_not_empty:
      return S3Error(ErrorCode::BucketNotEmpty).with("BucketName", call.bucket->text());
    case StoreErrorCode::no_such_key: {
      S3Error missing = S3Error(ErrorCode::NoSuchKey).with("Key", call.key->text());
      if (!error.marker) return missing;
      return std::move(missing)
          .with_header("x-amz-delete-marker", "true")
          .with_header("x-amz-version-id", error.marker->version.text());
    }
    case StoreErrorCode::no_such_version:
      return S3Error(ErrorCode::NoSuchVersion)
          .with("Key", call.key->text())
          .with("VersionId", std::string(call.query().get("versionId").value_or("")));
    case StoreErrorCode::is_delete_marker:
      return S3Error(ErrorCode::MethodNotAllowed)
          .with("Method", call.request.method)
          .with("ResourceType", "DeleteMarker")
          .with_header("x-amz-delete-marker", "true")
          .with_header("x-amz-version-id", error.marker->version.text())
          .with_header("Last-Modified", protocol::http_date(error.marker->modified))
          .with_header("Allow", "DELETE");
    case StoreErrorCode::no_such_upload:
      return S3Error(ErrorCode::NoSuchUpload)
          .with("UploadId", std::string(call.query().get("uploadId").value_or("")));
    case StoreErrorCode::conflict:
      return S3Error(ErrorCode::ConditionalRequestConflict)
          .with("Condition", call.headers().has("if-match") ? "If-Match" : "If-None-Match")
          .with("Key", call.key->text());
    case StoreErrorCode::precondition_failed:
      return S3Error(ErrorCode::PreconditionFailed)
          .with("Condition", call.headers().has("if-match") ? "If-Match" : "If-None-Match");
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
