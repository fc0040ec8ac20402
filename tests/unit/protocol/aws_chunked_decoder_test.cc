#include <cstdio>

#include <partsmith/values/limits.h>

#include "aws_chunked_support.h"
#include "catch.h"

namespace partsmith::protocol::chunked {
namespace {

std::string documented_body(std::string_view last) {
  return "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n" +
         std::string(65536, 'a') +
         "\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n" +
         std::string(1024, 'a') + "\r\n" + std::string(last);
}
constexpr std::string_view documented_end =
    "0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n";

ChunkSigning documented_seed() {
  return documented_signing("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");
}

std::string documented_trailer_body(std::string_view trailer) {
  return "10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n" +
         std::string(65536, 'a') +
         "\r\n400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n" +
         std::string(1024, 'a') +
         "\r\n0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n" +
         std::string(trailer);
}

ChunkSigning documented_trailer_seed() {
  return documented_signing("106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e");
}

Outcome decode_unsigned(std::string_view body) {
  return decode(unsigned_trailer, std::nullopt, body);
}

std::optional<Error> unsigned_error(std::string_view body) {
  return decode_unsigned(body).error;
}

}  // namespace

TEST_CASE("The STREAMING- values that S3 knows are known, and no others") {
  CHECK(streaming_payload("STREAMING-UNSIGNED-PAYLOAD-TRAILER")->trailer);
  CHECK_FALSE(streaming_payload("STREAMING-UNSIGNED-PAYLOAD-TRAILER")->signed_chunks);
  CHECK(streaming_payload("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")->signed_chunks);
  CHECK_FALSE(streaming_payload("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")->trailer);
  CHECK(streaming_payload("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER")->trailer);
  CHECK(streaming_payload("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD")->sigv4a);
  CHECK(streaming_payload("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER")->sigv4a);
  const auto other =
      GENERATE(as<std::string_view>(), "", "UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD",
               "streaming-unsigned-payload-trailer", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILERS");
  CAPTURE(other);
  CHECK_FALSE(streaming_payload(other).has_value());
}

TEST_CASE("The documented signed body is decoded and its signatures hold") {
  const auto body = documented_body(documented_end);
  CHECK(body.size() == 66824);
  const auto outcome = decode(signed_plain, documented_seed(), body);
  CHECK_FALSE(outcome.error.has_value());
  CHECK(outcome.data == std::string(66560, 'a'));
}

TEST_CASE("The documented signed body with a trailer is decoded and its signatures hold") {
  const std::string_view line = "x-amz-checksum-crc32c:sOO8/Q==";
  const std::string signature =
      "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n";
  const auto trailer = GENERATE_COPY(
      // as SDKs write it, and as other clients do
      std::string(line) + "\r\n" + signature + "\r\n", std::string(line) + "\r\n" + signature,
      std::string(line) + "\n\r\n" + signature + "\r\n",
      std::string(line) + "\n\r\n" + signature + "\r\n\r\n",
      "X-Amz-Checksum-CRC32C:  sOO8/Q== \r\n" + signature + "\r\n");
  CAPTURE(trailer);
  const auto outcome = decode(signed_trailer, documented_trailer_seed(), documented_trailer_body(trailer));
  CHECK_FALSE(outcome.error.has_value());
  CHECK(outcome.data.size() == 66560);
  CHECK(outcome.trailers == std::vector<Headers::Field>{{"x-amz-checksum-crc32c", "sOO8/Q=="}});
}

TEST_CASE("A changed byte, size, signature or seed breaks a chunk's signature") {
  auto body = documented_body(documented_end);
  auto signing = documented_seed();
  SECTION("in the data") {
    body[100] = 'b';
  }
  SECTION("in the first signature") {
    body[25] = body[25] == '0' ? '1' : '0';
  }
  SECTION("in the last signature") {
    body[body.size() - 6] ^= 1;
  }
  SECTION("in the seed") {
    signing.seed_signature[0] = '0';
  }
  SECTION("in the date") {
    signing.amz_date = "20130524T000001Z";
  }
  SECTION("in the region") {
    signing.scope.region = "eu-west-1";
  }
  CHECK(decode(signed_plain, signing, body).error == Error::wrong_signature);
}

TEST_CASE("A changed trailer breaks its signature, and without the signature or a trailer it is incomplete") {
  const auto error = [](std::string_view trailer) {
    return decode(signed_trailer, documented_trailer_seed(), documented_trailer_body(trailer)).error;
  };
  const std::string signature =
      "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n";
  CHECK(error("x-amz-checksum-crc32c:sOO8/A==\r\n" + signature + "\r\n") == Error::wrong_signature);
  CHECK(error("x-amz-checksum-crc32:sOO8/Q==\r\n" + signature + "\r\n") == Error::wrong_signature);
  CHECK(error(signature + "\r\n") == Error::incomplete);
  CHECK(error("x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:\r\n\r\n") ==
        Error::wrong_signature);
  CHECK(error("x-amz-checksum-crc32c:sOO8/Q==\r\n\r\n") == Error::incomplete);
  CHECK(error("\r\n") == Error::incomplete);
  CHECK(error("\r\nx-amz-checksum-crc32c:sOO8/Q==\r\n" + signature + "\r\n") == Error::incomplete);
  CHECK(error("x-amz-checksum-crc32c:sOO8/Q==\r\n" + signature + "x-more:1\r\n\r\n") ==
        Error::malformed_trailer);
}

TEST_CASE("Without a key the signatures are read and not checked") {
  auto body = documented_body(documented_end);
  body[100] = 'b';
  const auto outcome = decode(signed_plain, std::nullopt, body);
  CHECK_FALSE(outcome.error.has_value());
  CHECK(outcome.data.size() == 66560);
}

TEST_CASE("An unsigned body is decoded with its trailers, as clients write it") {
  const auto body =
      GENERATE(as<std::string_view>(),                                        //
               "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n",    // SDKs
               "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\n\r\n\r\n",  // minio-go
               "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n",  // and what Amazon S3 takes besides
               "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\na: b\r\n\xff",
               "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:none\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n",
               "00005\r\nhello\r\n000\r\nX-Amz-Checksum-CRC32: NhCmhg== \r\n\r\n");
  CAPTURE(body);
  const auto outcome = decode_unsigned(body);
  CHECK_FALSE(outcome.error.has_value());
  CHECK(outcome.data == "hello");
  CHECK(outcome.trailers == std::vector<Headers::Field>{{"x-amz-checksum-crc32", "NhCmhg=="}});
}

TEST_CASE("A body may be empty, and may have no trailer or several") {
  CHECK(decode_unsigned("0\r\n\r\n") == Outcome{});
  CHECK(decode_unsigned("0\r\n") == Outcome{});
  CHECK(decode_unsigned("0\r\na:1\r\nb:\r\n\r\n") == Outcome{"", {{"a", "1"}, {"b", ""}}, {}});
  CHECK(decode_unsigned("0\r\na:b:c\r\n\r\n") == Outcome{"", {{"a", "b:c"}}, {}});
}

TEST_CASE("Data that looks like framing is data") {
  CHECK(decode_unsigned("e\r\n\r\n0\r\n\r\na:1\r\n\r\n\r\n0\r\n\r\n").data == "\r\n0\r\n\r\na:1\r\n\r\n");
}

TEST_CASE("An unsigned chunk may carry a signature, which means nothing") {
  const auto signature = ";chunk-signature=" + std::string(64, 'f');
  CHECK(decode_unsigned("5" + signature + "\r\nhello\r\n0" + signature + "\r\n\r\n") ==
        Outcome{"hello", {}, {}});
}

TEST_CASE("Broken framing is malformed") {
  const auto body = GENERATE(
      as<std::string_view>(), "\r\n", "\n", " 5\r\nhello\r\n", "5 \r\nhello\r\n", "5\nhello", "g\r\n",
      "-5\r\nhello\r\n", "+5\r\n", "0x5\r\nhello\r\n", ";\r\n", "5;\r\nhello\r\n",
      "5;chunk-signature=\r\nhello\r\n", "5;chunk-signature=abc\r\nhello\r\n", "5;other=1\r\nhello\r\n",
      "00000000000000005\r\nhello\r\n", "5\r\nhelloX\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhello\rX",
      "5\r\nhello0\r\n\r\n", "5\r\nhello\r\n\r\n0\r\n\r\n", "hello, I am no chunk at all");
  CAPTURE(body);
  CHECK(unsigned_error(std::string(body) + std::string(256, 'x')) == Error::malformed);
}

TEST_CASE("A signed form wants a signature on every chunk") {
  const auto signature = std::string(64, '0');
  for (const auto& body :
       {std::string("5\r\nhello\r\n"), std::string("5;chunk-signature=\r\nhello\r\n"),
        "5;chunk-signature=" + signature + ";a=b\r\nhello\r\n", std::string("0\r\n\r\n")}) {
    CAPTURE(body);
    CHECK(decode(signed_plain, std::nullopt, body).error == Error::malformed);
  }
}

TEST_CASE("Another text than the signature is a wrong one, and blanks around it mean nothing") {
  const auto error = [](std::string_view from, std::string_view to) {
    auto body = documented_body(documented_end);
    body.replace(body.find(from), from.size(), to);
    return decode(signed_plain, documented_seed(), body).error;
  };
  CHECK(error(";chunk-signature=ad80", ";chunk-signature=") == Error::wrong_signature);
  CHECK(error(";chunk-signature=ad80", ";chunk-signature=aad80") == Error::wrong_signature);
  CHECK(error(";chunk-signature=", ";extra=param;chunk-signature=") == Error::wrong_signature);
  CHECK_FALSE(error("10000;chunk-signature=", "10000 ; chunk-signature = ").has_value());
  CHECK_FALSE(error("a65485a288648\r\n", "a65485a288648 \r\n").has_value());
}

TEST_CASE("Nothing may follow a body of a form without trailers") {
  const auto end = "0;chunk-signature=" + std::string(64, '0') + "\r\n";
  CHECK_FALSE(decode(signed_plain, std::nullopt, end + "\r\n").error.has_value());
  CHECK(decode(signed_plain, std::nullopt, end + "\r\n\r\n").error == Error::malformed);
  CHECK(decode(signed_plain, std::nullopt, end + "a:1\r\n\r\n").error == Error::malformed);
}

TEST_CASE("A line that isn't a trailer is malformed") {
  const auto line =
      GENERATE(as<std::string_view>(), "no colon", ":no name", "na me:1", "name :1", "\r", "5\r\nhello");
  CAPTURE(line);
  CHECK(unsigned_error("0\r\n" + std::string(line) + "\r\n\r\n") == Error::malformed_trailer);
}

TEST_CASE("Trailers are bounded as a whole") {
  const auto error_with = [](std::size_t bytes) {
    return unsigned_error("0\r\na:" + std::string(bytes - 6, 'x') + "\r\n\r\n");
  };
  CHECK_FALSE(error_with(limits::max_trailer_bytes).has_value());
  CHECK(error_with(limits::max_trailer_bytes + 1) == Error::trailer_too_large);
  std::string lines;
  while (lines.size() <= limits::max_trailer_bytes) lines += "a:1\r\n";
  CHECK(unsigned_error("0\r\n" + lines + "\r\n") == Error::trailer_too_large);
  CHECK(unsigned_error("0\r\n" + std::string(limits::max_trailer_bytes + 1, 'x')) ==
        Error::trailer_too_large);
  CHECK(unsigned_error("0\r\n" + std::string(limits::max_trailer_bytes + 1, '\n')) ==
        Error::trailer_too_large);
  CHECK(unsigned_error("0\r\n\r\n" + std::string(limits::max_trailer_bytes, 'x')) ==
        Error::trailer_too_large);
}

TEST_CASE("A chunk may be as large as a part, and no larger") {
  AwsChunkedDecoder whole(unsigned_trailer, std::nullopt);
  const auto sink = [](ByteView) { return true; };
  CHECK(whole.feed(as_bytes("140000000\r\nthe first bytes of 5 GiB"), sink).value());
  CHECK(whole.finish().error() == Error::incomplete);
  CHECK(unsigned_error("140000001\r\n") == Error::chunk_too_large);
  CHECK(unsigned_error("ffffffffffffffff\r\n") == Error::chunk_too_large);
}

TEST_CASE("Only the last chunk may have less than 8 KiB") {
  const auto chunk = [](std::size_t size) {
    char head[20];
    std::snprintf(head, sizeof head, "%zx\r\n", size);
    return head + std::string(size, 'x') + "\r\n";
  };
  const std::string end = "0\r\n\r\n";
  CHECK_FALSE(unsigned_error(chunk(8192) + chunk(8192) + chunk(1) + end).has_value());
  CHECK_FALSE(unsigned_error(chunk(8191) + end).has_value());

  AwsChunkedDecoder decoder(unsigned_trailer, std::nullopt);
  const auto fed =
      decoder.feed(as_bytes(chunk(8192) + chunk(8191) + chunk(8192) + end), [](ByteView) { return true; });
  CHECK(fed.error() == Error::chunk_too_small);
  CHECK(decoder.small_chunk().number == 3);
  CHECK(decoder.small_chunk().size == 8191);
}

TEST_CASE("Every beginning of a body is incomplete, but one at a line's end behind the last chunk") {
  const auto whole = [](StreamingPayload form, std::string_view body) {
    const std::size_t last = body.find("\r\n0") + 4;
    for (std::size_t length = 0; length < body.size(); ++length) {
      CAPTURE(body, length);
      if (form.trailer && length > last && body.substr(0, length).ends_with("\r\n")) continue;
      CHECK(decode(form, std::nullopt, body.substr(0, length)).error == Error::incomplete);
    }
    CHECK_FALSE(decode(form, std::nullopt, body).error.has_value());
  };
  const auto signature = ";chunk-signature=" + std::string(64, '0');
  whole(unsigned_trailer, "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n");
  whole(signed_plain, "5" + signature + "\r\nhello\r\n0" + signature + "\r\n\r\n");
  whole(signed_trailer, "5" + signature + "\r\nhello\r\n0" + signature + "\r\na:b\r\n" +
                            "x-amz-trailer-signature:" + std::string(64, '0') + "\r\n\r\n");
  CHECK(decode(signed_trailer, std::nullopt, "0" + signature + "\r\na:b\r\n").error == Error::incomplete);
}

TEST_CASE("A sink that says stop stops the decoding") {
  AwsChunkedDecoder decoder(unsigned_trailer, std::nullopt);
  int calls = 0;
  const auto sink = [&calls](ByteView) { return ++calls < 1; };
  CHECK_FALSE(decoder.feed(as_bytes("5\r\nhello\r\n0\r\n\r\n"), sink).value());
  CHECK_FALSE(decoder.feed(as_bytes("more"), sink).value());
  CHECK(calls == 1);
  CHECK(decoder.finish().error() == Error::incomplete);
}

TEST_CASE("After an error there is only that error") {
  AwsChunkedDecoder decoder(unsigned_trailer, std::nullopt);
  const auto sink = [](ByteView) { return true; };
  CHECK(decoder.feed(as_bytes("g\r\n"), sink).error() == Error::malformed);
  CHECK(decoder.feed(as_bytes("0\r\n\r\n"), sink).error() == Error::malformed);
  CHECK(decoder.finish().error() == Error::malformed);
}

TEST_CASE("Data is handed on as it comes, without waiting for the chunk's end and without copies") {
  AwsChunkedDecoder decoder(unsigned_trailer, std::nullopt);
  const std::string piece = "100000\r\n" + std::string(1000, 'x');
  std::vector<std::pair<const std::uint8_t*, std::size_t>> runs;
  const auto sink = [&runs](ByteView bytes) {
    runs.emplace_back(bytes.data(), bytes.size());
    return true;
  };
  CHECK(decoder.feed(as_bytes(piece), sink).value());
  REQUIRE(runs.size() == 1);
  CHECK(runs[0].first == as_bytes(piece).data() + 8);
  CHECK(runs[0].second == 1000);
  CHECK(decoder.decoded_bytes() == 1000);
}

TEST_CASE("A decoder can be moved in the middle of a body") {
  const auto nothing = [](ByteView) { return true; };
  AwsChunkedDecoder first(unsigned_trailer, std::nullopt);
  CHECK(first.feed(as_bytes("5\r\nhel"), nothing).value());
  AwsChunkedDecoder second = std::move(first);
  CHECK(second.feed(as_bytes("lo\r\n0\r\n\r\n"), nothing).value());
  CHECK(second.finish().has_value());
  CHECK(second.decoded_bytes() == 5);
}

}  // namespace partsmith::protocol::chunked
