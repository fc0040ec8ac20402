/// Ranges of objects.

#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

const std::string content = "0123456789abcdef";

struct Range {
  std::string name;
  std::string title;
  std::string source;
  std::string asked;
  std::string told;  ///< Content-Range without "bytes "
  std::string bytes;
};

Check partial(const Range& range) {
  return must("object.range." + range.name, range.title, range.source,
              {2, content.size() + range.bytes.size()}, [range](CheckContext& c) {
                c.put("object", content);
                c.send(c.get().header("Range", range.asked))
                    .status(206)
                    .header("Content-Range", "bytes " + range.told)
                    .header("Content-Length", std::to_string(range.bytes.size()))
                    .header("Accept-Ranges", "bytes")
                    .body(range.bytes);
              });
}

/// What isn't a range that S3 serves gives the whole.
Check ignored(std::string name, std::string title, std::string asked) {
  return should("object.range." + name, std::move(title), "S3 API: GetObject (Range); RFC 9110, 14.2",
                {2, 32}, [asked](CheckContext& c) {
                  c.put("object", content);
                  c.send(c.get().header("Range", asked)).status(200).no_header("Content-Range").body(content);
                });
}

void beyond_the_end(CheckContext& c) {
  c.put("my-key", "abcdefgh");
  c.send(c.get("my-key").header("Range", "bytes=1024-4096"))
      .error(416, "InvalidRange")
      .message("The requested range is not satisfiable")
      .field("RangeRequested", "bytes=1024-4096")
      .field("ActualObjectSize", "8");
}

void at_the_end(CheckContext& c) {
  c.put("object", content);
  c.send(c.get().header("Range", "bytes=16-")).error(416, "InvalidRange").field("ActualObjectSize", "16");
}

void without_checksum(CheckContext& c) {
  c.put("my-key", repeated("Lorem ipsum dolor sit amet, ... ", 30));
  c.send(with_checksums(c.get("my-key")).header("Range", "bytes=0-16"))
      .status(206)
      .header("Content-Range", "bytes 0-16/960")
      .header("ETag", "\"c289c6e309be295fe68af649d1e6c6ec\"")
      .no_header("x-amz-checksum-crc64nvme")
      .body("Lorem ipsum dolor");
}

void head(CheckContext& c) {
  c.put("object", content);
  c.send(c.head().header("Range", "bytes=2-5"))
      .status(206)
      .header("Content-Range", "bytes 2-5/16")
      .header("Content-Length", "4");
}

void across_parts(CheckContext& c) {
  const auto upload = c.create();
  const auto first = c.part(upload, 1, repeated("a", large_part));
  const auto second = c.part(upload, 2, "bbbbbbbbbb");
  c.complete(upload, {first, second});
  c.send(c.get().header("Range", "bytes=-13")).status(206).body("aaabbbbbbbbbb");
}

void of_nothing(CheckContext& c) {
  c.put("object", "");
  c.send(c.get().header("Range", "bytes=0-0")).error(416, "InvalidRange").field("ActualObjectSize", "0");
}

void last_of_nothing(CheckContext& c) {
  c.put("object", "");
  c.send(c.get().header("Range", "bytes=-5"))
      .status(200)
      .header("Content-Length", "0")
      .header("ETag", "\"d41d8cd98f00b204e9800998ecf8427e\"")
      .no_header("Content-Range")
      .body("");
}

}  // namespace

void add_object_range(std::vector<Check>& checks) {
  const std::string two_kib = "recording: get-ranges-of-2-kib";
  const std::string api = "S3 API: GetObject (Range); RFC 9110, 14.1.2";
  add_all(checks,
          {
              partial({"first", "A range at the start", two_kib, "bytes=0-7", "0-7/16", "01234567"}),
              partial({"middle", "A range in the middle", api, "bytes=5-6", "5-6/16", "56"}),
              partial({"one-byte", "A range of one byte", api, "bytes=15-15", "15-15/16", "f"}),
              partial({"open", "A range without an end", api, "bytes=10-", "10-15/16", "abcdef"}),
              partial({"suffix", "The last bytes", api, "bytes=-3", "13-15/16", "def"}),
              partial({"suffix-too-long", "More last bytes than there are is all of them", api, "bytes=-99",
                       "0-15/16", content}),
              partial({"end-too-far", "An end behind the object's is cut", two_kib, "bytes=8-99", "8-15/16",
                       "89abcdef"}),
              must("object.range.beyond-the-end",
                   "A range that begins behind the end is 416 InvalidRange with the size",
                   "recording: get-range-beyond-end", {2, 8}, beyond_the_end),
              must("object.range.at-the-end", "A range that begins at the end is 416 InvalidRange", api,
                   {2, 16}, at_the_end),
              should("object.range.of-nothing", "An empty object has no range", api, {2}, of_nothing),
              should("object.range.last-of-nothing", "The last bytes of an empty object are all of it",
                     "reported: arrow-rs-object-store#846, floci#1141", {2}, last_of_nothing),
              ignored("no-unit", "A Range without a unit is ignored", "0-3"),
              ignored("backwards", "A range that ends before it begins is ignored", "bytes=5-3"),
              ignored("words", "A Range that is none is ignored", "bytes=a-b"),
              must("object.range.without-checksum",
                   "A range comes without the checksum of the whole, and with its ETag",
                   "recording: get-object-and-range", {2, 977}, without_checksum),
              must("object.range.head", "HEAD with a Range is 206 and tells it", "S3 API: HeadObject (Range)",
                   {2, 16}, head),
              must("object.range.across-parts", "A range across the seam of two parts",
                   "S3 API: GetObject (Range)", {5, large_part + 23}, across_parts),
          });
}

}  // namespace partsmith::conformance::checks
