#include <algorithm>

#include <partsmith/protocol/dates.h>

#include "configuration/lifecycle.h"
#include "operations/answers.h"
#include "operations/listing_parameters.h"
#include "operations/object_headers.h"
#include "operations/operations.h"
#include "operations/uploads.h"

namespace partsmith::server {

/// Recorded: multipart-and-list-parts, list-parts-empty-query-values. A number out of range is refused only
/// of uploads that exist.
Outcome list_parts(Visit& visit) {
  const NumberRule& limit_rule = number_rule(visit, "max-parts");
  const NumberRule& marker_rule = number_rule(visit, "part-number-marker");
  const auto asked = number_parameter(visit, limit_rule);
  if (!asked) return std::unexpected(asked.error());
  const auto asked_marker = number_parameter(visit, marker_rule);
  if (!asked_marker) return std::unexpected(asked_marker.error());
  const auto encode = NameEncoding::of(visit);
  if (!encode) return std::unexpected(encode.error());
  const auto limit = number_in_range(limit_rule, *asked);
  const auto marker = number_in_range(marker_rule, *asked_marker);
  const auto page = visit.store().parts(upload_ref(visit), marker.value_or(0),
                                        std::min(limit.value_or(0), limits::max_page));
  if (!page) return refused(page.error(), visit);
  if (!limit) return std::unexpected(limit.error());
  if (!marker) return std::unexpected(marker.error());
  const storage::UploadInfo& upload = page->upload;
  if (auto ok = check_given_key(visit, upload); !ok) return std::unexpected(std::move(ok.error()));

  protocol::XmlWriter document("ListPartsResult");
  document.element("Bucket", upload.bucket.text())
      .element("Key", (*encode)(upload.key.text()))
      .element("UploadId", upload.id.text());
  write_initiator(document);
  write_owner(document);
  document.element("StorageClass", upload.attributes.storage_class).element("PartNumberMarker", *marker);
  // Always there: the last part listed, or 0.
  document.element("NextPartNumberMarker", page->parts.empty() ? 0 : page->parts.back().number.value())
      .element("MaxParts", std::min(*limit, limits::max_page));
  encode->write_type(document);
  document.element("IsTruncated", page->truncated);
  for (const storage::PartInfo& part : page->parts) {
    document.open("Part")
        .element("PartNumber", part.number.value())
        .element("LastModified", protocol::iso8601(part.modified))
        .element("ETag", part.etag.quoted())
        .element("Size", part.size);
    // Told only when an algorithm was named at creation.
    if (upload.checksum_algorithm && part.checksum) {
      document.element(traits(part.checksum->algorithm).element, part.checksum->base64());
    }
    document.close();
  }
  if (upload.checksum_algorithm) {
    document.element("ChecksumAlgorithm", traits(*upload.checksum_algorithm).name)
        .element("ChecksumType", to_string(*upload.checksum_type));
  }
  Response response = xml_answer(document);
  add_abort_date(response, visit, upload);
  return response;
}

}  // namespace partsmith::server
