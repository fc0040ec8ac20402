#include <stdexcept>

#include "aws_chunked_support.h"
#include "catch.h"

namespace partsmith::protocol::chunked {
namespace {

std::string encode(StreamingPayload form, const std::optional<ChunkSigning>& signing, std::string_view data,
                   std::size_t chunk_size, const Headers& trailers = {}) {
  AwsChunkedEncoder encoder(form, signing);
  std::string body;
  for (; !data.empty(); data.remove_prefix(std::min(chunk_size, data.size()))) {
    body += encoder.chunk(as_bytes(data.substr(0, chunk_size)));
  }
  return body + encoder.last(trailers);
}

}  // namespace

TEST_CASE("An unsigned body is written as SDKs write it") {
  CHECK(encode(unsigned_trailer, std::nullopt, "hello world", 10, {{"x-amz-checksum-crc32", "DUoRhQ=="}}) ==
        "a\r\nhello worl\r\n1\r\nd\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n");
  CHECK(encode(unsigned_trailer, std::nullopt, "", 10) == "0\r\n\r\n");
}

TEST_CASE("The documented signed body is written with its signatures") {
  const auto body = encode(
      signed_plain, documented_signing("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"),
      std::string(66560, 'a'), 65536);
  CHECK(body ==
        "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n" +
            std::string(65536, 'a') +
            "\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n" +
            std::string(1024, 'a') +
            "\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n");
}

TEST_CASE("The documented trailer is written with its signature") {
  const auto body = encode(
      signed_trailer, documented_signing("106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"),
      std::string(66560, 'a'), 65536, {{"X-Amz-Checksum-CRC32C", " sOO8/Q== "}});
  CHECK(body.ends_with(
      "\r\n0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n"
      "x-amz-checksum-crc32c:sOO8/Q==\r\n"
      "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n"));
}

TEST_CASE("The encoded length is known beforehand") {
  const Headers trailers{{"x-amz-checksum-crc32", " DUoRhQ== "}};
  for (const auto form : {unsigned_trailer, signed_plain, signed_trailer}) {
    for (const std::size_t payload : {0U, 1U, 15U, 16U, 17U, 8191U, 8192U, 8193U, 16384U, 20000U}) {
      const Headers sent = form.trailer ? trailers : Headers{};
      const auto body = encode(form, signing_for(form), std::string(payload, 'x'), 8192, sent);
      CAPTURE(payload, form.signed_chunks, form.trailer);
      CHECK(AwsChunkedEncoder::encoded_length(form, payload, 8192, sent) == body.size());
    }
  }
  CHECK(AwsChunkedEncoder::encoded_length(signed_plain, 66560, 65536, {}) == 66824);
}

TEST_CASE("Wrong use of an encoder is a bug that is told") {
  CHECK_THROWS_AS(AwsChunkedEncoder(signed_plain, std::nullopt), std::logic_error);
  CHECK_THROWS_AS(AwsChunkedEncoder(unsigned_trailer, std::nullopt).chunk({}), std::logic_error);
  CHECK_THROWS_AS(AwsChunkedEncoder(signed_plain, some_signing()).last({{"a", "1"}}), std::logic_error);
  CHECK_THROWS_AS(AwsChunkedEncoder::encoded_length(unsigned_trailer, 1, 0, {}), std::logic_error);
}

}  // namespace partsmith::protocol::chunked
