#include <set>
#include <string>

#include <partsmith/values/encoding.h>
#include <partsmith/values/random.h>

#include "catch.h"

namespace partsmith {

TEST_CASE("Random hexadecimal has two digits a byte") {
  CHECK(random_hex(0).empty());
  const std::string text = random_hex(24);
  CHECK(text.size() == 48);
  CHECK(from_hex(text));
}

TEST_CASE("Random values do not repeat") {
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) seen.insert(random_hex(16));
  CHECK(seen.size() == 1'000);
}

TEST_CASE("All bytes that were asked for are filled, and no others") {
  // Each of 64 bytes stays zero in all of 32 fillings with a chance of 2^-250.
  Bytes seen(66, 0);
  for (int i = 0; i < 32; ++i) {
    Bytes bytes(66, 0);
    fill_random(std::span(bytes).subspan(1, 64));
    for (std::size_t j = 0; j < bytes.size(); ++j) seen[j] = static_cast<std::uint8_t>(seen[j] | bytes[j]);
  }
  CHECK(seen.front() == 0);
  CHECK(seen.back() == 0);
  for (std::size_t j = 1; j <= 64; ++j) CHECK(seen[j] != 0);
}

}  // namespace partsmith
