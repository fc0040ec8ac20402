#include <partsmith/values/encoding.h>

#include "catch.h"

namespace partsmith {
namespace {

struct Pair {
  std::string_view bytes;
  std::string_view text;
};

std::string as_string(const std::optional<Bytes>& bytes) {
  return std::string(as_text(bytes.value()));
}

}  // namespace

TEST_CASE("Hexadecimal is written in lower case and read in either case") {
  CHECK(to_hex(as_bytes(std::string_view("\x00\x0f\xa5\xff", 4))) == "000fa5ff");
  CHECK(from_hex("000fA5Ff") == Bytes{0x00, 0x0f, 0xa5, 0xff});
  CHECK(to_hex({}).empty());
  CHECK(from_hex("") == Bytes{});
}

TEST_CASE("Text that is not hexadecimal is refused") {
  const std::string_view text = GENERATE("0", "abc", "0g", "g0", " 00", "0x00", "-1", "\xff\xff");
  CAPTURE(text);
  CHECK_FALSE(from_hex(text));
}

TEST_CASE("Base64 goes both ways for the vectors of RFC 4648") {
  const auto [bytes, text] = GENERATE(
      Pair{"", ""}, Pair{"f", "Zg=="}, Pair{"fo", "Zm8="}, Pair{"foo", "Zm9v"}, Pair{"foob", "Zm9vYg=="},
      Pair{"fooba", "Zm9vYmE="}, Pair{"foobar", "Zm9vYmFy"}, Pair{"\xfb\xff\xbf", "+/+/"});
  CAPTURE(text);
  CHECK(to_base64(as_bytes(bytes)) == text);
  CHECK(as_string(from_base64(text)) == bytes);
}

TEST_CASE("Base64url has no padding and its own last two digits") {
  const auto [bytes, text] = GENERATE(Pair{"", ""}, Pair{"f", "Zg"}, Pair{"fo", "Zm8"}, Pair{"foo", "Zm9v"},
                                      Pair{"\xfb\xff\xbf", "-_-_"});
  CAPTURE(text);
  CHECK(to_base64url(as_bytes(bytes)) == text);
  CHECK(as_string(from_base64url(text)) == bytes);
}

TEST_CASE("Base64 that is not exactly what would be written is refused") {
  const std::string_view text = GENERATE(
      // padding: missing, too much, misplaced
      "Zg", "Zg=", "Zm8", "Zg===", "Z===", "====", "=", "Zg==Zg==", "Zm=v", "Zm9v====",
      // white space and other alphabets
      "Zg==\n", " Zg==", "Zm 9", "-_-_", "Zm9*", "Zm9\xff",
      // bits that no byte takes up
      "Zh==", "Zm9=");
  CAPTURE(text);
  CHECK_FALSE(from_base64(text));
}

TEST_CASE("Base64url that is not exactly what would be written is refused") {
  const std::string_view text = GENERATE("Z", "Zm9vY", "Zg==", "+/+/", "Zh", "Zm9 ");
  CAPTURE(text);
  CHECK_FALSE(from_base64url(text));
}

TEST_CASE("Every byte value survives each of the text forms") {
  Bytes all;
  for (unsigned value = 0; value < 256; ++value) all.push_back(static_cast<std::uint8_t>(value));
  CHECK(from_hex(to_hex(all)) == all);
  CHECK(from_base64(to_base64(all)) == all);
  CHECK(from_base64url(to_base64url(all)) == all);
}

}  // namespace partsmith
