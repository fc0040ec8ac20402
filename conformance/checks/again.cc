/// What holds of one upload, part, chunk or page holds of the second, in another order, and at the boundary.

#include "checks/completed.h"
#include "checks/large_parts.h"
#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view api = "S3 API: CompleteMultipartUpload";
constexpr std::string_view guide = "user guide: Uploading and copying objects using multipart upload";

using Listed = std::vector<client::ListedPart>;

void count_of_listed(CheckContext& c) {
  const auto upload = c.create();
  c.part(upload, 1, "one");
  c.part(upload, 2, "two");
  const auto third = c.part(upload, 3, "three");
  constexpr std::string_view etag = "\"dcb5554564b39934ad925b692bd65c75-1\"";
  c.complete(upload, {third}).element("ETag", etag);
  c.send(c.head()).status(200).header("Content-Length", "5").header("ETag", etag);
  c.send(c.get().parameter("partNumber", "1")).status(206).header("x-amz-mp-parts-count", "1").body("three");
}

/// Of three parts the etag of one is another's.
void wrong_etag(CheckContext& c, std::size_t which) {
  const auto upload = c.create();
  auto parts = three_large_parts(c, upload);
  parts[which].etag = "\"0123456789abcdef0123456789abcdef\"";
  c.send(client::complete_multipart_upload(upload, parts))
      .error(400, "InvalidPart")
      .field("PartNumber", std::to_string(which + 1));
  c.send(client::list_parts(upload)).status(200).elements("Part", 3);
}

/// The checksum of checksums follows the numbers of parts, not their arrival.
void composite_out_of_order(CheckContext& c, ChecksumAlgorithm algorithm) {
  const auto upload = c.create(
      "object", {{"x-amz-checksum-algorithm", name_of(algorithm)}, {"x-amz-checksum-type", "COMPOSITE"}});
  const auto large = repeated("a", large_part);
  std::vector<SizedChecksum> sums{{checksum_of(algorithm, as_bytes(large)), large.size()},
                                  {checksum_of(algorithm, as_bytes(std::string_view("tail"))), 4}};
  const auto second = c.part(upload, 2, "tail", {{header_of(algorithm), sums[1].checksum.base64()}});
  const auto first = c.part(upload, 1, large, {{header_of(algorithm), sums[0].checksum.base64()}});
  const auto composite = composite_checksum(algorithm, sums).base64() + "-2";
  c.complete(upload, {first, second})
      .element(traits(algorithm).element, composite)
      .element("ChecksumType", "COMPOSITE");
  c.send(with_checksums(c.head())).status(200).header(header_of(algorithm), composite);
}

std::string make_of_parts(CheckContext& c, std::string_view content) {
  const auto upload = c.create();
  return etag_told(c, c.complete(upload, {c.part(upload, 1, std::string(content))}));
}

/// A condition on an object that was itself made of parts.
void over_multipart(CheckContext& c, bool by_upload, const std::string& header, bool holds) {
  const auto etag = make_of_parts(c, "old");
  const auto value = header == "If-None-Match" ? std::string("*")
                     : holds                   ? etag
                                               : "\"0123456789abcdef0123456789abcdef-1\"";
  client::S3Request request;
  if (by_upload) {
    const auto upload = c.create();
    request = client::complete_multipart_upload(upload, Listed{c.part(upload, 1, "new")});
  } else {
    request = putting(c, "object", "new");
  }
  request.header(header, value);
  auto answer = c.send(request);
  if (holds) {
    answer.status(200);
  } else {
    answer.error(412, "PreconditionFailed").field("Condition", header);
  }
  c.send(c.get()).status(200).body(holds ? "new" : "old");
}

Check condition(bool by_upload, std::string name, std::string title, std::string header, bool holds) {
  return must((by_upload ? "multipart.complete." : "object.conditions.put.") + std::move(name),
              std::move(title), "user guide: How to prevent object overwrites with conditional writes",
              {by_upload ? 7U : 5U, 20},
              [=](CheckContext& c) { over_multipart(c, by_upload, header, holds); });
}

/// Uploads of one key within a moment, in pages: each once, the oldest first.
void same_moment(CheckContext& c) {
  constexpr std::size_t count = 7;
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < count; ++i) ids.push_back(c.create("same").upload_id);
  std::vector<std::string> listed;
  std::string key_marker;
  std::string id_marker;
  for (std::size_t page = 0; page < (count + 1) / 2; ++page) {
    auto request = client::list_multipart_uploads(c.bucket());
    request.parameter("prefix", c.key("same")).parameter("max-uploads", "2");
    if (!key_marker.empty())
      request.parameter("key-marker", key_marker).parameter("upload-id-marker", id_marker);
    auto answer = c.send(request);
    const bool last = page + 1 == (count + 1) / 2;
    answer.status(200)
        .element("IsTruncated", last ? "false" : "true")
        .elements("Upload", last ? 1 : 2)
        .required();
    for (const auto* path : {"Upload[1]/UploadId", "Upload[2]/UploadId"}) {
      if (const auto id = answer.text(path); !id.empty()) listed.push_back(id);
    }
    key_marker = answer.text("NextKeyMarker");
    id_marker = answer.text("NextUploadIdMarker");
    if (!last) continue;
    std::ranges::sort(ids);
    std::ranges::sort(listed);
    answer.expect(ids == listed, "each of the uploads once, over all pages",
                  std::to_string(listed.size()) + " uploads that aren't all of them",
                  {"texts of pages sorted", "Upload/UploadId", lines(ids)});
  }
}

void exact_page_of_uploads(CheckContext& c) {
  for (const auto* name : {"a", "b", "c"}) c.create(name);
  auto request = client::list_multipart_uploads(c.bucket());
  request.parameter("prefix", c.prefix()).parameter("max-uploads", "3");
  c.send(request)
      .status(200)
      .elements("Upload", 3)
      .element("Upload[3]/Key", c.key("c"))
      .element("IsTruncated", "false");
}

void prefix_letter_case(CheckContext& c) {
  const auto upper = c.create("Photos/1");
  c.create("photos/2");
  auto request = client::list_multipart_uploads(c.bucket());
  request.parameter("prefix", c.key("Photos"));
  c.send(request).status(200).elements("Upload", 1).element("Upload/Key", upper.key);
}

constexpr std::string_view marked_up = "a&b<c>\"d'e&amp;f";

void marked_up_keys(CheckContext& c) {
  const auto upload = c.create(marked_up);
  const auto part = c.part(upload, 1, "data");
  c.send(client::list_parts(upload)).status(200).element("Key", upload.key);
  auto request = client::list_multipart_uploads(c.bucket());
  request.parameter("prefix", c.key("a&"));
  c.send(request)
      .status(200)
      .element("Prefix", c.key("a&"))
      .elements("Upload", 1)
      .element("Upload/Key", upload.key);
  c.complete(upload, {part}).element("Key", upload.key);
}

void marked_up_groups(CheckContext& c) {
  c.create("x&<y>/1");
  auto request = client::list_multipart_uploads(c.bucket());
  request.parameter("prefix", c.prefix()).parameter("delimiter", "/");
  c.send(request).status(200).elements("CommonPrefixes", 1).element("CommonPrefixes/Prefix", c.key("x&<y>/"));
}

/// Chunks of the sizes that clients use, and one byte beside.
Check chunks(std::string name, client::Payload payload, std::uint64_t chunk_bytes) {
  constexpr std::size_t size = 300'000;
  return must("multipart.part.chunks-" + std::move(name),
              "A part in chunks of " + std::to_string(chunk_bytes) + " bytes arrives whole",
              "S3 API: Signature calculations: Transferring payload in multiple chunks",
              {4, 2 * size + 40'000}, [=](CheckContext& c) {
                std::string content;
                for (std::size_t i = 0; content.size() < size; ++i) content += std::to_string(i);
                content.resize(size);
                const auto upload = c.create();
                auto request = client::upload_part(upload, "1", content);
                request.payload = payload;
                request.chunk_bytes = chunk_bytes;
                if (payload == client::Payload::unsigned_trailer) request.trailer = ChecksumAlgorithm::crc32;
                auto answer = c.send(request);
                answer.status(200).has_header("ETag").required();
                c.complete(upload, {{"1", answer.header_value("ETag"), {}}});
                c.send(c.get()).status(200).body(content);
              });
}

/// The second and the last of an object's parts, by number: each its own bytes and place.
void each_part(CheckContext& c) {
  const auto upload = c.create();
  const auto first = c.part(upload, 1, repeated("a", large_part));
  const auto second = c.part(upload, 5, repeated("b", large_part + 1));
  const auto third = c.part(upload, 9, "the end");
  c.complete(upload, {first, second, third});
  const auto total = std::to_string(2 * large_part + 1 + 7);
  const auto begin = std::to_string(large_part);
  const auto end = std::to_string(2 * large_part);
  c.send(c.head().parameter("partNumber", "2"))
      .status(206)
      .header("Content-Range", "bytes " + begin + '-' + end + '/' + total)
      .header("Content-Length", std::to_string(large_part + 1))
      .header("x-amz-mp-parts-count", "3");
  c.send(c.get().parameter("partNumber", "3"))
      .status(206)
      .header("Content-Range", "bytes " + std::to_string(2 * large_part + 1) + '-' +
                                   std::to_string(2 * large_part + 7) + '/' + total)
      .body("the end");
  c.send(c.get().parameter("partNumber", "4")).error(416, "InvalidPartNumber").field("ActualPartCount", "3");
}

/// A part that is replaced after others came keeps its place, and they keep theirs.
void replaced_in_the_midst(CheckContext& c) {
  const auto upload = c.create();
  for (const auto* text : {"1", "2", "3"}) c.part(upload, static_cast<unsigned>(*text - '0'), text);
  c.part(upload, 2, "twice as long");
  auto list = c.send(client::list_parts(upload));
  list.status(200)
      .elements("Part", 3)
      .element("Part[1]/Size", "1")
      .element("Part[2]/PartNumber", "2")
      .element("Part[2]/Size", "13")
      .element("Part[3]/Size", "1");
}

/// More parts than a page holds.
void parts_beyond_a_page(CheckContext& c) {
  constexpr unsigned count = 1'001;
  constexpr unsigned at_a_time = 77;
  const auto upload = c.create();
  for (unsigned number = 1; number <= count;) {
    std::vector<client::S3Request> requests;
    for (; number <= count && requests.size() < at_a_time; ++number)
      requests.push_back(client::upload_part(upload, std::to_string(number), "x"));
    for (auto& answer : c.send_together(requests)) answer.status(200).required();
  }
  auto first = c.send(client::list_parts(upload));
  first.status(200)
      .elements("Part", 1'000)
      .element("Part[1000]/PartNumber", "1000")
      .element("IsTruncated", "true")
      .element("NextPartNumberMarker", "1000");
  auto rest = client::list_parts(upload);
  rest.parameter("part-number-marker", "1000");
  c.send(rest)
      .status(200)
      .elements("Part", 1)
      .element("Part/PartNumber", "1001")
      .element("IsTruncated", "false");
}

}  // namespace

void add_again(std::vector<Check>& checks) {
  const std::string complete(api);
  const std::string uploads = "S3 API: ListMultipartUploads";
  add_all(
      checks,
      {
          must("multipart.complete.count-of-listed",
               "The number in an ETag is that of the parts listed, not sent",
               "recording: multipart-and-list-parts (complete-multipart); " + complete, {7, 30},
               count_of_listed),
          must("multipart.complete.second-etag-wrong", "The ETag of the second part counts, too",
               "recording: multipart-complete-wrong-part; " + complete + " (InvalidPart)",
               {7, source_of_large_parts}, [](CheckContext& c) { wrong_etag(c, 1); }),
          must("multipart.complete.last-etag-wrong", "So does that of the last",
               "recording: multipart-complete-wrong-part; " + complete + " (InvalidPart)",
               {7, source_of_large_parts}, [](CheckContext& c) { wrong_etag(c, 2); }),
          must("multipart.complete.composite-order-crc32",
               "A COMPOSITE checksum follows the numbers of parts, not their arrival",
               "recording: multipart-checksum-composite-crc32; user guide: Checking object integrity for "
               "data uploads",
               {5, large_part + 4},
               [](CheckContext& c) { composite_out_of_order(c, ChecksumAlgorithm::crc32); }),
          must("multipart.complete.composite-order-sha256", "So it does with SHA256",
               "recording: multipart-checksum-composite-sha256; user guide: Checking object integrity for "
               "data uploads",
               {5, large_part + 4},
               [](CheckContext& c) { composite_out_of_order(c, ChecksumAlgorithm::sha256); }),
          condition(true, "if-none-match-over-parts", "If-None-Match: * sees an object made of parts",
                    "If-None-Match", false),
          condition(true, "if-match-of-parts-holds",
                    "If-Match with the ETag of an object made of parts replaces it", "If-Match", true),
          condition(true, "if-match-of-parts-fails", "With another ETag it is PreconditionFailed", "If-Match",
                    false),
          condition(false, "if-none-match-over-parts",
                    "If-None-Match: * of a put sees an object made of parts", "If-None-Match", false),
          condition(false, "if-match-of-parts-holds",
                    "If-Match of a put with the ETag of an object made of parts", "If-Match", true),
          condition(false, "if-match-of-parts-fails", "With another ETag a put is 412", "If-Match", false),
          must("multipart.list-uploads.same-moment", "Uploads of one key and moment are each on one page",
               uploads + " (upload-id-marker)", {11}, same_moment),
          must("multipart.list-uploads.exact-page", "A page that holds all uploads is not truncated",
               uploads + " (IsTruncated)", {4}, exact_page_of_uploads),
          must("multipart.list-uploads.prefix-letter-case", "The letter case of a prefix counts",
               "recording: keys-are-case-sensitive (of objects); " + uploads + " (prefix)", {3},
               prefix_letter_case),
          must("multipart.list-uploads.key-xml",
               "A key of markup comes back as it is from each answer about its upload",
               "user guide: Naming Amazon S3 objects; " + uploads, {5, 4}, marked_up_keys),
          must("multipart.list-uploads.group-xml", "So does a common prefix", uploads + " (delimiter)", {2},
               marked_up_groups),
          chunks("64-kib", client::Payload::signed_chunks, 64 * 1024),
          chunks("64-kib-and-one", client::Payload::signed_chunks, 64 * 1024 + 1),
          chunks("128-kib", client::Payload::signed_chunks, 128 * 1024),
          chunks("all-in-one", client::Payload::signed_chunks, 1024 * 1024),
          chunks("unsigned-64-kib", client::Payload::unsigned_trailer, 64 * 1024),
          chunks("unsigned-all-in-one", client::Payload::unsigned_trailer, 1024 * 1024),
          must("multipart.get-part.each",
               "Each part of an object is had by its place, whatever its number was",
               "recording: get-object-part; S3 API: GetObject (partNumber)", {8, 2 * large_part + 20},
               each_part),
          must("multipart.list-parts.replaced", "A part that is replaced stays between its neighbours",
               "S3 API: UploadPart (\"overwritten\"); ListParts", {6, 20}, replaced_in_the_midst),
          must("multipart.list-parts.1001-parts", "1,001 parts are two pages",
               "S3 API: ListParts (max-parts)", {1'004, 1'001}, parts_beyond_a_page),
      });
}

}  // namespace partsmith::conformance::checks
