#include "header_lines.h"

#include "catch.h"

using namespace partsmith;
using namespace partsmith::server;

namespace {

std::vector<protocol::Headers::Field> joined(protocol::Headers headers) {
  headers = joined_lines(headers).value_or(headers);
  return {headers.begin(), headers.end()};
}

}  // namespace

TEST_CASE("Lines of one name become one, where the first stood") {
  using Fields = std::vector<protocol::Headers::Field>;
  CHECK(joined({{"Host", "h"}, {"x-amz-a", "1"}, {"Range", "r"}, {"X-Amz-A", "2"}}) ==
        Fields{{"Host", "h"}, {"x-amz-a", "1,2"}, {"Range", "r"}});
  CHECK(joined({{"a", ""}, {"a", ""}, {"a", "1"}}) == Fields{{"a", ",,1"}});
  CHECK(joined({{"a", "1"}, {"b", "2"}}) == Fields{{"a", "1"}, {"b", "2"}});
}

TEST_CASE("Metadata is left alone") {
  CHECK(joined({{"x-amz-meta-a", "1"}, {"x-amz-meta-a", "2"}, {"x-amz-meta-a", "3"}}).size() == 3);
}

TEST_CASE("Lines that stand often are joined in many lines too") {
  protocol::Headers headers{{"Host", "h"}};
  for (int i = 0; i < 5'000; ++i) {
    headers.add("a", std::to_string(i));
    headers.add("b" + std::to_string(i), "x");
  }
  headers = joined_lines(headers).value_or(headers);
  CHECK(headers.size() == 5'002);
  CHECK(headers.value("A").starts_with("0,1,2,3,"));
}
