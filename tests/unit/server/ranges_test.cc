#include "operations/ranges.h"

#include "catch.h"

using namespace partsmith;
using namespace partsmith::server;

TEST_CASE("A Range of one run of bytes selects what the object has of it") {
  struct Case {
    std::string header;
    std::uint64_t size, first, length;
    std::string content_range;
  };
  const auto c = GENERATE(values<Case>({
      {"bytes=0-16", 960, 0, 17, "bytes 0-16/960"},
      {"bytes=1024-2048", 2048, 1024, 1024, "bytes 1024-2047/2048"},
      {"bytes=5-", 8, 5, 3, "bytes 5-7/8"},
      {"bytes=-3", 8, 5, 3, "bytes 5-7/8"},
      {"bytes=-100", 8, 0, 8, "bytes 0-7/8"},
      {"bytes=7-99999999999999999999999", 8, 7, 1, "bytes 7-7/8"},
  }));
  INFO(c.header);
  const auto range = range_of(c.header, c.size);
  REQUIRE(range);
  REQUIRE(*range);
  CHECK((*range)->first == c.first);
  CHECK((*range)->length == c.length);
  CHECK((*range)->content_range(c.size) == c.content_range);
}

TEST_CASE("What isn't one range of bytes is ignored") {
  const std::string header = GENERATE("bytes=0-1,3-4", "bytes=a-b", "bytes", "bytes=", "bytes=-", "bytes=5-2",
                                      "items=0-1", "bytes=1-2x");
  INFO(header);
  const auto range = range_of(header, 100);
  REQUIRE(range);
  CHECK_FALSE(range->has_value());
}

TEST_CASE("A range beyond the object is InvalidRange with both sizes") {
  const auto range = range_of("bytes=1024-4096", 8);
  REQUIRE_FALSE(range);
  CHECK(range.error().code == protocol::ErrorCode::InvalidRange);
  CHECK(range.error().fields == std::vector<std::pair<std::string, std::string>>{
                                    {"RangeRequested", "bytes=1024-4096"}, {"ActualObjectSize", "8"}});
}

TEST_CASE("Of an empty object only the last bytes can be had, which are all of it") {
  const std::string header = GENERATE("bytes=0-", "bytes=0-0", "bytes=-0");
  INFO(header);
  CHECK_FALSE(range_of(header, 0));
  const auto last = range_of("bytes=-1", 0);
  REQUIRE(last);
  CHECK_FALSE(last->has_value());
}

TEST_CASE("A copy range names both ends, inside the source") {
  CHECK(copy_range_of("bytes=2-5", 6)->length == 4);
  const std::string bad = GENERATE("bytes=2-", "bytes=-2", "2-5", "bytes=0-6", "bytes=9-12", "bytes=5-2", "");
  INFO(bad);
  const auto range = copy_range_of(bad, 6);
  REQUIRE_FALSE(range);
  CHECK(range.error().code == protocol::ErrorCode::InvalidArgument);
}
