// Version ids: what one was made of can be read from it, and no other text passes for one.

#include <partsmith/values/version_id.h>

#include "catch.h"

using namespace partsmith;

namespace {

constexpr VersionId::Salt salt{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};

}  // namespace

TEST_CASE("a version id is 32 characters that a URL needs not to encode, and carries its number") {
  for (const std::int64_t number : {std::int64_t{1}, std::int64_t{255}, std::int64_t{256}, INT64_MAX}) {
    const VersionId id = VersionId::of(number, salt);
    CHECK(id.text().size() == 32);
    CHECK(id.text().find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._") ==
          std::string::npos);
    CHECK_FALSE(id.is_null());
    CHECK(id.number() == number);
    CHECK(VersionId::parse(id.text()) == id);
  }
}

TEST_CASE("two ids of one number differ by their salt") {
  CHECK(VersionId::of(7, salt) != VersionId::of(7, VersionId::Salt{}));
}

TEST_CASE("null is the id of the version without one") {
  const auto null = VersionId::parse("null");
  REQUIRE(null);
  CHECK(null->is_null());
  CHECK(*null == VersionId::null());
  CHECK(null->text() == "null");
}

TEST_CASE("a text that was never made a version id is none") {
  const std::string made = VersionId::of(1, salt).text();
  std::string changed = made;
  changed[5] = changed[5] == 'A' ? 'B' : 'A';
  const std::string text =
      GENERATE_COPY(std::string(), std::string("Null"), std::string("nonsense"), std::string(32, 'A'),
                    changed, made + "A", made.substr(1), std::string(" ") + made, std::string(31, 'A') + "-");
  CAPTURE(text);
  CHECK_FALSE(VersionId::parse(text));
}
