/// The second part, the second page, the part that is replaced, the range behind the first seam; and the
/// checksums of each.

#include "checks/again.h"
#include "checks/completed.h"
#include "checks/making.h"
#include "checks/rounds.h"

namespace partsmith::conformance::checks {
namespace {

using Listed = std::vector<client::ListedPart>;

/// A client without room for a mistake: what the MD5 is of, and its base64.
std::string md5_of(std::string_view text) {
  return to_base64(md5(as_bytes(text)));
}

void second_md5_wrong(CheckContext& c) {
  const auto upload = c.create();
  c.part(upload, 1, "one", {{"Content-MD5", md5_of("one")}});
  auto request = client::upload_part(upload, "2", "two");
  request.header("Content-MD5", md5_of("other"));
  c.send(request).error(400, "BadDigest");
  c.send(client::list_parts(upload)).status(200).elements("Part", 1);
}

void large_md5_wrong(CheckContext& c, bool part) {
  const auto body = repeated("0123456789abcdef", 80'000);
  auto request = part ? client::upload_part(c.create(), "1", body) : putting(c, "object", body);
  request.header("Content-MD5", md5_of("other"));
  c.send(request).error(400, "BadDigest");
}

void second_checksum_wrong(CheckContext& c, ChecksumAlgorithm algorithm) {
  const auto upload = c.create("object", {{"x-amz-checksum-algorithm", name_of(algorithm)}});
  c.part(upload, 1, "one", {{header_of(algorithm), base64_checksum(algorithm, "one")}});
  auto request = client::upload_part(upload, "2", "two");
  request.header(header_of(algorithm), base64_checksum(algorithm, "other"));
  c.send(request).error(400, "BadDigest");
  auto right = client::upload_part(upload, "2", "two");
  right.header(header_of(algorithm), base64_checksum(algorithm, "two"));
  c.send(right).status(200).header(header_of(algorithm), base64_checksum(algorithm, "two"));
  c.send(client::list_parts(upload))
      .status(200)
      .elements("Part", 2)
      .element("Part[1]/" + std::string(traits(algorithm).element), base64_checksum(algorithm, "one"))
      .element("Part[2]/" + std::string(traits(algorithm).element), base64_checksum(algorithm, "two"));
}

/// The trailer of the second part.
void second_trailer_wrong(CheckContext& c, client::Payload payload) {
  const auto upload = c.create();
  auto first = client::upload_part(upload, "1", "one");
  first.payload = payload;
  first.trailer = ChecksumAlgorithm::crc32;
  c.send(first).status(200).required();
  auto second = client::upload_part(upload, "2", "two");
  second.payload = payload;
  second.stated_trailer = {"x-amz-checksum-crc32", base64_checksum(ChecksumAlgorithm::crc32, "other")};
  c.send(second).error(400, "BadDigest");
  c.send(client::list_parts(upload)).status(200).elements("Part", 1);
}

/// Chunks that together have another length than the head said; by what code they are refused is not known.
void another_length(CheckContext& c, client::Payload payload, const std::string& stated,
                    bool upload_in_parts) {
  auto request = upload_in_parts ? client::upload_part(c.create(), "1", "twelve bytes")
                                 : putting(c, "object", "twelve bytes");
  request.payload = payload;
  if (payload == client::Payload::unsigned_trailer) request.trailer = ChecksumAlgorithm::crc32;
  request.header("x-amz-decoded-content-length", stated);
  auto answer = c.send(request);
  answer.status(400).document("Error");
  if (upload_in_parts) {
    c.send(client::list_parts(c.uploads().back())).status(200).elements("Part", 0);
  } else {
    c.send(c.get()).error(404, "NoSuchKey");
  }
}

client::ListedPart with_checksum(client::ListedPart part, ChecksumAlgorithm algorithm, std::string_view of) {
  part.checksums = {{std::string(traits(algorithm).element), base64_checksum(algorithm, of)}};
  return part;
}

/// Completing with the second part's checksum wrong.
void second_listed_checksum_wrong(CheckContext& c, ChecksumAlgorithm algorithm, std::string_view type) {
  const auto upload = c.create("object", {{"x-amz-checksum-algorithm", name_of(algorithm)},
                                          {"x-amz-checksum-type", std::string(type)}});
  const auto large = repeated("a", large_part);
  const auto first = c.part(upload, 1, large, {{header_of(algorithm), base64_checksum(algorithm, large)}});
  const auto second = c.part(upload, 2, "tail", {{header_of(algorithm), base64_checksum(algorithm, "tail")}});
  c.send(client::complete_multipart_upload(upload, Listed{with_checksum(first, algorithm, large),
                                                          with_checksum(second, algorithm, "other")}))
      .error(400, "InvalidPart")
      .required();
  c.send(client::complete_multipart_upload(upload, Listed{with_checksum(first, algorithm, large),
                                                          with_checksum(second, algorithm, "tail")}))
      .status(200)
      .element("ChecksumType", type);
}

constexpr auto composite = ChecksumAlgorithm::sha256;

/// A COMPOSITE object of five parts; the attributes of its parts in pages.
void attributes_in_pages(CheckContext& c) {
  const auto upload = c.create(
      "object", {{"x-amz-checksum-algorithm", name_of(composite)}, {"x-amz-checksum-type", "COMPOSITE"}});
  c.put("source", repeated("a", limits::min_part_size));
  Listed parts;
  std::vector<std::string> sums;
  for (const auto* number : {"1", "2", "3", "4"}) {
    auto copied = c.send(client::upload_part_copy(upload, number, c.bucket(), c.key("source")));
    copied.status(200).has_element("ETag").required();
    sums.push_back(copied.text(traits(composite).element));
    parts.push_back({number, copied.text("ETag"), {{std::string(traits(composite).element), sums.back()}}});
  }
  parts.push_back(
      with_checksum(c.part(upload, 5, "tail", {{header_of(composite), base64_checksum(composite, "tail")}}),
                    composite, "tail"));
  c.complete(upload, parts);
  const auto page = [&](const std::string& size, const std::string& marker) {
    auto request = c.get();
    request.parameter("attributes").header("x-amz-object-attributes", "ObjectParts");
    request.header("x-amz-max-parts", size);
    if (!marker.empty()) request.header("x-amz-part-number-marker", marker);
    return c.send(request);
  };
  page("2", "")
      .status(200)
      .element("ObjectParts/PartsCount", "5")
      .element("ObjectParts/MaxParts", "2")
      .element("ObjectParts/IsTruncated", "true")
      .element("ObjectParts/NextPartNumberMarker", "2")
      .element("ObjectParts/Part[1]/PartNumber", "1")
      .element("ObjectParts/Part[2]/PartNumber", "2")
      .no_element("ObjectParts/Part[3]");
  page("2", "2")
      .status(200)
      .element("ObjectParts/PartNumberMarker", "2")
      .element("ObjectParts/IsTruncated", "true")
      .element("ObjectParts/Part[1]/PartNumber", "3")
      .element("ObjectParts/Part[1]/Size", std::to_string(limits::min_part_size))
      .element("ObjectParts/Part[2]/PartNumber", "4")
      .no_element("ObjectParts/Part[3]");
  page("2", "4")
      .status(200)
      .element("ObjectParts/IsTruncated", "false")
      .element("ObjectParts/Part/PartNumber", "5")
      .element("ObjectParts/Part/Size", "4")
      .element("ObjectParts/Part/" + std::string(traits(composite).element),
               base64_checksum(composite, "tail"))
      .no_element("ObjectParts/Part[2]");
}

/// A part's own checksum, for each part of a COMPOSITE object.
void each_part_with_its_checksum(CheckContext& c, ChecksumAlgorithm algorithm) {
  const auto upload = c.create(
      "object", {{"x-amz-checksum-algorithm", name_of(algorithm)}, {"x-amz-checksum-type", "COMPOSITE"}});
  const auto large = repeated("a", large_part);
  const auto first = c.part(upload, 1, large, {{header_of(algorithm), base64_checksum(algorithm, large)}});
  const auto second = c.part(upload, 2, "tail", {{header_of(algorithm), base64_checksum(algorithm, "tail")}});
  c.complete(upload, {with_checksum(first, algorithm, large), with_checksum(second, algorithm, "tail")});
  c.send(with_checksums(c.head()).parameter("partNumber", "1"))
      .status(206)
      .header(header_of(algorithm), base64_checksum(algorithm, large));
  for (auto request : {with_checksums(c.get()), with_checksums(c.head())})
    c.send(request.parameter("partNumber", "2"))
        .status(206)
        .header(header_of(algorithm), base64_checksum(algorithm, "tail"))
        .header("Content-Length", "4");
  c.send(with_checksums(c.get()).header("Range", "bytes=-2"))
      .status(206)
      .no_header(header_of(algorithm))
      .body("il");
}

// ListParts.

/// Parts with gaps, in pages; each page as whole as the first.
void gaps_in_pages(CheckContext& c) {
  const auto upload = c.create();
  for (const unsigned number : {3U, 20U, 100U, 1'000U, 10'000U})
    c.part(upload, number, repeated("x", number % 97));
  const auto page = [&](const std::string& marker) {
    auto request = client::list_parts(upload);
    request.parameter("max-parts", "2");
    if (!marker.empty()) request.parameter("part-number-marker", marker);
    auto answer = c.send(request);
    answer.status(200)
        .element("MaxParts", "2")
        .element("StorageClass", "STANDARD")
        .has_element("Owner/ID")
        .has_element("Initiator/ID")
        .element("UploadId", upload.upload_id);
    return answer;
  };
  page("")
      .elements("Part", 2)
      .element("Part[1]/PartNumber", "3")
      .element("Part[2]/PartNumber", "20")
      .element("Part[2]/Size", "20")
      .element("NextPartNumberMarker", "20")
      .element("IsTruncated", "true");
  page("20")
      .elements("Part", 2)
      .element("PartNumberMarker", "20")
      .element("Part[1]/PartNumber", "100")
      .element("Part[1]/Size", "3")
      .element("Part[2]/PartNumber", "1000")
      .element("NextPartNumberMarker", "1000")
      .element("IsTruncated", "true");
  page("1000").elements("Part", 1).element("Part/PartNumber", "10000").element("IsTruncated", "false");
  page("50").elements("Part", 2).element("Part[1]/PartNumber", "100");
}

void exact_second_page(CheckContext& c) {
  const auto upload = c.create();
  for (unsigned number = 1; number <= 4; ++number) c.part(upload, number, "x");
  auto request = client::list_parts(upload);
  request.parameter("max-parts", "2").parameter("part-number-marker", "2");
  c.send(request).status(200).elements("Part", 2).element("IsTruncated", "false");
}

// UploadPartCopy.

/// An object of two parts, and ranges of it on each side of the seam.
void ranges_of_parts(CheckContext& c) {
  const auto source = c.create("source");
  const auto first = c.part(source, 1, repeated("a", large_part));
  c.complete(source, {first, c.part(source, 2, "0123456789")});
  const auto upload = c.create();
  const auto copied = [&](const std::string& number, std::size_t from, std::size_t to,
                          std::string_view bytes) {
    c.send(client::upload_part_copy(upload, number, c.bucket(), c.key("source"),
                                    "bytes=" + std::to_string(from) + '-' + std::to_string(to)))
        .status(200)
        .element("ETag", '"' + to_hex(md5(as_bytes(bytes))) + '"');
  };
  copied("1", large_part, large_part + 9, "0123456789");
  copied("2", large_part + 3, large_part + 5, "345");
  copied("3", large_part + 9, large_part + 9, "9");
  copied("4", large_part - 2, large_part + 1, "aa01");
  copied("5", large_part - 1, large_part - 1, "a");
  copied("6", 0, 0, "a");
}

/// A whole object of parts, copied as one part, has the MD5 of its bytes.
void whole_of_parts(CheckContext& c) {
  const auto source = c.create("source");
  c.complete(source, {c.part(source, 1, "data")});
  const auto upload = c.create();
  auto copied = c.send(client::upload_part_copy(upload, "1", c.bucket(), c.key("source")));
  copied.status(200).element("ETag", "\"8d777f385d3dfec8815d20f7496026dc\"").required();
  c.complete(upload, {{"1", copied.text("ETag"), {}}});
  c.send(c.get()).status(200).body("data");
}

void copy_replaced_by_copy(CheckContext& c) {
  c.put("one", "the first");
  c.put("two", "2nd");
  const auto upload = c.create();
  c.send(client::upload_part_copy(upload, "1", c.bucket(), c.key("one"))).status(200);
  auto second = c.send(client::upload_part_copy(upload, "1", c.bucket(), c.key("two")));
  second.status(200).has_element("ETag").required();
  c.send(client::list_parts(upload)).status(200).elements("Part", 1).element("Part/Size", "3");
  c.complete(upload, {{"1", second.text("ETag"), {}}});
  c.send(c.get()).status(200).body("2nd");
}

/// A shorter part in place of a longer, and the object that is made of it.
void shorter_replaces(CheckContext& c) {
  const auto upload = c.create();
  c.part(upload, 1, "much longer than the other");
  const auto part = c.part(upload, 1, "short");
  expect_only_part(c, upload, part, "short");
}

void wrong_key(CheckContext& c,
               const std::function<client::S3Request(const client::UploadAddress&)>& request) {
  const auto upload = c.create("right");
  c.part(upload, 1, "data");
  auto wrong = upload;
  wrong.key = c.key("wrong");
  c.send(request(wrong)).error(404, "NoSuchUpload");
  c.send(client::list_parts(upload)).status(200).elements("Part", 1).element("Part/Size", "4");
}

/// Parts of one size but other bytes, sent at once; and what becomes of them.
void at_once_by_size(CheckContext& c) {
  constexpr std::size_t size = 65'536;
  const auto upload = c.create();
  std::vector<client::S3Request> requests;
  for (unsigned number = 1; number <= 6; ++number)
    requests.push_back(client::upload_part(upload, std::to_string(number),
                                           repeated(std::string(1, static_cast<char>('a' + number)), size)));
  auto answers = c.send_together(requests);
  auto listed = c.send(client::list_parts(upload));
  listed.status(200).elements("Part", 6);
  for (unsigned number = 1; number <= 6; ++number) {
    const auto etag =
        '"' + to_hex(md5(as_bytes(repeated(std::string(1, static_cast<char>('a' + number)), size)))) + '"';
    answers[number - 1].status(200).header("ETag", etag);
    listed.element("Part[" + std::to_string(number) + "]/ETag", etag);
  }
  c.complete(upload, {{"4", answers[3].header_value("ETag"), {}}});
  c.send(c.get()).status(200).body(repeated("e", size));
}

/// The same part of several uploads of a key, sent at once.
void at_once_by_upload(CheckContext& c) {
  std::vector<client::UploadAddress> uploads;
  std::vector<client::S3Request> requests;
  for (const auto* content : {"one", "two", "six"}) {
    uploads.push_back(c.create());
    requests.push_back(client::upload_part(uploads.back(), "1", content));
  }
  auto answers = c.send_together(requests);
  for (std::size_t i = 0; i < uploads.size(); ++i) {
    const auto etag = '"' + to_hex(md5(as_bytes(*requests[i].body.text()))) + '"';
    answers[i].status(200).header("ETag", etag);
    c.send(client::list_parts(uploads[i])).status(200).elements("Part", 1).element("Part/ETag", etag);
  }
}

}  // namespace

void add_again_parts(std::vector<Check>& checks) {
  const std::string part = "S3 API: UploadPart";
  const std::string list = "S3 API: ListParts";
  const std::string copy = "S3 API: UploadPartCopy";
  const std::string integrity = "user guide: Checking object integrity for data uploads";
  const std::string recorded_key = "recording: multipart-upload-id-with-wrong-key";
  for (const auto algorithm : recorded_algorithms) {
    checks.push_back(must("multipart.part.second.checksum-wrong-" + lower_name_of(algorithm),
                          "The " + name_of(algorithm) + " of the second part counts, and is listed",
                          "recording: upload-part-wrong-checksum-crc32; " + integrity, {5, 16},
                          [=](CheckContext& c) { second_checksum_wrong(c, algorithm); }));
    const bool full = algorithm == ChecksumAlgorithm::crc64nvme;
    checks.push_back(
        must("multipart.complete.second-checksum-wrong-" + lower_name_of(algorithm),
             "Completing with another " + name_of(algorithm) + " of the second part is InvalidPart",
             "recording: multipart-checksum-errors-composite; " + integrity, {5, large_part + 8},
             [=](CheckContext& c) {
               second_listed_checksum_wrong(c, algorithm, full ? "FULL_OBJECT" : "COMPOSITE");
             }));
    if (full) continue;
    checks.push_back(must("multipart.get-part.each-checksum-" + lower_name_of(algorithm),
                          "Each part of a COMPOSITE object comes with its own " + name_of(algorithm),
                          "recording: multipart-checksum-composite-" + lower_name_of(algorithm),
                          {8, 2 * large_part + 20},
                          [=](CheckContext& c) { each_part_with_its_checksum(c, algorithm); }));
  }
  const std::string chunked = "S3 API: Signature calculations: Transferring payload in multiple chunks";
  for (const bool upload_in_parts : {false, true})
    for (const auto& [name, payload] : {std::pair{"signed", client::Payload::signed_chunks},
                                        {"unsigned", client::Payload::unsigned_trailer}})
      for (const auto& [how, stated] : {std::pair{"less", "11"}, {"more", "13"}})
        checks.push_back(should(std::string(upload_in_parts ? "multipart.part." : "object.put.") +
                                    "chunks-length-" + name + '-' + how,
                                std::string(upload_in_parts ? "A part" : "An object") + " in " + name +
                                    " chunks of other length than stated (" + how + ") is refused",
                                chunked, {upload_in_parts ? 3U : 2U, 1'000}, [=](CheckContext& c) {
                                  another_length(c, payload, stated, upload_in_parts);
                                }));
  const auto of_wrong_key = [&](std::string id, std::string title, auto request) {
    checks.push_back(must("multipart.other-key." + std::move(id), std::move(title), recorded_key, {4, 8},
                          [=](CheckContext& c) { wrong_key(c, request); }));
  };
  of_wrong_key("part", "An upload's ID with another key is NoSuchUpload to UploadPart",
               [](const client::UploadAddress& to) { return client::upload_part(to, "1", "other"); });
  of_wrong_key("list-parts", "So it is to ListParts",
               [](const client::UploadAddress& to) { return client::list_parts(to); });
  of_wrong_key("abort", "So it is to Abort",
               [](const client::UploadAddress& to) { return client::abort_multipart_upload(to); });
  of_wrong_key("complete", "So it is to Complete", [](const client::UploadAddress& to) {
    return client::complete_multipart_upload(to, Listed{{"1", "\"8d777f385d3dfec8815d20f7496026dc\"", {}}});
  });
  add_all(
      checks,
      {
          must("multipart.part.second.md5-wrong", "The Content-MD5 of the second part counts", part, {4, 8},
               second_md5_wrong),
          must("multipart.part.large.md5-wrong", "So does that of a part of more than a MiB", part,
               {2, 1'300'000}, [](CheckContext& c) { large_md5_wrong(c, true); }),
          must("object.put.large.md5-wrong", "So does that of an object of more than a MiB",
               "S3 API: PutObject", {1, 1'300'000}, [](CheckContext& c) { large_md5_wrong(c, false); }),
          must("multipart.part.second.trailer-wrong", "The trailing checksum of the second part counts",
               integrity, {4, 500},
               [](CheckContext& c) { second_trailer_wrong(c, client::Payload::unsigned_trailer); }),
          must("multipart.part.second.trailer-wrong-signed", "So it does when it is signed", integrity,
               {4, 2'000},
               [](CheckContext& c) { second_trailer_wrong(c, client::Payload::signed_chunks_trailer); }),
          should("multipart.attributes.pages", "The attributes of a COMPOSITE object's parts come in pages",
                 "S3 API: GetObjectAttributes (x-amz-max-parts, x-amz-part-number-marker)",
                 {11, limits::min_part_size + 10}, attributes_in_pages),
          must("multipart.list-parts.gaps-in-pages",
               "Parts with gaps come in pages, each as whole as the first", list, {10, 300}, gaps_in_pages),
          must("multipart.list-parts.exact-second-page", "A last page that is full is not truncated", list,
               {6, 4}, exact_second_page),
          must("multipart.copy.ranges-of-parts", "Ranges on each side of the seam of a source of two parts",
               copy, {11, large_part + 10}, ranges_of_parts),
          must("multipart.copy.whole-of-parts",
               "A part copied from an object of parts has the MD5 of its bytes", copy, {7, 8},
               whole_of_parts),
          must("multipart.copy.replaced-by-a-copy", "A copy replaces a copy", copy, {8, 20},
               copy_replaced_by_copy),
          must("multipart.part.shorter-replaces", "A shorter part in place of a longer is shorter everywhere",
               part, {6, 60}, shorter_replaces),
          in_rounds(must("multipart.race.parts-of-one-size",
                         "Parts of one size at the same time keep their own bytes",
                         "user guide: Uploading and copying objects using multipart upload, Concurrent "
                         "multipart upload "
                         "operations",
                         {10, 500'000}, at_once_by_size),
                    2),
          in_rounds(must("multipart.race.uploads-of-one-key", "So do parts of several uploads of one key",
                         part, {9, 30}, at_once_by_upload)),
      });
}

}  // namespace partsmith::conformance::checks
