#include "request_log.h"

#include "catch.h"

using namespace partsmith;
using namespace partsmith::server;

namespace {

LogEntry entry() {
  return {.time = TimePoint(std::chrono::milliseconds(1'771'632'300'000)),
          .peer = "127.0.0.1",
          .method = "PUT",
          .path = "/films/a b\n",
          .operation = "UploadPart",
          .upload = "partNumber=1",
          .status = 200,
          .bytes_in = 10,
          .bytes_out = 20,
          .took = std::chrono::microseconds(1234),
          .request_id = "ID"};
}

}  // namespace

TEST_CASE("A line of the log is one line, whatever the key holds") {
  CHECK(text_line(entry()) ==
        "2026-02-21T00:05:00Z 127.0.0.1 PUT /films/a%20b%0A?partNumber=1 UploadPart 200 in=10 out=20 1.2ms ID");
}

TEST_CASE("A JSON line tells the same") {
  CHECK(json_line(entry()) ==
        R"({"time":"2026-02-21T00:05:00Z","peer":"127.0.0.1","method":"PUT","path":"/films/a%20b%0A",)"
        R"("operation":"UploadPart","status":200,"bytes_in":10,"bytes_out":20,"ms":1.234,"request_id":"ID",)"
        R"("query":"partNumber=1"})");
}
