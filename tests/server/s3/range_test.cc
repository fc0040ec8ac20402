/// Every form of Range against objects of no byte, one, and a hundred, and beside a part number.

#include <partsmith/values/digest.h>

#include "page.h"
#include "test_server.h"

using namespace partsmith;
using namespace partsmith::test;

namespace {

/// What is answered: "200", "416", or the first and last byte of a 206.
struct Row {
  std::string range;
  std::string of_0, of_1, of_100;
  std::string source;
};

const std::string empty_suffix = "of 0: arrow-rs-object-store#846, floci#1141";
const std::string ignored = "versitygw#1120, #2052; RFC 9110";

const std::vector<Row> rows = {
    {"bytes=0-", "416", "0-0", "0-99", "of 0: minio#6557"},
    {"bytes=0-0", "416", "0-0", "0-0", "of 0: versitygw#586"},
    {"bytes=0-99", "416", "0-0", "0-99", "recorded: get-ranges-of-2-kib"},
    {"bytes=0-1000", "416", "0-0", "0-99", "recorded: get-ranges-of-2-kib"},
    {"bytes=50-59", "416", "416", "50-59", "recorded: get-object-and-range"},
    {"bytes=99-", "416", "416", "99-99", "RFC 9110"},
    {"bytes=100-", "416", "416", "416", "recorded: get-range-beyond-end"},
    {"bytes=100-200", "416", "416", "416", "recorded: get-range-beyond-end"},
    {"bytes=-1", "200", "0-0", "99-99", empty_suffix},
    {"bytes=-5", "200", "0-0", "95-99", empty_suffix + "; versitygw#1258"},
    {"bytes=-1000", "200", "0-0", "0-99", empty_suffix + "; versitygw#1258"},
    {"bytes=-0", "416", "416", "416", "RFC 9110"},
    {"bytes=5-2", "200", "200", "200", "versitygw#1120, noobaa-core#9889"},
    {"bytes=0-0,2-3", "200", "200", "200", "S3 API: GetObject (one range)"},
    {"bytes=a-b", "200", "200", "200", ignored},
    {"bytes=-", "200", "200", "200", ignored},
    {"bytes=", "200", "200", "200", ignored},
    {"bytes", "200", "200", "200", ignored},
    {"invalid", "200", "200", "200", ignored},
    {"items=0-1", "200", "200", "200", "RFC 9110"},
    {"bytes=0-99999999999999999999999", "416", "0-0", "0-99", ""},
    {"bytes=99999999999999999999999-", "416", "416", "416", ""},
};

/// "206 of a-b" as "a-b", all else as its status.
std::string selected(const RawClient::Answer& answer) {
  if (answer.status != 206) return std::to_string(answer.status);
  const std::string_view range = answer.headers.value("Content-Range");
  return std::string(range.substr(6, range.find('/') - 6));
}

struct Scene {
  TestServer server;
  Scene() {
    REQUIRE(server.send({"PUT", "/films"}).status == 200);
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{100}}) {
      REQUIRE(server.send({"PUT", "/films/of-" + std::to_string(size), std::string(size, 'x')}).status ==
              200);
    }
  }
  RawClient::Answer get(const std::string& method, const std::string& size, const std::string& range,
                        const std::string& query = "") {
    return server.send({method, "/films/of-" + size + query, "", {{"Range", range}}});
  }
};

}  // namespace

TEST_CASE("Each form of a range selects what the table says, of GET and HEAD") {
  Scene scene;
  for (const Row& row : rows) {
    INFO(row.range);
    for (const std::string method : {"GET", "HEAD"}) {
      CHECK(selected(scene.get(method, "0", row.range)) == row.of_0);
      CHECK(selected(scene.get(method, "1", row.range)) == row.of_1);
      CHECK(selected(scene.get(method, "100", row.range)) == row.of_100);
    }
  }
}

TEST_CASE("docs/conditions.md has the table of ranges") {
  std::string table = "| Range | of 0 bytes | of 1 | of 100 | known from |\n|---|---|---|---|---|\n";
  for (const Row& row : rows) {
    table += "| " + row.range + " | " + row.of_0 + " | " + row.of_1 + " | " + row.of_100 + " | " +
             source_or_unsettled(row.source) + " |\n";
  }
  check_page("conditions.md", "ranges", table);
}

TEST_CASE("A part number beside any range is InvalidRequest") {
  Scene scene;
  const std::string range = GENERATE("bytes=0-0", "bytes=1000-", "nonsense");
  const auto answer = scene.get("GET", "100", range, "?partNumber=1");
  CHECK(answer.status == 400);
  CHECK(element(answer.body, "Code") == "InvalidRequest");
  CHECK(element(answer.body, "Message") == "Cannot specify both Range header and partNumber query parameter");
}

TEST_CASE("The last bytes of an empty object are all of it, and there is nothing") {
  Scene scene;
  const auto answer = scene.get("GET", "0", "bytes=-5");
  CHECK(answer.status == 200);
  CHECK(answer.body.empty());
  CHECK(answer.headers.value("Content-Length") == "0");
  CHECK_FALSE(answer.headers.has("Content-Range"));
}
