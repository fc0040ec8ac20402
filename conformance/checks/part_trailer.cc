/// Every checksum algorithm in parts: in headers and trailers, right, wrong, malformed, and at completion.

#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view content = "right body";
constexpr std::string_view guide = "user guide: Checking object integrity for data uploads";

bool is_recorded(ChecksumAlgorithm algorithm) {
  for (const auto recorded : recorded_algorithms) {
    if (recorded == algorithm) return true;
  }
  return false;
}

/// Those that S3 took up in 2026 aren't recorded.
Level level_of(ChecksumAlgorithm algorithm) {
  return is_recorded(algorithm) ? Level::must : Level::should;
}

client::UploadAddress create_with(CheckContext& c, ChecksumAlgorithm algorithm) {
  return c.create("object", {{"x-amz-checksum-algorithm", name_of(algorithm)}});
}

client::S3Request trailing(const client::UploadAddress& upload, ChecksumAlgorithm algorithm,
                           client::Payload payload) {
  auto request = client::upload_part(upload, "1", std::string(content));
  request.payload = payload;
  request.trailer = algorithm;
  return request;
}

constexpr std::uint64_t framed = 400;  ///< of the short body with its chunks, signatures and trailer

void add_trailer(std::vector<Check>& checks, ChecksumAlgorithm algorithm, client::Payload payload,
                 std::string form, std::string source) {
  const auto right = base64_checksum(algorithm, content);
  const auto element = std::string(traits(algorithm).element);
  checks.push_back(
      of_level(level_of(algorithm), "multipart.part.trailer." + form + "." + lower_name_of(algorithm),
               "A part with " + name_of(algorithm) + " in a trailer is taken, " + form, source, {3, framed},
               [=](CheckContext& c) {
                 const auto upload = create_with(c, algorithm);
                 c.send(trailing(upload, algorithm, payload)).status(200).header(header_of(algorithm), right);
                 c.send(client::list_parts(upload))
                     .status(200)
                     .element("Part/" + element, right)
                     .element("Part/Size", "10");
               }));
  checks.push_back(of_level(
      level_of(algorithm), "multipart.part.trailer-wrong." + form + "." + lower_name_of(algorithm),
      "A part with a wrong " + name_of(algorithm) + " in a trailer is BadDigest, " + form, source,
      {3, framed}, [=](CheckContext& c) {
        const auto upload = create_with(c, algorithm);
        auto request = trailing(upload, algorithm, payload);
        request.stated_trailer = {header_of(algorithm), base64_checksum(algorithm, "bad data")};
        c.send(request)
            .error(400, "BadDigest")
            .message("The " + name_of(algorithm) + " you specified did not match the calculated checksum.");
        c.send(client::list_parts(upload)).status(200).elements("Part", 0);
      }));
}

/// What is recorded of the older algorithms, for the newer ones.
void add_newer(std::vector<Check>& checks, const ChecksumTraits& row) {
  const auto algorithm = row.algorithm;
  const auto lower = lower_name_of(algorithm);
  const auto name = name_of(algorithm);
  const auto right = base64_checksum(algorithm, content);
  const auto element = std::string(row.element);
  const std::string source =
      std::string(guide) + ", Supported checksum algorithms; S3 API: CreateMultipartUpload";
  const auto creation = [](CheckContext& c, std::string algorithm_name, std::string type) {
    auto request = client::create_multipart_upload(c.bucket(), c.key());
    request.header("x-amz-checksum-algorithm", std::move(algorithm_name));
    if (!type.empty()) request.header("x-amz-checksum-type", std::move(type));
    return request;
  };
  add_all(
      checks,
      {
          should("multipart.create.checksum-default-type." + lower,
                 "An upload that names " + name + " and no checksum type is COMPOSITE", source, {1},
                 [=](CheckContext& c) {
                   c.send(creation(c, name, ""))
                       .status(200)
                       .header("x-amz-checksum-algorithm", name)
                       .header("x-amz-checksum-type", "COMPOSITE");
                 }),
          should(
              "multipart.create.checksum-type.composite-" + lower,
              "An upload with " + name + " may be COMPOSITE", source, {1},
              [=](CheckContext& c) {
                c.send(creation(c, name, "COMPOSITE")).status(200).header("x-amz-checksum-type", "COMPOSITE");
              }),
          should("multipart.create.checksum-type.full-object-" + lower,
                 "An upload with " + name + " may not be FULL_OBJECT", source, {1},
                 [=](CheckContext& c) {
                   c.send(creation(c, name, "FULL_OBJECT")).error(400, "InvalidRequest");
                 }),
          should("multipart.part.checksum-good." + lower,
                 "A part with the right " + name + " is taken, and the answer and ListParts tell it", source,
                 {3, content.size()},
                 [=](CheckContext& c) {
                   const auto upload = create_with(c, algorithm);
                   c.send(client::upload_part(upload, "1", std::string(content))
                              .header(header_of(algorithm), right))
                       .status(200)
                       .header(header_of(algorithm), right);
                   c.send(client::list_parts(upload))
                       .status(200)
                       .element("ChecksumAlgorithm", name)
                       .element("ChecksumType", "COMPOSITE")
                       .element("Part/" + element, right);
                 }),
          should("multipart.part.checksum-wrong." + lower,
                 "A part whose " + name + " doesn't match is BadDigest", source, {2, content.size()},
                 [=](CheckContext& c) {
                   const auto upload = create_with(c, algorithm);
                   c.send(client::upload_part(upload, "1", std::string(content))
                              .header(header_of(algorithm), base64_checksum(algorithm, "bad data")))
                       .error(400, "BadDigest");
                 }),
          should("multipart.part.checksum-malformed." + lower,
                 "A part whose " + name + " is of another length is InvalidRequest", source,
                 {2, content.size()},
                 [=](CheckContext& c) {
                   const auto upload = create_with(c, algorithm);
                   c.send(client::upload_part(upload, "1", std::string(content))
                              .header(header_of(algorithm), "1a2b3c4d"))
                       .error(400, "InvalidRequest")
                       .message("Value for x-amz-checksum-" + lower + " header is invalid.");
                 }),
          should(
              "multipart.complete.checksum-composite." + lower,
              "An upload with " + name + " ends with the composite of its parts", source, {4, content.size()},
              [=](CheckContext& c) {
                const auto upload = create_with(c, algorithm);
                const auto part = c.part(upload, 1, std::string(content), {{header_of(algorithm), right}});
                const auto raw = checksum_of(algorithm, as_bytes(content));
                const auto composite = base64_checksum(algorithm, as_text(raw.value)) + "-1";
                c.complete(upload, {part}).element(element, composite).element("ChecksumType", "COMPOSITE");
                c.send(with_checksums(c.head()))
                    .status(200)
                    .header(header_of(algorithm), composite)
                    .header("x-amz-checksum-type", "COMPOSITE");
              }),
      });
}

/// Completion with a wrong checksum of a part, per algorithm.
void add_wrong_at_completion(std::vector<Check>& checks, ChecksumAlgorithm algorithm) {
  const auto right = base64_checksum(algorithm, content);
  const auto element = std::string(traits(algorithm).element);
  const std::string source =
      is_recorded(algorithm) && algorithm != ChecksumAlgorithm::crc64nvme
          ? "recording: multipart-checksum-composite-" + lower_name_of(algorithm) +
                " (complete-multipart-wrong-parts-checksum)"
      : is_recorded(algorithm)
          ? "recording: multipart-checksum-full-object-crc64nvme (complete-multipart-wrong-parts-checksum)"
          : std::string(guide) + "; S3 API: CompleteMultipartUpload (InvalidPart)";
  checks.push_back(
      of_level(level_of(algorithm), "multipart.complete.checksum-wrong-of-part." + lower_name_of(algorithm),
               "Completing with another " + name_of(algorithm) + " of a part than it has is InvalidPart",
               source, {4, content.size()}, [=](CheckContext& c) {
                 const auto upload = create_with(c, algorithm);
                 auto part = c.part(upload, 1, std::string(content), {{header_of(algorithm), right}});
                 part.checksums = {{element, base64_checksum(algorithm, "bad data")}};
                 c.send(client::complete_multipart_upload(upload, std::vector{part}))
                     .error(400, "InvalidPart")
                     .message(invalid_part_message)
                     .field("PartNumber", "1");
                 c.send(client::list_parts(upload)).status(200).elements("Part", 1);
               }));
}

void signed_trailer_spoilt(CheckContext& c) {
  const auto upload = create_with(c, ChecksumAlgorithm::crc32);
  auto prepared =
      c.client().prepare(trailing(upload, ChecksumAlgorithm::crc32, client::Payload::signed_chunks_trailer));
  std::string body;
  const auto pull = prepared.body.open();
  Bytes buffer(64 * 1024);
  while (const auto count = pull(buffer)) {
    if (*count == 0) break;
    body += as_text(ByteView(buffer).first(*count));
  }
  const std::string name = "x-amz-trailer-signature:";
  auto& digit = body[body.find(name) + name.size()];
  digit = digit == '0' ? '1' : '0';
  prepared.body = std::move(body);
  c.send(prepared, upload.key).error(403, "SignatureDoesNotMatch");
  c.send(client::list_parts(upload)).status(200).elements("Part", 0);
}

}  // namespace

void add_part_trailer(std::vector<Check>& checks) {
  const std::string trailing_headers =
      std::string(guide) + ", Using trailing checksums; S3 API: UploadPart (x-amz-trailer)";
  for (const auto& row : checksum_table()) {
    add_trailer(checks, row.algorithm, client::Payload::unsigned_trailer, "unsigned", trailing_headers);
    add_trailer(
        checks, row.algorithm, client::Payload::signed_chunks_trailer, "signed",
        trailing_headers + "; S3 API: Signature calculations: Including trailing headers (chunked upload)");
    add_wrong_at_completion(checks, row.algorithm);
    if (!is_recorded(row.algorithm)) add_newer(checks, row);
  }
  checks.push_back(must("multipart.part.trailer-signature-wrong",
                        "A trailer whose signature is wrong is SignatureDoesNotMatch and leaves nothing",
                        "S3 API: Signature calculations: Including trailing headers (chunked upload)",
                        {3, framed}, signed_trailer_spoilt));
}

}  // namespace partsmith::conformance::checks
