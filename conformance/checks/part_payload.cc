/// The ways in which a part's body is signed and framed.

#include "checks/framing.h"

namespace partsmith::conformance::checks {
namespace {

using client::Payload;
using client::upload_part;

const std::string& content() {
  static const std::string text = repeated("0123456789abcdef", 1250);  // 20,000 bytes: three chunks of 8 KiB
  return text;
}
constexpr std::string_view content_etag = "\"54f1990a20afd23e50d8fb4e54d83333\"";
constexpr std::size_t sent_bytes = 20'500;

client::S3Request part_sent_as(const client::UploadAddress& upload, Payload payload) {
  auto request = upload_part(upload, "1", content());
  request.payload = payload;
  request.chunk_bytes = 8192;
  return request;
}

struct Form {
  std::string name;
  Payload payload;
  std::string source;
};

void add_form(std::vector<Check>& checks, const Form& form) {
  checks.push_back({
      .id = "multipart.part.payload." + form.name,
      .title = "A part may be sent with payload " + form.name,
      .level = Level::must,
      .source = form.source,
      .cost = {5, sent_bytes + content().size()},
      .body =
          [payload = form.payload](CheckContext& c) {
            const auto upload = c.create();
            const bool trailer =
                payload == Payload::unsigned_trailer || payload == Payload::signed_chunks_trailer;
            auto request = part_sent_as(upload, payload);
            if (trailer) request.trailer = ChecksumAlgorithm::crc32;
            auto answer = c.send(request);
            answer.status(200).header("ETag", content_etag).required();
            if (trailer)
              answer.header("x-amz-checksum-crc32", base64_checksum(ChecksumAlgorithm::crc32, content()));
            c.send(client::list_parts(upload))
                .status(200)
                .element("Part/Size", std::to_string(content().size()));
            c.complete(upload, {{"1", std::string(content_etag), {}}});
            c.send(c.get()).status(200).body(content()).no_header("Content-Encoding");
          },
  });
}

void wrong_trailer(CheckContext& c) {
  const auto upload = c.create();
  auto request = part_sent_as(upload, Payload::unsigned_trailer);
  request.stated_trailer = {"x-amz-checksum-crc32", base64_checksum(ChecksumAlgorithm::crc32, "bad data")};
  c.send(request)
      .error(400, "BadDigest")
      .message("The CRC32 you specified did not match the calculated checksum.");
  c.send(client::list_parts(upload)).status(200).elements("Part", 0);
}

void trailer_of_another_algorithm(CheckContext& c) {
  const auto upload = c.create("object", {{"x-amz-checksum-algorithm", "SHA256"}});
  auto request = part_sent_as(upload, Payload::unsigned_trailer);
  request.trailer = ChecksumAlgorithm::crc32;
  c.send(request)
      .error(400, "InvalidRequest")
      .message(
          "Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: crc32");
}

void spoilt_chunk(CheckContext& c) {
  const auto upload = c.create();
  const auto request = part_sent_as(upload, Payload::signed_chunks);
  auto prepared = c.client().prepare(request);
  auto body = whole_body(prepared.body);
  body[body.find("0123456789")] = 'x';  // of the first chunk's data, after it was signed
  prepared.body = std::move(body);
  c.send(prepared, request.key).error(403, "SignatureDoesNotMatch");
  c.send(client::list_parts(upload)).status(200).elements("Part", 0);
}

}  // namespace

void add_part_payload(std::vector<Check>& checks) {
  add_form(checks,
           {"signed", Payload::signed_whole, "S3 API: Authenticating requests, Authorization header"});
  add_form(checks,
           {"unsigned", Payload::unsigned_whole, "S3 API: Authenticating requests, UNSIGNED-PAYLOAD"});
  add_form(checks,
           {"unsigned-trailer", Payload::unsigned_trailer,
            "recording: multipart-and-list-parts (upload-part); S3 API: Transferring payload with trailing "
            "headers"});
  add_form(checks, {"signed-chunks", Payload::signed_chunks,
                    "S3 API: Signature calculations: Transferring payload in multiple chunks"});
  add_form(checks, {"signed-chunks-trailer", Payload::signed_chunks_trailer,
                    "S3 API: Signature calculations: Including trailing headers (chunked upload)"});
  checks.push_back({.id = "multipart.part.trailer-wrong",
                    .title = "A part whose trailing checksum doesn't match is BadDigest and leaves nothing",
                    .level = Level::must,
                    .source =
                        "user guide: Checking object integrity for data uploads, Using trailing checksums; "
                        "recording: upload-part-wrong-checksum-crc32",
                    .cost = {3, sent_bytes},
                    .body = wrong_trailer});
  checks.push_back(
      {.id = "multipart.part.trailer-of-another-algorithm",
       .title = "A trailing checksum of another algorithm than the upload's is InvalidRequest",
       .level = Level::must,
       .source = "recording: multipart-checksum-errors-composite (upload-part-different-checksum-exc)",
       .cost = {2, sent_bytes},
       .body = trailer_of_another_algorithm});
  checks.push_back(
      {.id = "multipart.part.chunk-signature-wrong",
       .title = "A chunk changed after it was signed is SignatureDoesNotMatch and leaves nothing",
       .level = Level::must,
       .source = "S3 API: Signature calculations: Transferring payload in multiple chunks",
       .cost = {3, sent_bytes},
       .body = spoilt_chunk});
}

}  // namespace partsmith::conformance::checks
