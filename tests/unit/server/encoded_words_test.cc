#include "operations/encoded_words.h"

#include "catch.h"

using namespace partsmith::server;

TEST_CASE("Metadata comes back plain when it decodes to ASCII, else encoded") {
  struct Case {
    std::string sent, answered;
  };
  // Recorded: user-metadata-rfc2047, user-metadata-rfc2047-bad-base64.
  const auto c = GENERATE(values<Case>({
      {"=?UTF-8?Q?actually-ascii?=", "actually-ascii"},
      {"=?UTF-8?B?YWJj?=", "abc"},
      {"=?UTF-8?Q?test=5F=E2=80=94=5Ffile%E2%80%94=5F=C3=A9=5F2=3F.pdf?=",
       "=?UTF-8?Q?test=5F=E2=80=94=5Ffile%E2%80%94=5F=C3=A9=5F2=3F.pdf?="},
      {"=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?=", "=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?="},
      {"=?UTF-8?B?AAECAw==?=", "=?UTF-8?B?AAECAw==?="},
      {"=?UTF-8?B?=GGG?=", "=?UTF-8?B?77+9Ye+/vQ==?="},
      {"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"},
  }));
  INFO(c.sent);
  CHECK(metadata_to_header(metadata_from_header(c.sent)) == c.answered);
}

TEST_CASE("Bytes beyond ASCII in a header are taken for Latin-1") {
  // S3 user guide, "Working with object metadata": UTF-8 that nobody encoded comes back encoded twice.
  CHECK(metadata_to_header(metadata_from_header("ÄMÄZÕÑ S3")) == "=?UTF-8?B?w4PChE3Dg8KEWsODwpXDg8KRIFMz?=");
}

TEST_CASE("Only whole encoded words of a known charset and encoding are decoded") {
  struct Case {
    std::string header, text;
  };
  const auto c = GENERATE(values<Case>({
      {"", ""},
      {"=?", "=?"},
      {"=?" "?=", "=?" "?="},
      {"=?UTF-8?Q?=", "=?UTF-8?Q?="},
      {"=?UTF-8?Q?" "?=", ""},
      {"=?UTF-8?Q?=4?=", "=?UTF-8?Q?=4?="},
      {"=?UTF-8?B?YWJ?=", "=?UTF-8?B?YWJ?="},
      {"=?UTF-8?X?abc?=", "=?UTF-8?X?abc?="},
      {"=?KOI8-R?Q?abc?=", "=?KOI8-R?Q?abc?="},
      {"=?utf-8?q?a_b?=", "a b"},
      {"=?ISO-8859-1?Q?=E9?=", "é"},
      {"a =?UTF-8?Q?b?=  c", "a b  c"},
      {"=?UTF-8?Q?b?=  =?UTF-8?B?Yw==?=", "bc"},
      {"=?UTF-8?Q?=F0=9F=91?=", "\uFFFD\uFFFD\uFFFD"},
  }));
  INFO(c.header);
  CHECK(metadata_from_header(c.header) == c.text);
}

TEST_CASE("An encoded word has no control byte in it") {
  CHECK(metadata_to_header("a\r\nSet-Cookie: b") == "=?UTF-8?Q?a=0D=0ASet-Cookie:_b?=");
  CHECK(metadata_to_header("test_—_file%E2%80%94_é_2👑.pdf") ==
        "=?UTF-8?Q?test=5F=E2=80=94=5Ffile%E2%80%94=5F=C3=A9=5F2=F0=9F=91=91.pdf?=");
}
