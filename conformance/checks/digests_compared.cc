/// Digests and checksums: each is of the bytes that it came with, whoever signed and however many there were.

#include "checks/again.h"
#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

void checksum_of_the_latest(CheckContext& c) {
  for (const auto* body : {"the first", "2nd", "third"}) {
    c.put("object", body, {{"x-amz-checksum-crc32", base64_checksum(ChecksumAlgorithm::crc32, body)}});
    const auto right = base64_checksum(ChecksumAlgorithm::crc32, body);
    c.send(with_checksums(c.head())).status(200).header("x-amz-checksum-crc32", right);
    c.send(with_checksums(c.get())).status(200).header("x-amz-checksum-crc32", right);
  }
}

void checksum_of_the_latest_part(CheckContext& c) {
  const auto upload = c.create("object", {{"x-amz-checksum-algorithm", "SHA256"}});
  for (const auto* body : {"the first", "2nd", "third"}) {
    const auto sum = base64_checksum(ChecksumAlgorithm::sha256, body);
    c.part(upload, 1, body, {{"x-amz-checksum-sha256", sum}});
    c.send(client::list_parts(upload)).status(200).elements("Part", 1).element("Part/ChecksumSHA256", sum);
  }
}

/// Whatever the bytes are, and whichever way they come, a digest of others is refused.
Check digest_looked_at(std::string id, std::string title, std::string body, client::Signing signing,
                       client::Payload payload, bool part) {
  return must(
      "object.digests." + std::move(id), std::move(title),
      part ? "S3 API: UploadPart (Content-MD5, ChecksumCRC32)"
           : "S3 API: PutObject (Content-MD5, ChecksumCRC32)",
      {part ? 4U : 3U, 4 * body.size() + 4}, [=](CheckContext& c) {
        const auto request = [&](const client::UploadAddress* upload) {
          auto r = upload ? client::upload_part(*upload, "1", body) : putting(c, "object", body);
          r.signing = signing;
          r.payload = payload;
          return r;
        };
        std::optional<client::UploadAddress> upload;
        if (part) upload = c.create();
        const auto* address = upload ? &*upload : nullptr;
        auto of_md5 = request(address);
        c.send(of_md5.header("Content-MD5", to_base64(md5(as_bytes("other"))))).error(400, "BadDigest");
        auto of_crc = request(address);
        c.send(of_crc.header("x-amz-checksum-crc32", base64_checksum(ChecksumAlgorithm::crc32, "other")))
            .error(400, "BadDigest");
        auto right = request(address);
        c.send(right.header("Content-MD5", to_base64(md5(as_bytes(body))))).status(200);
      });
}

}  // namespace

void add_digests_compared(std::vector<Check>& checks) {
  using client::Payload;
  using client::Signing;
  add_all(checks,
          {must("object.checksum.of-the-latest", "An object put again has the checksum of its bytes",
                "S3 API: HeadObject (ChecksumCRC32)", {9, 40}, checksum_of_the_latest),
           must("multipart.part.checksum-of-the-latest",
                "A part sent again is listed with the checksum of its bytes",
                "S3 API: ListParts (ChecksumSHA256)", {7, 20}, checksum_of_the_latest_part),
           digest_looked_at("of-nothing", "Digests of an object without a byte are compared", "",
                            Signing::header, Payload::signed_whole, false),
           digest_looked_at("part-of-nothing", "Digests of a part without a byte are compared", "",
                            Signing::header, Payload::signed_whole, true),
           digest_looked_at("presigned", "Digests of what comes to a presigned URL are compared", "data",
                            Signing::presigned, Payload::unsigned_whole, false),
           digest_looked_at("presigned-part", "Digests of a part that comes to a presigned URL are compared",
                            "data", Signing::presigned, Payload::unsigned_whole, true),
           digest_looked_at("unsigned", "Digests of an unsigned payload are compared", "data",
                            Signing::header, Payload::unsigned_whole, false),
           digest_looked_at("unsigned-part", "Digests of a part of unsigned payload are compared", "data",
                            Signing::header, Payload::unsigned_whole, true)});
}

}  // namespace partsmith::conformance::checks
