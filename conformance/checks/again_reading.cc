/// Reads: conditions with several ETags, ranges and parts under conditions, and what is read after a change.

#include "checks/again.h"
#include "checks/completed.h"
#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

constexpr const char* other_etag = "\"0123456789abcdef0123456789abcdef\"";
const std::string content = "0123456789";

client::S3Request reading(const CheckContext& c, bool head) {
  return head ? c.head() : c.get();
}

Check several_etags(bool head, const std::string& header, bool first) {
  const std::string way = head ? "head" : "get";
  return should(
      "object.conditions." + way + '.' + protocol::lower_case(header) + "-several" +
          (first ? "-first" : "-last"),
      header + " may name several ETags, the object's " + (first ? "first" : "last"),
      "RFC 9110, " + std::string(header == "If-Match" ? "13.1.1" : "13.1.2"), {2, 20}, [=](CheckContext& c) {
        const auto own = c.put("object", content).header_value("ETag");
        auto request = reading(c, head);
        request.header(header, first ? own + ", " + other_etag : std::string(other_etag) + ", " + own);
        auto answer = c.send(request);
        answer.status(header == "If-Match" ? 200 : 304).header("ETag", own);
        if (header == "If-Match" && !head) answer.body(content);
      });
}

/// A condition beside a range, or a part's number.
Check beside(const std::string& id, const std::string& what, bool part, std::string header, std::string value,
             int status) {
  return must("object.conditions." + id, what, "S3 API: GetObject (" + header + "); RFC 9110, 13.2.2",
              {5, 20}, [=](CheckContext& c) {
                const auto upload = c.create();
                const auto own = etag_told(c, c.complete(upload, {c.part(upload, 1, content)}));
                for (const bool head : {false, true}) {
                  auto request = reading(c, head);
                  if (part) {
                    request.parameter("partNumber", "1");
                  } else {
                    request.header("Range", "bytes=2-4");
                  }
                  request.header(header, value.empty() ? own : value);
                  auto answer = c.send(request);
                  if (status == 206 && head) {
                    // Whether HEAD knows ranges at all is another check's subject.
                    const auto told = answer.answer().status;
                    answer.expect(told == 200 || told == 206, "206 or 200", std::to_string(told),
                                  {"answer among", "", "200\n206"});
                    continue;
                  }
                  answer.status(status);
                  if (status == 206) answer.body(part ? content : "234");
                }
              });
}

Check override_header(const std::string& name, const std::string& parameter, const std::string& value) {
  return must("object.get.override." + protocol::lower_case(name),
              parameter + " sets " + name + " of GET, HEAD, a range and a part",
              "S3 API: GetObject, HeadObject (" + parameter + ")", {7, 50}, [=](CheckContext& c) {
                const auto upload =
                    c.create("object", {{name, name == "Expires" ? std::string(far_future) : "x-old"}});
                c.complete(upload, {c.part(upload, 1, content)});
                const auto asked = [&](client::S3Request request) {
                  request.parameter(parameter, value);
                  return c.send(request);
                };
                asked(c.get()).status(200).header(name, value);
                asked(c.head()).status(200).header(name, value);
                asked(c.get().header("Range", "bytes=0-1")).status(206).header(name, value).body("01");
                asked(c.get().parameter("partNumber", "1")).status(206).header(name, value);
              });
}

struct Ask {
  std::string id;
  std::string title;
  std::string range;
  std::string told;  ///< of ten bytes; empty: all of them, 200; "416"
  std::string source;
};

Check of_head(const Ask& ask) {
  return must("object.range.head-" + ask.id, "HEAD with " + ask.range + ": " + ask.title, ask.source, {2, 20},
              [ask](CheckContext& c) {
                c.put("object", content);
                auto answer = c.send(c.head().header("Range", ask.range));
                if (ask.told == "416") {
                  answer.status(416);
                } else if (ask.told.empty()) {
                  answer.status(200).header("Content-Length", "10").no_header("Content-Range");
                } else {
                  answer.status(206).header("Content-Range", "bytes " + ask.told + "/10");
                }
              });
}

void suffix_of_nothing(CheckContext& c, bool head) {
  c.put("object", content);
  auto answer = c.send(reading(c, head).header("Range", "bytes=-0"));
  if (head) {
    answer.status(416);
  } else {
    answer.error(416, "InvalidRange");
  }
}

void several_ranges(CheckContext& c, bool head) {
  const auto own = c.put("object", content).header_value("ETag");
  auto answer = c.send(reading(c, head).header("Range", "bytes=0-0,2-3"));
  answer.status(200).header("ETag", own).no_header("Content-Range").header("Content-Length", "10");
  if (!head) answer.body(content);
}

void if_range(CheckContext& c, bool head, bool holds, bool by_time) {
  const auto own = c.put("object", content).header_value("ETag");
  const auto time = c.send(c.head()).header_value("Last-Modified");
  auto request = reading(c, head);
  request.header("Range", "bytes=2-4")
      .header("If-Range", by_time ? (holds ? time : std::string(long_ago)) : (holds ? own : other_etag));
  auto answer = c.send(request);
  if (holds) {
    answer.status(206).header("Content-Range", "bytes 2-4/10");
  } else {
    answer.status(200).header("ETag", own).no_header("Content-Range").header("Content-Length", "10");
  }
}

/// Ranges of an object of three parts, of which each begins in another.
void ranges_across_parts(CheckContext& c) {
  const auto upload = c.create();
  const auto first = c.part(upload, 1, repeated("a", large_part));
  const auto second = c.part(upload, 2, repeated("b", large_part));
  c.complete(upload, {first, second, c.part(upload, 3, "0123456789")});
  const auto expect = [&](std::size_t from, std::size_t to, std::string_view bytes) {
    const auto range = std::to_string(from) + '-' + std::to_string(to);
    c.send(c.get().header("Range", "bytes=" + range))
        .status(206)
        .header("Content-Range", "bytes " + range + '/' + std::to_string(2 * large_part + 10))
        .body(bytes);
  };
  expect(large_part - 1, large_part, "ab");
  expect(2 * large_part - 2, 2 * large_part + 1, "bb01");
  expect(2 * large_part, 2 * large_part + 4, "01234");
  expect(large_part, large_part + 2, "bbb");
  c.send(c.get().header("Range", "bytes=-12")).status(206).body("bb0123456789");
}

/// The parts of an object are those of its last upload.
void parts_after_overwrite(CheckContext& c) {
  const auto former = c.create();
  const auto large = c.part(former, 1, repeated("a", large_part));
  c.complete(former, {large, c.part(former, 2, "former")});
  const auto upload = c.create();
  const auto smaller = c.part(upload, 5, repeated("b", limits::min_part_size));
  c.complete(upload, {smaller, c.part(upload, 7, "now")});
  const auto size = std::to_string(limits::min_part_size + 3);
  c.send(c.get().parameter("partNumber", "2"))
      .status(206)
      .header("Content-Range", "bytes " + std::to_string(limits::min_part_size) + '-' +
                                   std::to_string(limits::min_part_size + 2) + '/' + size)
      .header("x-amz-mp-parts-count", "2")
      .body("now");
  c.send(c.head().parameter("partNumber", "1"))
      .status(206)
      .header("Content-Length", std::to_string(limits::min_part_size));
  c.send(c.get().parameter("partNumber", "3")).error(416, "InvalidPartNumber").field("ActualPartCount", "2");
  c.put("object", "plain");
  c.send(c.get().parameter("partNumber", "1")).status(206).no_header("x-amz-mp-parts-count").body("plain");
  c.send(c.get().parameter("partNumber", "2")).error(416, "InvalidPartNumber");
}

/// Each part, by GET and by HEAD.
void each_part_both_ways(CheckContext& c) {
  const auto upload = c.create();
  const auto first = c.part(upload, 2, repeated("a", large_part));
  const auto second = c.part(upload, 3, repeated("b", large_part + 2));
  c.complete(upload, {first, second, c.part(upload, 8, "the end")});
  std::size_t begin = 0;
  const std::size_t total = 2 * large_part + 9;
  unsigned number = 0;
  for (const std::size_t size : {large_part, large_part + 2, std::size_t{7}}) {
    ++number;
    const auto told = "bytes " + std::to_string(begin) + '-' + std::to_string(begin + size - 1) + '/' +
                      std::to_string(total);
    for (const bool head : {true, false}) {
      auto answer = c.send(reading(c, head).parameter("partNumber", std::to_string(number)));
      answer.status(206)
          .header("Content-Range", told)
          .header("Content-Length", std::to_string(size))
          .header("x-amz-mp-parts-count", "3");
      if (!head) answer.body(number == 3 ? "the end" : repeated(number == 1 ? "a" : "b", size));
    }
    begin += size;
  }
}

/// Bytes of which no two pages are alike.
std::string varied(std::size_t size) {
  std::string text;
  text.reserve(size + 8);
  for (std::size_t i = 0; text.size() < size; ++i) text += std::to_string(i * 7919) + ' ';
  text.resize(size);
  return text;
}

void large_whole(CheckContext& c) {
  const auto whole = varied(3'000'001);
  c.put("object", whole);
  auto answer = c.send(c.get());
  answer.status(200).expect(answer.answer().body == whole, "the bytes that were put",
                            "others, or of another number: " + std::to_string(answer.answer().body.size()),
                            {.about = "body", .value = whole});
}

void parts_whole(CheckContext& c) {
  const auto whole = varied(large_part + 70'001);
  const auto upload = c.create();
  const auto first = c.part(upload, 1, whole.substr(0, large_part));
  c.complete(upload, {first, c.part(upload, 2, whole.substr(large_part))});
  auto answer = c.send(c.get());
  answer.status(200).expect(answer.answer().body == whole, "the bytes of both parts",
                            "others, or of another number: " + std::to_string(answer.answer().body.size()),
                            {.about = "body", .value = whole});
}

/// What the ETag says counts, and the time doesn't.
void none_match_before_time(CheckContext& c, bool head) {
  const auto own = c.put("object", content).header_value("ETag");
  const auto time = c.send(c.head()).header_value("Last-Modified");
  auto request = reading(c, head);
  request.header("If-None-Match", other_etag).header("If-Modified-Since", time);
  c.send(request).status(200).header("ETag", own).header("Content-Length", "10");
}

/// HEAD, GET and a listing tell at once of each change.
void each_change_at_once(CheckContext& c) {
  for (const std::string text : {"one", "seven", "a longer one", "2"}) {
    const auto etag = c.put("object", text, {{"x-amz-meta-text", text.substr(0, 1)}}).header_value("ETag");
    c.send(c.head())
        .status(200)
        .header("ETag", etag)
        .header("Content-Length", std::to_string(text.size()))
        .header("x-amz-meta-text", text.substr(0, 1));
    c.send(c.get()).status(200).header("ETag", etag).body(text);
    c.send(listing(c))
        .status(200)
        .element("Contents/ETag", etag)
        .element("Contents/Size", std::to_string(text.size()));
  }
  c.send(deleting(c)).status(204);
  c.send(c.head()).status(404);
  c.put("object", "back");
  c.send(c.head()).status(200).header("Content-Length", "4").no_header("x-amz-meta-text");
}

}  // namespace

void add_again_reading(std::vector<Check>& checks) {
  for (const bool head : {false, true}) {
    for (const std::string header : {"If-Match", "If-None-Match"})
      for (const bool first : {true, false}) checks.push_back(several_etags(head, header, first));
    checks.push_back(
        should(std::string("object.conditions.") + (head ? "head" : "get") + ".if-none-match-before-time",
               std::string("If-None-Match with another ETag counts more than If-Modified-Since") +
                   (head ? " (HEAD)" : ""),
               "RFC 9110, 13.1.3", {3, 20}, [=](CheckContext& c) { none_match_before_time(c, head); }));
    const std::string way = head ? "head-" : "";
    const std::string how = head ? " (HEAD)" : "";
    checks.push_back(should("object.range." + way + "suffix-of-nothing",
                            "The last 0 bytes are InvalidRange" + how, "RFC 9110, 14.1.2", {2, 20},
                            [=](CheckContext& c) { suffix_of_nothing(c, head); }));
    checks.push_back(should("object.range." + way + "several", "Several ranges give the whole object" + how,
                            "S3 API: GetObject (Range)", {2, 20},
                            [=](CheckContext& c) { several_ranges(c, head); }));
    for (const bool by_time : {false, true})
      for (const bool holds : {false, true})
        checks.push_back(should(
            "object.range." + way + "if-range-" + (by_time ? "time-" : "etag-") + (holds ? "holds" : "fails"),
            std::string("If-Range with ") + (holds ? "the object's own " : "another ") +
                (by_time ? "time" : "ETag") + how,
            "RFC 9110, 13.1.5; reported: aws-sdk-kotlin#1645", {3, 20},
            [=](CheckContext& c) { if_range(c, head, holds, by_time); }));
  }
  const std::string other(other_etag);
  for (const bool part : {false, true}) {
    const std::string with = part ? "part-" : "range-";
    const std::string what = part ? "a part" : "a range";
    checks.push_back(
        beside(with + "if-match-holds", "If-Match that holds gives " + what, part, "If-Match", "", 206));
    checks.push_back(beside(with + "if-match-fails", "If-Match that fails gives 412 for " + what, part,
                            "If-Match", other, 412));
    checks.push_back(beside(with + "if-none-match-holds", "If-None-Match with another ETag gives " + what,
                            part, "If-None-Match", other, 206));
    checks.push_back(beside(with + "if-none-match-fails", "If-None-Match with its ETag is 304 for " + what,
                            part, "If-None-Match", "", 304));
    checks.push_back(beside(with + "unmodified-since", "If-Unmodified-Since long ago is 412 for " + what,
                            part, "If-Unmodified-Since", std::string(long_ago), 412));
    checks.push_back(beside(with + "modified-since", "If-Modified-Since long ago gives " + what, part,
                            "If-Modified-Since", std::string(long_ago), 206));
  }
  for (const auto& [name, parameter, value] :
       {std::tuple{"Cache-Control", "response-cache-control", "no-store"},
        {"Content-Disposition", "response-content-disposition", "inline"},
        {"Content-Encoding", "response-content-encoding", "x-new"},
        {"Content-Language", "response-content-language", "fr"},
        {"Content-Type", "response-content-type", "text/new"},
        {"Expires", "response-expires", "Wed, 21 Oct 2015 07:28:00 GMT"}})
    checks.push_back(override_header(name, parameter, value));
  const std::string recorded = "recording: get-ranges-of-2-kib (of GetObject); S3 API: HeadObject (Range)";
  for (const auto& ask :
       std::vector<Ask>{{"middle", "its range", "bytes=3-5", "3-5", recorded},
                        {"open", "to the end", "bytes=7-", "7-9", recorded},
                        {"suffix", "the last bytes", "bytes=-3", "7-9", recorded},
                        {"end-too-far", "cut at the end", "bytes=8-100", "8-9", recorded},
                        {"suffix-too-long", "all of it", "bytes=-100", "0-9", recorded},
                        {"beyond-the-end", "416", "bytes=10-", "416",
                         "recording: get-range-beyond-end (of GetObject); S3 API: HeadObject (Range)"}})
    checks.push_back(of_head(ask));
  add_all(
      checks,
      {
          must("object.get.three-megabytes", "Three megabytes come back byte for byte", "S3 API: GetObject",
               {2, 6'000'002}, large_whole),
          must("multipart.complete.byte-for-byte", "Two parts come back byte for byte",
               "S3 API: CompleteMultipartUpload, GetObject", {5, 2 * large_part + 140'002}, parts_whole),
          must("object.range.across-three-parts", "Ranges across the seams of three parts",
               "S3 API: GetObject (Range)", {10, 2 * large_part + 60}, ranges_across_parts),
          must("multipart.get-part.after-overwrite", "The parts of an object are those of its last upload",
               "S3 API: GetObject (partNumber)", {14, 2 * large_part + 60}, parts_after_overwrite),
          must("multipart.get-part.each-by-both", "GET and HEAD tell each part of three alike",
               "recording: get-object-part; S3 API: HeadObject (partNumber)", {11, 4 * large_part + 40},
               each_part_both_ways),
          must("object.put.each-change-at-once", "Each of several changes is there at once",
               "user guide: What is Amazon S3?, Amazon S3 data consistency model", {20, 80},
               each_change_at_once),
      });
}

}  // namespace partsmith::conformance::checks
