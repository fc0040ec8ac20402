#include "configuration/lifecycle.h"
#include "content.h"
#include "operations/answers.h"
#include "operations/conditions.h"
#include "operations/object_headers.h"
#include "operations/object_lock.h"
#include "operations/operations.h"
#include "operations/uploads.h"
#include "payload.h"

namespace partsmith::server {
Outcome put_object(Visit& visit) {
  if (auto ok = refuse_half_of_a_part(visit); !ok) return std::unexpected(std::move(ok.error()));
  const auto key = customer_key(visit, KeyPurpose::write);
  if (!key) return std::unexpected(key.error());
  const auto attributes = attributes_from(visit, *key);
  if (!attributes) return std::unexpected(attributes.error());
  const auto condition = write_condition(visit);
  if (!condition) return std::unexpected(condition.error());
  const auto declaration = declared_payload(visit, limits::max_put_size);
  if (!declaration) return std::unexpected(declaration.error());
  if (const auto bucket = visit.store().bucket(visit.bucket()); !bucket)
    return refused(bucket.error(), visit);
  if (auto ok = require_digest_of_locked(visit, LockedBytes::object, *attributes, *declaration); !ok)
    return std::unexpected(std::move(ok.error()));

  auto writer = ContentWriter::open(visit, declaration->length, *key);
  if (!writer) return std::unexpected(writer.error());
  // S3 gives every object a checksum: the client's, or its own CRC64NVME (recorded:
  // put-checksums-raw-requests).
  const ChecksumAlgorithm algorithm = declaration->algorithm().value_or(ChecksumAlgorithm::crc64nvme);
  const auto received = receive_payload(visit, *declaration, algorithm, Md5Echo::hex,
                                        [&](ByteView bytes) { return writer->write(bytes); });
  if (!received) return std::unexpected(received.error());

  const storage::ObjectDraft draft{
      .attributes = *attributes,
      .etag = writer->etag(attributes->encryption, received->md5),
      .checksum = ObjectChecksum{*received->computed, ChecksumType::full_object, 0},
      .condition = *condition,
      .default_retention = default_retention(visit)};
  const auto object =
      visit.store().put_object(visit.bucket(), visit.key(), std::move(*writer).content(), draft);
  if (!object) return refused(object.error(), visit);

  Response response = empty_answer(200);
  add_encryption(response.headers, object->attributes.encryption);
  // With versions suspended a put doesn't tell that it made the null version (recorded:
  // versioning-null-and-ids).
  if (!object->version.is_null()) add_version(response.headers, *object);
  response.headers.add("ETag", object->etag.quoted());
  add_checksum(response.headers, *object->checksum);
  add_expiration(response, visit, *object);
  return response;
}

}  // namespace partsmith::server
