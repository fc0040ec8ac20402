#pragma once
/// Operations to which a key whose current version is a delete marker isn't a missing key.

#include "operations/answers.h"

namespace partsmith::server {

/// What a delete marker can't have, an ACL or tags, is refused where it is the current version as where it is
/// named: 405 (recorded of PutObjectAcl: object-acl-on-delete-marker; reported of GetObjectTagging:
/// localstack#11180, and of PutObjectTagging: moto#9401). GetObjectAcl alone answers 404 there (recorded in
/// the same case).
inline std::unexpected<protocol::S3Error> refused_at_marker(const storage::StoreError& error,
                                                            const Visit& visit) {
  if (error.code != storage::StoreErrorCode::no_such_key || !error.marker) return refused(error, visit);
  storage::StoreError marker = error;
  marker.code = storage::StoreErrorCode::is_delete_marker;
  return refused(marker, visit);
}

}  // namespace partsmith::server
