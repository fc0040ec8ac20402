/// PutObject, GetObject and HeadObject.

#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view put_api = "S3 API: PutObject";
constexpr std::string_view headers_recording = "recording: put-get-system-metadata-headers";

/// One key, put and read back.
void round_trip(CheckContext& c, std::string_view name, std::string content) {
  c.put(name, content);
  c.send(c.get(name)).status(200).body(content);
}

Check key(std::string name, std::string title, std::string source, std::string key_name) {
  return must("object.key." + name, std::move(title), std::move(source), {2, 8},
              [key_name](CheckContext& c) { round_trip(c, key_name, "test"); });
}

void put_answer(CheckContext& c) {
  c.send(putting(c, "test", "abc123").header("x-amz-checksum-crc32", "zwK7XA=="))
      .status(200)
      .header("ETag", "\"e99a18c428cb38d5f260853678922e03\"")
      .header("x-amz-checksum-crc32", "zwK7XA==")
      .header("x-amz-checksum-type", "FULL_OBJECT")
      .decoration("x-amz-server-side-encryption", "AES256")
      .no_decoration("Content-Type")
      .body("");
}

void get_answer(CheckContext& c) {
  c.put("object", "123");
  c.send(c.get())
      .status(200)
      .header("Accept-Ranges", "bytes")
      .header("Content-Length", "3")
      .header("Content-Type", "binary/octet-stream")
      .header("ETag", "\"202cb962ac59075b964b07152d234b70\"")
      .decoration("x-amz-server-side-encryption", "AES256")
      .has_header("Last-Modified")
      .has_header("Date")
      .has_header("x-amz-request-id")
      .has_header("x-amz-id-2")
      .no_header("x-amz-checksum-crc64nvme")
      .no_header("x-amz-version-id")
      .no_decoration("x-amz-storage-class")
      .no_header("Content-Encoding")
      .body("123");
}

void head_answer(CheckContext& c) {
  c.put("object", "123");
  c.send(c.head())
      .status(200)
      .header("Accept-Ranges", "bytes")
      .header("Content-Length", "3")
      .header("Content-Type", "binary/octet-stream")
      .header("ETag", "\"202cb962ac59075b964b07152d234b70\"")
      .decoration("x-amz-server-side-encryption", "AES256")
      .has_header("Last-Modified")
      .no_header("x-amz-checksum-crc64nvme")
      .body("");
}

void empty(CheckContext& c) {
  c.put("object", "");
  c.send(c.get())
      .status(200)
      .header("Content-Length", "0")
      .header("ETag", "\"d41d8cd98f00b204e9800998ecf8427e\"")
      .body("");
}

void overwritten(CheckContext& c) {
  c.put("object", "the first, which is longer");
  c.put("object", "the second");
  c.send(c.get()).status(200).header("Content-Length", "10").body("the second");
}

void overwritten_metadata(CheckContext& c) {
  c.put("object", "a", {{"x-amz-meta-colour", "blue"}, {"Content-Type", "text/plain"}});
  c.put("object", "a");
  c.send(c.head()).status(200).no_header("x-amz-meta-colour").header("Content-Type", "binary/octet-stream");
}

void no_such_key(CheckContext& c) {
  c.send(c.get("camelcasekey"))
      .error(404, "NoSuchKey")
      .message("The specified key does not exist.")
      .field("Key", c.key("camelcasekey"))
      .has_element("RequestId")
      .has_element("HostId")
      .header("Content-Type", "application/xml");
}

void case_sensitive(CheckContext& c) {
  c.put("camelCaseKey", "something");
  c.send(c.get("camelcasekey")).error(404, "NoSuchKey");
  c.send(c.get("camelCaseKey")).status(200).body("something");
}

void head_no_such_key(CheckContext& c) {
  c.send(c.head("nothing")).status(404).body("");
}

void missing_bucket(CheckContext& c, std::string method) {
  auto request = of_bucket(std::move(method), c.missing_bucket());
  request.key = c.key("foobar");
  c.send(request)
      .error(404, "NoSuchBucket")
      .message("The specified bucket does not exist")
      .field("BucketName", c.missing_bucket());
}

void xml_body(CheckContext& c) {
  const std::string content = R"(<?xml version="1.0" encoding="UTF-8"?><test/>)";
  c.put("object", content);
  c.send(with_checksums(c.get()))
      .status(200)
      .header("ETag", "\"8a793423f1e69103a7056b99e4ad6c0b\"")
      .body(content);
}

void every_byte(CheckContext& c) {
  std::string content;
  for (int value = 0; value < 256; ++value) content += static_cast<char>(value);
  round_trip(c, "object", content + content);
}

void content_md5(CheckContext& c) {
  c.send(putting(c, "object", "something").header("Content-MD5", "Q3uTDbhLgHnC3YBKcZNrXw=="))
      .status(200)
      .header("ETag", "\"437b930db84b8079c2dd804a71936b5f\"");
}

void wrong_md5(CheckContext& c) {
  c.put("object", "what was there");
  c.send(putting(c, "object", "something").header("Content-MD5", "CYketZBSTjX8czcs3cXVlg=="))
      .error(400, "BadDigest")
      .message("The Content-MD5 you specified did not match what we received.")
      .header("Content-Type", "application/xml")
      .field("ExpectedDigest", "09891eb590524e35fc73372cddc5d596")
      .field("CalculatedDigest", "Q3uTDbhLgHnC3YBKcZNrXw==");
  c.send(c.get()).status(200).body("what was there");
}

Check malformed_md5(std::string name, std::string value) {
  return should(
      "object.put.md5-malformed." + name, "Content-MD5 '" + value + "' is InvalidDigest, which repeats it",
      "recording: content-md5-put-and-upload-part (md5-error-0 to -4)", {1, 9}, [value](CheckContext& c) {
        c.send(putting(c, "object", "something").header("Content-MD5", value))
            .error(400, "InvalidDigest")
            .message("The Content-MD5 you specified was invalid.")
            .field("Content-MD5", value);
      });
}

void wrong_sha256(CheckContext& c) {
  const auto stated = to_hex(sha256(as_bytes("something else")));
  c.send(putting(c, "object", "something").header("x-amz-content-sha256", stated))
      .error(400, "XAmzContentSHA256Mismatch")
      .field("ClientComputedContentSHA256", stated)
      .field("S3ComputedContentSHA256", to_hex(sha256(as_bytes("something"))));
  c.send(c.get()).error(404, "NoSuchKey");
}

void key_too_long(CheckContext& c) {
  const std::size_t length = 1025 - c.prefix().size();
  c.send(putting(c, std::string(length, 'k'), "a"))
      .error(400, "KeyTooLongError")
      .message("Your key is too long")
      .field("Size", "1025")
      .field("MaxSizeAllowed", "1024");
}

void longest_key(CheckContext& c) {
  round_trip(c, std::string(1024 - c.prefix().size(), 'k'), "a");
}

void response_overrides(CheckContext& c) {
  c.put("object", "something");
  auto request = c.get();
  request.parameter("response-cache-control", "max-age=74")
      .parameter("response-content-disposition", "attachment; filename=\"foo.jpg\"")
      .parameter("response-content-encoding", "identity")
      .parameter("response-content-language", "de-DE")
      .parameter("response-content-type", "image/jpeg")
      .parameter("response-expires", std::string(long_ago));
  c.send(request)
      .status(200)
      .header("Cache-Control", "max-age=74")
      .header("Content-Disposition", "attachment; filename=\"foo.jpg\"")
      .header("Content-Encoding", "identity")
      .header("Content-Language", "de-DE")
      .header("Content-Type", "image/jpeg")
      .header("Expires", long_ago)
      .body("something");
}

void anonymous(CheckContext& c) {
  c.put("object", "something");
  auto request = c.get();
  request.signing = client::Signing::anonymous;
  c.send(request).error(403, "AccessDenied").message("Access Denied");
}

void ten_megabytes_twice(CheckContext& c) {
  c.put("object", repeated("a", 10'000'000));
  c.put("object", repeated("b", 10'000'000));
  c.send(c.get().header("Range", "bytes=9999990-"))
      .status(206)
      .header("Content-Range", "bytes 9999990-9999999/10000000")
      .body("bbbbbbbbbb");
}

}  // namespace

void add_object(std::vector<Check>& checks) {
  const std::string api(put_api);
  add_all(
      checks,
      {
          must("object.put.answer",
               "A put answers ETag, checksum and type, and has neither body nor Content-Type",
               std::string(headers_recording) + " (put-object-headers)", {1, 6}, put_answer),
          must("object.get.answer", "GET answers these headers, and no checksum that nobody asked for",
               "recording: presigned-get-headers-path-style; presigned-get-headers-virtual-hosted", {2, 6},
               get_answer),
          must("object.head.answer", "HEAD answers what GET answers, without a body",
               "S3 API: HeadObject; recording: user-metadata-names (head-object)", {2, 3}, head_answer),
          must("object.put.empty", "An object may be empty", api + "; recording: system-metadata-non-ascii",
               {2}, empty),
          must("object.put.overwrite", "A put replaces the object of that key", api, {3, 56}, overwritten),
          must("object.put.overwrite-metadata", "A put replaces the metadata too", api, {3, 2},
               overwritten_metadata),
          must("object.get.no-such-key", "A missing object is NoSuchKey with its Key",
               "recording: keys-are-case-sensitive (wrong-case-key)", {1}, no_such_key),
          must("object.key.case-sensitive", "Keys differ by case", "recording: keys-are-case-sensitive",
               {3, 18}, case_sensitive),
          must("object.head.no-such-key", "HEAD of a missing object is 404 without a body",
               "S3 API: HeadObject", {1}, head_no_such_key),
          must("object.get.missing-bucket", "GET in a missing bucket is NoSuchBucket with its name",
               "recording: get-object-missing-bucket", {1},
               [](CheckContext& c) { missing_bucket(c, "GET"); }),
          must("object.put.missing-bucket", "A put into a missing bucket is NoSuchBucket",
               api + ", Error responses (NoSuchBucket)", {1},
               [](CheckContext& c) { missing_bucket(c, "PUT"); }),
          should("object.delete.missing-bucket", "A delete in a missing bucket is NoSuchBucket",
                 "S3 API: DeleteObject, Error responses (NoSuchBucket)", {1},
                 [](CheckContext& c) { missing_bucket(c, "DELETE"); }),
          key("utf-8", "A key beyond ASCII", "recording: put-get-utf8-key", "Ā0Ä"),
          key("nested", "A key with slashes", "recording: put-get-nested-key", "aws/key1/key2/key3"),
          key("trailing-slash", "A key that ends in a slash is a key of its own",
              "recording: put-get-key-with-trailing-slash", "a/"),
          key("space", "A key with a space", "recording: copy-object-special-characters", "test key/"),
          key("plus", "A plus sign in a key is one", "recording: copy-object-special-characters", "test+key"),
          key("percent", "A percent sign in a key is one", "recording: copy-object-special-characters",
              "file%2Fname"),
          key("two-slashes", "Two slashes in a key are two", "recording: copy-object-special-characters",
              "test key//"),
          key("emoji", "A key with a character beyond the basic plane",
              "user guide: Naming Amazon S3 objects (Unicode characters whose UTF-8 encoding)", "a/😀"),
          key("xml", "A key with characters that XML escapes", "user guide: Naming Amazon S3 objects",
              "a&b<c>\"d'"),
          must("object.put.xml-body", "A body of XML is only bytes", "recording: put-get-xml-body", {2, 90},
               xml_body),
          must("object.put.every-byte", "Every value of a byte comes back", api, {2, 1024}, every_byte),
          must("object.put.md5-good", "A put whose Content-MD5 matches is taken",
               "recording: content-md5-put-and-upload-part (success-put-object-md5)", {1, 9}, content_md5),
          must("object.put.md5-wrong",
               "A put whose Content-MD5 doesn't match is BadDigest and replaces nothing",
               "recording: content-md5-put-and-upload-part (md5-error-bad-digest)", {3, 37}, wrong_md5),
          malformed_md5("no-base64", "__invalid__"),
          malformed_md5("short", "000"),
          malformed_md5("words", "not base64 encoded checksum"),
          malformed_md5("three-bytes", "MTIz"),
          malformed_md5("eleven-bytes", "dGVzdC1zdHJpbmc="),
          must("object.put.sha256-wrong",
               "A put that isn't what was signed is XAmzContentSHA256Mismatch, nothing is kept",
               "S3 API: Error responses (XAmzContentSHA256Mismatch)", {2, 9}, wrong_sha256),
          must("object.key.too-long", "A key of 1,025 bytes is KeyTooLongError",
               "user guide: Naming Amazon S3 objects; S3 API: Error responses (KeyTooLongError)", {1, 1},
               key_too_long),
          must("object.key.longest", "A key of 1,024 bytes is taken", "user guide: Naming Amazon S3 objects",
               {2, 2}, longest_key),
          must("object.get.response-overrides", "response-* parameters set headers of the answer",
               "recording: get-response-header-overrides", {2, 18}, response_overrides),
          must("object.get.anonymous", "An object in a private bucket is AccessDenied for anyone",
               "S3 API: Error responses (AccessDenied)", {2, 9}, anonymous),
          must("object.put.ten-megabytes-twice", "Bodies of 10 MB; the second put is read",
               "recording: put-10mb-twice", {3, 20'000'010}, ten_megabytes_twice),
      });
}

}  // namespace partsmith::conformance::checks
