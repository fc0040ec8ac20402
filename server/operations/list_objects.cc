#include <partsmith/protocol/dates.h>

#include "operations/answers.h"
#include "operations/listing_parameters.h"
#include "operations/operations.h"

namespace partsmith::server {
namespace {

void write_object(protocol::XmlWriter& document, const storage::ObjectInfo& object, const NameEncoding& encode,
                  bool with_owner) {
  document.open("Contents")
      .element("Key", encode(object.key.text()))
      .element("LastModified", protocol::iso8601(object.modified))
      .element("ETag", object.etag.quoted());
  if (object.checksum) {
    document.element("ChecksumAlgorithm", traits(object.checksum->checksum.algorithm).name)
        .element("ChecksumType", to_string(object.checksum->type));
  }
  document.element("Size", object.size);
  if (with_owner) write_owner(document);
  document.element("StorageClass", object.attributes.storage_class).close();
}

void write_page(protocol::XmlWriter& document, const storage::ObjectPage& page, const NameEncoding& encode,
                bool with_owner) {
  for (const storage::ObjectInfo& object : page.objects) write_object(document, object, encode, with_owner);
  for (const std::string& prefix : page.common_prefixes) {
    document.open("CommonPrefixes").element("Prefix", encode(prefix)).close();
  }
}

/// What both versions have in common.
struct Listing {
  storage::ObjectQuery query;
  NameEncoding encode;
};

S3Result<Listing> listing_of(const Call& call) {
  Listing listing;
  const auto encode = NameEncoding::of(call);
  if (!encode) return std::unexpected(encode.error());
  listing.encode = *encode;
  const auto limit = number_parameter(call, "max-keys", limits::max_page, limits::max_page);
  if (!limit) return std::unexpected(limit.error());
  listing.query.limit = *limit;
  listing.query.prefix = call.query().get("prefix").value_or("");
  listing.query.delimiter = call.query().get("delimiter").value_or("");
  return listing;
}

}  // namespace

Outcome list_objects(Call& call) {
  auto listing = listing_of(call);
  if (!listing) return std::unexpected(listing.error());
  listing->query.start_after = call.query().get("marker").value_or("");
  const auto page = call.store().list_objects(*call.bucket, listing->query);
  if (!page) return refused(page.error(), call);

  const auto& [query, encode] = *listing;
  protocol::XmlWriter document("ListBucketResult");
  document.element("Name", call.bucket->text())
      .element("Prefix", encode(query.prefix))
      .element("Marker", encode(query.start_after));
  // Without a delimiter, the last key is the marker (recorded: list-objects-1010-keys).
  if (page->truncated && !query.delimiter.empty()) document.element("NextMarker", encode(page->next));
  document.element("MaxKeys", query.limit);
  if (!query.delimiter.empty()) document.element("Delimiter", encode(query.delimiter));
  if (encode.url()) document.element("EncodingType", "url");
  document.element("IsTruncated", page->truncated);
  write_page(document, *page, encode, true);
  return xml_answer(document);
}

Outcome list_objects_v2(Call& call) {
  auto listing = listing_of(call);
  if (!listing) return std::unexpected(listing.error());
  const auto token = opaque_token(call, "continuation-token");
  if (!token) return std::unexpected(token.error());
  const std::string start_after(call.query().get("start-after").value_or(""));
  listing->query.start_after = token->value_or(start_after);
  const bool fetch_owner = call.query().get("fetch-owner") == "true";
  const auto page = call.store().list_objects(*call.bucket, listing->query);
  if (!page) return refused(page.error(), call);

  const auto& [query, encode] = *listing;
  protocol::XmlWriter document("ListBucketResult");
  document.element("Name", call.bucket->text()).element("Prefix", encode(query.prefix));
  if (*token) document.element("ContinuationToken", *call.query().get("continuation-token"));
  if (!start_after.empty()) document.element("StartAfter", encode(start_after));
  if (page->truncated) document.element("NextContinuationToken", make_token(page->next));
  document.element("KeyCount", page->objects.size() + page->common_prefixes.size()).element("MaxKeys", query.limit);
  if (!query.delimiter.empty()) document.element("Delimiter", encode(query.delimiter));
  if (encode.url()) document.element("EncodingType", "url");
  document.element("IsTruncated", page->truncated);
  write_page(document, *page, encode, fetch_owner);

  Response response = xml_answer(document);
  const auto bucket = call.store().bucket(*call.bucket);
  if (bucket) response.headers.add("x-amz-bucket-region", bucket->region);
  return response;
}

}  // namespace partsmith::server
