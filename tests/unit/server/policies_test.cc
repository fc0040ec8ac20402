#include "catch.h"

#include <string>

#include "policies/address_range.h"
#include "policies/wildcards.h"

using partsmith::server::AddressRange;
using partsmith::server::matches_wildcards;

namespace {

struct Match {
  std::string_view pattern;
  std::string_view text;
  bool matches;
};

struct Range {
  std::string_view range;
  std::string_view address;
  bool contains;
};

}  // namespace

TEST_CASE("A star stands for any run of characters and a question mark for one") {
  const auto match =
      GENERATE(Match{"", "", true}, Match{"", "a", false}, Match{"*", "", true}, Match{"*", "a/b", true},
               Match{"?", "", false}, Match{"?", "a", true}, Match{"a*", "a", true},
               Match{"a*c", "abbc", true}, Match{"a*c", "abcb", false}, Match{"*ab", "aab", true},
               Match{"*a*b*", "xaxxbx", true}, Match{"a**b", "ab", true}, Match{"a*?", "a", false},
               Match{"films/*", "films", false}, Match{"films/*", "films/", true});
  CAPTURE(match.pattern, match.text);
  CHECK(matches_wildcards(match.pattern, match.text) == match.matches);
}

TEST_CASE("A pattern of many stars takes steps by the product of the lengths at most") {
  std::string stars;
  for (int i = 0; i < 1'000; ++i) stars += "a*";
  CHECK_FALSE(matches_wildcards(stars + "b", std::string(10'000, 'a')));
}

TEST_CASE("A range of addresses contains those that begin with its bits") {
  const auto range =
      GENERATE(Range{"192.0.2.0/24", "192.0.2.255", true}, Range{"192.0.2.0/24", "192.0.3.0", false},
               Range{"192.0.2.1", "192.0.2.1", true}, Range{"192.0.2.1", "192.0.2.2", false},
               Range{"0.0.0.0/0", "203.0.113.9", true}, Range{"10.0.0.0/7", "11.255.0.1", true},
               Range{"10.0.0.0/7", "12.0.0.0", false}, Range{"127.0.0.0/8", "::ffff:127.0.0.1", true},
               Range{"2001:db8::/32", "2001:db8:1::2", true}, Range{"2001:db8::/32", "2001:db9::", false},
               Range{"::/0", "127.0.0.1", false}, Range{"0.0.0.0/0", "::1", false}, Range{"::1", "::1", true},
               Range{"127.0.0.1", "localhost", false});
  CAPTURE(range.range, range.address);
  const auto parsed = AddressRange::parse(range.range);
  REQUIRE(parsed);
  CHECK(parsed->contains(range.address) == range.contains);
}

TEST_CASE("What is no range of addresses is none") {
  const auto text = GENERATE("", "localhost", "192.0.2", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1",
                             "192.0.2.0/24x", "2001:db8::/129", "/8", "1.2.3.4/ 8");
  CAPTURE(text);
  CHECK_FALSE(AddressRange::parse(text));
}
