// What observers see at each stage, and what they may change.

#include "catch.h"
#include "visit_server.h"

using namespace partsmith;
using namespace partsmith::test;
using server::Outcome;
using server::Visit;

TEST_CASE("Before the operation an observer sees who asks for what, of which target") {
  VisitServer server;
  std::vector<std::string> seen;
  server.recorder.when_before = [&](Visit& visit) -> std::optional<Outcome> {
    seen = {visit.principal().access_key, std::string(visit.operation().action), visit.bucket().text(),
            visit.has_key() ? visit.key().text() : ""};
    return std::nullopt;
  };
  server.send("PUT", "/films/reel/1", "x");
  CHECK(seen == std::vector<std::string>{"test", "s3:PutObject", "films", "reel/1"});
  server.send("PUT", "/films");
  CHECK(seen == std::vector<std::string>{"test", "s3:CreateBucket", "films", ""});
}

TEST_CASE("What an observer answers before the operation stands in the operation's place") {
  VisitServer server;
  server.recorder.when_before = [](Visit& visit) -> std::optional<Outcome> {
    visit.note_acted("slow-down");
    return std::unexpected(protocol::S3Error(protocol::ErrorCode::SlowDown));
  };
  CHECK(server.send("PUT", "/films").status == 503);
  const Record record = server.recorder.first(1).front();
  CHECK(record.end.error == "SlowDown");
  CHECK(record.acted == std::vector<std::string>{"slow-down"});
  CHECK_FALSE(record.was_performed);
  server.recorder.when_before = nullptr;
  CHECK(server.send("HEAD", "/films").status == 404);
}

TEST_CASE("What an observer answers after the commit changes nothing of what was done") {
  VisitServer server;
  server.recorder.when_committed = [](Visit&, Outcome& outcome) {
    outcome = std::unexpected(protocol::S3Error(protocol::ErrorCode::InternalError));
  };
  CHECK(server.send("PUT", "/films").status == 500);
  server.recorder.when_committed = nullptr;
  CHECK(server.send("HEAD", "/films").status == 200);
}

TEST_CASE("Observers act on no request that isn't authorised") {
  VisitServer server;
  bool acted = false;
  server.recorder.when_before = [&](Visit&) -> std::optional<Outcome> {
    acted = true;
    return std::nullopt;
  };
  CHECK(server.connect().exchange("PUT /films HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").status == 403);
  CHECK_FALSE(acted);
}

TEST_CASE("The head stays as it came, and what a presigned query adds stands beside it") {
  VisitServer server;
  std::size_t came = 0;
  std::string seen;
  server.recorder.when_before = [&](Visit& visit) -> std::optional<Outcome> {
    came = visit.request.headers.size();
    seen = visit.headers().value("x-amz-acl");
    CHECK_FALSE(visit.request.headers.has("x-amz-acl"));
    return std::nullopt;
  };
  const std::string request = server.signed_request("PUT", "/films?x-amz-acl=private");
  CHECK(server.connect().exchange(request).status == 200);
  CHECK(seen == "private");
  CHECK(came > 0);
}

TEST_CASE("What isn't known yet can't be asked for") {
  const Visit visit({}, server::new_request_ids(), {});
  CHECK_THROWS_AS(visit.address(), std::logic_error);
  CHECK_THROWS_AS(visit.operation(), std::logic_error);
  CHECK_THROWS_AS(visit.world(), std::logic_error);
  CHECK_THROWS_AS(visit.principal(), std::logic_error);
  CHECK_THROWS_AS(visit.target(), std::logic_error);
}
