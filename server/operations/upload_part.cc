#include "operations/answers.h"
#include "operations/object_headers.h"
#include "operations/operations.h"
#include "operations/uploads.h"
#include "payload.h"

namespace partsmith::server {
namespace {

/// A part may bring the checksum of its upload's algorithm, and no other (recorded: multipart-checksum-errors-composite).
S3Result<void> check_algorithm(const storage::UploadInfo& upload, const PayloadDeclaration& declaration) {
  const auto given = declaration.algorithm();
  if (!given || !upload.checksum_algorithm || *given == *upload.checksum_algorithm) return {};
  return invalid_request("Checksum Type mismatch occurred, expected checksum Type: " +
                         std::string(traits(*upload.checksum_algorithm).lower) +
                         ", actual checksum Type: " + std::string(traits(*given).lower));
}

}  // namespace

Outcome upload_part(Call& call) {
  const auto number = part_number(call);
  if (!number) return std::unexpected(number.error());
  if (auto ok = refuse_customer_key(call); !ok) return std::unexpected(std::move(ok.error()));
  const auto declaration = declared_payload(call, limits::max_part_size);
  if (!declaration) return std::unexpected(declaration.error());
  const storage::UploadRef ref = upload_ref(call);
  const auto upload = call.store().upload(ref);
  if (!upload) return refused(upload.error(), call);
  if (auto ok = check_algorithm(*upload, *declaration); !ok) return std::unexpected(std::move(ok.error()));

  auto writer = call.store().new_blob(declaration->length);
  if (!writer) return refused(writer.error(), call);
  const PayloadSink into_blob = [&](ByteView bytes) -> S3Result<void> {
    if (const auto written = (*writer)->write(bytes); !written) return refused(written.error(), call);
    return {};
  };
  const auto received = receive_payload(call, *declaration, part_algorithm(*upload), Md5Echo::base64, into_blob);
  if (!received) return std::unexpected(received.error());

  const storage::PartFacts facts{content_etag(upload->attributes.encryption, received->md5), received->computed};
  const auto part = call.store().put_part(ref, *number, storage::Content::written(std::move(*writer)), facts);
  if (!part) return refused(part.error(), call);

  Response response = empty_answer(200);
  add_encryption(response.headers, upload->attributes.encryption);
  response.headers.add("ETag", part->etag.quoted());
  // What the client gave comes back even when the upload named no algorithm (recorded: multipart-and-list-parts).
  const auto& told = upload->checksum_algorithm ? received->computed : received->declared;
  if (told) response.headers.add(std::string(traits(told->algorithm).header), told->base64());
  return response;
}

}  // namespace partsmith::server
