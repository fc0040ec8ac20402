#pragma once
/// Objects in GLACIER and DEEP_ARCHIVE: they are read only while a restored copy of them is there. Source: S3
/// user guide, "Restoring an archived object"; recording deep-archive-get-and-restore.

#include <partsmith/protocol/xml.h>
#include <partsmith/storage/types.h>

#include "visit.h"

namespace partsmith::server {

bool is_archived(std::string_view storage_class);

/// InvalidObjectState, for an archived object without a restored copy.
S3Result<void> check_can_be_read(const Visit& visit, const storage::ObjectInfo& object);

/// x-amz-restore, while there is a restored copy.
void add_restore(protocol::Headers& headers, const Visit& visit, const storage::ObjectInfo& object);

/// Whether x-amz-optional-object-attributes asks a listing for the RestoreStatus of its objects.
/// InvalidArgument for another name. Source: S3 API reference, ListObjectsV2; the error is reported
/// (noobaa-core#8106).
S3Result<bool> wants_restore_status(const Visit& visit);

/// RestoreStatus, while there is a restored copy.
void write_restore_status(protocol::XmlWriter& document, const Visit& visit,
                          const storage::ObjectInfo& object);

}  // namespace partsmith::server
