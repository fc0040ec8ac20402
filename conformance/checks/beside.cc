/// What one operation does its neighbour does, too: a copy as a put, a delete of many as a delete, a refusal
/// by one check as by another.

#include <partsmith/protocol/uri.h>

#include "checks/acl.h"
#include "checks/again.h"
#include "checks/completed.h"
#include "checks/deleting_many.h"
#include "checks/post_form.h"
#include "checks/tags.h"
#include "checks/versioning.h"

namespace partsmith::conformance::checks {
namespace {

const std::vector<Need> versioned{Need::own_bucket, Need::versioning};

// Refusals leave what was there.

/// What a refused request would have replaced.
Check refused(const std::string& id, std::string title, std::string source, Cost cost,
              std::function<void(CheckContext&)> ask) {
  return must(
      "object.refused-leaves." + id, std::move(title), std::move(source),
      {cost.requests + 3, cost.bytes + 13}, [ask = std::move(ask)](CheckContext& c) {
        const auto etag = c.put("object", "there", {{"x-amz-meta-n", "1"}}).header_value("ETag");
        ask(c);
        c.send(c.get()).status(200).body("there").header("ETag", etag).header("x-amz-meta-n", "1");
        c.send(listing(c, "object")).status(200).elements("Contents", 1).element("Contents/Size", "5");
      });
}

void add_refused(std::vector<Check>& checks) {
  const std::string errors = "; S3 API: Error responses";
  add_all(
      checks,
      {refused("md5", "A put whose Content-MD5 is another's leaves what was there",
               "S3 API: PutObject (Content-MD5)" + errors, {1, 4},
               [](CheckContext& c) {
                 auto put = putting(c, "object", "data");
                 put.header("Content-MD5", to_base64(md5(as_bytes("other"))));
                 c.send(put).error(400, "BadDigest");
               }),
       refused("checksum", "So does one whose checksum is another's",
               "S3 API: PutObject (ChecksumCRC32)" + errors, {1, 4},
               [](CheckContext& c) {
                 auto put = putting(c, "object", "data");
                 put.header("x-amz-checksum-crc32", base64_checksum(ChecksumAlgorithm::crc32, "other"));
                 c.send(put).error(400, "BadDigest");
               }),
       refused("condition", "So does one whose condition fails", "S3 API: PutObject (If-None-Match)" + errors,
               {1, 4},
               [](CheckContext& c) {
                 auto put = putting(c, "object", "data");
                 put.header("If-None-Match", "*");
                 c.send(put).error(412, "PreconditionFailed");
               }),
       refused("copy-of-nothing", "So does a copy of what isn't there", "S3 API: CopyObject" + errors, {1},
               [](CheckContext& c) {
                 c.send(copying(c, "object", source_of(c, "nothing"))).error(404, "NoSuchKey");
               }),
       refused("copy-condition", "So does a copy whose condition fails",
               "S3 API: CopyObject (CopySourceIfMatch)" + errors, {2, 4},
               [](CheckContext& c) {
                 c.put("source", "data");
                 auto copy = copying(c, "object", source_of(c, "source"));
                 copy.header("x-amz-copy-source-if-match", "\"another\"");
                 c.send(copy).error(412, "PreconditionFailed");
               }),
       refused("completion", "So does a completion with a part that isn't there",
               "S3 API: CompleteMultipartUpload (InvalidPart)", {3, 4},
               [](CheckContext& c) {
                 const auto upload = c.create();
                 c.part(upload, 1, "data");
                 const std::vector<client::ListedPart> parts{
                     {"1", "\"00000000000000000000000000000000\"", {}}};
                 c.send(client::complete_multipart_upload(upload, parts)).error(400, "InvalidPart");
               }),
       refused("abort", "So does an abort of an upload of its key", "S3 API: AbortMultipartUpload", {3, 4},
               [](CheckContext& c) {
                 const auto upload = c.create();
                 c.part(upload, 1, "data");
                 c.send(client::abort_multipart_upload(upload)).status(204);
               })});
}

/// A part stays when what would replace it is refused.
Check part_stays(const std::string& id, std::string title, std::string source, Cost cost,
                 std::function<void(CheckContext&, const client::UploadAddress&)> ask) {
  return must("multipart.part.refused-leaves." + id, std::move(title), std::move(source),
              {cost.requests + 5, cost.bytes + 13}, [ask = std::move(ask)](CheckContext& c) {
                const auto upload = c.create();
                const auto part = c.part(upload, 1, "there");
                ask(c, upload);
                expect_only_part(c, upload, part, "there");
              });
}

void add_part_stays(std::vector<Check>& checks) {
  const std::string api = "S3 API: UploadPartCopy; Error responses";
  add_all(checks, {part_stays("checksum", "A part whose checksum is another's leaves the one that was there",
                              "S3 API: UploadPart (ChecksumCRC32); Error responses", {1, 4},
                              [](CheckContext& c, const client::UploadAddress& upload) {
                                auto part = client::upload_part(upload, "1", "data");
                                part.header("x-amz-checksum-crc32",
                                            base64_checksum(ChecksumAlgorithm::crc32, "other"));
                                c.send(part).status(400);
                              }),
                   part_stays("copy-of-nothing", "So does a copy of what isn't there", api, {1},
                              [](CheckContext& c, const client::UploadAddress& upload) {
                                c.send(client::upload_part_copy(upload, "1", c.bucket(), c.key("nothing")))
                                    .error(404, "NoSuchKey");
                              }),
                   part_stays("copy-condition", "So does a copy whose condition fails",
                              api + " (CopySourceIfMatch)", {2, 4},
                              [](CheckContext& c, const client::UploadAddress& upload) {
                                c.put("source", "data");
                                auto copy =
                                    client::upload_part_copy(upload, "1", c.bucket(), c.key("source"));
                                copy.header("x-amz-copy-source-if-match", "\"another\"");
                                c.send(copy).error(412, "PreconditionFailed");
                              }),
                   part_stays("copy-range", "So does a copy of a range beyond its source",
                              "S3 API: UploadPartCopy (CopySourceRange)", {2, 4},
                              [](CheckContext& c, const client::UploadAddress& upload) {
                                c.put("source", "data");
                                auto copied = c.send(client::upload_part_copy(
                                    upload, "1", c.bucket(), c.key("source"), "bytes=10-12"));
                                const auto status = copied.answer().status;
                                copied.expect(status == 400 || status == 416, "a refusal",
                                              std::to_string(status), {"answer among", "", "400\n416"});
                              })});
}

// Uploads go on.

Check upload_lives(const std::string& id, std::string title, std::string source, Cost cost,
                   std::function<void(CheckContext&)> ask, std::vector<Need> needs = {}) {
  return must(
      "multipart.create.outlives." + id, std::move(title), std::move(source),
      {cost.requests + 4, cost.bytes + 8},
      [ask = std::move(ask)](CheckContext& c) {
        const auto upload = c.create();
        const auto part = c.part(upload, 1, "data");
        ask(c);
        c.send(client::list_parts(upload)).status(200).elements("Part", 1);
        c.complete(upload, {part});
      },
      std::move(needs));
}

void add_upload_lives(std::vector<Check>& checks) {
  const std::string guide =
      "user guide: Uploading and copying objects using multipart upload, Concurrent multipart upload "
      "operations";
  const auto above = [](CheckContext& c, bool completed) {
    const auto other = c.create("obj");
    if (completed) {
      c.complete(other, {c.part(other, 1, "x")});
    } else {
      c.send(client::abort_multipart_upload(other)).status(204);
    }
    const auto below = c.create("object/below");
    if (completed) {
      c.complete(below, {c.part(below, 1, "x")});
    } else {
      c.send(client::abort_multipart_upload(below)).status(204);
    }
  };
  add_all(
      checks,
      {upload_lives("copy", "An upload goes on while its key is copied to", guide, {2, 4},
                    [](CheckContext& c) {
                      c.put("source", "data");
                      c.send(copying(c, "object", source_of(c, "source"))).status(200);
                    }),
       upload_lives("delete-many", "An upload goes on while its key is deleted as one of many", guide, {1},
                    [](CheckContext& c) { c.send(deleting_many(c, {"object", "other"})).status(200); }),
       upload_lives("form", "An upload goes on while a form puts its key", guide, {1, 4'000},
                    [](CheckContext& c) { post(c, abcdef(c)).status(204); }, {Need::post_forms}),
       upload_lives("others-completed",
                    "An upload goes on while those of keys that begin alike are completed", guide, {6, 2},
                    [above](CheckContext& c) { above(c, true); }),
       upload_lives("others-aborted", "An upload goes on while those of keys that begin alike are aborted",
                    guide, {4}, [above](CheckContext& c) { above(c, false); })});
}

// Deleted as one of many.

void many_spare_what_is_below(CheckContext& c) {
  for (const auto* name : {"a", "a/b", "a/b/c", "ab"}) c.put(name, "data");
  c.send(deleting_many(c, {"a", "nothing"})).status(200).elements("Deleted", 2);
  c.send(listing(c))
      .status(200)
      .elements("Contents", 3)
      .element("Contents[1]/Key", c.key("a/b"))
      .element("Contents[2]/Key", c.key("a/b/c"))
      .element("Contents[3]/Key", c.key("ab"));
}

/// Where versions are kept, a key that never was gets a marker, however it is deleted.
void marker_of_nothing(CheckContext& c, bool many) {
  enable(c);
  if (many) {
    c.send(deleting_many(c, {"object"}))
        .status(200)
        .element("Deleted/DeleteMarker", "true")
        .has_element("Deleted/DeleteMarkerVersionId");
  } else {
    c.send(deleting(c)).status(204).header("x-amz-delete-marker", "true").has_header("x-amz-version-id");
  }
  c.send(versions_of(c)).status(200).elements("DeleteMarker", 1).element("DeleteMarker/IsLatest", "true");
}

// Copies.

void first_byte_copied(CheckContext& c) {
  c.put("source", "data");
  const auto upload = c.create();
  auto first = c.send(client::upload_part_copy(upload, "1", c.bucket(), c.key("source"), "bytes=0-0"));
  first.status(200).element("ETag", '"' + to_hex(md5(as_bytes("d"))) + '"');
  auto last = c.send(client::upload_part_copy(upload, "2", c.bucket(), c.key("source"), "bytes=3-3"));
  last.status(200).element("ETag", '"' + to_hex(md5(as_bytes("a"))) + '"');
  c.send(client::list_parts(upload)).status(200).element("Part[1]/Size", "1").element("Part[2]/Size", "1");
}

/// A second has to pass: dates tell no less.
void date_of_a_copy(CheckContext& c) {
  c.put("source", "data");
  const auto date = c.send(c.head("source")).header_value("Last-Modified");
  c.wait(std::chrono::milliseconds(1'100));
  c.send(copying(c, "copy", source_of(c, "source"))).status(200);
  auto head = c.send(c.head("copy"));
  const auto copied = head.header_value("Last-Modified");
  head.status(200).expect(copied != date, "another Last-Modified than " + date, copied,
                          {"header isn't", "Last-Modified", date});
}

void tags_of_what_is_replaced(CheckContext& c, bool copy) {
  auto put = putting(c, "object", "data");
  put.header("x-amz-tagging", "n=1");
  auto tagged = c.send(put);
  skip_where_missing(c, tagged, "tags");
  tagged.status(200).required();
  if (copy) {
    c.put("source", "data");
    c.send(copying(c, "object", source_of(c, "source"))).status(200);
  } else {
    const auto upload = c.create();
    c.complete(upload, {c.part(upload, 1, "data")});
  }
  expect_tags(c, "object", {});
  c.send(c.head()).status(200).no_header("x-amz-tagging-count");
}

/// What a copy is asked for beside its bytes.
void copy_asked_for(CheckContext& c, const std::string& header, const std::string& value, bool answered) {
  c.put("source", "data");
  auto copy = copying(c, "copy", source_of(c, "source"));
  copy.header(header, value);
  auto answer = c.send(copy);
  answer.status(200);
  if (answered) answer.header(header, value);
  c.send(c.head("copy")).status(200).header(header, value);
}

void acl_of_a_copy(CheckContext& c) {
  allow_acls(c);
  c.put("source", "data");
  auto copy = copying(c, "copy", source_of(c, "source"));
  copy.header("x-amz-acl", "public-read");
  c.send_until(copy, has_status(200)).status(200).required();
  auto acl = c.get("copy");
  acl.parameter("acl", "");
  auto answer = c.send(acl);
  answer.status(200).expect(answer.answer().body.contains("AllUsers"), "an ACL with AllUsers", "one without",
                            {"body fits", "", "*AllUsers*"});
}

// What isn't there is told by the name that it has.

/// Where an upload is asked for, too, which of the two is missing first isn't documented.
Check missing_bucket(const std::string& id, std::string api,
                     std::function<client::S3Request(const CheckContext&)> ask, Level level = Level::must) {
  return of_level(
      level, "bucket.of-a-missing-one.for-" + id, "A bucket that isn't there is NoSuchBucket for " + api,
      "S3 API: " + api + "; Error responses (NoSuchBucket)", {1, 4}, [ask = std::move(ask)](CheckContext& c) {
        auto answer = c.send(ask(c));
        skip_where_missing(c, answer, "what is asked for");
        answer.error(404, "NoSuchBucket");
      });
}

client::UploadAddress upload_in_no_bucket(const CheckContext& c) {
  return {c.missing_bucket(), c.key(), "VXBsb2FkIElEIGZvciA2aWWpbmcncyBteS1tb3ZpZS5tMnRzIHVwbG9hZA"};
}

client::S3Request in_no_bucket(const CheckContext& c, std::string method, std::string parameter) {
  auto request = c.request(std::move(method), "object");
  request.bucket = c.missing_bucket();
  if (!parameter.empty()) request.parameter(parameter, "");
  return request;
}

void add_missing_buckets(std::vector<Check>& checks) {
  const std::vector<client::ListedPart> one{{"1", "\"8d777f385d3dfec8815d20f7496026dc\"", {}}};
  add_all(
      checks,
      {missing_bucket(
           "part", "UploadPart",
           [](const CheckContext& c) { return client::upload_part(upload_in_no_bucket(c), "1", "data"); },
           Level::should),
       missing_bucket(
           "complete", "CompleteMultipartUpload",
           [one](const CheckContext& c) {
             return client::complete_multipart_upload(upload_in_no_bucket(c), one);
           },
           Level::should),
       missing_bucket(
           "abort", "AbortMultipartUpload",
           [](const CheckContext& c) { return client::abort_multipart_upload(upload_in_no_bucket(c)); },
           Level::should),
       missing_bucket(
           "list-parts", "ListParts",
           [](const CheckContext& c) { return client::list_parts(upload_in_no_bucket(c)); }, Level::should),
       missing_bucket("attributes", "GetObjectAttributes",
                      [](const CheckContext& c) {
                        auto request = in_no_bucket(c, "GET", "attributes");
                        request.header("x-amz-object-attributes", "ObjectSize");
                        return request;
                      }),
       missing_bucket("tags", "GetObjectTagging",
                      [](const CheckContext& c) { return in_no_bucket(c, "GET", "tagging"); }),
       missing_bucket("acl", "GetObjectAcl",
                      [](const CheckContext& c) { return in_no_bucket(c, "GET", "acl"); }),
       missing_bucket("source", "CopyObject", [](const CheckContext& c) {
         return copying(c, "object", c.missing_bucket() + "/key");
       })});
  checks.push_back(must(
      "bucket.of-a-missing-one.for-part-source",
      "A source's bucket that isn't there is NoSuchBucket for UploadPartCopy",
      "S3 API: UploadPartCopy; Error responses (NoSuchBucket)", {2}, [](CheckContext& c) {
        const auto upload = c.create();
        c.send(client::upload_part_copy(upload, "1", c.missing_bucket(), "key")).error(404, "NoSuchBucket");
      }));
}

}  // namespace

void add_beside(std::vector<Check>& checks) {
  const std::string versions = "; " + std::string(versions_guide);
  add_refused(checks);
  add_part_stays(checks);
  add_upload_lives(checks);
  add_missing_buckets(checks);
  add_all(
      checks,
      {must("object.delete-many.spares-what-is-below",
            "Deleting a key as one of many leaves those that begin like it", "S3 API: DeleteObjects", {6, 16},
            many_spare_what_is_below),
       must(
           "versions.marker-of-nothing.delete", "A delete of a key that never was makes a marker",
           std::string(versions_guide), {3}, [](CheckContext& c) { marker_of_nothing(c, false); }, versioned),
       must(
           "versions.marker-of-nothing.delete-many", "So does a delete of many",
           "S3 API: DeleteObjects (DeleteMarker)", {3}, [](CheckContext& c) { marker_of_nothing(c, true); },
           versioned),
       must("multipart.copy.first-byte", "A range of one byte is copied as one byte",
            "S3 API: UploadPartCopy (CopySourceRange)", {5, 4}, first_byte_copied),
       must("object.copy.date", "A copy's date is of the copying", "S3 API: CopyObject (LastModified)",
            {4, 4}, date_of_a_copy),
       must("object.copy.over-tags", "A copy of what has no tags leaves none of what it replaces",
            "S3 API: CopyObject (x-amz-tagging-directive)", {5, 8},
            [](CheckContext& c) { tags_of_what_is_replaced(c, true); }, {Need::tagging}),
       must("multipart.tags.over-tags", "An upload without tags leaves none of what it replaces",
            "S3 API: CreateMultipartUpload (x-amz-tagging)", {6, 8},
            [](CheckContext& c) { tags_of_what_is_replaced(c, false); }, {Need::tagging}),
       must("object.copy.class-asked", "A copy has the class that it is asked for",
            "S3 API: CopyObject (x-amz-storage-class)", {3, 4},
            [](CheckContext& c) { copy_asked_for(c, "x-amz-storage-class", "STANDARD_IA", false); }),
       must("object.encryption.copy-asked", "A copy has the encryption that it is asked for",
            "S3 API: CopyObject (x-amz-server-side-encryption)", {3, 4},
            [](CheckContext& c) { copy_asked_for(c, "x-amz-server-side-encryption", "AES256", true); }),
       must("object.copy.redirection-asked", "A copy has the redirection that it is asked for",
            "S3 API: CopyObject (x-amz-website-redirect-location)", {3, 4},
            [](CheckContext& c) {
              copy_asked_for(c, "x-amz-website-redirect-location", "/elsewhere", false);
            }),
       patient(must("object.copy.acl", "A copy has the ACL that it is asked for",
                    "S3 API: CopyObject (x-amz-acl)", {5, 4}, acl_of_a_copy,
                    {Need::own_bucket, Need::acl}))});
}

}  // namespace partsmith::conformance::checks
