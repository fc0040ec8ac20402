/// What comes over the wire malformed, cut, or in an unusual frame.

#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

std::string head_of(const client::HttpRequest& request) {
  return client::head_text(request);
}

/// The request with no word on how long its body is.
std::string head_without_length(const client::HttpRequest& request) {
  auto head = head_of(request);
  const auto begin = head.find("Content-Length:");
  if (begin != std::string::npos) head.erase(begin, head.find("\r\n", begin) + 2 - begin);
  return head;
}

client::HttpRequest signed_part(CheckContext& c, const client::UploadAddress& upload, std::string content) {
  auto request = client::upload_part(upload, "1", std::move(content));
  request.payload = client::Payload::unsigned_whole;
  return c.client().prepare(request);
}

void cut(CheckContext& c) {
  const auto upload = c.create();
  const auto prepared = signed_part(c, upload, repeated("a", 200'000));
  c.send_and_cut(prepared, head_of(prepared) + repeated("a", 100'000));
  c.send(client::list_parts(upload)).status(200).elements("Part", 0);
}

void cut_keeps_the_former(CheckContext& c) {
  const auto upload = c.create();
  const auto former = c.part(upload, 1, "the former part");
  const auto prepared = signed_part(c, upload, repeated("a", 200'000));
  c.send_and_cut(prepared, head_of(prepared) + repeated("a", 100'000));
  c.send(client::list_parts(upload)).status(200).elements("Part", 1).element("Part/ETag", former.etag);
  c.complete(upload, {former});
  c.send(c.get()).status(200).body("the former part");
}

void no_length(CheckContext& c) {
  const auto upload = c.create();
  const auto prepared = signed_part(c, upload, "");
  c.send_bytes(prepared, head_without_length(prepared), upload.key)
      .error(411, "MissingContentLength")
      .message("You must provide the Content-Length HTTP header.");
}

void object_no_length(CheckContext& c) {
  auto request = putting(c, "object", "");
  request.payload = client::Payload::unsigned_whole;
  const auto prepared = c.client().prepare(request);
  c.send_bytes(prepared, head_without_length(prepared), c.key()).error(411, "MissingContentLength");
  c.send(c.get()).error(404, "NoSuchKey");
}

void expect_continue(CheckContext& c) {
  const auto upload = c.create();
  auto request = client::upload_part(upload, "1", "data");
  auto prepared = c.client().prepare(request);
  prepared.headers.add("Expect", "100-continue");
  c.send(prepared, upload.key).status(200).header("ETag", "\"8d777f385d3dfec8815d20f7496026dc\"");
  c.send(client::list_parts(upload)).status(200).elements("Part", 1);
}

void too_large(CheckContext& c) {
  const auto upload = c.create();
  auto request = client::upload_part(upload, "1", "");
  request.payload = client::Payload::unsigned_whole;
  auto prepared = c.client().prepare(request);
  prepared.headers.add("Expect", "100-continue");
  prepared.headers.add("Content-Length", std::to_string(limits::max_part_size + 1));
  auto answer = c.send_head(prepared, upload.key);
  if (!answer) c.skip("the endpoint decides only when it has the body");
  answer->error(400, "EntityTooLarge")
      .message("Your proposed upload exceeds the maximum allowed size")
      .field("ProposedSize", std::to_string(limits::max_part_size + 1))
      .field("MaxSizeAllowed", std::to_string(limits::max_part_size));
}

/// An aws-chunked body that is spoilt after it was made.
Check spoilt_chunks(std::string name, std::string title, client::Payload payload,
                    std::function<void(std::string&)> spoil, int status, std::string code) {
  return quirk("multipart.wire.chunks-" + name, std::move(title),
               "S3 API: Signature calculations: Transferring payload in multiple chunks; Error responses (" +
                   code + ")",
               {3, 40'000}, [=](CheckContext& c) {
                 const auto upload = c.create();
                 auto request = client::upload_part(upload, "1", repeated("0123456789abcdef", 1250));
                 request.payload = payload;
                 request.chunk_bytes = 8192;
                 if (payload == client::Payload::unsigned_trailer) request.trailer = ChecksumAlgorithm::crc32;
                 auto prepared = c.client().prepare(request);
                 std::string body;
                 const auto pull = prepared.body.open();
                 Bytes buffer(64 * 1024);
                 while (const auto count = pull(buffer)) {
                   if (*count == 0) break;
                   body += as_text(ByteView(buffer).first(*count));
                 }
                 spoil(body);
                 prepared.headers.remove("content-length");
                 prepared.body = std::move(body);
                 c.send(prepared, upload.key).error(status, code);
                 c.send(client::list_parts(upload)).status(200).elements("Part", 0);
               });
}

}  // namespace

void add_wire(std::vector<Check>& checks) {
  const std::string api = "S3 API: UploadPart";
  add_all(
      checks,
      {
          must("multipart.wire.cut", "A part whose connection is cut is not in the upload",
               api + " (Content-Length)", {3, 110'000}, cut),
          must("multipart.wire.cut-keeps-the-former",
               "A part whose connection is cut leaves the one that it would have replaced",
               api + " (Content-Length)", {6, 110'000}, cut_keeps_the_former),
          should("multipart.wire.no-length", "A part without a length is MissingContentLength (411)",
                 "S3 API: Error responses (MissingContentLength)", {2}, no_length),
          should("object.wire.no-length", "A put without a length is MissingContentLength (411)",
                 "S3 API: Error responses (MissingContentLength)", {2}, object_no_length),
          must("multipart.wire.expect-continue", "A part that asks with Expect: 100-continue is taken",
               "S3 API: PutObject (100-continue); RFC 9110, 10.1.1", {3, 4}, expect_continue),
          should("multipart.wire.too-large", "A part of 5 GiB and a byte is EntityTooLarge before it is sent",
                 "user guide: Amazon S3 multipart upload limits; S3 API: Error responses (EntityTooLarge)",
                 {2}, too_large),
          spoilt_chunks(
              "signature-of-the-last", "A wrong signature of the last, empty chunk is SignatureDoesNotMatch",
              client::Payload::signed_chunks,
              [](std::string& body) {
                auto& digit = body[body.rfind("chunk-signature=") + 16];
                digit = digit == '0' ? '1' : '0';
              },
              403, "SignatureDoesNotMatch"),
          spoilt_chunks(
              "out-of-order", "A chunk whose data is another's is SignatureDoesNotMatch",
              client::Payload::signed_chunks,
              [](std::string& body) { body[body.find("0123456789") + 9000] ^= 1; }, 403,
              "SignatureDoesNotMatch"),
      });
}

}  // namespace partsmith::conformance::checks
