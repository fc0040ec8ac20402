#include <algorithm>

#include <partsmith/protocol/dates.h>

#include "operations/answers.h"
#include "operations/listing_parameters.h"
#include "operations/operations.h"

namespace partsmith::server {
namespace {

void write_upload(protocol::XmlWriter& document, const storage::UploadInfo& upload,
                  const NameEncoding& encode) {
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

struct UploadListing {
  storage::UploadQuery query;
  NameEncoding encode;
};

/// What is refused only of buckets that exist, in the order of Amazon S3.
S3Result<UploadListing> listing_of(const Visit& visit, std::int32_t asked) {
  UploadListing listing;
  const auto encode = NameEncoding::of(visit);
  if (!encode) return std::unexpected(encode.error());
  listing.encode = *encode;
  const auto limit = number_in_range(number_rule(visit, "max-uploads"), asked);
  if (!limit) return std::unexpected(limit.error());
  listing.query.limit = std::min(*limit, limits::max_page);
  listing.query.prefix = visit.query().get("prefix").value_or("");
  listing.query.delimiter = visit.query().get("delimiter").value_or("");
  listing.query.key_marker = visit.query().get("key-marker").value_or("");
  // Alone it is ignored, and not shown (recorded: list-uploads-key-and-upload-id-markers).
  if (!listing.query.key_marker.empty()) {
    listing.query.upload_id_marker = visit.query().get("upload-id-marker").value_or("");
  }
  return listing;
}

}  // namespace

/// Recorded: multipart-and-list-parts, list-uploads-key-and-upload-id-markers,
/// list-uploads-delimiter-markers. The next markers are always there: the last upload listed, or empty, as
/// they are behind a common prefix.
Outcome list_multipart_uploads(Visit& visit) {
  const auto asked = number_parameter(visit, number_rule(visit, "max-uploads"));
  if (!asked) return std::unexpected(asked.error());
  const auto listing = listing_of(visit, *asked);
  if (!listing) return after_bucket(visit, listing.error());
  const auto& [query, encode] = *listing;
  const auto page = visit.store().list_uploads(visit.bucket(), query);
  if (!page && page.error().code == storage::StoreErrorCode::foreign_marker) {
    return invalid_argument("Invalid uploadId marker", "upload-id-marker", query.upload_id_marker);
  }
  if (!page) return refused(page.error(), visit);

  protocol::XmlWriter document("ListMultipartUploadsResult");
  const bool ends_with_upload = !page->next_upload_id_marker.empty();
  document.element("Bucket", visit.bucket().text())
      .element("KeyMarker", encode(query.key_marker))
      .element("UploadIdMarker", query.upload_id_marker)
      .element("NextKeyMarker", ends_with_upload ? encode(page->next_key_marker) : "")
      .element("NextUploadIdMarker", page->next_upload_id_marker);
  if (!query.delimiter.empty()) document.element("Delimiter", encode(query.delimiter));
  if (!query.prefix.empty()) document.element("Prefix", encode(query.prefix));
  document.element("MaxUploads", query.limit);
  encode.write_type(document);
  document.element("IsTruncated", page->truncated);
  for (const storage::UploadInfo& upload : page->uploads) write_upload(document, upload, encode);
  for (const std::string& prefix : page->common_prefixes) {
    document.open("CommonPrefixes").element("Prefix", encode(prefix)).close();
  }
  return xml_answer(document);
}

}  // namespace partsmith::server
