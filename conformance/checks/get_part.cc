/// GetObject and HeadObject by part number.

#include <partsmith/conformance/context.h>

#include "checks/facts.h"
#include "checks/families.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view piece = "test content 123";
constexpr std::size_t first_size = 5'242'896;
constexpr std::string_view etag = "\"2848839dc84e13fa00a0944e760e233b-2\"";
constexpr std::uint64_t upload_bytes = first_size + piece.size();

/// The object of the recording get-object-part: 5,242,896 and 16 bytes.
void make_object(CheckContext& c) {
  const auto upload = c.create();
  const auto first = c.part(upload, 1, repeated(piece, first_size / piece.size()));
  const auto second = c.part(upload, 2, std::string(piece));
  c.complete(upload, {first, second});
}

client::S3Request by_part(client::S3Request request, std::string number) {
  request.parameter("partNumber", std::move(number));
  return request;
}

void get(CheckContext& c) {
  make_object(c);
  c.send(by_part(c.get(), "2"))
      .status(206)
      .header("Content-Range", "bytes 5242896-5242911/5242912")
      .header("Content-Length", "16")
      .header("ETag", etag)
      .header("x-amz-mp-parts-count", "2")
      .body(piece);
}

void head(CheckContext& c) {
  make_object(c);
  c.send(by_part(c.head(), "1"))
      .status(206)
      .header("Content-Range", "bytes 0-5242895/5242912")
      .header("Content-Length", "5242896")
      .header("ETag", etag)
      .header("x-amz-mp-parts-count", "2");
}

void no_count_without_part(CheckContext& c) {
  make_object(c);
  c.send(c.head()).status(200).header("ETag", etag).no_header("x-amz-mp-parts-count");
}

void too_high(CheckContext& c) {
  make_object(c);
  c.send(by_part(c.get(), "10"))
      .error(416, "InvalidPartNumber")
      .message("The requested partnumber is not satisfiable")
      .field("ActualPartCount", "2")
      .field("PartNumberRequested", "10");
}

void with_range(CheckContext& c) {
  const auto upload = c.create();
  c.complete(upload, {c.part(upload, 1, "data")});
  auto request = by_part(c.get(), "1");
  request.header("Range", "bytes=0-1");
  c.send(request)
      .error(400, "InvalidRequest")
      .message("Cannot specify both Range header and partNumber query parameter");
}

void plain_object(CheckContext& c) {
  c.put("object", "test-123");
  c.send(by_part(c.get(), "1"))
      .status(206)
      .header("Content-Range", "bytes 0-7/8")
      .no_header("x-amz-mp-parts-count")
      .body("test-123");
}

void plain_object_too_high(CheckContext& c) {
  c.put("object", "test-123");
  c.send(by_part(c.get(), "2"))
      .error(416, "InvalidPartNumber")
      .field("ActualPartCount", "1")
      .field("PartNumberRequested", "2");
}

void get_with_composite(CheckContext& c) {
  const auto upload =
      c.create("object", {{"x-amz-checksum-algorithm", "CRC32"}, {"x-amz-checksum-type", "COMPOSITE"}});
  const auto part = c.part(upload, 1, repeated("a", 10), {{"x-amz-checksum-crc32", "TBHN8A=="}});
  c.complete(upload, {part});
  auto request = by_part(c.get(), "1");
  request.header("x-amz-checksum-mode", "ENABLED");
  c.send(request)
      .status(206)
      .body(repeated("a", 10))
      .header("x-amz-checksum-crc32", "TBHN8A==")
      .header("x-amz-checksum-type", "COMPOSITE");
}

/// Of several parts none has the checksum of the whole; the only part of an object has
/// (get-part-checksum-full-object).
void get_with_full_object(CheckContext& c, unsigned parts) {
  const auto upload =
      c.create("object", {{"x-amz-checksum-algorithm", "CRC32"}, {"x-amz-checksum-type", "FULL_OBJECT"}});
  std::vector<client::ListedPart> listed;
  for (unsigned number = 1; number < parts; ++number) {
    auto bytes = repeated("a", large_part);
    const auto value = base64_checksum(ChecksumAlgorithm::crc32, bytes);
    listed.push_back(c.part(upload, number, std::move(bytes), {{"x-amz-checksum-crc32", value}}));
  }
  listed.push_back(c.part(upload, parts, repeated("a", 10), {{"x-amz-checksum-crc32", "TBHN8A=="}}));
  const auto completed = c.complete(upload, listed);
  auto request = by_part(c.get(), std::to_string(parts));
  request.header("x-amz-checksum-mode", "ENABLED");
  auto answer = c.send(request);
  answer.status(206).body(repeated("a", 10));
  if (parts == 1) {
    answer.header("x-amz-checksum-crc32", "TBHN8A==").header("x-amz-checksum-type", "FULL_OBJECT");
  } else {
    // Recorded without one; what is told must be the object's, for that is what a client compares.
    const auto told = answer.header_value("x-amz-checksum-crc32");
    const auto whole = completed.text("ChecksumCRC32");
    answer.expect(told.empty() || told == whole, "no checksum, or the object's", told,
                  {"header or none", "x-amz-checksum-crc32", whole});
  }
}

}  // namespace

void add_get_part(std::vector<Check>& checks) {
  const std::string recording = "recording: get-object-part";
  checks.push_back({.id = "multipart.get-part.get",
                    .title = "GET of a part is 206 with its range, the object's ETag and the number of parts",
                    .level = Level::must,
                    .source = recording + " (get-object-part)",
                    .cost = {5, upload_bytes + 16},
                    .body = get});
  checks.push_back({.id = "multipart.get-part.head",
                    .title = "HEAD of a part tells the same",
                    .level = Level::must,
                    .source = recording + " (head-object-part)",
                    .cost = {5, upload_bytes},
                    .body = head});
  checks.push_back({.id = "multipart.get-part.no-count-without-part",
                    .title = "The number of parts is told only when a part is asked for",
                    .level = Level::should,
                    .source = "recording: multipart-and-list-parts (head-multipart-checksum)",
                    .cost = {5, upload_bytes},
                    .body = no_count_without_part});
  checks.push_back(
      {.id = "multipart.get-part.too-high",
       .title = "A part that the object doesn't have is 416 InvalidPartNumber, with their number",
       .level = Level::must,
       .source = recording + " (part-doesnt-exist)",
       .cost = {5, upload_bytes},
       .body = too_high});
  checks.push_back({.id = "multipart.get-part.with-range",
                    .title = "A part number and a Range together are InvalidRequest",
                    .level = Level::must,
                    .source = recording + " (part-with-range)",
                    .cost = {4, 4},
                    .body = with_range});
  checks.push_back({.id = "multipart.get-part.plain-object",
                    .title = "Part 1 of a plain object is all of it, 206, without a number of parts",
                    .level = Level::should,
                    .source = recording + " (get-obj-no-multipart)",
                    .cost = {2, 16},
                    .body = plain_object});
  checks.push_back({.id = "multipart.get-part.plain-object-too-high",
                    .title = "A plain object has one part",
                    .level = Level::should,
                    .source = recording + " (part-no-multipart)",
                    .cost = {2, 8},
                    .body = plain_object_too_high});
  checks.push_back({.id = "multipart.get-part.checksum-composite",
                    .title = "A part of a COMPOSITE object comes with its own checksum",
                    .level = Level::should,
                    .source = "recording: multipart-checksum-composite-crc32 (get-object-part-checksum); "
                              "get-part-checksum-composite",
                    .cost = {4, 20},
                    .body = get_with_composite});
  checks.push_back({.id = "multipart.get-part.checksum-full-object",
                    .title = "One of several parts of a FULL_OBJECT object has no checksum of its own",
                    .level = Level::quirk,
                    .source = "recording: multipart-checksum-full-object-crc32 (get-object-part-checksum)",
                    .cost = {5, large_part + 20},
                    .body = [](CheckContext& c) { get_with_full_object(c, 2); }});
  checks.push_back({.id = "multipart.get-part.checksum-full-object-only-part",
                    .title = "The only part of a FULL_OBJECT object comes with the object's checksum",
                    .level = Level::must,
                    .source = "recording: get-part-checksum-full-object",
                    .cost = {4, 20},
                    .body = [](CheckContext& c) { get_with_full_object(c, 1); }});
}

}  // namespace partsmith::conformance::checks
