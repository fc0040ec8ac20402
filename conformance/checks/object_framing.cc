/// How a put's body is signed, announced and chunked: docs/kinds/payloads.md, cell by cell.

#include <optional>

#include "checks/framing.h"

namespace partsmith::conformance::checks {
namespace {

using client::Payload;
// What x-amz-content-sha256 says.

struct Stated {
  std::string id;
  std::string title;
  std::string value;
  std::optional<Refusal> of_get = {};
  std::optional<Refusal> of_put = {};
  std::optional<Refusal> of_presigned_put = {};
  Level level = Level::quirk;  ///< clients send the body's own hash, or UNSIGNED-PAYLOAD
};

std::vector<Stated> stated() {
  auto upper_case = sha256_of(framed_content);
  for (char& letter : upper_case)
    if (letter >= 'a' && letter <= 'f') letter = static_cast<char>(letter - 'a' + 'A');
  return {
      {"unsigned", "UNSIGNED-PAYLOAD", "UNSIGNED-PAYLOAD", {}, {}, {}, Level::should},
      {"small-letters", "unsigned-payload in small letters", "unsigned-payload", no_hash("unsigned-payload"),
       no_hash("unsigned-payload"), mismatch("unsigned-payload")},
      {"word", "A word", "invalid", no_hash("invalid"), no_hash("invalid"), mismatch("invalid")},
      {"digest", "The body's SHA-256", sha256_of(framed_content)},
      {"digest-in-capitals", "The body's SHA-256 in capitals", upper_case},
      {"digest-of-another",
       "Another's SHA-256",
       sha256_of(other_content),
       {},
       mismatch(sha256_of(other_content)),
       mismatch(sha256_of(other_content))},
  };
}

void expect_as_told(CheckContext& c, const client::S3Request& request,
                    const std::optional<Refusal>& refusal) {
  auto answer = c.send(request);
  if (refusal) {
    expect(answer, *refusal);
  } else if (request.method == "PUT") {
    expect_taken(c, answer);
  } else {
    answer.status(200).body(framed_content);
  }
}

void add_stated(std::vector<Check>& checks, const Stated& row) {
  const auto title_of = [&](const std::optional<Refusal>& refusal, const std::string& of_what) {
    return row.title + " as x-amz-content-sha256 of " + of_what +
           (refusal ? " is " + refusal->code : " is taken");
  };
  const auto as_said = [row](client::S3Request request) {
    request.header(sha256_header, row.value);
    return request;
  };
  checks.push_back(of_level(row.level, "object.hash." + row.id + ".get", title_of(row.of_get, "a read"),
                            tests_of_swift, {2, 64}, [=](CheckContext& c) {
                              c.put("object", framed_content);
                              expect_as_told(c, as_said(c.get()), row.of_get);
                            }));
  checks.push_back(of_level(row.level, "object.hash." + row.id + ".put", title_of(row.of_put, "a put"),
                            tests_of_swift, {row.of_put ? 1U : 2U, 64}, [=](CheckContext& c) {
                              expect_as_told(c, as_said(putting(c, "object", framed_content)), row.of_put);
                            }));
  checks.push_back(of_level(row.level, "object.hash." + row.id + ".presigned-put",
                            title_of(row.of_presigned_put, "a put by a presigned URL"), tests_of_swift,
                            {row.of_presigned_put ? 1U : 2U, 64}, [=](CheckContext& c) {
                              auto request = putting(c, "object", framed_content);
                              request.signing = client::Signing::presigned;
                              expect_as_told(c, as_said(request), row.of_presigned_put);
                            }));
}

// What is announced of a body that comes as it is.

struct Announced {
  std::string id;
  std::string title;
  HeaderPairs headers;
  Refusal refusal;
};

std::vector<Announced> announced() {
  const std::string crc32 = crc32_of(framed_content);
  const std::pair<std::string, std::string> right{"x-amz-checksum-crc32", crc32};
  const std::pair<std::string, std::string> crc32c{"x-amz-checksum-crc32c", crc32};
  return {
      {"two-headers", "Checksums in two headers", {right, crc32c}, several},
      {"two-headers-and-sdk",
       "Checksums in two headers are told before another x-amz-sdk-checksum-algorithm:",
       {right, crc32c, {"x-amz-sdk-checksum-algorithm", "sha256"}},
       several},
      {"header-and-trailer",
       "A checksum in a header and as a trailer",
       {right, {"x-amz-trailer", "x-amz-checksum-crc32"}},
       one_place},
      {"header-and-other-trailer",
       "A checksum in a header and another as a trailer",
       {right, {"x-amz-trailer", "x-amz-checksum-crc32c"}},
       one_place},
      {"header-and-two-trailers",
       "A checksum in a header and two as trailers",
       {right, {"x-amz-trailer", "x-amz-checksum-crc32, x-amz-checksum-crc32c"}},
       several},
      {"header-and-trailer-twice",
       "A checksum in a header and twice as a trailer",
       {right,
        {"x-amz-trailer", "x-amz-checksum-crc32, x-amz-checksum-crc32"},
        {"x-amz-sdk-checksum-algorithm", "sha256"}},
       several},
      {"other-sdk-algorithm",
       "Another x-amz-sdk-checksum-algorithm than the header's",
       {right, {"x-amz-sdk-checksum-algorithm", "CRC32C"}},
       {400, "InvalidRequest", "Value for x-amz-sdk-checksum-algorithm header is invalid."}},
      {"trailer-of-a-plain-body",
       "A trailer of a body that has none",
       {{"x-amz-trailer", "x-amz-checksum-crc32"}, {"x-amz-sdk-checksum-algorithm", "crc32"}},
       bad_trailer},
      {"no-decoded-length",
       "A body in chunks that doesn't say how long what they have is",
       {{sha256_header, unsigned_stream}, {"Content-Encoding", "aws-chunked"}},
       no_length},
      {"decoded-length-of-a-word",
       "A body in chunks whose decoded length is no number",
       {{sha256_header, unsigned_stream},
        {"Content-Encoding", "aws-chunked"},
        {"x-amz-decoded-content-length", "none"}},
       no_length},
  };
}

void add_announced(std::vector<Check>& checks, const Announced& row) {
  checks.push_back(quirk("object.announced." + row.id, row.title + " is " + row.refusal.code, tests_of_swift,
                         {1, 32}, [row](CheckContext& c) {
                           auto request = putting(c, "object", framed_content);
                           request.payload = Payload::unsigned_whole;
                           for (const auto& [name, value] : row.headers) request.header(name, value);
                           expect(c.send(request), row.refusal);
                         }));
}

void aws_chunked_of_a_plain_body(CheckContext& c) {
  auto request = putting(c, "object", framed_content);
  request.header("Content-Encoding", "aws-chunked");
  expect_taken(c, c.send(request), "aws-chunked");
}

/// Of a put and of a deletion; other digests are wrong, too, and told behind it.
void hash_before_digests(CheckContext& c) {
  auto request = putting(c, "object", framed_content);
  request.header(sha256_header, sha256_of(""))
      .header("Content-MD5", to_base64(md5(as_bytes(""))))
      .header("x-amz-checksum-crc32", crc32_of(""));
  expect(c.send(request), mismatch(sha256_of("")));
}

}  // namespace

void add_object_framing(std::vector<Check>& checks) {
  for (const auto& row : stated()) add_stated(checks, row);
  for (const auto& row : announced()) add_announced(checks, row);
  checks.push_back(quirk("object.announced.aws-chunked",
                         "Content-Encoding aws-chunked of a body that isn't is kept", tests_of_swift, {2, 64},
                         aws_chunked_of_a_plain_body));
  add_object_chunks(checks);
  checks.push_back(quirk("object.hash.before-digests",
                         "A body that isn't that of x-amz-content-sha256 is told before other digests",
                         tests_of_swift, {1, 32}, hash_before_digests));
}

}  // namespace partsmith::conformance::checks
