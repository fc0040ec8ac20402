#include <algorithm>
#include <random>
#include <string>

#include <partsmith/values/crc.h>

#include "catch.h"

namespace partsmith {
namespace {

/// The functions of one CRC; the 32-bit ones are widened, so that one case table holds all three.
struct Crc {
  std::string_view name;
  std::uint64_t check;  ///< of "123456789", as the catalogues of CRCs give it
  std::uint64_t (*fast)(std::uint64_t, ByteView);
  std::uint64_t (*plain)(std::uint64_t, ByteView);
  std::uint64_t (*combine)(std::uint64_t, std::uint64_t, std::uint64_t);
};

template <std::uint32_t (*Function)(std::uint32_t, ByteView)>
std::uint64_t widened(std::uint64_t crc, ByteView bytes) {
  return Function(static_cast<std::uint32_t>(crc), bytes);
}
template <std::uint32_t (*Function)(std::uint32_t, std::uint32_t, std::uint64_t)>
std::uint64_t widened(std::uint64_t a, std::uint64_t b, std::uint64_t length) {
  return Function(static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b), length);
}

Crc any_crc() {
  return GENERATE(
      Crc{"CRC32", 0xcbf43926, &widened<crc32>, &widened<crc32_plain>, &widened<crc32_combine>},
      Crc{"CRC32C", 0xe3069283, &widened<crc32c>, &widened<crc32c_plain>, &widened<crc32c_combine>},
      Crc{"CRC64NVME", 0xae8b14860a799888, &crc64nvme, &crc64nvme_plain, &crc64nvme_combine});
}

using Random = std::mt19937_64;  // the default seed: every run sees the same bytes

std::size_t below(Random& random, std::size_t bound) {
  return random() % bound;
}

Bytes random_bytes(Random& random, std::size_t size) {
  Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

}  // namespace

TEST_CASE("Each CRC has its published check value") {
  const Crc crc = any_crc();
  CAPTURE(crc.name);
  CHECK(crc.fast(0, as_bytes("123456789")) == crc.check);
  CHECK(crc.plain(0, as_bytes("123456789")) == crc.check);
}

TEST_CASE("The CRC of nothing is zero, and appending nothing changes no CRC") {
  const Crc crc = any_crc();
  CAPTURE(crc.name);
  CHECK(crc.fast(0, {}) == 0);
  CHECK(crc.fast(crc.check, {}) == crc.check);
  CHECK(crc.plain(crc.check, {}) == crc.check);
}

TEST_CASE("A fast CRC equals its plain twin for every short length at every alignment") {
  const Crc crc = any_crc();
  Random random;
  const Bytes bytes = random_bytes(random, 700);
  for (std::size_t start = 0; start < 16; ++start) {
    std::uint64_t expected = 7;
    for (std::size_t length = 0; start + length < bytes.size(); ++length) {
      const ByteView view = ByteView(bytes).subspan(start, length);
      if (crc.fast(7, view) != expected) FAIL(crc.name << " of " << length << " bytes from " << start);
      expected = crc.plain(expected, ByteView(bytes).subspan(start + length, 1));
    }
  }
  SUCCEED();
}

TEST_CASE("A fast CRC equals its plain twin however long bytes are split") {
  const Crc crc = any_crc();
  Random random;
  const Bytes bytes = random_bytes(random, 300'000);
  for (int round = 0; round < 20; ++round) {
    const std::size_t start = below(random, 64);
    ByteView rest = ByteView(bytes).subspan(start, below(random, bytes.size() - start));
    const std::uint64_t expected = crc.plain(0, rest);
    const std::size_t longest_piece = std::size_t{1} << (1 + below(random, 18));
    std::uint64_t value = 0;
    while (!rest.empty()) {
      const std::size_t taken = std::min(rest.size(), 1 + below(random, longest_piece));
      value = crc.fast(value, rest.first(taken));
      rest = rest.subspan(taken);
    }
    CAPTURE(crc.name, round, start, longest_piece);
    CHECK(value == expected);
  }
}

TEST_CASE("The CRCs of two pieces combine to the CRC of both") {
  const Crc crc = any_crc();
  Random random;
  const Bytes bytes = random_bytes(random, 5'000);
  for (int round = 0; round < 50; ++round) {
    const std::size_t cut = below(random, bytes.size() + 1);
    const ByteView first = ByteView(bytes).first(cut);
    const ByteView second = ByteView(bytes).subspan(cut);
    CAPTURE(crc.name, cut);
    CHECK(crc.combine(crc.fast(0, first), crc.fast(0, second), second.size()) == crc.fast(0, bytes));
  }
}

TEST_CASE("Combining with an empty piece on either side changes nothing") {
  const Crc crc = any_crc();
  CAPTURE(crc.name);
  CHECK(crc.combine(crc.check, 0, 0) == crc.check);
  CHECK(crc.combine(0, crc.check, 9) == crc.check);
}

TEST_CASE("Combining is exact for lengths far beyond memory") {
  const Crc crc = any_crc();
  const std::uint64_t length =
      GENERATE(std::uint64_t{1} << 31U, (std::uint64_t{1} << 32U) + 1,
               std::uint64_t{10'000} * 5 * 1024 * 1024 * 1024, (std::uint64_t{1} << 63U) + 5);
  CAPTURE(crc.name, length);
  // Moving past the length at once, and in two halves that share no power of two with it, must agree.
  const std::uint64_t half = length / 2 - 1;
  const std::uint64_t in_halves = crc.combine(crc.combine(crc.check, 0, half), 0, length - half);
  CHECK(crc.combine(crc.check, 0, length) == in_halves);
  CHECK(in_halves != crc.check);
}

}  // namespace partsmith
