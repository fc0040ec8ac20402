#include <partsmith/server/vendor_rules.h>

#include "catch.h"

using namespace partsmith;
using namespace partsmith::server;

TEST_CASE("A profile without a rule is Amazon S3") {
  const auto rules = parse_vendor_rules("{}");
  REQUIRE(rules);
  CHECK(rules->minimum_part_bytes == limits::min_part_size);
  CHECK(rules->maximum_parts == limits::max_part_number);
  CHECK_FALSE(rules->equal_parts);
  CHECK_FALSE(rules->complete_once);
}

TEST_CASE("Every rule can be given; header names in any case") {
  const auto rules =
      parse_vendor_rules(R"({"refused_operations": ["UploadPartCopy"], "refused_headers": ["X-Amz-Checksum-"],
      "equal_parts": true, "minimum_part_bytes": 0, "maximum_parts": 1000, "complete_once": true})");
  REQUIRE(rules);
  CHECK(rules->refused_operations == std::vector{protocol::OperationId::UploadPartCopy});
  CHECK(rules->refused_headers == std::vector<std::string>{"x-amz-checksum-"});
  CHECK(rules->equal_parts);
  CHECK(rules->minimum_part_bytes == 0);
  CHECK(rules->maximum_parts == 1000);
  CHECK(rules->complete_once);
}

TEST_CASE("A rule that makes no sense is told by name") {
  struct Case {
    std::string json;
    std::string told;
  };
  const Case cases[] = {
      {"[]", "the rules must be an object"},
      {"{", "the rules are no JSON"},
      {R"({"equal_part": true})", "\"equal_part\" is no rule that the server can take on"},
      {R"({"equal_parts": 1})", "\"equal_parts\" must be true or false"},
      {R"({"maximum_parts": 0})", "\"maximum_parts\" must be a number from 1 to 10000"},
      {R"({"maximum_parts": 10001})", "\"maximum_parts\" must be a number from 1 to 10000"},
      {R"({"minimum_part_bytes": -1})", "\"minimum_part_bytes\" must be a number"},
      {R"({"refused_operations": ["PutPart"]})", "PutPart is no operation of S3"},
      {R"({"refused_operations": "UploadPart"})", "\"refused_operations\" must be a list of texts"},
      {R"({"refused_headers": [""]})", "an empty name would refuse every request"},
  };
  for (const auto& one : cases) {
    INFO(one.json);
    const auto rules = parse_vendor_rules(one.json);
    REQUIRE_FALSE(rules);
    CHECK(rules.error().find(one.told) != std::string::npos);
  }
}
