#pragma once
/// Upload IDs: 128 characters of base64url. An id carries the number of its upload's manifest, masked, so
/// that an upload is found by it without an index of ids, and an id given as a marker has its place in a
/// listing when the upload has gone.

#include <optional>
#include <string_view>

#include <partsmith/values/names.h>

#include "files/blob_folder.h"
#include "row_ids.h"

namespace partsmith::storage {

UploadId make_upload_id(ManifestId manifest, const FillRandom& random);

/// The manifest that the id carries; nothing for a text that is no id of ours. That a text decodes does not
/// make it an id that was given out: the row's whole id is compared as well.
std::optional<ManifestId> manifest_of(std::string_view upload_id);

}  // namespace partsmith::storage
