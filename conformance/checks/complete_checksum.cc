/// Checksums at CompleteMultipartUpload.

#include <partsmith/conformance/context.h>

#include "checks/facts.h"
#include "checks/families.h"
#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

using client::complete_multipart_upload;
using client::ListedPart;

/// Three parts of "a": 5,242,881, 5,242,881 and 10 bytes.
constexpr std::uint64_t three_parts = 2 * large_part + 10;

struct Recorded {
  ChecksumAlgorithm algorithm;
  ChecksumType type;
  std::string value;  ///< of the whole, as S3 told it
};

std::vector<ListedPart> upload_three(CheckContext& c, const client::UploadAddress& upload,
                                     ChecksumAlgorithm algorithm) {
  std::vector<ListedPart> parts;
  for (unsigned number = 1; number <= 3; ++number) {
    auto bytes = repeated("a", number < 3 ? large_part : 10);
    const auto value = base64_checksum(algorithm, bytes);
    parts.push_back(c.part(upload, number, std::move(bytes), {{header_of(algorithm), value}}));
  }
  return parts;
}

void add_recorded(std::vector<Check>& checks, const Recorded& recorded) {
  const bool composite = recorded.type == ChecksumType::composite;
  const auto lower = lower_name_of(recorded.algorithm);
  const std::string dashed = composite ? "composite" : "full-object";
  checks.push_back({
      .id = "multipart.complete.checksum-" + dashed + "." + lower,
      .title = "A " + std::string(to_string(recorded.type)) + ' ' + name_of(recorded.algorithm) +
               " of three parts",
      .level = Level::must,
      .source = "recording: multipart-checksum-" + dashed + "-" + lower,
      .cost = {6, three_parts},
      .body =
          [=](CheckContext& c) {
            const auto name = name_of(recorded.algorithm);
            const std::string type(to_string(recorded.type));
            const auto upload =
                c.create("object", {{"x-amz-checksum-algorithm", name}, {"x-amz-checksum-type", type}});
            const auto parts = upload_three(c, upload, recorded.algorithm);
            auto request = complete_multipart_upload(upload, parts);
            request.header("x-amz-checksum-type", type);
            if (!composite) request.header(header_of(recorded.algorithm), recorded.value);
            c.send(request)
                .status(200)
                .element("ETag", "\"4d45984fc3feb2ac9b22683c49674b56-3\"")
                .element(traits(recorded.algorithm).element, recorded.value)
                .element("ChecksumType", type)
                .required();
            auto head = c.head();
            head.header("x-amz-checksum-mode", "ENABLED");
            c.send(head)
                .status(200)
                .header(header_of(recorded.algorithm), recorded.value)
                .header("x-amz-checksum-type", type);
          },
  });
}

/// An upload of one part "abc" with its CRC32, and the part as Complete should list it.
struct Small {
  client::UploadAddress upload;
  ListedPart part;
};

Small small_upload(CheckContext& c, std::string type) {
  const auto upload =
      c.create("object", {{"x-amz-checksum-algorithm", "CRC32"}, {"x-amz-checksum-type", std::move(type)}});
  return {upload, c.part(upload, 1, "abc", {{"x-amz-checksum-crc32", "NSRBwg=="}})};
}

void complete_with(CheckContext& c, const Small& small,
                   const std::vector<std::pair<std::string, std::string>>& sums,
                   const std::function<void(Answer&)>& expect) {
  auto part = small.part;
  part.checksums = sums;
  auto answer = c.send(complete_multipart_upload(small.upload, std::vector{part}));
  expect(answer);
}

void missing_in_composite(CheckContext& c) {
  complete_with(c, small_upload(c, "COMPOSITE"), {}, [](Answer& answer) {
    answer.error(400, "InvalidRequest")
        .message(
            "The upload was created using a crc32 checksum. The complete request must include the checksum "
            "for each "
            "part. It was missing for part 1 in the request.");
  });
}

void missing_in_full_object(CheckContext& c) {
  complete_with(c, small_upload(c, "FULL_OBJECT"), {}, [](Answer& answer) {
    answer.status(200).element("ChecksumCRC32", "NSRBwg==").element("ChecksumType", "FULL_OBJECT");
  });
}

void wrong_of_part(CheckContext& c, std::string type) {
  const auto small = small_upload(c, std::move(type));
  const auto value = base64_checksum(ChecksumAlgorithm::crc32, "bbb");
  complete_with(c, small, {{"ChecksumCRC32", value}}, [&](Answer& answer) {
    answer.error(400, "InvalidPart")
        .message(invalid_part_message)
        .field("PartNumber", "1")
        .field("UploadId", small.upload.upload_id);
  });
}

void of_another_algorithm(CheckContext& c) {
  const auto value = base64_checksum(ChecksumAlgorithm::sha256, "abc");
  complete_with(c, small_upload(c, "COMPOSITE"), {{"ChecksumSHA256", value}}, [](Answer& answer) {
    answer.error(400, "BadDigest")
        .message("The sha256 you specified for part 1 did not match what we received.");
  });
}

void of_another_type(CheckContext& c) {
  auto small = small_upload(c, "COMPOSITE");
  small.part.checksums.clear();
  auto request = complete_multipart_upload(small.upload, std::vector{small.part});
  request.header("x-amz-checksum-type", "FULL_OBJECT");
  c.send(request)
      .error(400, "InvalidRequest")
      .message(
          "The upload was created using the COMPOSITE checksum mode. The complete request must use the same "
          "checksum "
          "mode.");
}

void wrong_of_object(CheckContext& c) {
  const auto small = small_upload(c, "FULL_OBJECT");
  auto request = complete_multipart_upload(small.upload, std::vector{small.part});
  request.header("x-amz-checksum-type", "FULL_OBJECT");
  request.header("x-amz-checksum-crc32", base64_checksum(ChecksumAlgorithm::crc32, "bbb"));
  c.send(request).error(400, "BadDigest");
  c.send(client::list_parts(small.upload)).status(200);
}

/// Of the full object, with what else the completion says. It is BadDigest naming the upload's algorithm.
void bad_digest_of_full_object(CheckContext& c, const protocol::Headers& headers) {
  const auto small = small_upload(c, "FULL_OBJECT");
  auto request = complete_multipart_upload(small.upload, std::vector{small.part});
  for (const auto& [name, value] : headers) request.header(name, value);
  c.send(request)
      .error(400, "BadDigest")
      .message("The crc32 you specified did not match the calculated checksum.");
  c.send(client::list_parts(small.upload)).status(200);
}

void composite_type_of_full_object(CheckContext& c) {
  const auto small = small_upload(c, "FULL_OBJECT");
  auto request = complete_multipart_upload(small.upload, std::vector{small.part});
  request.header("x-amz-checksum-type", "COMPOSITE");
  c.send(request)
      .error(400, "InvalidRequest")
      .message(
          "The upload was created using the FULL_OBJECT checksum mode. The complete request must use the "
          "same "
          "checksum mode.");
}

void right_of_full_object(CheckContext& c) {
  const auto small = small_upload(c, "FULL_OBJECT");
  auto request = complete_multipart_upload(small.upload, std::vector{small.part});
  request.header("x-amz-checksum-type", "FULL_OBJECT").header("x-amz-checksum-crc32", "NSRBwg==");
  c.send(request).status(200).element("ChecksumCRC32", "NSRBwg==").element("ChecksumType", "FULL_OBJECT");
}

/// What came with a part of an upload without an algorithm is verified and not kept.
void of_a_part_without_algorithm(CheckContext& c) {
  const auto upload = c.create();
  const auto part = c.part(upload, 1, "abc", {{"x-amz-checksum-crc32", "NSRBwg=="}});
  auto listed = part;
  listed.checksums = {{"ChecksumCRC32", "NSRBwg=="}};
  c.send(complete_multipart_upload(upload, std::vector{listed})).error(400, "InvalidPart");
}

void crc64nvme_by_default(CheckContext& c) {
  const auto upload = c.create("object", {{"x-amz-checksum-algorithm", "CRC64NVME"}});
  const auto part = c.part(upload, 1, "aaa", {{"x-amz-checksum-crc64nvme", "Rnr2/5P7Gsk="}});
  c.complete(upload, {part})
      .has_element("ETag")
      .element("ChecksumCRC64NVME", "Rnr2/5P7Gsk=")
      .element("ChecksumType", "FULL_OBJECT");
}

void composite_of_one(CheckContext& c) {
  const auto upload = c.create("object", {{"x-amz-checksum-algorithm", "CRC32"}});
  auto bytes = repeated("1", 6144);
  const auto value = base64_checksum(ChecksumAlgorithm::crc32, bytes);
  const auto part = c.part(upload, 1, std::move(bytes), {{"x-amz-checksum-crc32", value}});
  c.complete(upload, {part})
      .has_element("ETag")
      .element("ChecksumCRC32", "B63YTw==-1")
      .element("ChecksumType", "COMPOSITE");
}

/// Unlike an upload without a checksum of the parts' checksums, which may leave numbers out.
void composite_with_gap(CheckContext& c) {
  const auto upload = c.create("object", {{"x-amz-checksum-algorithm", "CRC32"}});
  const auto value = base64_checksum(ChecksumAlgorithm::crc32, "data");
  const auto part = c.part(upload, 2, "data", {{"x-amz-checksum-crc32", value}});
  c.send(client::complete_multipart_upload(upload, std::vector{part})).error(400, "InvalidPartOrder");
  c.send(c.get()).error(404, "NoSuchKey");
}

}  // namespace

void add_complete_checksum(std::vector<Check>& checks) {
  using enum ChecksumAlgorithm;
  using enum ChecksumType;
  for (const auto& recorded :
       {Recorded{crc32, composite, "5FRUiw==-3"}, Recorded{crc32c, composite, "XF5+4A==-3"},
        Recorded{sha1, composite, "AyE60nyQoBgJcwsyPHWu7aJuxBs=-3"},
        Recorded{sha256, composite, "9o++y6AejqboiJ7MZCx0fahK2Vu5YC/qnNhhYsCLciI=-3"},
        Recorded{crc32, full_object, "qSEQSA=="}, Recorded{crc32c, full_object, "eTdAQA=="},
        Recorded{crc64nvme, full_object, "ZMNX55lZurA="}}) {
    add_recorded(checks, recorded);
  }
  const std::string errors = "recording: multipart-checksum-errors-composite";
  checks.push_back({.id = "multipart.complete.checksum-crc64nvme-by-default",
                    .title = "An upload with CRC64NVME ends with the full object's",
                    .level = Level::must,
                    .source = "recording: multipart-checksum-crc64nvme-all-defaults",
                    .cost = {3, 3},
                    .body = crc64nvme_by_default});
  checks.push_back({.id = "multipart.complete.checksum-composite-of-one",
                    .title = "A composite checksum of one part ends with -1",
                    .level = Level::must,
                    .source = "recording: upload-6kib-file-managed-multipart",
                    .cost = {3, 6144},
                    .body = composite_of_one});
  checks.push_back(must("multipart.complete.checksum-composite-gap",
                        "The numbers of a COMPOSITE upload's parts begin with 1, else InvalidPartOrder",
                        "S3 API: CompletedPart (PartNumber)", {4, 4}, composite_with_gap));
  checks.push_back(
      {.id = "multipart.complete.checksum-missing-in-composite",
       .title = "A COMPOSITE upload is not completed without the parts' checksums",
       .level = Level::must,
       .source = "recording: multipart-checksum-composite-crc32 (complete-multipart-no-checksum)",
       .cost = {3, 3},
       .body = missing_in_composite});
  checks.push_back({.id = "multipart.complete.checksum-missing-in-full-object",
                    .title = "A FULL_OBJECT upload is completed without the parts' checksums",
                    .level = Level::must,
                    .source = "recording: multipart-checksum-full-object-crc32 (complete-multipart-checksum)",
                    .cost = {3, 3},
                    .body = missing_in_full_object});
  checks.push_back(
      {.id = "multipart.complete.checksum-wrong-of-part.composite",
       .title = "A wrong part checksum in a COMPOSITE completion is InvalidPart",
       .level = Level::must,
       .source = "recording: multipart-checksum-composite-crc32 (complete-multipart-wrong-parts-checksum)",
       .cost = {3, 3},
       .body = [](CheckContext& c) { wrong_of_part(c, "COMPOSITE"); }});
  checks.push_back(
      {.id = "multipart.complete.checksum-wrong-of-part.full-object",
       .title = "A wrong part checksum in a FULL_OBJECT completion is InvalidPart",
       .level = Level::must,
       .source = "recording: multipart-checksum-full-object-crc32 (complete-multipart-wrong-parts-checksum)",
       .cost = {3, 3},
       .body = [](CheckContext& c) { wrong_of_part(c, "FULL_OBJECT"); }});
  checks.push_back({.id = "multipart.complete.checksum-of-another-algorithm",
                    .title = "A right part checksum of another algorithm than the upload's is BadDigest",
                    .level = Level::should,
                    .source = errors + " (complete-part-with-checksum)",
                    .cost = {3, 3},
                    .body = of_another_algorithm});
  checks.push_back({.id = "multipart.complete.checksum-of-another-type",
                    .title = "Completing with another checksum type is told before missing part checksums",
                    .level = Level::should,
                    .source = errors + " (complete-part-with-bad-checksum-type)",
                    .cost = {3, 3},
                    .body = of_another_type});
  const std::string full = "recording: multipart-checksum-errors-full-object";
  const auto add_bad = [&](std::string name, std::string title, std::string step, protocol::Headers headers) {
    checks.push_back(
        {.id = "multipart.complete.checksum-of-object-" + std::move(name),
         .title = std::move(title) + " is BadDigest naming the upload's algorithm",
         .level = Level::must,
         .source = full + " (" + std::move(step) + ")",
         .cost = {4, 3},
         .body = [headers = std::move(headers)](CheckContext& c) { bad_digest_of_full_object(c, headers); }});
  };
  const std::string type = "x-amz-checksum-type";
  const auto nvme = base64_checksum(crc64nvme, "abc");
  add_bad("without-type", "The full object's right checksum without its type",
          "complete-part-only-checksum-algo", {{"x-amz-checksum-crc32", "NSRBwg=="}});
  add_bad("as-composite", "A checksum of the parts' checksums, of a FULL_OBJECT upload,",
          "complete-part-good-checksum-no-type", {{"x-amz-checksum-crc32", "oHc2+g==-1"}});
  add_bad("other-algorithm", "Another algorithm's checksum of the full object",
          "complete-part-bad-checksum-algo", {{type, "FULL_OBJECT"}, {"x-amz-checksum-crc64nvme", nvme}});
  add_bad("other-algorithm-without-type", "Another algorithm's checksum without a type",
          "complete-part-only-checksum-algo-diff", {{"x-amz-checksum-crc64nvme", nvme}});
  checks.push_back({.id = "multipart.complete.checksum-of-object-composite-type",
                    .title = "Completing a FULL_OBJECT upload as COMPOSITE is InvalidRequest",
                    .level = Level::must,
                    .source = full + " (complete-part-bad-checksum-type)",
                    .cost = {3, 3},
                    .body = composite_type_of_full_object});
  checks.push_back({.id = "multipart.complete.checksum-of-object-right",
                    .title = "The full object's checksum beside its type completes",
                    .level = Level::must,
                    .source = full + " (complete-success)",
                    .cost = {3, 3},
                    .body = right_of_full_object});
  checks.push_back({.id = "multipart.complete.checksum-of-part-without-algorithm",
                    .title = "A part's checksum listed for an upload without an algorithm is InvalidPart",
                    .level = Level::quirk,
                    .source = "reported: aws-sdk-go-v2#3005, aws-sdk-java-v2#6518",
                    .cost = {3, 3},
                    .body = of_a_part_without_algorithm});
  checks.push_back({.id = "multipart.complete.checksum-wrong-of-object",
                    .title = "A wrong checksum of the whole object is BadDigest, and the upload goes on",
                    .level = Level::must,
                    .source =
                        "user guide: Checking object integrity for data uploads, Full object checksums for "
                        "multipart upload; S3 API: CompleteMultipartUpload (x-amz-checksum-crc32)",
                    .cost = {4, 3},
                    .body = wrong_of_object});
}

}  // namespace partsmith::conformance::checks
