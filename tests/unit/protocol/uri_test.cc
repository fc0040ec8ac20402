#include <partsmith/protocol/path.h>
#include <partsmith/protocol/uri.h>

#include "catch.h"

namespace partsmith::protocol {
namespace {

std::string every_byte() {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  return bytes;
}

}  // namespace

TEST_CASE("Only unreserved characters stay as they are when encoded, and a slash where it is asked for") {
  CHECK(uri_encode("AZaz09-_.~", Slash::encode) == "AZaz09-_.~");
  CHECK(uri_encode("a/b c+d", Slash::keep) == "a/b%20c%2Bd");
  CHECK(uri_encode("a/b c+d", Slash::encode) == "a%2Fb%20c%2Bd");
  CHECK(uri_encode("\xC3\xBC%", Slash::keep) == "%C3%BC%25");
  CHECK(uri_encode("!*'()", Slash::keep) == "%21%2A%27%28%29");
}

TEST_CASE("Whatever is encoded is decoded to the same bytes") {
  const auto bytes = every_byte();
  CHECK(percent_decode(uri_encode(bytes, Slash::encode)) == bytes);
  CHECK(percent_decode(uri_encode(bytes, Slash::keep)) == bytes);
}

TEST_CASE("A plus in a path is a space, and %2B a plus") {
  CHECK(decode_path("/b/a+b%2Bc%2bd%20e") == "/b/a b+c+d e");
  CHECK_FALSE(decode_path("/b/+%").has_value());
}

TEST_CASE("Percent sequences are decoded in either case, and a plus stays a plus") {
  CHECK(percent_decode("%c3%BC+%2b") == "\xC3\xBC++");
  CHECK(percent_decode("%00").value().size() == 1);
  CHECK(percent_decode("%2525") == "%25");
}

TEST_CASE("A percent sign that two hexadecimal digits don't follow is refused") {
  const std::string_view text = GENERATE("%", "%4", "a%", "%4g", "%g4", "%-1", "% 4", "%%41");
  CAPTURE(text);
  CHECK_FALSE(percent_decode(text).has_value());
  CHECK_FALSE(Query::parse(text).has_value());
  CHECK_FALSE(Query::parse("name=" + std::string(text)).has_value());
}

TEST_CASE("A query's parameters are decoded and keep their order") {
  const auto query = Query::parse("prefix=a%2Fb+c&uploads&marker=&prefix=second&x=a=b").value();
  const auto& all = query.parameters();
  REQUIRE(all.size() == 5);
  CHECK(all[0].name == "prefix");
  CHECK(all[0].value == "a/b c");
  CHECK(all[0].has_value);
  CHECK(all[1].name == "uploads");
  CHECK(all[1].value.empty());
  CHECK_FALSE(all[1].has_value);
  CHECK(all[2].name == "marker");
  CHECK(all[2].value.empty());
  CHECK(all[2].has_value);
  CHECK(all[4].value == "a=b");
}

TEST_CASE("A parameter is found by its exact name, the first of several") {
  const auto query = Query::parse("prefix=1&prefix=2&uploads&na%6De=3").value();
  CHECK(query.get("prefix") == "1");
  CHECK(query.get("uploads") == "");
  CHECK(query.get("name") == "3");
  CHECK(query.has("uploads"));
  CHECK_FALSE(query.has("Uploads"));
  CHECK_FALSE(query.get("absent").has_value());
}

TEST_CASE("Empty pieces of a query hold no parameter") {
  CHECK(Query::parse("").value().parameters().empty());
  CHECK(Query::parse("&&").value().parameters().empty());
  CHECK(Query::parse("&a&&b&").value().parameters().size() == 2);
  CHECK(Query::parse("=v").value().parameters().size() == 1);
}

TEST_CASE("A target is split at its first question mark") {
  CHECK(split_target("/b/k").path == "/b/k");
  CHECK(split_target("/b/k").query.empty());
  CHECK(split_target("/b/k?a=b?c").path == "/b/k");
  CHECK(split_target("/b/k?a=b?c").query == "a=b?c");
  CHECK(split_target("?").path.empty());
}

}  // namespace partsmith::protocol
