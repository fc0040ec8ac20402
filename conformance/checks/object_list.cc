/// ListObjectsV2.

#include "checks/encoded.h"
#include "checks/listing.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view v2 = "S3 API: ListObjectsV2";

void entry(CheckContext& c) {
  const auto put = c.put("a", "test", {{"x-amz-checksum-crc32", "2H9+DA=="}});
  auto listed = c.send(listing(c));
  expect_checksum(put, listed);
  listed.decoration("x-amz-bucket-region", c.client().options().region)
      .status(200)
      .document("ListBucketResult")
      .header("Content-Type", "application/xml")
      .element("Name", c.bucket())
      .element("Prefix", c.prefix())
      .element("KeyCount", "1")
      .element("MaxKeys", "1000")
      .element("IsTruncated", "false")
      .no_element("NextContinuationToken")
      .no_element("ContinuationToken")
      .no_element("StartAfter")
      .elements("Contents", 1)
      .element("Contents/Key", c.key("a"))
      .element("Contents/ETag", "\"098f6bcd4621d373cade4e832627b4f6\"")
      .element("Contents/Size", "4")
      .element("Contents/StorageClass", "STANDARD")
      .has_element("Contents/LastModified")
      .no_element("Contents/Owner");
}

void last_modified(CheckContext& c) {
  c.put("object", "test");
  auto answer = c.send(listing(c));
  answer.status(200);
  expect_time(answer, "Contents/LastModified");
}

void fetch_owner(CheckContext& c) {
  c.put("object", "test");
  auto request = listing(c);
  request.parameter("fetch-owner", "true");
  c.send(request).status(200).has_element("Contents/Owner/ID").no_element("Contents/Owner/DisplayName");
}

void nothing(CheckContext& c) {
  c.send(listing(c))
      .status(200)
      .element("KeyCount", "0")
      .elements("Contents", 0)
      .element("IsTruncated", "false");
}

void order(CheckContext& c) {
  put_all(c, {"b", "a", "B", "é", "a/b", "a-b"});
  auto answer = c.send(listing(c));
  answer.status(200).elements("Contents", 6);
  int number = 0;
  for (const auto* name : {"B", "a", "a-b", "a/b", "b", "é"}) {
    answer.element("Contents[" + std::to_string(++number) + "]/Key", c.key(name));
  }
}

void prefix(CheckContext& c) {
  put_all(c, {"photos/1", "videos/1", "videos/2"});
  c.send(listing(c, "videos/"))
      .status(200)
      .element("Prefix", c.key("videos/"))
      .elements("Contents", 2)
      .element("Contents/Key", c.key("videos/1"));
}

void delimiter(CheckContext& c) {
  put_all(c, {"direct", "photos/1", "photos/2", "videos/1"});
  auto request = listing(c);
  request.parameter("delimiter", "/");
  c.send(request)
      .status(200)
      .element("Delimiter", "/")
      .element("KeyCount", "3")
      .elements("Contents", 1)
      .element("Contents/Key", c.key("direct"))
      .elements("CommonPrefixes", 2)
      .element("CommonPrefixes[1]/Prefix", c.key("photos/"))
      .element("CommonPrefixes[2]/Prefix", c.key("videos/"));
}

void long_delimiter(CheckContext& c) {
  put_all(c, {"a--b", "a--c", "a-d"});
  auto request = listing(c);
  request.parameter("delimiter", "--");
  c.send(request)
      .status(200)
      .elements("Contents", 1)
      .element("Contents/Key", c.key("a-d"))
      .element("CommonPrefixes/Prefix", c.key("a--"));
}

void pages(CheckContext& c) {
  put_all(c, {"1", "2", "3"});
  auto first = listing(c);
  first.parameter("max-keys", "2");
  auto answer = c.send(first);
  answer.status(200)
      .element("MaxKeys", "2")
      .element("KeyCount", "2")
      .element("IsTruncated", "true")
      .elements("Contents", 2)
      .has_element("NextContinuationToken")
      .required();
  auto second = listing(c);
  const auto token = answer.text("NextContinuationToken");
  second.parameter("max-keys", "2").parameter("continuation-token", token);
  c.send(second)
      .status(200)
      .element("ContinuationToken", token)
      .element("KeyCount", "1")
      .element("IsTruncated", "false")
      .no_element("NextContinuationToken")
      .element("Contents/Key", c.key("3"));
}

void pages_of_groups(CheckContext& c) {
  put_all(c, {"a/1", "a/2", "b", "c/1"});
  auto first = listing(c);
  first.parameter("delimiter", "/").parameter("max-keys", "1");
  auto answer = c.send(first);
  answer.status(200)
      .element("IsTruncated", "true")
      .element("CommonPrefixes/Prefix", c.key("a/"))
      .elements("Contents", 0)
      .required();
  auto second = listing(c);
  second.parameter("delimiter", "/").parameter("continuation-token", answer.text("NextContinuationToken"));
  c.send(second)
      .status(200)
      .element("KeyCount", "2")
      .element("Contents/Key", c.key("b"))
      .element("CommonPrefixes/Prefix", c.key("c/"))
      .element("IsTruncated", "false");
}

void start_after(CheckContext& c) {
  put_all(c, {"1", "2", "3"});
  auto request = listing(c);
  request.parameter("start-after", c.key("1"));
  c.send(request)
      .status(200)
      .element("StartAfter", c.key("1"))
      .elements("Contents", 2)
      .element("Contents/Key", c.key("2"));
}

void no_keys_wanted(CheckContext& c) {
  c.put("object", "test");
  auto request = listing(c);
  request.parameter("max-keys", "0");
  c.send(request)
      .status(200)
      .element("MaxKeys", "0")
      .element("KeyCount", "0")
      .elements("Contents", 0)
      .element("IsTruncated", "false");
}

void more_than_a_page(CheckContext& c) {
  auto request = listing(c);
  request.parameter("max-keys", "1001");
  c.send(request).status(200).element("MaxKeys", "1001");
}

/// Amazon S3 calls a number out of range maxKeys, and what is no number max-keys.
Check bad_max_keys(std::string name, std::string value, std::string argument, std::string message) {
  return should("object.list.max-keys-" + name, "max-keys=" + value + " is InvalidArgument",
                "reported: brekkylab/backlot (measured on Amazon S3, 2026-09), versitygw#1804", {1},
                [value, argument, message](CheckContext& c) {
                  auto request = listing(c);
                  request.parameter("max-keys", value);
                  c.send(request)
                      .error(400, "InvalidArgument")
                      .message(message)
                      .field("ArgumentName", argument)
                      .field("ArgumentValue", value);
                });
}

void leading_zeros(CheckContext& c) {
  auto request = listing(c);
  request.parameter("max-keys", "005");
  c.send(request).status(200).element("MaxKeys", "5");
}

void empty_encoding(CheckContext& c) {
  auto request = listing(c);
  request.parameter("encoding-type", "");
  c.send(request)
      .error(400, "InvalidArgument")
      .message("Invalid Encoding Method specified in Request")
      .field("ArgumentName", "encoding-type")
      .field("ArgumentValue", "");
}

void token_before_start_after(CheckContext& c) {
  put_all(c, {"1", "2", "3"});
  auto first = listing(c);
  first.parameter("max-keys", "1");
  auto answer = c.send(first);
  answer.status(200).has_element("NextContinuationToken").required();
  auto second = listing(c);
  second.parameter("start-after", c.key("3"))
      .parameter("continuation-token", answer.text("NextContinuationToken"));
  c.send(second)
      .status(200)
      .no_element("StartAfter")
      .elements("Contents", 2)
      .element("Contents/Key", c.key("2"));
}

void start_after_encoded(CheckContext& c) {
  put_all(c, {"a=1", "a=2"});
  auto request = listing(c);
  request.parameter("start-after", c.key("a=1")).parameter("encoding-type", "url");
  auto answer = c.send(request);
  const auto shown = answer.text("StartAfter");
  answer.status(200)
      .elements("Contents", 1)
      .expect(shown.ends_with("a%3D1"), "StartAfter ends with 'a%3D1'", "StartAfter '" + shown + '\'',
              {"element fits", "StartAfter", "*a%3D1"});
}

void marker_of_the_other_listing(CheckContext& c) {
  auto request = listing(c);
  request.parameter("marker", "");
  c.send(request)
      .error(400, "InvalidArgument")
      .message("Marker unsupported with REST.GET.BUCKET in list-type=2")
      .field("ArgumentName", "marker");
}

void encoded(CheckContext& c) {
  put_all(c, {"a key+more/1", "ä"});
  auto request = listing(c);
  request.parameter("encoding-type", "url").parameter("delimiter", "/");
  auto answer = c.send(request);
  answer.status(200).element("EncodingType", "url");
  expect_encoded(answer, "CommonPrefixes/Prefix", "/a+key%2Bmore/");
  expect_encoded(answer, "Contents/Key", "/%C3%A4");
  answer.wording("CommonPrefixes/Prefix", c.key("a+key%2Bmore/")).wording("Contents/Key", c.key("%C3%A4"));
}

void bad_encoding(CheckContext& c) {
  auto request = listing(c);
  request.parameter("encoding-type", "base64");
  c.send(request)
      .error(400, "InvalidArgument")
      .message("Invalid Encoding Method specified in Request")
      .field("ArgumentName", "encoding-type")
      .field("ArgumentValue", "base64");
}

void bad_token(CheckContext& c) {
  auto request = listing(c);
  request.parameter("continuation-token", "");
  c.send(request)
      .error(400, "InvalidArgument")
      .message("The continuation token provided is incorrect")
      .field("ArgumentName", "continuation-token");
}

void missing_bucket_anonymous(CheckContext& c) {
  auto request = of_bucket("GET", c.missing_bucket());
  request.signing = client::Signing::anonymous;
  c.send(request).status(404);
}

void at_once(CheckContext& c) {
  c.put("object", "first");
  c.send(listing(c)).status(200).elements("Contents", 1).element("Contents/Size", "5");
  c.put("object", "second");
  c.send(listing(c)).status(200).elements("Contents", 1).element("Contents/Size", "6");
  c.send(deleting(c)).status(204);
  c.send(listing(c)).status(200).elements("Contents", 0);
}

void no_uploads(CheckContext& c) {
  const auto upload = c.create("upload");
  c.part(upload, 1, "data");
  c.put("object", "data");
  c.send(listing(c)).status(200).elements("Contents", 1).element("Contents/Key", c.key("object"));
}

void multipart_entry(CheckContext& c) {
  const auto upload = c.create("upload", {{"x-amz-checksum-algorithm", "CRC32"}});
  c.complete(upload, {c.part(upload, 1, "abc", {{"x-amz-checksum-crc32", "NSRBwg=="}})});
  c.send(listing(c))
      .status(200)
      .element("Contents/Size", "3")
      .element("Contents/ChecksumAlgorithm", "CRC32")
      .element("Contents/ChecksumType", "COMPOSITE")
      .element("Contents/ETag", "\"af5da9f45af7a300e3aded972f8ff687-1\"");
}

}  // namespace

void add_object_list(std::vector<Check>& checks) {
  const std::string api(v2);
  add_all(
      checks,
      {
          must("object.list.entry",
               "An object is listed with ETag, checksum algorithm and type, size, class and time",
               "recording: put-get-key-with-trailing-slash (list-objects-single-char); "
               "head-bucket-of-other-region",
               {2, 4}, entry),
          must("object.list.last-modified", "The time of a listed object has milliseconds and a Z",
               api + " (LastModified)", {2, 4}, last_modified),
          must("object.list.fetch-owner", "fetch-owner adds the owner, by ID only",
               api + " (fetch-owner); recording: list-and-delete-bucket", {2, 4}, fetch_owner),
          must("object.list.nothing", "Nothing is listed where nothing is",
               "recording: delete-objects-percent-keys (list-objects)", {1}, nothing),
          must("object.list.order", "Keys are listed in the order of their UTF-8 bytes", api, {7, 24}, order),
          must("object.list.prefix", "Only keys under the prefix are listed", api + " (prefix)", {4, 12},
               prefix),
          must("object.list.delimiter",
               "Keys behind a delimiter are listed as common prefixes, which count as keys",
               api + " (delimiter)", {5, 16}, delimiter),
          should("object.list.long-delimiter", "A delimiter may have several characters",
                 api + " (delimiter)", {4, 12}, long_delimiter),
          must("object.list.pages", "A page ends at max-keys, and the next is had by its token",
               api + " (continuation-token)", {5, 12}, pages),
          must("object.list.pages-of-groups", "A common prefix ends a page, and is not repeated on the next",
               api, {6, 16}, pages_of_groups),
          must("object.list.start-after", "start-after leaves out keys up to and including it",
               api + " (start-after)", {4, 12}, start_after),
          should("object.list.max-keys-zero", "max-keys=0 lists nothing and is not truncated",
                 api + " (max-keys)", {2, 4}, no_keys_wanted),
          should("object.list.max-keys-1001",
                 "MaxKeys is what was asked for, though no page has more than 1,000",
                 "reported: brekkylab/backlot (measured on Amazon S3, 2026-09), cloudserver#470", {1},
                 more_than_a_page),
          bad_max_keys("negative", "-1", "maxKeys",
                       "Argument maxKeys must be an integer between 0 and 2147483647"),
          bad_max_keys("word", "many", "max-keys",
                       "Provided max-keys not an integer or within integer range"),
          bad_max_keys("huge", "99999999999", "max-keys",
                       "Provided max-keys not an integer or within integer range"),
          quirk("object.list.max-keys-leading-zeros", "max-keys=005 is 5", measured_by_backlot, {1},
                leading_zeros),
          should("object.list.encoding-type-empty", "An empty encoding-type is InvalidArgument",
                 "recording: list-encoding-type-refused-list-objects-v2", {1}, empty_encoding),
          should("object.list.token-before-start-after",
                 "A token takes the place of start-after, which isn't shown",
                 "recording: list-objects-v2-tokens-and-start-after (list-objects-start-after-token)",
                 {5, 12}, token_before_start_after),
          should("object.list.start-after-encoded", "With encoding-type=url StartAfter is encoded too",
                 "recording: list-objects-v2-tokens-and-start-after (list-objects-start-after-url-type)",
                 {3, 8}, start_after_encoded),
          should("object.list.marker", "A marker, though empty, is refused: it belongs to the old listing",
                 measured_by_backlot, {1}, marker_of_the_other_listing),
          must("object.list.encoding-type",
               "With encoding-type=url keys and prefixes are encoded, a space as a plus sign",
               api + " (encoding-type); recording: copy-object-special-characters", {3, 8}, encoded),
          should("object.list.encoding-type-unknown", "Another encoding-type is InvalidArgument",
                 "inferred: " + api + " (encoding-type)", {1}, bad_encoding),
          should("object.list.token-empty", "An empty continuation-token is InvalidArgument",
                 measured_by_backlot, {1}, bad_token),
          must("object.list.missing-bucket", "A missing bucket is NoSuchBucket",
               "recording: list-missing-bucket; " + api, {1},
               [](CheckContext& c) {
                 expect_missing_bucket(c, listing_of_nothing(c).parameter("list-type", "2"));
               }),
          should("object.list.missing-bucket-anonymous", "Even anyone is told that a bucket is missing",
                 "recording: list-missing-bucket (anonymous)", {1}, missing_bucket_anonymous),
          must("object.list.at-once", "A listing shows every change at once",
               "user guide: What is Amazon S3?, Amazon S3 data consistency model", {6, 11}, at_once),
          must("object.list.no-uploads", "Uploads in progress aren't listed as objects",
               "user guide: Uploading and copying objects using multipart upload", {4, 8}, no_uploads),
          must("object.list.multipart-entry", "An object of parts is listed with its checksum's type",
               api + " (ChecksumType)", {4, 3}, multipart_entry),
          must("object.list.each-its-own",
               "Each object is listed with its own ETag, size, class, algorithm and time", api, {3, 8},
               [](CheckContext& c) { expect_each_its_own(c, listing(c)); }),
      });
}

}  // namespace partsmith::conformance::checks
