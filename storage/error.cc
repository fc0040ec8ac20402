#include <partsmith/storage/error.h>

namespace partsmith::storage {

std::string_view to_string(StoreErrorCode code) {
  switch (code) {
    case StoreErrorCode::no_such_bucket:
      return "no_such_bucket";
    case StoreErrorCode::bucket_exists:
      return "bucket_exists";
    case StoreErrorCode::bucket_not_empty:
      return "bucket_not_empty";
    case StoreErrorCode::no_such_key:
      return "no_such_key";
    case StoreErrorCode::no_such_version:
      return "no_such_version";
    case StoreErrorCode::is_delete_marker:
      return "is_delete_marker";
    case StoreErrorCode::no_such_upload:
      return "no_such_upload";
    case StoreErrorCode::foreign_marker:
      return "foreign_marker";
    case StoreErrorCode::parts_changed:
      return "parts_changed";
    case StoreErrorCode::precondition_failed:
      return "precondition_failed";
    case StoreErrorCode::locked:
      return "locked";
    case StoreErrorCode::lock_needs_versions:
      return "lock_needs_versions";
    case StoreErrorCode::conflict:
      return "conflict";
    case StoreErrorCode::out_of_space:
      return "out_of_space";
    case StoreErrorCode::too_many_open_files:
      return "too_many_open_files";
    case StoreErrorCode::read_only:
      return "read_only";
    case StoreErrorCode::busy:
      return "busy";
    case StoreErrorCode::damaged:
      return "damaged";
    case StoreErrorCode::io:
      return "io";
  }
  return "unknown";
}

}  // namespace partsmith::storage
