#pragma once
/// What a store can refuse or fail at. The server turns these into S3's errors in one place.

#include <optional>
#include <string>
#include <string_view>

#include <partsmith/values/names.h>
#include <partsmith/values/time.h>
#include <partsmith/values/version_id.h>

namespace partsmith::storage {

enum class StoreErrorCode {
  no_such_bucket,
  bucket_exists,
  bucket_not_empty,     ///< of objects; open uploads do not count, as on S3
  no_such_key,          ///< or its latest version is a delete marker, which the error then has
  no_such_version,      ///< none of that id, of this key
  is_delete_marker,     ///< the version that was named
  no_such_upload,       ///< never given out, aborted, completed, or of another bucket or key
  foreign_marker,       ///< an upload ID to list behind that is none, or is of an open upload of another key
  parts_changed,        ///< a part named by revision at Complete was replaced meanwhile: read again and retry
  precondition_failed,  ///< If-Match or If-None-Match did not hold at the commit
  locked,               ///< a version that is retained or held can't be deleted
  lock_needs_versions,  ///< versions of a bucket with an object lock are enabled, and stay so
  conflict,             ///< the object was deleted while a conditional write of its key was on its way
  out_of_space,         ///< ENOSPC, EDQUOT, or the store's own quota
  too_many_open_files,
  read_only,  ///< EROFS, EACCES, EPERM
  busy,       ///< the database stayed locked
  damaged,    ///< bytes that rows promise are not there, or the database says it is corrupt
  io,         ///< anything else the system refused
};

std::string_view to_string(StoreErrorCode code);

struct DeleteMarker {
  VersionId version;
  TimePoint modified;
};

struct StoreError {
  StoreErrorCode code;
  std::string detail;  ///< for the log, never for the client: what was tried and what the system said
  std::optional<DeleteMarker> marker = {};  ///< with no_such_key (if there is one) and is_delete_marker
};

}  // namespace partsmith::storage
