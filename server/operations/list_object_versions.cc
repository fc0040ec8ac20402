#include <partsmith/protocol/dates.h>

#include "operations/answers.h"
#include "operations/listing_parameters.h"
#include "operations/object_headers.h"
#include "operations/operations.h"

namespace partsmith::server {
namespace {

void write_version(protocol::XmlWriter& document, const storage::ObjectInfo& version,
                   const NameEncoding& encode) {
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
  document.element("StorageClass", version.attributes.storage_class).close();
}

S3Result<std::optional<VersionId>> version_marker(const Call& call) {
  const auto marker = call.query().get("version-id-marker");
  if (!marker) return std::nullopt;
  if (call.query().get("key-marker").value_or("").empty()) {
    if (marker->empty()) return std::nullopt;
    return invalid_argument("A version-id marker cannot be specified without a key marker.",
                            "version-id-marker", std::string(*marker));
  }
  if (marker->empty()) {
    return invalid_argument("A version-id marker cannot be empty.", "version-id-marker", "");
  }
  return version_from(*marker, "version-id-marker");
}

}  // namespace

/// A bucket without versions has the null version of each object.
Outcome list_object_versions(Call& call) {
  const auto limit = number_parameter(call, "max-keys", limits::max_page, limits::max_page);
  if (!limit) return std::unexpected(limit.error());
  auto marker = version_marker(call);
  if (!marker) return std::unexpected(marker.error());
  const auto encode = NameEncoding::of(call);
  if (!encode) return std::unexpected(encode.error());
  const storage::VersionQuery query{.prefix = std::string(call.query().get("prefix").value_or("")),
                                    .delimiter = std::string(call.query().get("delimiter").value_or("")),
                                    .key_marker = std::string(call.query().get("key-marker").value_or("")),
                                    .version_marker = *std::move(marker),
                                    .limit = *limit};
  const auto page = call.store().list_versions(*call.bucket, query);
  if (!page) return refused(page.error(), call);

  protocol::XmlWriter document("ListVersionsResult");
  document.element("Name", call.bucket->text())
      .element("Prefix", (*encode)(query.prefix))
      .element("KeyMarker", (*encode)(query.key_marker))
      .element("VersionIdMarker", query.version_marker ? query.version_marker->text() : "");
  if (page->truncated) {
    document.element("NextKeyMarker", (*encode)(page->next_key_marker));
    if (page->next_version_marker) document.element("NextVersionIdMarker", page->next_version_marker->text());
  }
  document.element("MaxKeys", *limit);
  if (!query.delimiter.empty()) document.element("Delimiter", (*encode)(query.delimiter));
  if (encode->url()) document.element("EncodingType", "url");
  document.element("IsTruncated", page->truncated);
  for (const storage::ObjectInfo& version : page->versions) write_version(document, version, *encode);
  for (const std::string& prefix : page->common_prefixes) {
    document.open("CommonPrefixes").element("Prefix", (*encode)(prefix)).close();
  }
  return xml_answer(document);
}

}  // namespace partsmith::server
