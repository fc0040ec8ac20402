#include "request_log.h"

#include <algorithm>

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
  CHECK(
      text_line(entry()) ==
      "2026-02-21T00:05:00Z 127.0.0.1 PUT /films/a%20b%0A?partNumber=1 UploadPart 200 in=10 out=20 1.2ms ID");
}

TEST_CASE("No byte of a line is one that a terminal obeys, wherever it comes from") {
  LogEntry hostile = entry();
  const std::string bytes = "\x1b[2J \xc2\x9b" "31m\r\n\x07\x7f\xe2\x80\xae";
  hostile.method = hostile.path = hostile.upload = bytes;
  for (const std::string& line : {text_line(hostile), json_line(hostile)}) {
    INFO(line);
    CHECK(std::ranges::all_of(line, [](char c) { return c >= ' ' && c < 0x7f; }));
  }
}

TEST_CASE("What an upstream answered has its id beside ours") {
  LogEntry forwarded = entry();
  forwarded.upstream_id = "THEIRS\n";
  CHECK(text_line(forwarded).ends_with(" 1.2ms ID upstream=THEIRS%0A"));
  CHECK(json_line(forwarded).contains(R"("request_id":"ID","upstream_request_id":"THEIRS\n")"));
}

TEST_CASE("A JSON line tells the same") {
  CHECK(json_line(entry()) ==
        R"({"time":"2026-02-21T00:05:00Z","peer":"127.0.0.1","method":"PUT","path":"/films/a%20b%0A",)"
        R"("operation":"UploadPart","status":200,"bytes_in":10,"bytes_out":20,"ms":1.234,"request_id":"ID",)"
        R"("query":"partNumber=1"})");
}

TEST_CASE("An error's message stands beside its code, as one quotation on one line") {
  LogEntry refused = entry();
  refused.status = 400;
  refused.error = "InvalidArgument";
  refused.message = "Unsupported header 'a\"\r\nb'";
  CHECK(text_line(refused).contains(R"( 400 InvalidArgument "Unsupported header 'a%22%0D%0Ab'" in=10 )"));
  CHECK(
      json_line(refused).contains(R"("error":"InvalidArgument","message":"Unsupported header 'a\"\r\nb'")"));
  refused.message = std::string(1000, 'm').append("end");
  CHECK(text_line(refused).size() < 600);
}

TEST_CASE("Text lines shorten upload ids, JSON lines have them whole") {
  LogEntry part = entry();
  const std::string id = "VXBsb2Fk" + std::string(118, 'x') + "aWQx";
  const std::string query = "partNumber=3&uploadId=" + id;
  part.upload = query;
  CHECK(text_line(part).contains("?partNumber=3&uploadId=VXBsb2Fk…aWQx UploadPart "));
  CHECK(json_line(part).contains("\"query\":\"" + query + '"'));
  part.upload = "uploadId=short-id";
  CHECK(text_line(part).contains("?uploadId=short-id UploadPart "));
}
