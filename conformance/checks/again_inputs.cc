/// Inputs that are in order, and that not everyone thought of; and what is asked of another version, bucket
/// or part than usual.

#include <partsmith/protocol/xml.h>

#include "checks/acl.h"
#include "checks/again.h"
#include "checks/stored.h"
#include "checks/tags.h"
#include "checks/versioning.h"

namespace partsmith::conformance::checks {
namespace {

const std::string complete_api = "S3 API: CompleteMultipartUpload (Request Syntax)";
constexpr std::string_view data_etag = "8d777f385d3dfec8815d20f7496026dc";

/// A document of one part, as clients other than ours write it.
Check document_taken(std::string id, std::string title, std::string document) {
  return must("multipart.complete.document-" + std::move(id), std::move(title), complete_api, {4, 8},
              [document = std::move(document)](CheckContext& c) {
                const auto upload = c.create();
                c.part(upload, 1, "data");
                auto complete = client::complete_multipart_upload(upload, std::vector<client::ListedPart>{});
                complete.body = document;
                c.send(complete).status(200);
                c.send(c.get()).status(200).body("data");
              });
}

void empty_last_part(CheckContext& c) {
  const auto upload = c.create();
  constexpr std::size_t first_size = 16 * (large_part / 16 + 1);
  const auto first = c.part(upload, 1, repeated("0123456789abcdef", first_size / 16));
  auto done = c.complete(upload, {first, c.part(upload, 2, "")});
  const auto etag = done.text("ETag");
  done.expect(etag.ends_with("-2\""), "an ETag that ends with -2", etag, {"element fits", "ETag", "*-2*"});
  c.send(c.head()).status(200).header("Content-Length", std::to_string(first_size));
}

void key_too_long_in_bytes(CheckContext& c) {
  c.send(putting(c, repeated("\xC3\xA9", 512), "data")).error(400, "KeyTooLongError");
  c.send(listing(c)).status(200).elements("Contents", 0);
}

void carriage_return_in_key(CheckContext& c, bool v2) {
  c.put("a\rb", "data");
  auto listed = c.send(v2 ? listing(c) : listing_v1(c));
  const auto& body = listed.answer().body;
  listed.status(200).elements("Contents", 1);
  const bool raw = body.contains('\r');
  listed.expect(!raw, "the character as a reference, as XML wants it", "a carriage return, which XML drops",
                {.about = "shown"});
}

void type_with_parameters(CheckContext& c) {
  const std::string type = "text/plain; charset=utf-8; a=\"b c\"";
  c.put("object", "data", {{"Content-Type", type}});
  c.send(c.head()).status(200).header("Content-Type", type);
  const auto upload = c.create("parts", {{"Content-Type", type}});
  c.complete(upload, {c.part(upload, 1, "data")});
  c.send(c.get("parts")).status(200).header("Content-Type", type);
}

void expires_that_is_no_date(CheckContext& c) {
  c.put("object", "data", {{"Expires", "0"}});
  c.send(c.head()).status(200).header("Expires", "0");
}

void tags_of_other_letters(CheckContext& c) {
  auto put = putting(c, "object", "data");
  put.header("x-amz-tagging", "gr%C3%B6%C3%9Fe=%E6%97%A5%E6%9C%AC");
  auto answer = c.send(put);
  skip_where_missing(c, answer, "tags");
  answer.status(200).required();
  expect_tags(c, "object",
              {{"gr\xC3\xB6\xC3\x9F"
                "e",
                "\xE6\x97\xA5\xE6\x9C\xAC"}});
  const std::string document =
      "<Tagging><TagSet><Tag><Key>\xCE\xB1</Key><Value>\xC3\xA9 "
      "\xE6\x97\xA5</Value></Tag></TagSet></Tagging>";
  auto set = c.request("PUT", "object");
  set.parameter("tagging", "").header("Content-MD5", to_base64(md5(as_bytes(document))));
  set.body = document;
  c.send(set).status(200);
  expect_tags(c, "object", {{"\xCE\xB1", "\xC3\xA9 \xE6\x97\xA5"}});
}

Check chunks_of_nothing(std::string id, std::string title, client::Payload payload) {
  return must("object.put.chunks-of-nothing." + std::move(id), std::move(title),
              "S3 API: Signature calculations: Transferring payload in multiple chunks", {2, 100},
              [payload](CheckContext& c) {
                auto put = putting(c, "object", "");
                put.payload = payload;
                c.send(put).status(200).header("ETag", "\"d41d8cd98f00b204e9800998ecf8427e\"");
                c.send(c.head()).status(200).header("Content-Length", "0");
              });
}

/// Headers of a URL's request count as those of any other.
void presigned_with_metadata(CheckContext& c) {
  auto put = putting(c, "object", "data");
  put.header("x-amz-meta-colour", "blue").header("Cache-Control", "max-age=60");
  put.signing = client::Signing::presigned;
  c.send(put).status(200);
  c.send(c.head()).status(200).header("x-amz-meta-colour", "blue").header("Cache-Control", "max-age=60");
}

void part_with_headers(CheckContext& c) {
  const auto upload = c.create("object", stored);
  c.complete(upload, {c.part(upload, 1, "data")});
  for (const auto* method : {"GET", "HEAD"}) {
    auto request = c.request(method, "object");
    request.parameter("partNumber", "1");
    auto answer = c.send(request);
    answer.status(206);
    for (const auto& [name, value] : stored) answer.header(name, value);
  }
}

void any_etag(CheckContext& c) {
  c.put("object", "data");
  c.send(c.get().header("If-Match", "*")).status(200).body("data");
  c.send(c.head().header("If-Match", "*")).status(200);
}

struct Two {
  std::string first;
  std::string second;
};

Two two_versions(CheckContext& c, const protocol::Headers& of_first = {}) {
  enable(c);
  const auto first = c.put("object", "1", of_first);
  return {version_of(first), version_of(c.put("object", "2"))};
}

client::S3Request of_tags(const CheckContext& c, std::string method, const std::string& version) {
  auto request = of_version(c.request(std::move(method), "object"), version);
  request.parameter("tagging", "");
  return request;
}

void tags_of_a_version(CheckContext& c) {
  const auto two = two_versions(c);
  const std::string document = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";
  auto set = of_tags(c, "PUT", two.first);
  set.header("Content-MD5", to_base64(md5(as_bytes(document))));
  set.body = document;
  auto answer = c.send(set);
  skip_where_missing(c, answer, "tags");
  answer.status(200).required();
  c.send(of_tags(c, "GET", two.first)).status(200).element("TagSet/Tag/Key", "a");
  expect_tags(c, "object", {});
}

void deleted_tags_of_a_version(CheckContext& c) {
  enable(c);
  auto put = putting(c, "object", "1");
  put.header("x-amz-tagging", "a=1");
  auto first = c.send(put);
  skip_where_missing(c, first, "tags");
  first.status(200).required();
  c.send(put).status(200);
  c.send(of_tags(c, "DELETE", version_of(first))).status(204);
  c.send(of_tags(c, "GET", version_of(first))).status(200).elements("TagSet/Tag", 0);
  expect_tags(c, "object", {{"a", "1"}});
}

void acl_of_a_version(CheckContext& c) {
  const auto two = two_versions(c);
  allow_acls(c);
  const auto acl = [&](std::string method, const std::string& version) {
    auto request = of_version(c.request(std::move(method), "object"), version);
    request.parameter("acl", "");
    return request;
  };
  auto set = acl("PUT", two.first);
  set.header("x-amz-acl", "public-read");
  c.send_until(set, has_status(200)).status(200).required();
  auto former = c.send(acl("GET", two.first));
  former.status(200).expect(former.answer().body.contains("AllUsers"), "an ACL with AllUsers", "one without",
                            {.about = "body fits", .value = "*AllUsers*"});
  auto newest = c.send(acl("GET", two.second));
  newest.status(200).expect(!newest.answer().body.contains("AllUsers"), "an ACL without AllUsers", "one with",
                            {.about = "body lacks", .value = "AllUsers"});
}

Answer delete_all(CheckContext& c, const std::vector<std::pair<std::string, std::string>>& versions) {
  std::string document = "<Delete>";
  for (const auto& [name, version] : versions) {
    document += "<Object><Key>" + protocol::xml_escaped(c.key(name)) + "</Key>";
    if (!version.empty()) document += "<VersionId>" + version + "</VersionId>";
    document += "</Object>";
  }
  document += "</Delete>";
  auto request = of_bucket("POST", c.bucket());
  request.parameter("delete", "").header("Content-MD5", to_base64(md5(as_bytes(document))));
  request.body = document;
  return c.send(request);
}

/// Of each entry is told what became of it.
void each_deletion_told(CheckContext& c) {
  const auto two = two_versions(c);
  c.put("other", "3");
  auto versions = delete_all(c, {{"object", two.first}, {"object", two.second}});
  versions.status(200)
      .elements("Deleted", 2)
      .element("Deleted[1]/VersionId", two.first)
      .element("Deleted[2]/VersionId", two.second);
  auto markers = delete_all(c, {{"object", ""}, {"other", ""}});
  markers.status(200).elements("Deleted", 2);
  for (const std::string entry : {"Deleted[1]", "Deleted[2]"})
    markers.element(entry + "/DeleteMarker", "true").has_element(entry + "/DeleteMarkerVersionId");
}

void suspended_completion(CheckContext& c) {
  const auto two = two_versions(c);
  c.send(set_versioning(c, "Suspended")).status(200);
  c.put("object", "first null");
  const auto upload = c.create();
  c.complete(upload, {c.part(upload, 1, "second null")});
  c.send(versions_of(c)).status(200).elements("Version", 3);
  c.send(of_version(c.get(), "null")).status(200).body("second null");
  c.send(of_version(c.get(), two.second)).status(200).body("2");
}

void none_match_over_a_marker(CheckContext& c) {
  two_versions(c);
  c.send(deleting(c)).status(204);
  const auto upload = c.create();
  auto complete = client::complete_multipart_upload(upload, std::vector{c.part(upload, 1, "data")});
  c.send(complete.header("If-None-Match", "*")).status(200);
  c.send(c.get()).status(200).body("data");
}

void slash_before(CheckContext& c) {
  const auto put = [&](std::string key, std::string body) {
    auto request = putting(c, "unused", std::move(body));
    request.key = std::move(key);
    c.send(request).status(200).required();
  };
  const auto get = [&](std::string key) {
    auto request = c.get();
    request.key = std::move(key);
    return c.send(request);
  };
  put("a", "one");
  put("/a", "other");
  get("a").status(200).body("one");
  get("/a").status(200).body("other");
  c.send(of_bucket("GET", c.bucket())).status(200).elements("Contents", 2).element("Contents[1]/Key", "/a");
}

/// Among all buckets: that the prefix isn't looked at is another check's.
std::string creation_date(CheckContext& c) {
  auto request = of_bucket("GET", "");
  request.parameter("prefix", c.bucket());
  auto answer = c.send(request);
  answer.status(200).has_element("Buckets/Bucket/CreationDate").required();
  for (int number = 1;; ++number) {
    const auto entry = "Buckets/Bucket[" + std::to_string(number) + "]/";
    const auto name = answer.text(entry + "Name");
    if (name == c.bucket()) return answer.text(entry + "CreationDate");
    if (name.empty()) c.skip("the bucket isn't in the list, as bucket.list.among-all says");
  }
}

void creation_date_stays(CheckContext& c) {
  const auto first = creation_date(c);
  c.wait(std::chrono::milliseconds(1'100));  // a date of now would be another
  const auto second = creation_date(c);
  c.send(c.request("HEAD", "nothing"))
      .expect(first == second, "the same CreationDate, " + first, second, {.about = "shown"});
}

}  // namespace

void add_again_inputs(std::vector<Check>& checks) {
  const std::string guide = "user guide: Naming Amazon S3 objects";
  const std::string number = "<PartNumber>1</PartNumber>";
  const std::string etag = "<ETag>\"" + std::string(data_etag) + "\"</ETag>";
  const auto document = [](const std::string& content) {
    return "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + content +
           "</CompleteMultipartUpload>";
  };
  const std::vector<Need> versioned{Need::own_bucket, Need::versioning};
  add_all(
      checks,
      {document_taken("etag-first", "A part's ETag may stand before its number, as the reference has it",
                      document("<Part>" + etag + number + "</Part>")),
       document_taken("indented", "A document may have lines and blanks between its elements",
                      "<?xml version=\"1.0\"?>\n" +
                          document("\n  <Part>\n    " + number + "\n\t" + etag + "\r\n  </Part>\n") + "\n"),
       document_taken(
           "quotes-escaped", "An ETag's quotes may be escaped, by name or by number",
           document("<Part>" + number + "<ETag>&quot;" + std::string(data_etag) + "&#34;</ETag></Part>")),
       should("multipart.complete.empty-last-part", "A last part without a byte is a part",
              "S3 API: UploadPart; user guide: Amazon S3 multipart upload limits", {5, large_part + 32},
              empty_last_part),
       must("object.key.too-long-in-bytes", "1,024 is the limit of a key's bytes, and not of its letters",
            guide, {2, 4}, key_too_long_in_bytes),
       should("object.list.carriage-return", "A key with a carriage return can be read from the listing",
              guide + " (XML related object key constraints)", {2, 4},
              [](CheckContext& c) { carriage_return_in_key(c, true); }),
       should("object.list-v1.carriage-return", "So it can be from the old listing",
              guide + " (XML related object key constraints)", {2, 4},
              [](CheckContext& c) { carriage_return_in_key(c, false); }),
       must("object.metadata.type-with-parameters", "A Content-Type keeps its parameters",
            "S3 API: PutObject (Content-Type); CreateMultipartUpload (Content-Type)", {6, 12},
            type_with_parameters),
       should("object.metadata.expires-no-date", "Expires is kept though it is no date",
              "reported: aws-sdk-go#322, aws-sdk-ruby#1184", {2, 4}, expires_that_is_no_date),
       must("object.tags.other-letters", "Tags have letters of any language",
            "user guide: Categorizing your objects using tags (restrictions on tags)", {4, 4},
            tags_of_other_letters, {Need::tagging}),
       chunks_of_nothing("signed", "An object without a byte may come in signed chunks",
                         client::Payload::signed_chunks),
       chunks_of_nothing("unsigned", "Or in unsigned ones with a trailer", client::Payload::unsigned_trailer),
       must("object.presigned.put-with-metadata", "Metadata that a URL's signature covers is kept",
            "S3 API: Authenticating requests: Using query parameters", {2, 4}, presigned_with_metadata),
       must("multipart.get-part.headers", "A part comes with all headers of its object, to GET and HEAD",
            "S3 API: GetObject (partNumber); HeadObject (partNumber)", {5, 12}, part_with_headers),
       should("object.conditions.get.if-match-any", "If-Match: * holds for any object",
              "inferred: RFC 9110, 13.1.1", {3, 8}, any_etag),
       must("versions.former.tags-put", "Tags that are put to a former version are its own",
            "S3 API: PutObjectTagging (versionId)", {6, 2}, tags_of_a_version, versioned),
       must("versions.former.tags-delete", "Tags that are deleted from a former version are its own",
            "S3 API: DeleteObjectTagging (versionId)", {6, 2}, deleted_tags_of_a_version, versioned),
       patient({.id = "versions.former.acl",
                .title = "The ACL that is put to a former version is its own",
                .level = Level::must,
                .source = "S3 API: PutObjectAcl (versionId); GetObjectAcl (versionId)",
                .cost = {8, 2},
                .needs = {Need::own_bucket, Need::versioning, Need::acl},
                .body = acl_of_a_version}),
       must("versions.delete-many-each", "DeleteObjects tells of each version and of each marker",
            "S3 API: DeleteObjects (Deleted)", {6, 3}, each_deletion_told, versioned),
       must("multipart.versions.suspended",
            "While versioning is suspended a completion replaces the null version",
            std::string(versions_guide), {11, 40}, suspended_completion, versioned),
       must("multipart.versions.if-none-match-over-a-marker",
            "If-None-Match: * holds where a marker is the newest",
            "user guide: How to prevent object overwrites with conditional writes", {8, 12},
            none_match_over_a_marker, versioned),
       must("object.key.slash-before", "A key with and without a slash before it are two", guide, {5, 16},
            slash_before, {Need::own_bucket}),
       must("bucket.list.date-stays", "A bucket's CreationDate is the same in each list",
            "S3 API: ListBuckets (CreationDate)", {3, 2 * 1'500'000}, creation_date_stays,
            {Need::own_bucket})});
}

}  // namespace partsmith::conformance::checks
