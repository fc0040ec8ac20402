#include <algorithm>

#include <partsmith/protocol/dates.h>

#include "operations/answers.h"
#include "operations/archive.h"
#include "operations/listing_parameters.h"
#include "operations/operations.h"
#include "operations/regions.h"

namespace partsmith::server {
namespace {

/// What the request asks to be told of each object.
struct Told {
  bool owner = false;
  bool restore_status = false;
};

void write_object(protocol::XmlWriter& document, const Visit& visit, const storage::ObjectInfo& object,
                  const NameEncoding& encode, Told told) {
  document.open("Contents")
      .element("Key", encode(object.key.text()))
      .element("LastModified", protocol::iso8601(object.modified))
      .element("ETag", object.etag.quoted());
  if (object.checksum) {
    document.element("ChecksumAlgorithm", traits(object.checksum->checksum.algorithm).name)
        .element("ChecksumType", to_string(object.checksum->type));
  }
  document.element("Size", object.size);
  if (told.owner) write_owner(document);
  document.element("StorageClass", object.attributes.storage_class);
  if (told.restore_status) write_restore_status(document, visit, object);
  document.close();
}

void write_page(protocol::XmlWriter& document, const Visit& visit, const storage::ObjectPage& page,
                const NameEncoding& encode, Told told) {
  for (const storage::ObjectInfo& object : page.objects) write_object(document, visit, object, encode, told);
  for (const std::string& prefix : page.common_prefixes) {
    document.open("CommonPrefixes").element("Prefix", encode(prefix)).close();
  }
}

/// What both versions have in common.
struct Listing {
  storage::ObjectQuery query;
  NameEncoding encode;
  std::uint32_t asked = 0;  ///< max-keys, which MaxKeys shows though no page has more than 1,000
  bool restore_status = false;
};

/// `asked` was read before the bucket was looked for.
S3Result<Listing> listing_of(const Visit& visit, std::int32_t asked) {
  Listing listing;
  const auto encode = NameEncoding::of(visit);
  if (!encode) return std::unexpected(encode.error());
  listing.encode = *encode;
  const auto limit = number_in_range(number_rule(visit, "max-keys"), asked);
  if (!limit) return std::unexpected(limit.error());
  listing.asked = *limit;
  listing.query.limit = std::min(*limit, limits::max_page);
  listing.query.prefix = visit.query().get("prefix").value_or("");
  listing.query.delimiter = visit.query().get("delimiter").value_or("");
  const auto restore_status = wants_restore_status(visit);
  if (!restore_status) return std::unexpected(restore_status.error());
  listing.restore_status = *restore_status;
  return listing;
}

void write_limits(protocol::XmlWriter& document, const Listing& listing, bool truncated) {
  document.element("MaxKeys", listing.asked);
  const std::string& delimiter = listing.query.delimiter;
  if (!delimiter.empty()) document.element("Delimiter", listing.encode(delimiter));
  listing.encode.write_type(document);
  document.element("IsTruncated", truncated);
}

Response list_answer(const Visit& visit, protocol::XmlWriter& document) {
  Response response = xml_answer(document);
  const auto bucket = visit.store().bucket(visit.bucket());
  if (bucket) response.headers.add("x-amz-bucket-region", std::string(region_of(*bucket)));
  return response;
}

}  // namespace

Outcome list_objects(Visit& visit) {
  const auto asked = number_parameter(visit, number_rule(visit, "max-keys"));
  if (!asked) return std::unexpected(asked.error());
  auto listing = listing_of(visit, *asked);
  if (!listing) return after_bucket(visit, std::move(listing.error()));
  storage::ObjectQuery& query = listing->query;
  query.start_after = visit.query().get("marker").value_or("");
  const auto page = visit.store().list_objects(visit.bucket(), query);
  if (!page) return refused(page.error(), visit);

  const NameEncoding& encode = listing->encode;
  protocol::XmlWriter document("ListBucketResult");
  document.element("Name", visit.bucket().text())
      .element("Prefix", encode(query.prefix))
      .element("Marker", encode(query.start_after));
  // Without a delimiter, the last key is the marker (recorded: list-objects-1010-keys).
  if (page->truncated && !query.delimiter.empty()) document.element("NextMarker", encode(page->next));
  write_limits(document, *listing, page->truncated);
  write_page(document, visit, *page, encode, {true, listing->restore_status});
  return list_answer(visit, document);
}

/// The order of refusals is that of Amazon S3: encoding-type, token and range after the bucket. What comes
/// before it is in early_refusals.h.
Outcome list_objects_v2(Visit& visit) {
  const auto asked = number_parameter(visit, number_rule(visit, "max-keys"));
  if (!asked) return std::unexpected(asked.error());
  if (const auto encode = NameEncoding::of(visit); !encode) return after_bucket(visit, encode.error());
  const auto token = opaque_token(visit, "continuation-token");
  if (!token) return after_bucket(visit, token.error());
  auto listing = listing_of(visit, *asked);
  if (!listing) return after_bucket(visit, std::move(listing.error()));
  storage::ObjectQuery& query = listing->query;
  const auto start_after = visit.query().get("start-after");
  query.start_after = token->value_or(std::string(start_after.value_or("")));
  const bool fetch_owner =
      protocol::equal_ignoring_case(visit.query().get("fetch-owner").value_or(""), "true");
  const auto page = visit.store().list_objects(visit.bucket(), query);
  if (!page) return refused(page.error(), visit);

  const NameEncoding& encode = listing->encode;
  protocol::XmlWriter document("ListBucketResult");
  document.element("Name", visit.bucket().text()).element("Prefix", encode(query.prefix));
  // A token takes the place of start-after (recorded: list-objects-v2-tokens-and-start-after).
  if (*token) {
    document.element("ContinuationToken", *visit.query().get("continuation-token"));
  } else if (start_after) {
    document.element("StartAfter", encode(*start_after));
  }
  if (page->truncated) document.element("NextContinuationToken", make_token(page->next));
  document.element("KeyCount", page->objects.size() + page->common_prefixes.size());
  write_limits(document, *listing, page->truncated);
  write_page(document, visit, *page, encode, {fetch_owner, listing->restore_status});
  return list_answer(visit, document);
}

}  // namespace partsmith::server
