#pragma once
/// Options as S3's headers.

#include <partsmith/protocol/headers.h>

#include "verbs/transfer.h"

namespace partsmith::cli {

/// Whether the options say anything that belongs to an object's metadata.
bool states_metadata(const ObjectOptions& options);

/// Of PutObject, CreateMultipartUpload or a copy that replaces; the type is guessed by `name` unless it is
/// empty.
std::expected<protocol::Headers, VerbError> object_headers(const ObjectOptions& options,
                                                         const std::string& name);

/// x-amz-server-side-encryption-customer-… of a file with 32 bytes, or with their base64; with `copy_source`
/// those of a copy's source. Nothing for an empty path.
std::expected<protocol::Headers, VerbError> customer_key_headers(const std::string& file,
                                                               bool copy_source = false);

}  // namespace partsmith::cli
