#include <partsmith/protocol/dates.h>

#include "operations/answers.h"
#include "operations/listing_parameters.h"
#include "operations/operations.h"

namespace partsmith::server {
namespace {

void write_upload(protocol::XmlWriter& document, const storage::UploadInfo& upload, const NameEncoding& encode) {
  document.open("Upload").element("Key", encode(upload.key.text())).element("UploadId", upload.id.text());
  write_initiator(document);
  write_owner(document);
  document.element("StorageClass", upload.attributes.storage_class)
      .element("Initiated", protocol::iso8601(upload.initiated));
  if (upload.checksum_algorithm) {
    document.element("ChecksumAlgorithm", traits(*upload.checksum_algorithm).name)
        .element("ChecksumType", to_string(*upload.checksum_type));
  }
  document.close();
}

}  // namespace

/// Recorded: multipart-and-list-parts. The next markers are always there: the last upload listed, or empty.
Outcome list_multipart_uploads(Call& call) {
  const auto encode = NameEncoding::of(call);
  if (!encode) return std::unexpected(encode.error());
  const auto limit = number_parameter(call, "max-uploads", limits::max_page, limits::max_page);
  if (!limit) return std::unexpected(limit.error());
  storage::UploadQuery query{.prefix = std::string(call.query().get("prefix").value_or("")),
                             .delimiter = std::string(call.query().get("delimiter").value_or("")),
                             .key_marker = std::string(call.query().get("key-marker").value_or("")),
                             .upload_id_marker = std::string(call.query().get("upload-id-marker").value_or("")),
                             .limit = *limit};
  const auto page = call.store().list_uploads(*call.bucket, query);
  if (!page) return refused(page.error(), call);

  protocol::XmlWriter document("ListMultipartUploadsResult");
  document.element("Bucket", call.bucket->text())
      .element("KeyMarker", (*encode)(query.key_marker))
      .element("UploadIdMarker", query.upload_id_marker)
      .element("NextKeyMarker", (*encode)(page->next_key_marker))
      .element("NextUploadIdMarker", page->next_upload_id_marker);
  if (!query.prefix.empty()) document.element("Prefix", (*encode)(query.prefix));
  if (!query.delimiter.empty()) document.element("Delimiter", (*encode)(query.delimiter));
  document.element("MaxUploads", *limit);
  if (encode->url()) document.element("EncodingType", "url");
  document.element("IsTruncated", page->truncated);
  for (const storage::UploadInfo& upload : page->uploads) write_upload(document, upload, *encode);
  for (const std::string& prefix : page->common_prefixes) {
    document.open("CommonPrefixes").element("Prefix", (*encode)(prefix)).close();
  }
  return xml_answer(document);
}

}  // namespace partsmith::server
