#include <stdexcept>
#include <string>
#include <vector>

#include <partsmith/values/etag.h>

#include "catch.h"

namespace partsmith {

TEST_CASE("The ETag of a plain object is the hexadecimal MD5 of its bytes, quoted on the wire") {
  const ETag etag = ETag::of(md5(as_bytes("abc")));
  CHECK(etag.text() == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(etag.quoted() == "\"900150983cd24fb0d6963f7d28e17f72\"");
}

TEST_CASE("The ETag of a multipart object is the MD5 of its parts' MD5s and their count, as recorded on S3") {
  SECTION("one part") {
    std::string part;
    for (int i = 0; i < 5; ++i) part += "upload-part-1";
    const std::vector parts = {ETag::of(md5(as_bytes(part)))};
    CHECK(ETag::of_parts(parts).text() == "e747540af6911dbc890f8d3e0b48549b-1");
  }
  SECTION("three parts") {
    const ETag large = ETag::of(md5(as_bytes(std::string(5'242'881, 'a'))));
    const ETag small = ETag::of(md5(as_bytes(std::string(10, 'a'))));
    CHECK(ETag::of_parts(std::vector{large, large, small}).text() == "4d45984fc3feb2ac9b22683c49674b56-3");
  }
}

TEST_CASE("The order of the parts decides the ETag") {
  const ETag a = ETag::of(md5(as_bytes("a")));
  const ETag b = ETag::of(md5(as_bytes("b")));
  CHECK(ETag::of_parts(std::vector{a, b}) != ETag::of_parts(std::vector{b, a}));
}

TEST_CASE("Hexadecimal in upper case names the same part") {
  const ETag lower = ETag::from_stored("900150983cd24fb0d6963f7d28e17f72");
  const ETag upper = ETag::from_stored("900150983CD24FB0D6963F7D28E17F72");
  CHECK(ETag::of_parts(std::vector{lower}) == ETag::of_parts(std::vector{upper}));
}

TEST_CASE("A part whose ETag is no MD5 is a bug") {
  const std::string text =
      GENERATE("", "abc", "900150983cd24fb0d6963f7d28e17f72-1", "900150983cd24fb0d6963f7d28e17f7",
               "900150983cd24fb0d6963f7d28e17f7200", "zz0150983cd24fb0d6963f7d28e17f72");
  CAPTURE(text);
  CHECK_THROWS_AS(ETag::of_parts(std::vector{ETag::from_stored(text)}), std::logic_error);
}

TEST_CASE("A client may write an ETag with or without quotes, or as a weak one") {
  struct Case {
    std::string_view written;
    std::string_view meant;
  };
  const auto [written, meant] = GENERATE(
      Case{"abc", "abc"}, Case{"\"abc\"", "abc"}, Case{"W/\"abc\"", "abc"}, Case{"\"abc-3\"", "abc-3"},
      // What is not a pair of quotes, or not a weak prefix, belongs to the tag.
      Case{"\"abc", "\"abc"}, Case{"abc\"", "abc\""}, Case{"\"", "\""}, Case{"W/abc", "W/abc"}, Case{"", ""},
      Case{"\"\"", ""}, Case{"*", "*"});
  CAPTURE(written);
  CHECK(ETag::from_client(written).text() == meant);
}

}  // namespace partsmith
