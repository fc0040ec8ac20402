/// Completions, and what is kept of Create: with three parts, after a retry, over another object.

#include "checks/again.h"
#include "checks/completed.h"
#include "checks/large_parts.h"
#include "checks/making.h"
#include "checks/versioning.h"

namespace partsmith::conformance::checks {
namespace {

using Listed = std::vector<client::ListedPart>;

constexpr std::string_view some_etag = "\"0123456789abcdef0123456789abcdef\"";

Listed three_parts(CheckContext& c, const client::UploadAddress& upload) {
  Listed parts;
  for (unsigned number = 1; number <= 3; ++number)
    parts.push_back(c.part(upload, number, "part " + std::to_string(number)));
  return parts;
}

/// Refused, and still there with all its parts.
void refuses(CheckContext& c, const client::UploadAddress& upload, const Listed& parts,
             std::string_view code) {
  c.send(client::complete_multipart_upload(upload, parts)).error(400, code);
  c.send(client::list_parts(upload)).status(200).elements("Part", 3);
  c.send(c.get()).error(404, "NoSuchKey");
}

void later_pair_descends(CheckContext& c) {
  const auto upload = c.create();
  const auto parts = three_large_parts(c, upload);
  refuses(c, upload, {parts[0], parts[2], parts[1]}, "InvalidPartOrder");
}

void later_part_twice(CheckContext& c) {
  const auto upload = c.create();
  const auto parts = three_large_parts(c, upload);
  refuses(c, upload, {parts[0], parts[1], parts[1]}, "InvalidPartOrder");
}

void missing_behind_others(CheckContext& c) {
  const auto upload = c.create();
  auto parts = three_large_parts(c, upload);
  parts.push_back({"4", std::string(some_etag), {}});
  refuses(c, upload, parts, "InvalidPart");
}

void missing_instead_of_last(CheckContext& c) {
  const auto upload = c.create();
  auto parts = three_large_parts(c, upload);
  parts.back() = {"7", std::string(some_etag), {}};
  refuses(c, upload, parts, "InvalidPart");
}

void etag_of_another_part(CheckContext& c) {
  const auto upload = c.create();
  auto parts = three_large_parts(c, upload);
  std::swap(parts[1].etag, parts[2].etag);
  refuses(c, upload, parts, "InvalidPart");
}

/// Without its checksum, which would give it away: the ETag that a part had before it was sent again.
void etag_before_retry(CheckContext& c) {
  const auto upload = c.create();
  const auto former = c.part(upload, 2, "the first try").etag;
  c.part(upload, 2, "another try");
  c.send(client::complete_multipart_upload(upload, Listed{{"2", former, {}}})).error(400, "InvalidPart");
  c.send(client::list_parts(upload)).status(200).elements("Part", 1);
}

/// The first part is large enough; one that isn't stands in the midst.
void small_in_the_midst(CheckContext& c) {
  const auto upload = c.create();
  const auto first = c.part(upload, 1, repeated("a", large_part));
  const auto second = c.part(upload, 2, "small");
  const auto third = c.part(upload, 3, "last");
  c.send(client::complete_multipart_upload(upload, Listed{first, second, third}))
      .error(400, "EntityTooSmall")
      .field("PartNumber", "2");
  c.send(client::list_parts(upload)).status(200).elements("Part", 3);
}

/// Numbers that as texts stand in another order.
void ten_after_two(CheckContext& c) {
  const auto upload = c.create();
  const auto tenth = c.part(upload, 10, "the end");
  const auto second = c.part(upload, 2, repeated("b", large_part));
  c.send(client::list_parts(upload))
      .status(200)
      .element("Part[1]/PartNumber", "2")
      .element("Part[2]/PartNumber", "10");
  c.complete(upload, {second, tenth});
  c.send(c.get().header("Range", "bytes=-9")).status(206).body("bbthe end");
}

/// A hundred copies of one object, and a part more.
void beyond_a_hundred(CheckContext& c) {
  constexpr std::size_t size = limits::min_part_size;
  c.put("source", repeated("a", size));
  const auto upload = c.create();
  Listed parts;
  for (unsigned number = 1; number <= 100;) {
    std::vector<client::S3Request> requests;
    const auto first = number;
    for (; number <= 100 && requests.size() < 10; ++number)
      requests.push_back(
          client::upload_part_copy(upload, std::to_string(number), c.bucket(), c.key("source")));
    auto answers = c.send_together(requests);
    for (std::size_t i = 0; i < answers.size(); ++i) {
      answers[i].status(200).has_element("ETag").required();
      parts.push_back({std::to_string(first + i), answers[i].text("ETag"), {}});
    }
  }
  parts.push_back(c.part(upload, 101, "the end"));
  const auto etag = etag_told(c, c.complete(upload, parts));
  auto head = c.send(c.head());
  head.status(200)
      .header("Content-Length", std::to_string(100 * size + 7))
      .expect(etag.ends_with("-101\""), "an ETag of 101 parts", etag, {"header fits", "ETag", "*-101\""});
  c.send(c.get().header("Range", "bytes=-9")).status(206).body("aathe end");
}

/// One upload's end is none of another's.
void leaves_siblings(CheckContext& c, bool completes) {
  const auto first = c.create();
  const auto part = c.part(first, 1, "data");
  const auto second = c.create();
  c.part(second, 1, "more");
  const auto third = c.create();
  if (completes) {
    c.complete(first, {part});
  } else {
    c.send(client::abort_multipart_upload(first)).status(204);
  }
  c.send(client::list_parts(second)).status(200).elements("Part", 1);
  c.send(client::list_parts(third)).status(200).elements("Part", 0);
}

void none_match_after_delete(CheckContext& c) {
  c.put("object", "old");
  c.send(deleting(c)).status(204);
  const auto upload = c.create();
  auto request = client::complete_multipart_upload(upload, Listed{c.part(upload, 1, "new")});
  request.header("If-None-Match", "*");
  c.send(request).status(200);
  c.send(c.get()).status(200).body("new");
}

/// The deletion began later than the upload, so it is what is seen.
void shows_nothing_after_delete(CheckContext& c) {
  c.put("object", "old");
  const auto upload = c.create();
  const auto part = c.part(upload, 1, "new");
  c.send(deleting(c)).status(204).required();
  c.send(client::complete_multipart_upload(upload, Listed{part})).status(200);
  c.send(c.get()).error(404, "NoSuchKey");
}

/// After the object was overwritten, the retry of an old completion doesn't bring it back.
void retry_after_overwrite(CheckContext& c) {
  const auto upload = c.create();
  const auto part = c.part(upload, 1, "old");
  c.complete(upload, {part});
  c.put("object", "new");
  c.send(client::complete_multipart_upload(upload, Listed{part}));
  c.send(c.get()).status(200).body("new");
}

void retry_after_delete(CheckContext& c) {
  const auto upload = c.create();
  const auto part = c.part(upload, 1, "old");
  c.complete(upload, {part});
  c.send(deleting(c)).status(204);
  c.send(client::complete_multipart_upload(upload, Listed{part}));
  c.send(c.get()).error(404, "NoSuchKey");
}

void wrong_size(CheckContext& c) {
  const auto upload = c.create();
  const auto first = c.part(upload, 1, repeated("a", large_part));
  const auto second = c.part(upload, 2, "tail");
  auto wrong = client::complete_multipart_upload(upload, Listed{first, second});
  wrong.header("x-amz-mp-object-size", std::to_string(large_part + 5));
  c.send(wrong).error(400, "InvalidRequest");
  auto right = client::complete_multipart_upload(upload, Listed{first, second});
  right.header("x-amz-mp-object-size", std::to_string(large_part + 4));
  c.send(right).status(200);
}

const protocol::Headers stored{{"Cache-Control", "max-age=60, private"},
                               {"Content-Disposition", "attachment; filename=\"a b.txt\""},
                               {"Content-Encoding", "identity"},
                               {"Content-Language", "de-DE"},
                               {"Content-Type", "text/x-partsmith"},
                               {"Expires", "Fri, 01 Jan 2100 00:00:00 GMT"},
                               {"x-amz-website-redirect-location", "/elsewhere"},
                               {"x-amz-meta-colour", "blue"},
                               {"x-amz-meta-size-of-the-thing", "large"},
                               {"x-amz-meta-third", "3"}};

/// Each header of Create, at an object of three parts, on each way to read it.
Check keeps(const std::string& name, const std::string& value) {
  return must("multipart.metadata.of-three-parts." + protocol::lower_case(name),
              name + " given at Create comes back with HEAD, GET and a range of three parts",
              "S3 API: CreateMultipartUpload, GetObject", {10, limits::min_part_size + 40},
              [=](CheckContext& c) {
                c.put("object", "old", {{"x-amz-meta-former", "1"}, {"Content-Language", "fr"}});
                const auto upload = c.create("object", {{name, value}});
                c.put("source", repeated("a", limits::min_part_size));
                Listed parts;
                for (const auto* number : {"1", "2"}) {
                  auto copied = c.send(client::upload_part_copy(upload, number, c.bucket(), c.key("source")));
                  copied.status(200).has_element("ETag").required();
                  parts.push_back({number, copied.text("ETag"), {}});
                }
                parts.push_back(c.part(upload, 3, "tail"));
                c.complete(upload, parts);
                c.send(c.head()).status(200).header(name, value).no_header("x-amz-meta-former");
                c.send(c.get().header("Range", "bytes=-4")).status(206).header(name, value).body("tail");
                c.send(c.get().parameter("partNumber", "3")).status(206).header(name, value).body("tail");
              });
}

/// All at once; and nothing of the object that was there.
void keeps_all(CheckContext& c) {
  c.put("object", "old", {{"x-amz-meta-former", "1"}, {"Cache-Control", "no-store"}});
  const auto upload = c.create("object", stored);
  c.complete(upload, {three_parts(c, upload).back()});
  auto head = c.send(c.head());
  head.status(200).no_header("x-amz-meta-former");
  for (const auto& [name, value] : stored) head.header(name, value);
}

void forgets_the_former(CheckContext& c) {
  c.put("object", "old", stored);
  const auto upload = c.create();
  c.complete(upload, {c.part(upload, 1, "new")});
  auto head = c.send(c.head());
  head.status(200).header("Content-Type", "binary/octet-stream");
  for (const auto& [name, value] : stored)
    if (name != "Content-Type") head.no_header(name);
}

void keeps_class(CheckContext& c) {
  const auto upload = c.create("object", {{"x-amz-storage-class", "STANDARD_IA"}});
  const auto parts = three_parts(c, upload);
  c.send(client::list_parts(upload)).status(200).element("StorageClass", "STANDARD_IA");
  c.complete(upload, {parts[2]});
  c.send(c.head()).status(200).header("x-amz-storage-class", "STANDARD_IA");
  c.send(listing(c)).status(200).element("Contents/StorageClass", "STANDARD_IA");
}

void version_of_many(CheckContext& c) {
  enable(c);
  const auto upload = c.create();
  const auto first = c.part(upload, 1, repeated("a", large_part));
  auto done = c.complete(upload, {first, c.part(upload, 2, "tail")});
  const auto version = version_of(done);
  done.expect(!version.empty(), "x-amz-version-id", "none", {"has header", "x-amz-version-id"});
  c.send(of_version(c.head(), version)).status(200).header("Content-Length", std::to_string(large_part + 4));
  c.send(of_version(c.get(), version).header("Range", "bytes=-6"))
      .status(206)
      .header("x-amz-version-id", version)
      .body("aatail");
  c.send(of_version(c.get(), version).parameter("partNumber", "2"))
      .status(206)
      .header("x-amz-version-id", version)
      .body("tail");
}

/// Whatever becomes of the key's object meanwhile.
void goes_on(CheckContext& c, bool deleted) {
  const auto upload = c.create();
  const auto part = c.part(upload, 1, "data");
  c.put("object", "other");
  if (deleted) c.send(deleting(c)).status(204);
  c.send(client::list_parts(upload)).status(200).elements("Part", 1).required();
  c.complete(upload, {part});
}

}  // namespace

void add_again_uploads(std::vector<Check>& checks) {
  const std::string concurrent =
      "user guide: Uploading and copying objects using multipart upload, Concurrent multipart upload "
      "operations";
  const std::string complete = "S3 API: CompleteMultipartUpload";
  const std::string create = "S3 API: CreateMultipartUpload";
  const std::string limits_page = "user guide: Amazon S3 multipart upload limits";
  const std::string writes = "user guide: How to prevent object overwrites with conditional writes";
  Cost of_three = of_three_large_parts;
  of_three += {4, 0};
  add_all(
      checks,
      {
          must("multipart.complete.later-pair-descends", "Also the last two numbers have to ascend",
               complete + " (InvalidPartOrder)", of_three, later_pair_descends),
          must("multipart.complete.later-part-twice", "Also the last part may be listed once only",
               complete + " (InvalidPartOrder)", of_three, later_part_twice),
          must("multipart.complete.missing-behind-others", "A missing part behind others is InvalidPart",
               "recording: multipart-complete-wrong-part; " + complete + " (InvalidPart)", of_three,
               missing_behind_others),
          must("multipart.complete.missing-instead-of-last", "So is one in place of the last",
               "recording: multipart-complete-wrong-part; " + complete + " (InvalidPart)", of_three,
               missing_instead_of_last),
          must("multipart.complete.etag-of-another-part", "A part's ETag is its own, not another part's",
               "recording: multipart-complete-wrong-part; " + complete + " (InvalidPart)", of_three,
               etag_of_another_part),
          must("multipart.complete.etag-before-retry",
               "The ETag that a part had before it was sent again is wrong",
               "recording: multipart-complete-wrong-part; " + complete + " (InvalidPart)", {5, 30},
               etag_before_retry),
          must("multipart.complete.small-in-the-midst", "A small part behind a large one is too small, too",
               "recording: multipart-complete-too-small; " + limits_page, {6, large_part + 20},
               small_in_the_midst),
          must("multipart.complete.ten-after-two", "Part 10 comes behind part 2", complete,
               {6, large_part + 30}, ten_after_two),
          must("multipart.complete.101-parts", "Of more than a hundred parts each is in the object",
               limits_page, {106, limits::min_part_size + 100}, beyond_a_hundred),
          must("multipart.complete.leaves-siblings", "A completion leaves other uploads of its key", complete,
               {8, 16}, [](CheckContext& c) { leaves_siblings(c, true); }),
          must("multipart.abort.leaves-siblings", "So does an abort", "S3 API: AbortMultipartUpload", {8, 16},
               [](CheckContext& c) { leaves_siblings(c, false); }),
          must("multipart.create.outlives-a-put", "An upload goes on when its key is put meanwhile",
               concurrent, {5, 13}, [](CheckContext& c) { goes_on(c, false); }),
          must("multipart.create.outlives-a-delete", "So it does when its key is deleted", concurrent,
               {6, 13}, [](CheckContext& c) { goes_on(c, true); }),
          must("multipart.complete.if-none-match-after-delete",
               "If-None-Match: * completes where an object was deleted", writes, {6, 12},
               none_match_after_delete),
          quirk("multipart.complete.after-delete",
                "An upload that began before its key was deleted completes, and shows no object",
                concurrent + "; reported: boto3#4476, openstack/swift (test/s3api, run on Amazon S3)", {6, 9},
                shows_nothing_after_delete),
          must("multipart.complete.retry-after-overwrite",
               "The retry of a completion doesn't bring back what was overwritten since",
               "user guide: What is Amazon S3?, Amazon S3 data consistency model", {6, 16},
               retry_after_overwrite),
          must("multipart.complete.retry-after-delete", "Nor what was deleted since",
               "user guide: What is Amazon S3?, Amazon S3 data consistency model", {6, 8},
               retry_after_delete),
          must("multipart.complete.object-size-of-two",
               "x-amz-mp-object-size has to be the size of all parts together",
               complete + " (x-amz-mp-object-size)", {5, large_part + 4}, wrong_size),
          must("multipart.metadata.all-together", "All that Create may be given is kept together", create,
               {7, 40}, keeps_all),
          must("multipart.metadata.forgets-the-former", "Nothing is kept of the object that was there",
               create, {5, 16}, forgets_the_former),
          must("multipart.storage-class.kept", "The storage class is told by ListParts, HEAD and listing",
               create + " (x-amz-storage-class)", {8, 40}, keeps_class),
          must("multipart.versions.complete-many", "An object of two parts is a version, and read as one",
               complete + " (x-amz-version-id)", {8, large_part + 20}, version_of_many,
               {Need::own_bucket, Need::versioning}),
      });
  for (const auto& [name, value] : stored) checks.push_back(keeps(name, value));
}

}  // namespace partsmith::conformance::checks
