#include <partsmith/values/limits.h>

#include "aws_chunked_support.h"
#include "catch.h"

// The decoder against its plain twin, and against itself on every way of cutting a body in pieces.

namespace partsmith::protocol::chunked {
namespace {

/// Takes a line with its LF off the text; nothing when there is none.
std::optional<std::string> cut_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string line(text.substr(0, end + 1));
  text.remove_prefix(end + 1);
  return line;
}

/// A whole body at once, in the plainest way: what the unsigned form is. It knows well-formed bodies from
/// others, not why.
std::optional<Outcome> decode_plainly(std::string_view body) {
  Outcome outcome;
  for (bool small_before = false;;) {
    auto head = cut_line(body);
    if (!head || !head->ends_with("\r\n") || head->size() > 18) return std::nullopt;
    head->resize(head->size() - 2);
    if (head->empty() || head->find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)
      return std::nullopt;
    const auto size = std::stoull(*head, nullptr, 16);
    if (size == 0) break;
    if (small_before || size > body.size() || !body.substr(size).starts_with("\r\n")) return std::nullopt;
    small_before = size < 8192;
    outcome.data += body.substr(0, size);
    body.remove_prefix(size + 2);
  }
  if (body.size() > limits::max_trailer_bytes) return std::nullopt;
  bool ended = false;
  while (!body.empty()) {
    auto line = cut_line(body);
    if (!line) return std::nullopt;
    line->resize(line->size() - (line->ends_with("\r\n") ? 2 : 1));
    ended = line->empty();
    if (ended) continue;
    const auto colon = line->find(':');
    if (colon == std::string::npos) return std::nullopt;
    const auto name = lower_case(line->substr(0, colon));
    constexpr std::string_view token = "abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~";
    if (name.empty() || name.find_first_not_of(token) != std::string::npos) return std::nullopt;
    outcome.trailers.emplace_back(name, trimmed(std::string_view(*line).substr(colon + 1)));
  }
  return ended ? std::optional(outcome) : std::nullopt;
}

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
  if (form.trailer && random() % 2 == 0) trailers.add("x-amz-checksum-crc32", "NhCmhg==");
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
