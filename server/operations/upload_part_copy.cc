#include <partsmith/protocol/dates.h>

#include "operations/answers.h"
#include "operations/copy_source.h"
#include "operations/object_headers.h"
#include "operations/operations.h"
#include "operations/uploads.h"

namespace partsmith::server {
namespace {

S3Result<ByteRange> copied_range(const Visit& visit, const storage::ObjectInfo& source) {
  ByteRange range{0, source.size};
  if (const auto header = visit.headers().get("x-amz-copy-source-range")) {
    const auto asked = copy_range_of(*header, source.size);
    if (!asked) return std::unexpected(asked.error());
    range = *asked;
  }
  if (range.length > limits::max_part_size) {
    return invalid_request(
        "The specified copy source is larger than the maximum allowable size for a copy source: " +
        std::to_string(limits::max_part_size));
  }
  return range;
}

}  // namespace

Outcome upload_part_copy(Visit& visit) {
  if (auto ok = refuse_body_of_copy(visit); !ok) return std::unexpected(std::move(ok.error()));
  const auto number = part_number(visit);
  if (!number) return std::unexpected(number.error());
  const auto key = customer_key(visit, KeyPurpose::write);
  if (!key) return std::unexpected(key.error());
  const auto source_name = copy_source(visit);
  if (!source_name) return std::unexpected(source_name.error());
  const storage::UploadRef ref = upload_ref(visit);
  const auto upload = visit.store().upload(ref);
  if (!upload) return refused(upload.error(), visit);
  const storage::Encryption& encryption = upload->attributes.encryption;
  if (auto ok = check_key_of_upload(encryption, *key); !ok) return std::unexpected(std::move(ok.error()));

  auto source = open_copy_source(visit, *source_name);
  if (!source) return std::unexpected(source.error());
  const auto range = copied_range(visit, source->info());
  if (!range) return std::unexpected(range.error());
  auto copy = copy_of(visit, *source, *range, part_algorithm(*upload), encryption, *key);
  if (!copy) return std::unexpected(copy.error());

  const storage::PartFacts facts{copy->etag, copy->checksum};
  const auto part = visit.store().put_part(ref, *number, std::move(copy->content), facts);
  if (!part) return refused(part.error(), visit);

  protocol::XmlWriter document("CopyPartResult");
  document.element("LastModified", protocol::iso8601(part->modified)).element("ETag", part->etag.quoted());
  if (upload->checksum_algorithm) {
    document.element(traits(*upload->checksum_algorithm).element, copy->checksum.base64());
  }
  Response response = xml_answer(document);
  add_source_version(response.headers, source->info());
  add_encryption(response.headers, encryption);
  return response;
}

}  // namespace partsmith::server
