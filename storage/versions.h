#pragma once
/// The versions of a key: how a new one becomes visible, and what is left when one ends.
///
///  1. A bucket without versions has at most one row a key, the null version. With versions enabled each new
///     object is a row of its own; with versions suspended it takes the place of the null version.
///  2. Of two versions the newer one is that of the greater manifest: of uploads, the one begun later.
///     Source: S3 user guide, "Multipart upload and concurrent operations".
///  3. `latest` is 1 for the newest row of a key, object or delete marker, and for no other.
///  4. A delete marker is a row with a manifest without parts.

#include <optional>

#include <partsmith/storage/store.h>
#include <partsmith/values/version_id.h>

#include "files/blob_folder.h"
#include "rows.h"
#include "write_transaction.h"

namespace partsmith::storage {

/// Inserts the object, or delete marker, as its bucket's versioning has it, and sets its version and whether
/// it is the latest. What it replaces is removed. `current` is what find_object() gives.
void add_version(WriteTransaction& transaction, const BucketRow& bucket, ObjectRow& object,
                 std::optional<ObjectRow> current, const FillRandom& random);
/// Whether somebody who began later wrote the null version that the upload would become, or deleted it (tests
/// of OpenStack Swift that are held against Amazon S3; boto3#4476): that stays, and nobody ever sees the
/// older one. `current` is what find_object() gives.
bool is_superseded(sqlite::Session& db, const BucketRow& bucket, const UploadRow& upload,
                   const std::optional<ObjectRow>& current);
/// Removes the row and its bytes; the next older version becomes the latest.
void remove_version(WriteTransaction& transaction, const BucketRow& bucket, const ObjectRow& object);
/// A delete marker of now.
ObjectRow new_delete_marker(WriteTransaction& transaction, const BucketRow& bucket, const ObjectKey& key,
                            TimePoint now);

/// The object or delete marker of that id.
std::optional<ObjectRow> find_version(sqlite::Session& db, const BucketRow& bucket, const ObjectKey& key,
                                      const VersionId& version);
/// What can be read: the version of that id, or the latest. no_such_key, no_such_version, is_delete_marker.
Result<ObjectRow> find_readable(sqlite::Session& db, const BucketRow& bucket, const ObjectKey& key,
                                const std::optional<VersionId>& version);

}  // namespace partsmith::storage
