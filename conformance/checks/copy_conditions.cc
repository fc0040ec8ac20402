/// UploadPartCopy: conditions on the source, sources of every kind, and what becomes of the part.

#include <chrono>

#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/uri.h>

#include "checks/copy_source_conditions.h"
#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

using client::upload_part_copy;

constexpr std::string_view api = "S3 API: UploadPartCopy";
constexpr std::string_view content = "this is a part";
constexpr std::string_view etag = "\"11df95d595559285eb2b042124e74f09\"";

client::S3Request copy(const CheckContext& c, const client::UploadAddress& upload,
                       std::string_view number = "1",
                       const std::optional<std::string>& range = std::nullopt) {
  return upload_part_copy(upload, number, c.bucket(), c.key("source"), range);
}

Check condition(CopySourceCondition row) {
  return must("multipart.copy.condition." + row.name, std::move(row.title),
              std::string(api) + " (x-amz-copy-source-if-…)", {4, content.size()},
              [headers = std::move(row.headers), holds = row.holds](CheckContext& c) {
                c.put("source", std::string(content));
                const auto upload = c.create();
                auto request = copy(c, upload);
                for (const auto& [header, value] : headers) request.header(header, value);
                auto answer = c.send(request);
                if (holds) {
                  answer.status(200).document("CopyPartResult").element("ETag", etag);
                } else {
                  answer.error(412, "PreconditionFailed")
                      .message("At least one of the pre-conditions you specified did not hold");
                }
                c.send(client::list_parts(upload)).status(200).elements("Part", holds ? 1 : 0);
              });
}

void modified_since_in_a_minute(CheckContext& c) {
  c.put("source", std::string(content));
  const auto upload = c.create();
  const auto soon = SystemClock().now() + std::chrono::minutes(1);
  c.send(copy(c, upload).header("x-amz-copy-source-if-modified-since", protocol::http_date(soon)))
      .error(412, "PreconditionFailed");
  c.send(client::list_parts(upload)).status(200).elements("Part", 0);
}

Check bad_number(std::string name, std::string number) {
  return should("multipart.copy.number-" + name,
                "Copying to part number '" + number + "' is InvalidArgument, naming it",
                "inferred: " + std::string(api) + " (partNumber), Error responses (InvalidArgument)",
                {3, content.size()}, [number](CheckContext& c) {
                  c.put("source", std::string(content));
                  const auto upload = c.create();
                  c.send(copy(c, upload, number))
                      .error(400, "InvalidArgument")
                      .field("ArgumentName", "partNumber")
                      .field("ArgumentValue", number);
                });
}

void answer(CheckContext& c) {
  c.put("source", std::string(content));
  const auto upload = c.create();
  auto copied = c.send(copy(c, upload));
  copied.status(200)
      .document("CopyPartResult")
      .header("Content-Type", "application/xml")
      .decoration("x-amz-server-side-encryption", "AES256")
      .no_header("x-amz-copy-source-version-id")
      .no_element("ChecksumCRC64NVME");
  expect_time(copied, "LastModified");
}

void replaces_a_part(CheckContext& c) {
  c.put("source", std::string(content));
  const auto upload = c.create();
  c.part(upload, 1, "what was sent before");
  c.send(copy(c, upload)).status(200);
  c.send(client::list_parts(upload))
      .status(200)
      .elements("Part", 1)
      .element("Part/ETag", etag)
      .element("Part/Size", "14");
}

void is_replaced(CheckContext& c) {
  c.put("source", std::string(content));
  const auto upload = c.create();
  c.send(copy(c, upload)).status(200);
  const auto sent = c.part(upload, 1, "sent");
  c.complete(upload, {sent});
  c.send(c.get()).status(200).body("sent");
}

void outlives_its_source(CheckContext& c) {
  c.put("source", std::string(content));
  const auto upload = c.create();
  c.send(copy(c, upload)).status(200);
  c.send(deleting(c, "source")).status(204);
  c.complete(upload, {{"1", std::string(etag), {}}});
  c.send(c.get()).status(200).body(content);
}

void keeps_what_it_copied(CheckContext& c) {
  c.put("source", std::string(content));
  const auto upload = c.create();
  c.send(copy(c, upload)).status(200);
  c.put("source", "something else altogether");
  c.complete(upload, {{"1", std::string(etag), {}}});
  c.send(c.get()).status(200).body(content);
}

void one_byte(CheckContext& c) {
  c.put("source", std::string(content));
  const auto upload = c.create();
  c.send(copy(c, upload, "1", "bytes=0-0"))
      .status(200)
      .element("ETag", "\"e358efa489f58062f10dd7316b65649e\"");
}

void last_byte(CheckContext& c) {
  c.put("source", std::string(content));
  const auto upload = c.create();
  auto copied = c.send(copy(c, upload, "1", "bytes=13-13"));
  copied.status(200).has_element("ETag").required();
  c.complete(upload, {{"1", copied.text("ETag"), {}}});
  c.send(c.get()).status(200).body("t");
}

void ranges_make_the_whole(CheckContext& c) {
  const auto large = repeated("0123456789abcdef", large_part / 16 + 1);
  c.put("source", large);
  const auto upload = c.create();
  auto first = c.send(copy(c, upload, "1", "bytes=0-" + std::to_string(limits::min_part_size - 1)));
  auto second =
      c.send(copy(c, upload, "2",
                  "bytes=" + std::to_string(limits::min_part_size) + "-" + std::to_string(large.size() - 1)));
  for (auto* copied : {&first, &second}) copied->status(200).has_element("ETag").required();
  c.complete(upload, {{"1", first.text("ETag"), {}}, {"2", second.text("ETag"), {}}});
  c.send(c.head()).status(200).header("Content-Length", std::to_string(large.size()));
  c.send(c.get().header("Range", "bytes=5242872-5242887")).status(206).body("89abcdef01234567");
}

void of_parts(CheckContext& c) {
  const auto source = c.create("source");
  const auto one = c.part(source, 1, repeated("a", large_part));
  const auto two = c.part(source, 2, "bbbbbbbbbb");
  c.complete(source, {one, two});
  const auto upload = c.create();
  auto copied = c.send(
      copy(c, upload, "1", "bytes=" + std::to_string(large_part - 3) + "-" + std::to_string(large_part + 2)));
  copied.status(200).element("ETag", "\"" + to_hex(md5(as_bytes("aaabbb"))) + "\"");
}

void many(CheckContext& c) {
  c.put("source", repeated("a", limits::min_part_size));
  const auto upload = c.create();
  std::vector<client::ListedPart> parts;
  for (int number = 1; number <= 12; ++number) {
    auto copied = c.send(copy(c, upload, std::to_string(number)));
    copied.status(200).has_element("ETag").required();
    parts.push_back({std::to_string(number), copied.text("ETag"), {}});
  }
  auto completed = c.complete(upload, parts);
  completed.expect(completed.text("ETag").ends_with("-12\""), "an ETag that ends with -12",
                   completed.text("ETag"), {"element fits", "ETag", "*-12\""});
  c.send(c.head()).status(200).header("Content-Length", std::to_string(12 * limits::min_part_size));
}

void missing_bucket(CheckContext& c) {
  const auto upload = c.create();
  c.send(upload_part_copy(upload, "1", c.missing_bucket(), "key"))
      .error(404, "NoSuchBucket")
      .message("The specified bucket does not exist")
      .field("BucketName", c.missing_bucket());
}

void malformed_source(CheckContext& c) {
  const auto upload = c.create();
  auto request = client::upload_part(upload, "1", "");
  request.header("x-amz-copy-source", "wrongformat");
  c.send(request).error(400, "InvalidArgument").field("ArgumentName", "x-amz-copy-source");
}

Check special(std::string name, std::string key) {
  return must(
      "multipart.copy.key-" + name, "A part can be copied from a key such as '" + key + "'",
      "recording: copy-object-special-characters (of CopyObject); " + std::string(api), {3, content.size()},
      [key](CheckContext& c) {
        c.put(key, std::string(content));
        const auto upload = c.create();
        c.send(upload_part_copy(upload, "1", c.bucket(), c.key(key))).status(200).element("ETag", etag);
      });
}

void of_the_same_key(CheckContext& c) {
  c.put("object", std::string(content));
  const auto upload = c.create();
  c.send(upload_part_copy(upload, "1", c.bucket(), c.key("object"))).status(200).element("ETag", etag);
  c.complete(upload, {{"1", std::string(etag), {}}})
      .element("ETag", "\"395d97c07920de036bfa21e7568a2e9f-1\"");
}

void archived(CheckContext& c) {
  c.put("source", std::string(content), {{"x-amz-storage-class", "GLACIER"}});
  const auto upload = c.create();
  c.send(copy(c, upload)).error(403, "InvalidObjectState");
}

}  // namespace

void add_copy_conditions(std::vector<Check>& checks) {
  const std::string source(api);
  add_all(
      checks,
      {
          must("multipart.copy.answer", "A copied part answers ETag, time and encryption",
               source + "; recording: upload-part-copy-checksum-composite", {3, content.size()}, answer),
          bad_number("zero", "0"),
          bad_number("10001", "10001"),
          must("multipart.copy.replaces-a-part", "A copy replaces the part of its number", source, {5, 34},
               replaces_a_part),
          must("multipart.copy.is-replaced", "A part that is sent replaces one that was copied", source,
               {6, 22}, is_replaced),
          must("multipart.copy.outlives-its-source", "A copied part stays when its source is deleted", source,
               {6, 28}, outlives_its_source),
          must("multipart.copy.keeps-what-it-copied",
               "A copied part stays as it is when its source is overwritten", source, {6, 53},
               keeps_what_it_copied),
          must("multipart.copy.range-one-byte", "A range of one byte, the first",
               source + " (x-amz-copy-source-range)", {3, content.size()}, one_byte),
          must("multipart.copy.range-last-byte", "A range of one byte, the last",
               source + " (x-amz-copy-source-range)", {5, content.size() + 1}, last_byte),
          must("multipart.copy.ranges-make-the-whole", "An object copied in ranges is whole",
               "user guide: Copying an object using multipart upload", {7, large_part + 48},
               ranges_make_the_whole),
          must("multipart.copy.of-parts", "A range across the parts of its source", source,
               {6, large_part + 10}, of_parts),
          must("multipart.copy.many", "Twelve copies of one object become an object of twelve parts", source,
               {16, limits::min_part_size}, many),
          must("multipart.copy.missing-bucket",
               "Copying a part from a missing bucket is NoSuchBucket with its name",
               source + " (NoSuchBucket)", {2}, missing_bucket),
          quirk("multipart.copy.condition.if-modified-since-in-a-minute",
                "x-amz-copy-source-if-modified-since with a time that is a minute ahead is 412",
                "reported: adobe/S3Mock (MultipartIT, run on Amazon S3 in 2025)", {4, content.size()},
                modified_since_in_a_minute),
          must("multipart.copy.malformed-source", "A source without a slash is InvalidArgument",
               "recording: copy-object-malformed-source (of CopyObject); " + source, {2}, malformed_source),
          special("space", "test key/"),
          special("percent", "file%2Fname"),
          special("plus", "test+key"),
          special("utf-8", "Ā0Ä"),
          should("multipart.copy.of-the-same-key", "An upload may copy from the object that it will replace",
                 "inferred: " + source, {4, content.size()}, of_the_same_key),
          should("multipart.copy.archived", "A part can't be copied from an archived object",
                 source + "; recording: put-get-storage-class-glacier (of GetObject)", {3, content.size()},
                 archived),
      });
  for (auto& row : copy_source_conditions(etag)) checks.push_back(condition(std::move(row)));
}

}  // namespace partsmith::conformance::checks
