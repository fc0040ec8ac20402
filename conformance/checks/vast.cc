/// What takes thousands of requests, or objects beyond 4 GiB: asked only when wanted. Nothing large is sent,
/// for parts are copied.

#include <algorithm>

#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

using Listed = std::vector<client::ListedPart>;

Check costly(Check check) {
  check.costly = true;
  return check;
}

constexpr unsigned at_once = 20;

/// Bytes of which those of one place are found nowhere else.
std::string source_bytes() {
  std::string text;
  for (std::size_t i = 0; text.size() < limits::min_part_size; ++i) text += std::to_string(i * 7919) + ' ';
  text.resize(limits::min_part_size);
  return text;
}

/// Parts 1 to `count`, some at a time.
Listed parts_of(CheckContext& c, unsigned count, const std::function<client::S3Request(unsigned)>& part) {
  Listed parts;
  for (unsigned number = 1; number <= count;) {
    const auto first = number;
    std::vector<client::S3Request> requests;
    for (; number <= count && requests.size() < at_once; ++number) requests.push_back(part(number));
    auto answers = c.send_together(requests);
    for (std::size_t i = 0; i < answers.size(); ++i) {
      answers[i].status(200).required();
      auto etag = answers[i].text("ETag");
      if (etag.empty()) etag = answers[i].header_value("ETag");
      parts.push_back({std::to_string(first + i), std::move(etag), {}});
    }
  }
  return parts;
}

/// All of an object, as often as said, in parts.
Listed copies(CheckContext& c, const client::UploadAddress& upload, unsigned count, std::string_view of) {
  return parts_of(c, count, [&](unsigned number) {
    return client::upload_part_copy(upload, std::to_string(number), c.bucket(), c.key(of));
  });
}

void all_parts_listed(CheckContext& c) {
  constexpr unsigned count = limits::max_part_number;
  constexpr unsigned per_page = 1000;
  const auto upload = c.create();
  parts_of(c, count,
           [&](unsigned number) { return client::upload_part(upload, std::to_string(number), "x"); });
  std::string marker;
  for (unsigned page = 1; page <= count / per_page; ++page) {
    auto request = client::list_parts(upload);
    if (!marker.empty()) request.parameter("part-number-marker", marker);
    auto answer = c.send(request);
    answer.status(200)
        .elements("Part", per_page)
        .element("Part[1]/PartNumber", std::to_string((page - 1) * per_page + 1))
        .element("Part[1000]/PartNumber", std::to_string(page * per_page))
        .element("IsTruncated", page == count / per_page ? "false" : "true")
        .required();
    marker = answer.text("NextPartNumberMarker");
  }
  c.send(client::upload_part(upload, std::to_string(count + 1), "x")).error(400, "InvalidArgument");
  c.send(client::abort_multipart_upload(upload)).status(204);
  c.send(client::list_parts(upload)).error(404, "NoSuchUpload");
}

void all_parts_completed(CheckContext& c) {
  constexpr unsigned count = limits::max_part_number;
  const auto source = source_bytes();
  c.put("source", source);
  const auto upload = c.create();
  auto done = c.complete(upload, copies(c, upload, count, "source"));
  done.expect(done.text("ETag").ends_with("-10000\""), "an ETag that ends with -10000", done.text("ETag"),
              {"element fits", "ETag", "*-10000\""});
  const auto size = std::uint64_t{count} * limits::min_part_size;
  c.send(c.head()).status(200).header("Content-Length", std::to_string(size));
  c.send(c.head().parameter("partNumber", std::to_string(count)))
      .status(206)
      .header("x-amz-mp-parts-count", std::to_string(count))
      .header("Content-Range", "bytes " + std::to_string(size - limits::min_part_size) + '-' +
                                   std::to_string(size - 1) + '/' + std::to_string(size));
  c.send(c.get().header("Range", "bytes=-9")).status(206).body(source.substr(source.size() - 9));
}

/// An object of 4.4 GiB, made of one of 500 MiB.
void beyond_4_gib(CheckContext& c) {
  constexpr unsigned first_step = 100;
  constexpr unsigned second_step = 9;
  constexpr std::uint64_t half = first_step * limits::min_part_size;
  constexpr std::uint64_t size = second_step * half;
  constexpr std::uint64_t four_gib = std::uint64_t{1} << 32;
  const auto source = source_bytes();
  c.put("source", source);
  const auto step = c.create("step");
  c.complete(step, copies(c, step, first_step, "source"));
  const auto upload = c.create();
  const auto parts = copies(c, upload, second_step, "step");
  c.send(client::list_parts(upload)).status(200).element("Part[9]/Size", std::to_string(half));
  c.complete(upload, parts);
  c.send(c.head()).status(200).header("Content-Length", std::to_string(size));
  const auto at = [&](std::uint64_t from, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += source[(from + i) % source.size()];
    return text;
  };
  c.send(c.get().header("Range", "bytes=4294967290-4294967301"))
      .status(206)
      .header("Content-Range", "bytes 4294967290-4294967301/" + std::to_string(size))
      .body(at(four_gib - 6, 12));
  c.send(c.get().header("Range", "bytes=-9")).status(206).body(at(size - 9, 9));
  c.send(c.get().header("Range", "bytes=" + std::to_string(size) + '-')).error(416, "InvalidRange");
  c.send(c.head().parameter("partNumber", "9"))
      .status(206)
      .header("Content-Length", std::to_string(half))
      .header("x-amz-mp-parts-count", "9");
  c.send(listing(c)).status(200).element("Contents[1]/Size", std::to_string(size));
  const auto again = c.create("copied");
  auto range = client::upload_part_copy(again, "1", c.bucket(), c.key("object"));
  auto copied = c.send(range.header("x-amz-copy-source-range", "bytes=4294967296-4294967305"));
  copied.status(200).element("ETag", '"' + to_hex(md5(as_bytes(at(four_gib, 10)))) + '"');
  c.send(client::abort_multipart_upload(again)).status(204);
}

}  // namespace

void add_vast(std::vector<Check>& checks) {
  const std::string limits_page = "user guide: Amazon S3 multipart upload limits";
  const std::uint64_t source = limits::min_part_size;
  add_all(checks, {
                      costly(must("multipart.vast.parts-listed",
                                  "An upload has 10,000 parts, on ten pages, and no more",
                                  limits_page + "; S3 API: ListParts (part-number-marker)", {10'014, 10'001},
                                  all_parts_listed)),
                      costly(must("multipart.vast.parts-completed", "10,000 parts make an object",
                                  limits_page, {10'006, source + 9}, all_parts_completed)),
                      costly(must("multipart.vast.beyond-4-gib",
                                  "Sizes and ranges beyond 4 GiB, of an object made by UploadPartCopy",
                                  limits_page + "; S3 API: UploadPartCopy, GetObject (Range)",
                                  {124, source + 21}, beyond_4_gib)),
                  });
}

}  // namespace partsmith::conformance::checks
