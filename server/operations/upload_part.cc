#include "content.h"
#include "operations/answers.h"
#include "operations/object_headers.h"
#include "operations/object_lock.h"
#include "operations/operations.h"
#include "operations/uploads.h"
#include "payload.h"

namespace partsmith::server {
namespace {

/// A part may bring the checksum of its upload's algorithm, and no other (recorded:
/// multipart-checksum-errors-composite). Where the upload's is COMPOSITE it must (reported: versitygw#1342,
/// floci#3093). An upload without an algorithm takes any (recorded: upload-part-wrong-checksum-*).
S3Result<void> check_algorithm(const storage::UploadInfo& upload, const PayloadDeclaration& declaration) {
  const auto given = declaration.algorithm();
  if (!upload.checksum_algorithm || given == upload.checksum_algorithm) return {};
  if (!given && upload.checksum_type != ChecksumType::composite) return {};
  return invalid_request("Checksum Type mismatch occurred, expected checksum Type: " +
                         std::string(traits(*upload.checksum_algorithm).lower) +
                         ", actual checksum Type: " + std::string(given ? traits(*given).lower : "null"));
}

}  // namespace

Outcome upload_part(Visit& visit) {
  const auto number = part_number(visit);
  if (!number) return std::unexpected(number.error());
  const auto key = customer_key(visit, KeyPurpose::write);
  if (!key) return std::unexpected(key.error());
  const auto declaration = declared_payload(visit, limits::max_part_size);
  if (!declaration) return std::unexpected(declaration.error());
  const storage::UploadRef ref = upload_ref(visit);
  const auto upload = visit.store().upload(ref);
  if (!upload) return refused(upload.error(), visit);
  const storage::Encryption& encryption = upload->attributes.encryption;
  if (auto ok = check_key_of_upload(encryption, *key); !ok) return std::unexpected(std::move(ok.error()));
  if (auto ok = check_algorithm(*upload, *declaration); !ok) return std::unexpected(std::move(ok.error()));
  if (auto ok = require_digest_of_locked(visit, LockedBytes::part, upload->attributes, *declaration); !ok)
    return std::unexpected(std::move(ok.error()));

  auto writer = ContentWriter::open(visit, declaration->length, *key);
  if (!writer) return std::unexpected(writer.error());
  const auto received = receive_payload(visit, *declaration, part_algorithm(*upload), Md5Echo::base64,
                                        [&](ByteView bytes) { return writer->write(bytes); });
  if (!received) return std::unexpected(received.error());

  const storage::PartFacts facts{writer->etag(encryption, received->md5), received->computed};
  const auto part = visit.store().put_part(ref, *number, std::move(*writer).content(), facts);
  if (!part) return refused(part.error(), visit);

  Response response = empty_answer(200);
  add_encryption(response.headers, encryption);
  response.headers.add("ETag", part->etag.quoted());
  // What the client gave comes back even when the upload named no algorithm (recorded:
  // multipart-and-list-parts). Given none, S3 tells the CRC64NVME that it makes itself, but not under a
  // customer key (docs/s3-truth.md, "Unsettled").
  const bool computed_is_told = upload->checksum_algorithm || (!received->declared && !*key);
  const auto& told = computed_is_told ? received->computed : received->declared;
  if (told) response.headers.add(std::string(traits(told->algorithm).header), told->base64());
  return response;
}

}  // namespace partsmith::server
