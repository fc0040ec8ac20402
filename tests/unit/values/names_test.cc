#include <string>

#include <partsmith/values/bucket_naming.h>
#include <partsmith/values/names.h>

#include "catch.h"

namespace partsmith {

TEST_CASE("A bucket name by S3's rules is accepted") {
  const std::string name =
      GENERATE(std::string("abc"), std::string(63, 'a'), std::string("123"),
               std::string("my-bucket.example.com"), std::string("a--b"), std::string("0-9"),
               std::string("a.-b"), std::string("example-111122223333-us-west-2-an"),
               // almost an address, almost reserved
               std::string("192.168.5"), std::string("192.168.5.4.1"), std::string("192.168.5.x4"),
               std::string("sthree"), std::string("xn-a"), std::string("s3alias"), std::string("a-x-s3"),
               std::string("mrap"));
  CAPTURE(name);
  const auto bucket = BucketName::parse(name);
  REQUIRE(bucket);
  CHECK(bucket->text() == name);
}

TEST_CASE("A bucket name against S3's rules is refused") {
  const std::string name = GENERATE(
      // length
      std::string(), std::string("ab"), std::string(64, 'a'),
      // characters
      std::string("Bucket"), std::string("my_bucket"), std::string("my bucket"),
      std::string("b\xc3\xbc"
                  "cket"),
      std::string("a/b"), std::string("a:b"), std::string("a%62"), std::string("abc\n"),
      std::string("a\0b", 3),
      // first and last
      std::string("-abc"), std::string("abc-"), std::string(".abc"), std::string("abc."),
      // periods and addresses
      std::string("a..b"), std::string("..."), std::string("192.168.5.4"), std::string("999.999.999.999"),
      // reserved
      std::string("xn--abc"), std::string("sthree-abc"), std::string("sthree-configurator"),
      std::string("amzn-s3-demo-bucket"), std::string("abc-s3alias"), std::string("abc--ol-s3"),
      std::string("abc.mrap"), std::string("abc--use1-az4--x-s3"), std::string("abc--table-s3"));
  CAPTURE(name);
  CHECK_FALSE(BucketName::parse(name));
}

TEST_CASE("A bucket name that is refused says which rule it breaks, and what would be right") {
  struct Case {
    std::string name, says;
  };
  const auto c = GENERATE(values<Case>({
      {"", "it has 0 characters, and a bucket's name has 3 to 63"},
      {"b", "it has 1 character, and a bucket's name has 3 to 63"},
      {"b1", "it has 2 characters, and a bucket's name has 3 to 63"},
      {std::string(64, 'a'), "it has 64 characters, and a bucket's name has 3 to 63"},
      {"My_Bucket", "a bucket's name has lower-case letters, digits, '.' and '-' only"},
      {"-abc", "a bucket's name begins and ends with a letter or a digit"},
      {"abc.", "a bucket's name begins and ends with a letter or a digit"},
      {"a..b", "a bucket's name has no two dots in a row"},
      {"192.168.5.4", "a bucket's name isn't an IPv4 address"},
      {"xn--abc", "Amazon S3 reserves names that begin with xn--"},
      {"abc--x-s3", "Amazon S3 reserves names that end with --x-s3"},
  }));
  CHECK(fault_of_bucket_name(c.name) == c.says);
  CHECK_FALSE(fault_of_bucket_name("abc"));
}

TEST_CASE("A key is any text of 1 to 1,024 bytes") {
  const std::string text =
      GENERATE(std::string("a"), std::string(1024, 'k'), std::string("/"), std::string("../.."),
               std::string("a b\n\t"), std::string("\0", 1), std::string("\xe2\x82\xac"),
               std::string("\xf0\x9f\x98\x80"), std::string("\x7f"));
  const auto key = ObjectKey::parse(text);
  REQUIRE(key);
  CHECK(key->text() == text);
}

TEST_CASE("A key that is refused says why") {
  struct Case {
    std::string text;
    ObjectKey::Error why;
  };
  const Case c =
      GENERATE(Case{"", ObjectKey::Error::empty}, Case{std::string(1025, 'k'), ObjectKey::Error::too_long},
               // 1,026 bytes though only 513 characters: bytes count
               Case{[] {
                      std::string umlauts;
                      for (int i = 0; i < 513; ++i) umlauts += "\xc3\xbc";
                      return umlauts;
                    }(),
                    ObjectKey::Error::too_long},
               Case{"a\xff", ObjectKey::Error::not_utf8});
  auto why = c.why == ObjectKey::Error::empty ? ObjectKey::Error::too_long : ObjectKey::Error::empty;
  CHECK_FALSE(ObjectKey::parse(c.text, &why));
  CHECK(why == c.why);
  CHECK_FALSE(ObjectKey::parse(c.text));
}

TEST_CASE("A part number is 1 to 10,000") {
  CHECK_FALSE(PartNumber::from(0));
  CHECK(PartNumber::from(1).value().value() == 1);
  CHECK(PartNumber::from(10'000).value().value() == 10'000);
  CHECK_FALSE(PartNumber::from(10'001));
  CHECK_FALSE(PartNumber::from(-1));
  CHECK_FALSE(PartNumber::from((std::int64_t{1} << 32U) + 1));
}

TEST_CASE("A part number is read from decimal digits only") {
  CHECK(PartNumber::parse("1").value().value() == 1);
  CHECK(PartNumber::parse("10000").value().value() == 10'000);
  const std::string_view text = GENERATE("", "0", "10001", "-1", "+1", " 1", "1 ", "1.0", "0x1", "1e3", "one",
                                         "18446744073709551617", "99999999999999999999999999");
  CAPTURE(text);
  CHECK_FALSE(PartNumber::parse(text));
}

TEST_CASE("Part numbers are ordered as numbers") {
  CHECK(PartNumber::parse("9").value() < PartNumber::parse("10").value());
}

TEST_CASE("Well-formed UTF-8 is recognised up to the bounds of each length") {
  const std::string text =
      GENERATE(std::string(), std::string("\0", 1), std::string("\x7f"), std::string("\xc2\x80"),
               std::string("\xdf\xbf"), std::string("\xe0\xa0\x80"), std::string("\xed\x9f\xbf"),
               std::string("\xee\x80\x80"), std::string("\xef\xbf\xbf"), std::string("\xf0\x90\x80\x80"),
               std::string("\xf4\x8f\xbf\xbf"));
  CHECK(is_utf8(text));
  CHECK(is_utf8("before " + text + " after"));
}

TEST_CASE("Ill-formed UTF-8 is refused") {
  const std::string text = GENERATE(
      // a continuation byte alone, sequences cut short
      std::string("\x80"), std::string("\xbf"), std::string("\xc3"), std::string("\xe2\x82"),
      std::string("\xf0\x9f\x98"), std::string("\xc3("), std::string("\xe2(\xa1"),
      std::string("\xf0\x9f\x98("),
      // overlong forms
      std::string("\xc0\x80"), std::string("\xc1\xbf"), std::string("\xe0\x9f\xbf"),
      std::string("\xf0\x8f\xbf\xbf"),
      // surrogates, and above U+10FFFF
      std::string("\xed\xa0\x80"), std::string("\xed\xbf\xbf"), std::string("\xf4\x90\x80\x80"),
      std::string("\xf5\x80\x80\x80"), std::string("\xfe"), std::string("\xff"));
  CHECK_FALSE(is_utf8(text));
  CHECK_FALSE(is_utf8("before " + text));
  CHECK_FALSE(is_utf8(text + " after"));
}

}  // namespace partsmith
