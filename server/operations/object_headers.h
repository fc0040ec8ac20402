#pragma once
/// Between headers and what the store keeps of an object: standard headers, user metadata, tags, storage
/// class, encryption. Used by every operation that makes an object or answers one.

#include <partsmith/storage/types.h>

#include "visit.h"
#include "customer_key.h"

namespace partsmith::server {

/// How user metadata stands in a request: in headers, which carry ASCII and encoded words, or (forms) as
/// plain text.
enum class MetadataForm { header, text };

/// What a request says about the object it makes, encrypted with `key` if there is one. MetadataTooLarge,
/// InvalidStorageClass, InvalidArgument (tags, ACL), InvalidRequest (object lock).
S3Result<storage::ObjectAttributes> attributes_from(const Visit& visit, const std::optional<CustomerKey>& key,
                                                    MetadataForm form = MetadataForm::header);

/// ?versionId. InvalidArgument when it is none.
S3Result<std::optional<VersionId>> named_version(const Visit& visit);
/// The same, wherever the text comes from: `argument` is told in the error.
S3Result<VersionId> version_from(std::string_view text, std::string_view argument);

/// x-amz-version-id, when the object's bucket has versions.
void add_version(protocol::Headers& headers, const storage::ObjectInfo& object);

/// x-amz-server-side-encryption and its companions.
/// What KMS encrypts is read and written by requests of Signature V4 alone: InvalidArgument. Reported:
/// next-s3-upload#115, oca#17, of GET; of the others unsettled.
S3Result<void> check_signed_for(const Visit& visit, const storage::Encryption& encryption);

void add_encryption(protocol::Headers& headers, const storage::Encryption& encryption);
/// x-amz-checksum-<algorithm> and x-amz-checksum-type.
void add_checksum(protocol::Headers& headers, const ObjectChecksum& checksum);
/// Last-Modified, ETag, encryption, metadata, standard headers: what GET and HEAD say besides the range.
void describe_object(protocol::Headers& headers, const storage::ObjectInfo& object);

}  // namespace partsmith::server
