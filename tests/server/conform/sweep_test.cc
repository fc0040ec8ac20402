/// What a killed run leaves is found by `--sweep`, and nothing else is.

#include <atomic>

#include <partsmith/client/multipart.h>
#include <partsmith/conformance/context.h>
#include <partsmith/conformance/runner.h>

#include "catch.h"
#include "command.h"
#include "proxy.h"
#include "test_server.h"

using namespace partsmith;
using test::Command;

namespace {

/// A run that is killed in the midst of an upload.
void kill_a_run(test::TestServer& server, std::vector<std::string> options) {
  std::atomic<bool> begun = false;
  test::Proxy proxy(server.port(), [&](const test::Proxy::Request& request, client::HttpAnswer&) {
    if (request.target.find("partNumber") != std::string::npos) {
      begun = true;
      begun.notify_all();
    }
  });
  options.insert(options.end(), {"--only", "multipart.*"});
  const Command command(test::at(proxy.port(), options));
  begun.wait(false);
  command.signal(SIGKILL);
  command.wait();
}

int status(test::TestServer& server, const std::string& method, const std::string& target) {
  return server.send({.method = method, .target = target}).status;
}

std::size_t count(const std::string& text, std::string_view piece) {
  std::size_t found = 0;
  for (auto at = text.find(piece); at != std::string::npos; at = text.find(piece, at + 1)) ++found;
  return found;
}

std::string get(test::TestServer& server, const std::string& target) {
  return server.send({.method = "GET", .target = target}).body;
}

}  // namespace

TEST_CASE("A sweep removes the buckets of a killed run, and no other, however alike its name") {
  test::TestServer server;
  for (const std::string name :
       {"films", "partsmith-conform-mine", "partsmith-conform-0123456789abcdef01234567"}) {
    REQUIRE(status(server, "PUT", "/" + name) == 200);
    REQUIRE(status(server, "PUT", "/" + name + "/partsmith-conform/key") == 200);
  }
  kill_a_run(server, {});
  REQUIRE(count(get(server, "/"), "<Bucket>") > 3);

  const auto swept = test::conform(test::at(server.port(), {"--sweep"}));
  INFO(swept.out << swept.err);
  CHECK(swept.code == 0);
  CHECK(swept.out.starts_with("removed bucket partsmith-conform-"));
  CHECK(count(get(server, "/"), "<Bucket>") == 3);
  CHECK(status(server, "HEAD", "/partsmith-conform-0123456789abcdef01234567/partsmith-conform/key") == 200);
  const auto again = test::conform(test::at(server.port(), {"--sweep"}));
  CHECK(again.out == "removed 0 buckets, 0 objects, 0 uploads; 1 requests\n");
}

TEST_CASE("A sweep of one bucket removes what a killed run left there, and leaves what is others'") {
  test::TestServer server;
  REQUIRE(status(server, "PUT", "/mine") == 200);
  for (const std::string key :
       {"film", "partsmith-conform/film", "partsmith-conform/0123456789abcdef01234567/film"})
    REQUIRE(status(server, "PUT", "/mine/" + key) == 200);
  REQUIRE(status(server, "POST", "/mine/partsmith-conform/open?uploads=") == 200);
  kill_a_run(server, {"--bucket", "mine"});
  REQUIRE(count(get(server, "/mine?uploads="), "<Upload>") > 1);

  const auto swept = test::conform(test::at(server.port(), {"--sweep", "--bucket", "mine"}));
  INFO(swept.out << swept.err);
  CHECK(swept.code == 0);
  CHECK(count(get(server, "/mine?uploads="), "<Upload>") == 1);
  CHECK(count(get(server, "/mine?list-type=2"), "<Contents>") == 3);
}

TEST_CASE("A sweep of one bucket finds uploads where a prefix is taken for a key") {
  test::TestServer server;
  REQUIRE(status(server, "PUT", "/mine") == 200);
  kill_a_run(server, {"--bucket", "mine"});
  REQUIRE(count(get(server, "/mine?uploads="), "<Upload>") > 0);
  test::Proxy proxy(server.port(), [](const test::Proxy::Request& request, client::HttpAnswer& answer) {
    const bool by_prefix = request.target.contains("uploads") && request.target.contains("prefix=");
    if (request.method == "GET" && by_prefix) test::remove_elements(answer.body, "Upload");
  });
  const auto swept = test::conform(test::at(proxy.port(), {"--sweep", "--bucket", "mine"}));
  INFO(swept.out << swept.err);
  CHECK(swept.code == 0);
  CHECK(count(get(server, "/mine?uploads="), "<Upload>") == 0);
}

TEST_CASE("A sweep leaves runs alone that began lately, when it is told to") {
  test::TestServer server;
  kill_a_run(server, {});
  const auto before = count(get(server, "/"), "<Bucket>");
  const auto spared = test::conform(test::at(server.port(), {"--sweep", "--older-than", "60"}));
  CHECK(spared.out.starts_with("removed 0 buckets"));
  CHECK(count(get(server, "/"), "<Bucket>") == before);
}

TEST_CASE("What a sweep can't remove is told, with an exit code of its own") {
  test::TestServer server;
  kill_a_run(server, {});
  test::Proxy proxy(server.port(), [](const test::Proxy::Request& request, client::HttpAnswer& answer) {
    if (request.method != "DELETE") return;
    answer.status = 403;
    answer.body = "<Error><Code>AccessDenied</Code><Message>No</Message></Error>";
  });
  const auto swept = test::conform(test::at(proxy.port(), {"--sweep"}));
  CHECK(swept.code == 1);
  CHECK(swept.out.find("left over: bucket partsmith-conform-") != std::string::npos);
  CHECK(swept.out.find("AccessDenied") != std::string::npos);
}

namespace {

/// So that a run doesn't wait for an endpoint that went away.
struct StopAtEnd {
  std::stop_source& stop;
  ~StopAtEnd() { stop.request_stop(); }
};

}  // namespace

TEST_CASE("An endpoint that goes away is told as such, and its checks as skipped") {
  auto server = std::make_unique<test::TestServer>();
  const auto port = server->port();
  SystemClock clock;
  client::S3ClientOptions options;
  options.credentials = {"test", "test", ""};
  client::S3Client client(*client::Endpoint::parse(test::url_of(port)), options, clock);
  std::stop_source stop;
  conformance::Check asks{
      .id = "a", .title = "t", .source = "s", .cost = {1, 0}, .body = [](conformance::CheckContext& c) {
        c.send(c.get()).status(404);
      }};
  conformance::Check kills = asks;
  kills.id = "b";
  kills.body = [&](conformance::CheckContext&) { server.reset(); };
  conformance::Check after = asks;
  after.id = "c";
  after.body = [&](conformance::CheckContext& c) {
    const StopAtEnd needs_not_wait{stop};
    c.send(c.get());
  };
  const conformance::RunOptions run_options{.jobs = 1, .stop = stop.get_token()};
  const auto result =
      conformance::run(client, conformance::plan({asks, kills, after}, run_options), run_options, clock);
  REQUIRE(result);
  CHECK(result->checks[0].outcome == conformance::Outcome::passed);
  CHECK(result->checks[2].outcome == conformance::Outcome::skipped);
  CHECK(result->lost.starts_with("the endpoint went away: "));
}
