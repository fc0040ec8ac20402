/// What holds of one object, key or answer holds of the second, of many, of a part of it, and of its copy.

#include "checks/completed.h"
#include "checks/making.h"
#include "checks/stored.h"
#include "checks/versioning.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view marked_up = "a&b<c>\"d'e&amp;f";

void expect_stored(Answer& answer) {
  for (const auto& [name, value] : stored) answer.header(name, value);
}

/// An object of a put, or of parts, with all that can be stored.
std::string make_stored(CheckContext& c, std::string_view name, bool of_parts) {
  if (!of_parts) return c.put(name, "0123456789", stored).header_value("ETag");
  const auto upload = c.create(name, stored);
  return etag_told(c, c.complete(upload, {c.part(upload, 1, "0123456789")}));
}

void range_with_metadata(CheckContext& c, bool of_parts) {
  const auto etag = make_stored(c, "object", of_parts);
  const auto whole = c.send(c.head());
  auto answer = c.send(c.get().header("Range", "bytes=2-4"));
  answer.status(206)
      .header("ETag", etag)
      .header("Last-Modified", whole.header_value("Last-Modified"))
      .header("Accept-Ranges", "bytes")
      .body("234");
  expect_stored(answer);
}

void not_modified(CheckContext& c) {
  const auto etag = make_stored(c, "object", false);
  c.send(c.get().header("If-None-Match", etag))
      .status(304)
      .header("ETag", etag)
      .has_header("Last-Modified")
      .body("");
}

void copy_keeps(CheckContext& c, bool of_parts) {
  make_stored(c, "source", of_parts);
  c.send(copying(c, "object", source_of(c, "source"))).status(200);
  auto head = c.send(c.head());
  head.status(200);
  expect_stored(head);
}

void copy_replaces(CheckContext& c) {
  make_stored(c, "source", false);
  auto request = copying(c, "object", source_of(c, "source"));
  request.header("x-amz-metadata-directive", "REPLACE")
      .header("Cache-Control", "no-store")
      .header("x-amz-meta-size", "1");
  c.send(request).status(200);
  c.send(c.head())
      .status(200)
      .header("Cache-Control", "no-store")
      .header("x-amz-meta-size", "1")
      .no_header("Content-Disposition")
      .no_header("Content-Language")
      .no_header("x-amz-meta-colour");
}

void copy_of_a_copy(CheckContext& c) {
  make_stored(c, "source", false);
  c.send(copying(c, "between", source_of(c, "source"))).status(200);
  c.send(copying(c, "object", source_of(c, "between"))).status(200);
  auto answer = c.send(c.get());
  answer.status(200).body("0123456789");
  expect_stored(answer);
}

client::S3Request deleting_many(const CheckContext& c, const std::vector<std::string>& names) {
  std::string document = "<Delete>";
  for (const auto& name : names)
    document += "<Object><Key>" + protocol::xml_escaped(c.key(name)) + "</Key></Object>";
  document += "</Delete>";
  auto request = of_bucket("POST", c.bucket());
  request.parameter("delete", "");
  request.header("Content-MD5", to_base64(md5(as_bytes(document))));
  request.body = std::move(document);
  return request;
}

/// Whatever stands anywhere in a full list is deleted: here the first, one in the midst, and the last.
void delete_a_thousand(CheckContext& c) {
  constexpr std::size_t count = 1'000;
  for (const auto* name : {"k0", "k500", "k999"}) c.put(name, "data");
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back("k" + std::to_string(i));
  c.send(deleting_many(c, names)).status(200).elements("Deleted", count).elements("Error", 0);
  c.send(listing(c, "k")).status(200).elements("Contents", 0);
}

void marked_up_keys(CheckContext& c) {
  const auto key = c.key(marked_up);
  c.put(marked_up, "data");
  c.put("x&<y>/1", "data");
  auto v2 = listing(c);
  v2.parameter("delimiter", "/");
  c.send(v2)
      .status(200)
      .elements("Contents", 1)
      .element("Contents/Key", key)
      .element("CommonPrefixes/Prefix", c.key("x&<y>/"));
  auto v1 = listing_v1(c);
  v1.parameter("delimiter", "/");
  c.send(v1)
      .status(200)
      .elements("Contents", 1)
      .element("Contents/Key", key)
      .element("CommonPrefixes/Prefix", c.key("x&<y>/"));
  auto start = listing(c);
  start.parameter("start-after", key);
  c.send(start).status(200).element("StartAfter", key).element("Contents/Key", c.key("x&<y>/1"));
}

void marked_up_prefix(CheckContext& c) {
  c.put(marked_up, "data");
  c.put("a", "data");
  c.send(listing(c, "a&b<")).status(200).element("Prefix", c.key("a&b<")).elements("Contents", 1);
  c.send(listing_v1(c, "a&b<")).status(200).element("Prefix", c.key("a&b<")).elements("Contents", 1);
}

void marked_up_deletion(CheckContext& c) {
  c.put(marked_up, "data");
  c.send(deleting_many(c, {std::string(marked_up)})).status(200).element("Deleted/Key", c.key(marked_up));
  c.send(c.get(marked_up)).error(404, "NoSuchKey").field("Key", c.key(marked_up));
}

void prefix_letter_case(CheckContext& c) {
  c.put("Photos/1", "data");
  c.put("photos/2", "data");
  for (auto request : {listing(c, "Photos"), listing_v1(c, "Photos")})
    c.send(request).status(200).elements("Contents", 1).element("Contents/Key", c.key("Photos/1"));
}

void exact_page(CheckContext& c) {
  for (const auto* name : {"a", "b", "c"}) c.put(name, "data");
  for (auto request : {listing(c), listing_v1(c)}) {
    request.parameter("max-keys", "3");
    c.send(request)
        .status(200)
        .elements("Contents", 3)
        .element("Contents[3]/Key", c.key("c"))
        .element("IsTruncated", "false");
  }
}

/// As many keys as a page has: the last of them is on it, and there is no other.
void page_of_a_thousand(CheckContext& c) {
  constexpr std::size_t count = 1'000;
  constexpr std::size_t at_a_time = 50;
  for (std::size_t i = 0; i < count;) {
    std::vector<client::S3Request> requests;
    for (; i < count && requests.size() < at_a_time; ++i)
      requests.push_back(putting(c, "k" + std::to_string(1'000 + i), "x"));
    for (auto& answer : c.send_together(requests)) answer.status(200).required();
  }
  for (auto request : {listing(c), listing_v1(c)}) {
    c.send(request)
        .status(200)
        .elements("Contents", count)
        .element("Contents[1000]/Key", c.key("k1999"))
        .element("IsTruncated", "false");
  }
}

/// What is overwritten by a shorter object is shorter everywhere.
void overwritten_by_shorter(CheckContext& c) {
  c.put("object", "a long object");
  c.put("object", "short");
  c.send(c.head()).status(200).header("Content-Length", "5");
  c.send(listing(c)).status(200).element("Contents/Size", "5");
  c.send(c.get().header("Range", "bytes=2-9")).status(206).header("Content-Range", "bytes 2-4/5").body("ort");
}

void range_of_a_copy(CheckContext& c) {
  c.put("source", "0123456789");
  c.send(copying(c, "object", source_of(c, "source"))).status(200);
  c.send(deleting(c, "source")).status(204);
  c.send(c.get().header("Range", "bytes=-3")).status(206).header("Content-Range", "bytes 7-9/10").body("789");
}

/// What is listed of an object whose tags went is what was listed before.
void listed_without_tags(CheckContext& c) {
  const auto etag = c.put("object", "data", {{"x-amz-tagging", "colour=blue"}}).header_value("ETag");
  auto request = c.request("DELETE", "object");
  request.parameter("tagging", "");
  auto answer = c.send(request);
  skip_where_missing(c, answer, "tags");
  answer.status(204);
  c.send(listing(c)).status(200).element("Contents/ETag", etag).element("Contents/Size", "4");
}

}  // namespace

void add_again_objects(std::vector<Check>& checks) {
  const std::string get = "S3 API: GetObject";
  const std::string copy = "S3 API: CopyObject";
  const std::string list = "S3 API: ListObjectsV2; ListObjects";
  add_all(
      checks,
      {
          must("object.range.with-metadata", "A range comes with the object's metadata and headers",
               get + " (Response elements); RFC 9110, 15.3.7", {3, 13},
               [](CheckContext& c) { range_with_metadata(c, false); }),
          must("object.range.of-parts-with-metadata", "So does a range of an object made of parts",
               get + " (Response elements); RFC 9110, 15.3.7", {5, 13},
               [](CheckContext& c) { range_with_metadata(c, true); }),
          should("object.conditions.get.not-modified-headers", "304 tells ETag and time, and has no body",
                 get + " (If-None-Match); RFC 9110, 15.4.5", {2, 10}, not_modified),
          must("object.copy.keeps-headers",
               "A copy keeps what is stored with its source: Cache-Control and the others",
               copy + " (x-amz-metadata-directive)", {3, 10}, [](CheckContext& c) { copy_keeps(c, false); }),
          must("object.copy.of-parts-keeps-headers", "So does a copy of an object made of parts",
               copy + " (x-amz-metadata-directive)", {5, 10}, [](CheckContext& c) { copy_keeps(c, true); }),
          must("object.copy.replaces-headers", "REPLACE takes over none of them",
               copy + " (x-amz-metadata-directive)", {3, 10}, copy_replaces),
          must("object.copy.of-a-copy", "A copy of a copy is like the first", copy, {4, 20}, copy_of_a_copy),
          must("object.copy.range-of-a-copy", "A copy is read in ranges when its source is gone",
               copy + "; GetObject", {4, 13}, range_of_a_copy),
          must("object.delete-many.thousand", "Of 1,000 keys each is deleted, the last too",
               "S3 API: DeleteObjects", {5, 500'000}, delete_a_thousand),
          must("object.delete-many.key-xml", "A key of markup is deleted, and told as it is",
               "user guide: Naming Amazon S3 objects; S3 API: DeleteObjects", {3, 4}, marked_up_deletion),
          must("object.list.key-xml", "Keys and common prefixes of markup come back as they are",
               "user guide: Naming Amazon S3 objects; " + list, {5, 8}, marked_up_keys),
          must("object.list.prefix-xml", "So does a prefix", list + " (prefix)", {4, 8}, marked_up_prefix),
          must("object.list.prefix-letter-case", "The letter case of a prefix counts",
               "recording: keys-are-case-sensitive; " + list + " (prefix)", {4, 8}, prefix_letter_case),
          must("object.list.exact-page", "A page that holds all keys is not truncated",
               list + " (IsTruncated)", {5, 12}, exact_page),
          must("object.list.page-of-1000", "Of exactly 1,000 keys each is on the only page",
               list + " (max-keys)", {1'002, 1'000}, page_of_a_thousand),
          must("object.tags.delete-leaves-listing", "Deleting tags leaves what is listed of the object",
               "S3 API: DeleteObjectTagging; ListObjectsV2", {3, 4}, listed_without_tags),
          must("object.put.overwrite-shorter", "A shorter object in place of a longer is shorter everywhere",
               "S3 API: PutObject; ListObjectsV2", {5, 30}, overwritten_by_shorter),
      });
}

}  // namespace partsmith::conformance::checks
