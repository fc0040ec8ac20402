#include "aws_chunked_twin.h"

#include "catch.h"

// The decoder against its plain twin, and against itself on every way of cutting a body in pieces.

namespace partsmith::protocol::chunked {
namespace {

std::vector<std::size_t> random_cuts(std::mt19937& random, std::size_t length) {
  std::vector<std::size_t> cuts;
  const std::size_t limit = random() % 2 == 0 ? 8 : 20'000;
  const std::size_t longest = 1 + random() % limit;
  for (std::size_t sum = 0; sum < length; sum += cuts.back()) cuts.push_back(1 + random() % longest);
  return cuts;
}

struct Sample {
  std::string data;
  std::string body;
};

Sample random_sample(std::mt19937& random, StreamingPayload form) {
  AwsChunkedEncoder encoder(form, signing_for(form));
  Sample sample;
  for (auto chunks = random() % 4; chunks > 0; --chunks) {
    const auto size = chunks == 1 ? 1 + random() % 9'000 : 8192 + random() % 2'000;
    const auto data = random_text(random, size);
    sample.data += data;
    sample.body += encoder.chunk(as_bytes(data));
  }
  Headers trailers;
  if (form.trailer && (form.signed_chunks || random() % 2 == 0))
    trailers.add("x-amz-checksum-crc32", "NhCmhg==");
  sample.body += encoder.last(trailers);
  return sample;
}

const auto forms = {unsigned_trailer, signed_plain, signed_trailer};

}  // namespace

TEST_CASE("A body is decoded to the same whatever pieces it comes in") {
  std::mt19937 random(20260221);
  for (const auto form : forms) {
    for (int round = 0; round < 60; ++round) {
      const auto sample = random_sample(random, form);
      const auto whole = decode(form, signing_for(form), sample.body);
      CAPTURE(round, form.signed_chunks, form.trailer);
      REQUIRE_FALSE(whole.error.has_value());
      REQUIRE(whole.data == sample.data);
      REQUIRE(decode(form, signing_for(form), sample.body, random_cuts(random, sample.body.size())) == whole);
    }
    const auto sample = random_sample(random, form);
    const std::vector<std::size_t> single(sample.body.size(), 1);
    CHECK(decode(form, signing_for(form), sample.body, single) ==
          decode(form, signing_for(form), sample.body));
  }
}

TEST_CASE("Decoder and plain twin agree on well-formed bodies") {
  std::mt19937 random(1);
  for (int round = 0; round < 100; ++round) {
    const auto sample = random_sample(random, unsigned_trailer);
    CAPTURE(round);
    const auto plain = decode_plainly(sample.body);
    REQUIRE(plain.has_value());
    REQUIRE(plain->data == sample.data);
    REQUIRE(decode(unsigned_trailer, std::nullopt, sample.body, random_cuts(random, sample.body.size())) ==
            *plain);
  }
}

TEST_CASE(
    "Decoder and plain twin agree on damaged bodies, and the error is the same in whatever pieces they "
    "come") {
  std::mt19937 random(2);
  constexpr std::string_view framing = "\r\n0f8:; x";
  int refused = 0;
  for (int round = 0; round < 3'000; ++round) {
    std::string body = "9\r\n123\r\n6789\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n";
    for (auto damages = 1 + random() % 3; damages > 0; --damages) {
      const auto at = random() % body.size();
      switch (random() % 4) {
        case 0:
          body[at] = framing[random() % framing.size()];
          break;
        case 1:
          body.insert(at, 1, framing[random() % framing.size()]);
          break;
        case 2:
          body.erase(at, 1);
          break;
        default:
          body.resize(at + 1);
          break;
      }
    }
    CAPTURE(body);
    const auto plain = decode_plainly(body);
    const auto whole = decode(unsigned_trailer, std::nullopt, body);
    REQUIRE(whole.error.has_value() == !plain.has_value());
    if (plain) REQUIRE(whole == *plain);
    REQUIRE(decode(unsigned_trailer, std::nullopt, body, random_cuts(random, body.size())) == whole);
    refused += whole.error ? 1 : 0;
  }
  CHECK(refused > 1'000);
  CHECK(refused < 3'000);
}

}  // namespace partsmith::protocol::chunked
