/// CopyObject.

#include <partsmith/protocol/uri.h>

#include "checks/copy_source_conditions.h"
#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view test_etag = "\"098f6bcd4621d373cade4e832627b4f6\"";  // of "test"
constexpr std::string_view json = R"({"key": "value"})";
constexpr std::string_view json_etag = "\"88bac95f31528d13a072c05f2a1cf371\"";
constexpr std::string_view illegal_message =
    "This copy request is illegal because it is trying to copy an object to itself without changing the "
    "object's "
    "metadata, storage class, website redirect location or encryption attributes.";

void put_json(CheckContext& c) {
  c.put("source", std::string(json), {{"Content-Type", "application/json"}, {"x-amz-meta-key", "value"}});
}

Check special(std::string name, std::string key) {
  return must(
      "object.copy.key-" + name, "A key such as '" + key + "' can be copied from",
      "recording: copy-object-special-characters", {3, 8}, [key](CheckContext& c) {
        c.put(key, "test");
        c.send(copying(c, "copy", c.bucket() + '/' + protocol::uri_encode(c.key(key), protocol::Slash::keep)))
            .status(200)
            .document("CopyObjectResult")
            .element("ETag", test_etag);
        c.send(c.get("copy")).status(200).body("test");
      });
}

void answer(CheckContext& c) {
  c.put("source", "test", {{"x-amz-checksum-crc32", "2H9+DA=="}});
  c.send(copying(c, "copy", source_of(c, "source")))
      .status(200)
      .document("CopyObjectResult")
      .element("ETag", test_etag)
      .element("ChecksumCRC32", "2H9+DA==")
      .element("ChecksumType", "FULL_OBJECT")
      .has_element("LastModified")
      .decoration("x-amz-server-side-encryption", "AES256")
      .header("Content-Type", "application/xml")
      .no_header("x-amz-version-id")
      .no_header("x-amz-copy-source-version-id");
  c.send(c.get("copy")).status(200).header("ETag", test_etag).body("test");
}

void since_its_own_time(CheckContext& c) {
  c.put("source", "test");
  auto head = c.send(c.head("source"));
  head.status(200).has_header("Last-Modified").required();
  c.send(copying(c, "copy", source_of(c, "source"))
             .header("x-amz-copy-source-if-modified-since", head.header_value("Last-Modified")))
      .error(412, "PreconditionFailed");
  c.send(c.get("copy")).error(404, "NoSuchKey");
}

void leading_slash(CheckContext& c) {
  c.put("source", "test");
  c.send(copying(c, "copy", '/' + source_of(c, "source"))).status(200).element("ETag", test_etag);
}

void keeps_metadata(CheckContext& c) {
  put_json(c);
  c.send(copying(c, "copy", source_of(c, "source"))
             .header("x-amz-meta-another-key", "value")
             .header("Content-Type", "application/javascript"))
      .status(200)
      .element("ETag", json_etag);
  c.send(c.head("copy"))
      .status(200)
      .header("Content-Type", "application/json")
      .header("x-amz-meta-key", "value")
      .no_header("x-amz-meta-another-key");
}

void directive_copy(CheckContext& c) {
  c.put("source", "test", {{"x-amz-meta-key", "value"}, {"Content-Language", "en-US"}});
  c.send(copying(c, "copy", source_of(c, "source"))
             .header("x-amz-metadata-directive", "COPY")
             .header("x-amz-meta-another-key", "value")
             .header("Content-Language", "en-GB")
             .header("Content-Type", "image/jpg"))
      .status(200);
  c.send(c.head("copy"))
      .status(200)
      .header("Content-Language", "en-US")
      .header("Content-Type", "binary/octet-stream")
      .header("x-amz-meta-key", "value")
      .no_header("x-amz-meta-another-key");
}

void directive_replace(CheckContext& c) {
  put_json(c);
  c.send(copying(c, "copy", source_of(c, "source"))
             .header("x-amz-metadata-directive", "REPLACE")
             .header("x-amz-meta-key2", "value2"))
      .status(200);
  c.send(c.head("copy"))
      .status(200)
      .header("Content-Type", "binary/octet-stream")
      .header("x-amz-meta-key2", "value2")
      .no_header("x-amz-meta-key");
}

void directive_unknown(CheckContext& c) {
  c.put("source", "test");
  c.send(copying(c, "copy", source_of(c, "source")).header("x-amz-metadata-directive", "MERGE"))
      .error(400, "InvalidArgument");
}

void in_place(CheckContext& c) {
  put_json(c);
  c.send(copying(c, "source", source_of(c, "source"))).error(400, "InvalidRequest").message(illegal_message);
}

void in_place_metadata_alone(CheckContext& c) {
  put_json(c);
  c.send(copying(c, "source", source_of(c, "source")).header("x-amz-meta-key", "value"))
      .error(400, "InvalidRequest")
      .message(illegal_message);
}

void in_place_acl(CheckContext& c) {
  put_json(c);
  c.send(copying(c, "source", source_of(c, "source")).header("x-amz-acl", "private"))
      .error(400, "InvalidRequest");
}

void in_place_storage_class(CheckContext& c) {
  put_json(c);
  c.send(copying(c, "source", source_of(c, "source"))
             .header("x-amz-storage-class", "STANDARD")
             .header("x-amz-checksum-algorithm", "SHA256"))
      .status(200)
      .element("ChecksumSHA256", "lyTB4g5uPk1/V+0l+dTvsAblCFkNUoyQ2ll/andcE+U=")
      .element("ETag", json_etag);
  c.send(c.head("source")).status(200).header("x-amz-meta-key", "value");
}

void in_place_replace(CheckContext& c) {
  put_json(c);
  c.send(copying(c, "source", source_of(c, "source")).header("x-amz-metadata-directive", "REPLACE"))
      .status(200)
      .element("ETag", json_etag);
  c.send(c.get("source"))
      .status(200)
      .header("Content-Type", "binary/octet-stream")
      .no_header("x-amz-meta-key")
      .body(json);
}

void missing_key(CheckContext& c) {
  c.send(copying(c, "copy", source_of(c, "random-src-key")))
      .error(404, "NoSuchKey")
      .message("The specified key does not exist.")
      .field("Key", c.key("random-src-key"));
}

void missing_bucket(CheckContext& c) {
  c.send(copying(c, "copy", c.missing_bucket() + "/key"))
      .error(404, "NoSuchBucket")
      .message("The specified bucket does not exist")
      .field("BucketName", c.missing_bucket());
}

void malformed_source(CheckContext& c) {
  c.send(copying(c, "copy", "wrongformat"))
      .error(400, "InvalidArgument")
      .message("Invalid copy source object key")
      .field("ArgumentName", "x-amz-copy-source")
      .field("ArgumentValue", "x-amz-copy-source");
}

void url_source(CheckContext& c) {
  c.put("object", "test");
  c.send(copying(c, "copy", "https://s3.amazonaws.com/" + source_of(c, "object")))
      .status(200)
      .document("CopyObjectResult")
      .element("ETag", "\"098f6bcd4621d373cade4e832627b4f6\"");
  c.send(c.get("copy")).status(200).body("test");
}

void plus_is_a_space(CheckContext& c) {
  c.put("test key.txt", "test-body");
  // The client encodes no copy source: it is the check's to say.
  std::string source = c.bucket() + "%2F" + c.key("test+key.txt");
  c.send(copying(c, "copy", std::move(source))).status(200).document("CopyObjectResult").required();
  c.send(c.get("copy")).status(200).body("test-body");
}

void add_algorithm(std::vector<Check>& checks, ChecksumAlgorithm algorithm) {
  const auto element = std::string(traits(algorithm).element);
  const auto value = base64_checksum(algorithm, "test");
  checks.push_back(must(
      "object.copy.checksum-asked." + lower_name_of(algorithm),
      "A copy gets " + name_of(algorithm) + " when it is asked for, whatever its source has",
      "recording: copy-object-asking-checksum-" + lower_name_of(algorithm), {3, 4}, [=](CheckContext& c) {
        c.put("source", "test");
        c.send(copying(c, "copy", source_of(c, "source"))
                   .header("x-amz-checksum-algorithm", name_of(algorithm)))
            .status(200)
            .element(element, value);
        c.send(with_checksums(c.head("copy"))).status(200).header(header_of(algorithm), value);
      }));
  checks.push_back(must("object.copy.checksum-kept." + lower_name_of(algorithm),
                        "A copy keeps its source's " + name_of(algorithm),
                        "recording: copy-object-keeps-checksum-" + lower_name_of(algorithm), {2, 4},
                        [=](CheckContext& c) {
                          c.put("source", "test", {{header_of(algorithm), value}});
                          c.send(copying(c, "copy", source_of(c, "source")))
                              .status(200)
                              .element(element, value)
                              .element("ChecksumType", "FULL_OBJECT");
                        }));
}

/// A condition on the source, and whether the copy is made.
Check condition(CopySourceCondition row) {
  return must("object.copy.condition." + row.name, std::move(row.title),
              "S3 API: CopyObject (x-amz-copy-source-if-…)", {3, row.holds ? 8U : 4U},
              [headers = std::move(row.headers), holds = row.holds](CheckContext& c) {
                c.put("source", "test");
                auto request = copying(c, "copy", source_of(c, "source"));
                for (const auto& [header, value] : headers) request.header(header, value);
                auto answer = c.send(request);
                if (holds) {
                  answer.status(200).element("ETag", test_etag);
                  c.send(c.get("copy")).status(200).body("test");
                } else {
                  answer.error(412, "PreconditionFailed")
                      .message("At least one of the pre-conditions you specified did not hold");
                  c.send(c.get("copy")).error(404, "NoSuchKey");
                }
              });
}

}  // namespace

void add_object_copy(std::vector<Check>& checks) {
  const std::string in_place_recording = "recording: copy-object-in-place";
  add_all(
      checks,
      {
          must("object.copy.answer", "A copy answers ETag, checksum and time of the new object",
               "recording: copy-object-special-characters; presigned-copy (copy-obj)", {3, 8}, answer),
          must("object.copy.condition.if-modified-since-fails",
               "x-amz-copy-source-if-modified-since with the source's own time is 412",
               "S3 API: CopyObject (x-amz-copy-source-if-modified-since)", {4, 4}, since_its_own_time),
          must("object.copy.leading-slash", "The source may begin with a slash",
               "S3 API: CopyObject (x-amz-copy-source)", {2, 4}, leading_slash),
          must("object.copy.keeps-metadata", "A copy keeps its source's metadata, and ignores new",
               "recording: copy-object-default-directive", {3, 16}, keeps_metadata),
          must("object.copy.directive-copy", "With the directive COPY new metadata is ignored",
               "recording: copy-object-directive-copy", {3, 4}, directive_copy),
          must("object.copy.directive-replace",
               "With the directive REPLACE the source's metadata is not taken over",
               "recording: copy-object-in-place-metadata-directive (head-replace-directive)", {3, 16},
               directive_replace),
          should("object.copy.directive-unknown", "A directive that S3 doesn't know is InvalidArgument",
                 "S3 API: CopyObject (x-amz-metadata-directive)", {2, 4}, directive_unknown),
          must("object.copy.in-place", "A copy onto itself that changes nothing is InvalidRequest",
               in_place_recording + " (copy-object-in-place-no-change)", {2, 16}, in_place),
          must("object.copy.in-place-metadata", "New metadata without the directive is no change",
               "recording: copy-object-in-place-metadata-directive (no-metadata-directive-fail)", {2, 16},
               in_place_metadata_alone),
          should("object.copy.in-place-acl", "An ACL is no change",
                 in_place_recording + " (copy-object-in-place-with-acl)", {2, 16}, in_place_acl),
          must("object.copy.in-place-storage-class", "Naming a storage class is a change, even the same",
               in_place_recording + " (copy-object-in-place-with-storage-class)", {3, 16},
               in_place_storage_class),
          must("object.copy.in-place-replace", "The directive REPLACE is a change, even with nothing new",
               "recording: copy-object-in-place-suspended (copy-in-place-non-versioned); "
               "copy-object-in-place-metadata-directive",
               {3, 32}, in_place_replace),
          must("object.copy.missing-key", "Copying a missing object is NoSuchKey with the source's Key",
               "recording: copy-object-missing-source (copy-object-src-object-not-exists)", {1}, missing_key),
          must("object.copy.missing-bucket", "Copying from a missing bucket is NoSuchBucket with its name",
               "recording: copy-object-missing-source (copy-object-src-bucket-not-exists)", {1},
               missing_bucket),
          must("object.copy.malformed-source",
               "A source without a slash is InvalidArgument naming the header twice",
               "recording: copy-object-malformed-source", {1}, malformed_source),
          should("object.copy.url-source", "The source may be a URL of the object",
                 "recording: raw-xml-structure; timestamp-formats (copy)", {3, 8}, url_source),
          should("object.copy.plus-is-a-space", "A plus sign in the source is a space",
                 "recording: copy-source-plus-is-space", {3, 18}, plus_is_a_space),
          special("percent", "file%2Fname"),
          special("at-sign", "test@key/"),
          special("space", "test key/"),
          special("two-slashes", "test key//"),
          special("percent-sequence", "a/%F0%9F%98%80/"),
          special("plus", "test+key"),
      });
  for (auto& row : copy_source_conditions(test_etag)) checks.push_back(condition(std::move(row)));
  for (const auto algorithm : recorded_algorithms) add_algorithm(checks, algorithm);
}

}  // namespace partsmith::conformance::checks
