#include <algorithm>

#include <partsmith/protocol/dates.h>

#include "operations/answers.h"
#include "operations/archive.h"
#include "operations/listing_parameters.h"
#include "operations/object_headers.h"
#include "operations/operations.h"

namespace partsmith::server {
namespace {

void write_version(protocol::XmlWriter& document, const Visit& visit, const storage::ObjectInfo& version,
                   const NameEncoding& encode, bool restore_status) {
  document.open(version.delete_marker ? "DeleteMarker" : "Version")
      .element("Key", encode(version.key.text()))
      .element("VersionId", version.version.text())
      .element("IsLatest", version.latest)
      .element("LastModified", protocol::iso8601(version.modified));
  if (version.delete_marker) {
    write_owner(document);
    document.close();
    return;
  }
  document.element("ETag", version.etag.quoted());
  if (version.checksum) {
    document.element("ChecksumAlgorithm", traits(version.checksum->checksum.algorithm).name)
        .element("ChecksumType", to_string(version.checksum->type));
  }
  document.element("Size", version.size);
  write_owner(document);
  document.element("StorageClass", version.attributes.storage_class);
  if (restore_status) write_restore_status(document, visit, version);
  document.close();
}

struct VersionListing {
  storage::VersionQuery query;
  NameEncoding encode;
  std::uint32_t asked = 0;  ///< max-keys, which MaxKeys shows though no page has more than 1,000
  bool restore_status = false;
};

/// What is refused only of buckets that exist, in the order of Amazon S3.
S3Result<VersionListing> listing_of(const Visit& visit, std::int32_t asked) {
  VersionListing listing;
  if (const auto marker = visit.query().get("version-id-marker")) {
    auto version = version_from(*marker, "version-id-marker");
    if (!version) return std::unexpected(std::move(version.error()));
    listing.query.version_marker = *std::move(version);
  }
  const auto encode = NameEncoding::of(visit);
  if (!encode) return std::unexpected(encode.error());
  listing.encode = *encode;
  const auto limit = number_in_range(number_rule(visit, "max-keys"), asked);
  if (!limit) return std::unexpected(limit.error());
  listing.asked = *limit;
  listing.query.limit = std::min(*limit, limits::max_page);
  listing.query.prefix = visit.query().get("prefix").value_or("");
  listing.query.delimiter = visit.query().get("delimiter").value_or("");
  listing.query.key_marker = visit.query().get("key-marker").value_or("");
  const auto restore_status = wants_restore_status(visit);
  if (!restore_status) return std::unexpected(restore_status.error());
  listing.restore_status = *restore_status;
  // Behind a version of the key that no object has, nothing is listed.
  if (listing.query.version_marker && listing.query.key_marker.empty()) listing.query.limit = 0;
  return listing;
}

}  // namespace

/// A bucket without versions has the null version of each object.
Outcome list_object_versions(Visit& visit) {
  const auto asked = number_parameter(visit, number_rule(visit, "max-keys"));
  if (!asked) return std::unexpected(asked.error());
  auto listing = listing_of(visit, *asked);
  if (!listing) return after_bucket(visit, std::move(listing.error()));
  const storage::VersionQuery& query = listing->query;
  const NameEncoding& encode = listing->encode;
  const auto page = visit.store().list_versions(visit.bucket(), query);
  if (!page) return refused(page.error(), visit);

  protocol::XmlWriter document("ListVersionsResult");
  document.element("Name", visit.bucket().text())
      .element("Prefix", encode(query.prefix))
      .element("KeyMarker", encode(query.key_marker))
      .element("VersionIdMarker", query.version_marker ? query.version_marker->text() : "");
  if (page->truncated) {
    document.element("NextKeyMarker", encode(page->next_key_marker));
    if (page->next_version_marker) document.element("NextVersionIdMarker", page->next_version_marker->text());
  }
  document.element("MaxKeys", listing->asked);
  // Here also when it is empty, unlike the other listings.
  if (visit.query().has("delimiter")) document.element("Delimiter", encode(query.delimiter));
  encode.write_type(document);
  document.element("IsTruncated", page->truncated);
  for (const storage::ObjectInfo& version : page->versions)
    write_version(document, visit, version, encode, listing->restore_status);
  for (const std::string& prefix : page->common_prefixes) {
    document.open("CommonPrefixes").element("Prefix", encode(prefix)).close();
  }
  return xml_answer(document);
}

}  // namespace partsmith::server
