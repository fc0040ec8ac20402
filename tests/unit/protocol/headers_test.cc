#include <partsmith/protocol/headers.h>

#include "catch.h"

namespace partsmith::protocol {

TEST_CASE("A header is found whatever the case of its name, and its value is untouched") {
  Headers headers{{"Content-Type", " text/plain%20 "}};
  CHECK(headers.get("content-type") == " text/plain%20 ");
  CHECK(headers.value("CONTENT-TYPE") == " text/plain%20 ");
  CHECK(headers.has("Content-type"));
}

TEST_CASE("An absent header has no value, an empty one has an empty value") {
  const Headers headers{{"Empty", ""}};
  CHECK_FALSE(headers.get("Absent").has_value());
  CHECK(headers.value("Absent").empty());
  CHECK_FALSE(headers.has("Absent"));
  CHECK(headers.get("Empty") == "");
  CHECK(headers.has("Empty"));
}

TEST_CASE("Headers of one name keep their order, and the first is the one that is read") {
  Headers headers;
  headers.add("X-A", "1");
  headers.add("X-B", "2");
  headers.add("x-a", "3");
  CHECK(headers.get("X-A") == "1");
  CHECK(headers.all("X-A") == std::vector<std::string_view>{"1", "3"});
  CHECK(headers.all("X-C").empty());
  std::string seen;
  for (const auto& [name, value] : headers) seen += name + '=' + value + ' ';
  CHECK(seen == "X-A=1 X-B=2 x-a=3 ");
}

TEST_CASE("Setting a header replaces every header of that name by one") {
  Headers headers{{"X-A", "1"}, {"X-B", "2"}, {"x-a", "3"}};
  headers.set("X-a", "4");
  CHECK(headers.size() == 2);
  CHECK(headers.all("X-A") == std::vector<std::string_view>{"4"});
  CHECK(headers.get("X-B") == "2");
}

TEST_CASE("A header can be set and removed by a name that lies in the headers themselves") {
  Headers headers{{"A-name-that-is-too-long-for-small-strings", "1"}, {"X-B", "2"}};
  headers.set(headers.begin()->first, "3");
  CHECK(headers.get("a-name-that-is-too-long-for-small-strings") == "3");
  headers.remove(headers.begin()->first);
  CHECK(headers.size() == 1);
}

TEST_CASE("Removing a header removes all of that name") {
  Headers headers{{"X-A", "1"}, {"X-B", "2"}, {"x-a", "3"}};
  headers.remove("x-A");
  CHECK(headers.size() == 1);
  CHECK_FALSE(headers.has("X-A"));
}

TEST_CASE("Case is that of ASCII letters alone") {
  CHECK(equal_ignoring_case("ETag", "etag"));
  CHECK_FALSE(equal_ignoring_case("ETag", "etags"));
  CHECK_FALSE(equal_ignoring_case("[", "{"));
  CHECK_FALSE(equal_ignoring_case("\xC3\x9C", "\xC3\xBC"));
  CHECK(lower_case("X-Amz-\xC3\x9C@[`") == "x-amz-\xC3\x9C@[`");
}

TEST_CASE("Trimming takes spaces and tabs from both ends") {
  CHECK(trimmed(" \t a b\t ") == "a b");
  CHECK(trimmed(" \t ").empty());
  CHECK(trimmed("").empty());
  CHECK(trimmed("\r\n") == "\r\n");
}

}  // namespace partsmith::protocol
