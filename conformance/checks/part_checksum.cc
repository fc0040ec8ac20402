/// x-amz-checksum-* headers of a part.

#include <partsmith/conformance/context.h>

#include "checks/facts.h"
#include "checks/families.h"

namespace partsmith::conformance::checks {
namespace {

using client::upload_part;

constexpr std::string_view content = "right body";

client::S3Request part_with(const client::UploadAddress& upload, ChecksumAlgorithm algorithm,
                            std::string value) {
  auto request = upload_part(upload, "1", std::string(content));
  request.header(header_of(algorithm), std::move(value));
  return request;
}

void add_good(std::vector<Check>& checks, ChecksumAlgorithm algorithm) {
  checks.push_back({
      .id = "multipart.part.checksum-good." + lower_name_of(algorithm),
      .title =
          "A part with the right " + name_of(algorithm) + " is taken, and the answer and ListParts tell it",
      .level = Level::must,
      .source = algorithm == ChecksumAlgorithm::crc64nvme
                    ? "recording: multipart-checksum-full-object-crc64nvme"
                    : "recording: multipart-checksum-composite-" + lower_name_of(algorithm),
      .cost = {3, content.size()},
      .body =
          [=](CheckContext& c) {
            const auto upload = c.create("object", {{"x-amz-checksum-algorithm", name_of(algorithm)}});
            const auto value = base64_checksum(algorithm, content);
            c.send(part_with(upload, algorithm, value)).status(200).header(header_of(algorithm), value);
            c.send(client::list_parts(upload))
                .status(200)
                .element("ChecksumAlgorithm", name_of(algorithm))
                .element("ChecksumType", to_string(traits(algorithm).default_type))
                .element("Part/" + std::string(traits(algorithm).element), value);
          },
  });
}

void add_wrong(std::vector<Check>& checks, ChecksumAlgorithm algorithm) {
  checks.push_back({
      .id = "multipart.part.checksum-wrong." + lower_name_of(algorithm),
      .title = "A part whose " + name_of(algorithm) + " doesn't match is BadDigest",
      .level = Level::must,
      .source =
          "recording: upload-part-wrong-checksum-" + lower_name_of(algorithm) + " (put-wrong-checksum-value)",
      .cost = {2, content.size()},
      .body =
          [=](CheckContext& c) {
            const auto upload = c.create();
            c.send(part_with(upload, algorithm, base64_checksum(algorithm, "bad data")))
                .error(400, "BadDigest")
                .message("The " + name_of(algorithm) +
                         " you specified did not match the calculated checksum.");
          },
  });
}

void add_malformed(std::vector<Check>& checks, ChecksumAlgorithm algorithm) {
  checks.push_back({
      .id = "multipart.part.checksum-malformed." + lower_name_of(algorithm),
      .title = "A " + header_of(algorithm) + " of the wrong length is InvalidRequest",
      .level = Level::must,
      .source = "recording: upload-part-wrong-checksum-" + lower_name_of(algorithm) +
                " (put-wrong-checksum-no-b64)",
      .cost = {2, content.size()},
      .body =
          [=](CheckContext& c) {
            const auto upload = c.create();
            c.send(part_with(upload, algorithm, "5d41402a"))  // base64 of six bytes, as recorded
                .error(400, "InvalidRequest")
                .message("Value for " + header_of(algorithm) + " header is invalid.");
          },
  });
}

void not_named_at_creation(CheckContext& c) {
  const auto upload = c.create();
  auto request = upload_part(upload, "1", repeated("upload-part-1", 5));
  request.header("x-amz-checksum-crc32", "axEe0A==");
  c.send(request).status(200).header("x-amz-checksum-crc32", "axEe0A==");
  c.send(client::list_parts(upload))
      .status(200)
      .elements("Part", 1)
      .no_element("Part/ChecksumCRC32")
      .no_element("ChecksumAlgorithm")
      .no_element("ChecksumType");
}

void another_algorithm(CheckContext& c) {
  const auto upload = c.create("object", {{"x-amz-checksum-algorithm", "SHA256"}});
  auto request = upload_part(upload, "1", "abc");
  request.header("x-amz-checksum-crc32", "NSRBwg==");
  c.send(request)
      .error(400, "InvalidRequest")
      .message(
          "Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: crc32");
}

void two_checksums(CheckContext& c) {
  const auto upload = c.create();
  auto request = upload_part(upload, "1", std::string(content));
  request.header("x-amz-checksum-sha256", "5d41402a").header("x-amz-checksum-crc32", "5d41402a");
  c.send(request)
      .error(400, "InvalidRequest")
      .message("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
}

void missing_in_composite(CheckContext& c) {
  const auto upload = c.create("object", {{"x-amz-checksum-algorithm", "SHA256"}});
  c.send(upload_part(upload, "1", "abc"))
      .error(400, "InvalidRequest")
      .message("Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: null");
  c.send(client::list_parts(upload)).status(200).elements("Part", 0);
}

void missing_in_full_object(CheckContext& c) {
  const auto upload =
      c.create("object", {{"x-amz-checksum-algorithm", "CRC32"}, {"x-amz-checksum-type", "FULL_OBJECT"}});
  c.send(upload_part(upload, "1", "abc")).status(200);
  c.send(client::list_parts(upload)).status(200).element("Part/ChecksumCRC32", "NSRBwg==");
}

struct Announced {
  std::string name;
  std::string title;
  std::string source;
  protocol::Headers headers;
  std::string message;
};

/// What is said about a part's checksum and is wrong.
void add_announced(std::vector<Check>& checks, const Announced& announced) {
  checks.push_back({.id = "multipart.part.checksum-" + announced.name,
                    .title = announced.title + " is InvalidRequest",
                    .level = Level::should,
                    .source = "reported: " + announced.source,
                    .cost = {2, 3},
                    .body = [announced](CheckContext& c) {
                      auto request = upload_part(c.create(), "1", "abc");
                      for (const auto& [name, value] : announced.headers) request.header(name, value);
                      c.send(request).error(400, "InvalidRequest").message(announced.message);
                    }});
}

}  // namespace

void add_part_checksum(std::vector<Check>& checks) {
  for (const auto algorithm : recorded_algorithms) add_good(checks, algorithm);
  for (const auto algorithm : recorded_algorithms) add_wrong(checks, algorithm);
  for (const auto algorithm : recorded_algorithms) add_malformed(checks, algorithm);
  checks.push_back({.id = "multipart.part.checksum-missing-in-composite",
                    .title = "A part without a checksum is refused by a COMPOSITE upload",
                    .level = Level::should,
                    .source = "reported: versitygw#1342, floci#3093 (measured on Amazon S3)",
                    .cost = {3, 3},
                    .body = missing_in_composite});
  checks.push_back({.id = "multipart.part.checksum-missing-in-full-object",
                    .title = "A part without a checksum gets that of its FULL_OBJECT upload",
                    .level = Level::should,
                    .source = "reported: versitygw#1342",
                    .cost = {3, 3},
                    .body = missing_in_full_object});
  add_announced(checks, {"sdk-algorithm-alone",
                         "x-amz-sdk-checksum-algorithm without a checksum",
                         "versitygw#1593",
                         {{"x-amz-sdk-checksum-algorithm", "CRC32"}},
                         "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or "
                         "x-amz-trailer headers were found."});
  add_announced(checks, {"sdk-algorithm-other",
                         "Another x-amz-sdk-checksum-algorithm than the checksum's",
                         "versitygw#1598",
                         {{"x-amz-sdk-checksum-algorithm", "sha1"}, {"x-amz-checksum-crc32", "NSRBwg=="}},
                         "Value for x-amz-sdk-checksum-algorithm header is invalid."});
  add_announced(checks, {"unknown", "A checksum of no algorithm", "versitygw#1104 (of PutObject)",
                         {{"x-amz-checksum-sha256a", "dummy"}},
                         "The algorithm type you specified in x-amz-checksum- header is invalid."});
  checks.push_back(
      {.id = "multipart.part.checksum-not-named-at-creation",
       .title = "A checksum that creation didn't name comes back with the part, and is in no list",
       .level = Level::should,
       .source = "recording: multipart-and-list-parts (upload-part, list-part-after-upload)",
       .cost = {3, 65},
       .body = not_named_at_creation});
  checks.push_back(
      {.id = "multipart.part.checksum-of-another-algorithm",
       .title = "A part with another algorithm than the upload's is InvalidRequest",
       .level = Level::must,
       .source = "recording: multipart-checksum-errors-composite (upload-part-different-checksum-exc)",
       .cost = {2, 3},
       .body = another_algorithm});
  checks.push_back(
      {.id = "multipart.part.checksum-two-headers",
       .title = "Two checksum headers are InvalidRequest, whatever their values",
       .level = Level::should,
       .source = "recording: put-checksum-header-without-algorithm (put-2-checksums, of PutObject)",
       .cost = {2, content.size()},
       .body = two_checksums});
}

}  // namespace partsmith::conformance::checks
