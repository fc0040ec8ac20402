// Every harness over its seeds, some changes of them that are the same each time, and the inputs that once
// showed a fault. `./dev fuzz` looks for more.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "catch.h"
#include "harness.h"

namespace partsmith::fuzz {
namespace {

namespace fs = std::filesystem;

/// As a quoted text.
std::string shown(std::string_view input) {
  std::ostringstream text;
  for (const char c : input) {
    if (c >= ' ' && c <= '~' && c != '\\') {
      text << c;
    } else {
      text << "\\x" << std::hex << static_cast<int>(static_cast<unsigned char>(c)) << std::dec << ' ';
    }
  }
  return text.str();
}

void run(const Harness& harness, const std::string& input) {
  CAPTURE(harness.name, shown(input));
  REQUIRE_NOTHROW(harness.run(input));
}

void change(std::string& input, std::mt19937& random, const std::string& other) {
  constexpr std::string_view likely = "\r\n\0 \"'<>&;:=%/,-+0123456789abcx\xC3\xA4\xFF\x7F";
  const std::size_t at = input.empty() ? 0 : random() % input.size();
  switch (random() % 6) {
    case 0:
      if (!input.empty()) input[at] = static_cast<char>(random());
      break;
    case 1:
      if (!input.empty()) input[at] = likely[random() % likely.size()];
      break;
    case 2:
      input.insert(at, 1 + random() % 3, likely[random() % likely.size()]);
      break;
    case 3:
      input.erase(at, 1 + random() % 8);
      break;
    case 4: {  // a piece again
      const std::string piece = input.substr(at, 1 + random() % 40);
      input.insert(input.empty() ? 0 : random() % input.size(), piece);
      break;
    }
    default:  // the rest of another
      input = input.substr(0, at) + (other.empty() ? "" : other.substr(random() % other.size()));
  }
}

}  // namespace

TEST_CASE("every parser does what its harness asks for, with right inputs, changed ones, and old faults") {
  for (const Harness& harness : harnesses()) {
    DYNAMIC_SECTION(harness.name) {
      const std::vector<std::string> seeds = harness.seeds();
      REQUIRE_FALSE(seeds.empty());
      run(harness, "");
      for (const std::string& seed : seeds) {
        CHECK(seed.size() <= harness.longest);
        run(harness, seed);
      }
      std::mt19937 random(20261129);
      for (int round = 0; round < 600; ++round) {
        std::string input = seeds[random() % seeds.size()];
        for (auto changes = 1 + random() % 5; changes > 0; --changes) {
          change(input, random, seeds[random() % seeds.size()]);
        }
        input.resize(std::min(input.size(), harness.longest));
        run(harness, input);
      }
      std::error_code none;
      for (const auto& entry : fs::directory_iterator(fs::path(PARTSMITH_REGRESSIONS) / harness.name, none)) {
        CAPTURE(entry.path().string());
        std::ostringstream text;
        text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
        run(harness, text.str());
      }
    }
  }
}

TEST_CASE("each folder of old faults is that of a harness, and each harness has a name of its own") {
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(PARTSMITH_REGRESSIONS, none)) {
    CAPTURE(entry.path().string());
    CHECK((!entry.is_directory() || find_harness(entry.path().filename().string()) != nullptr));
  }
  for (const Harness& harness : harnesses()) CHECK(find_harness(harness.name) == &harness);
}

TEST_CASE("a harness that finds what doesn't hold says so") {
  CHECK_THROWS(must(false, "something"));
  CHECK_NOTHROW(must(true, "something"));
  CHECK(find_harness("none") == nullptr);
}

}  // namespace partsmith::fuzz
