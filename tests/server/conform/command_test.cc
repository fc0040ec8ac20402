/// `partsmith conform` as a user calls it: exit codes, reports, interruption.

#include "command.h"

#include <nlohmann/json.hpp>

#include <fstream>

#include <partsmith/client/s3_client.h>

#include "catch.h"
#include "proxy.h"
#include "test_server.h"

using namespace partsmith;
using test::at;
using test::Command;
using test::conform;
using test::url_of;

namespace {

std::string buckets_of(test::TestServer& server) {
  return server.send({.method = "GET", .target = "/"}).body;
}

}  // namespace

TEST_CASE("conform ends with 0 when no check fails, and says so") {
  test::TestServer server;
  const auto ended = conform(at(server.port(), {"--only", "multipart.abort.leaves-*"}));
  INFO(ended.err);
  CHECK(ended.code == 0);
  CHECK(ended.out.find("\n3 passed, 0 failed of 3 in ") != std::string::npos);
  CHECK(ended.err == "3 checks: at most 18 requests and 72.0 KiB, and as many requests again to clean up\n");
  CHECK(buckets_of(server).find("<Bucket>") == std::string::npos);
}

TEST_CASE("conform ends with 1 when a check fails, and tells it in text and JSON") {
  test::TestServer server;
  test::Proxy proxy(server.port(), [](const test::Proxy::Request&, client::HttpAnswer& answer) {
    test::replace_all(answer.body, "EntityTooSmall", "InvalidRequest");
  });
  const test::TemporaryFolder folder;
  const std::string json = folder.path() / "result.json";
  const auto ended = conform(at(proxy.port(), {"--only", "*entity-too-small*", "--json", json}));
  CHECK(ended.code == 1);
  CHECK(ended.out.find("FAILED multipart.complete.entity-too-small (must)") != std::string::npos);
  CHECK(ended.out.find("S3 answers: Code 'EntityTooSmall'\n           not: Code 'InvalidRequest'") !=
        std::string::npos);
  CHECK(ended.out.find("source (recorded): recording: multipart-complete-too-small") != std::string::npos);
  const auto result = nlohmann::json::parse(std::ifstream(json));
  CHECK(result["totals"]["failed"] == 1);
  CHECK(result["totals"]["passed"] == 1);
}

TEST_CASE("conform ends with 2 for wrong usage and for an endpoint that isn't there") {
  struct Case {
    std::vector<std::string> arguments;
    std::string told;
  };
  const Case cases[] = {
      {{}, "no endpoint: give --endpoint URL"},
      {{"--endpoint", "http://127.0.0.1:1"},
       "no keys: give --access-key and --secret-key or --secret-key-file"},
      {{"--endpoint", "here", "--access-key", "a", "--secret-key", "b"}, "'here' is not an endpoint"},
      {{"--endpoint", "http://127.0.0.1:1", "--access-key", "a", "--secret-key", "b"}, "Connection refused"},
      {{"--only", "nothing.like.it"}, "no check matches"},
      {{"--level", "may"}, "--level"},
      {{"--jobs", "0"}, "--jobs"},
      {{"--wrong"}, "--wrong"},
  };
  for (const auto& one : cases) {
    const auto ended = conform(one.arguments);
    INFO(ended.err);
    CHECK(ended.code == 2);
    CHECK(ended.err.find(one.told) != std::string::npos);
    CHECK(ended.out.empty());
  }
}

TEST_CASE("conform takes endpoint and keys from the environment, ours before the AWS tools'") {
  test::TestServer server;
  const std::vector<std::string> only{"--only", "multipart.abort.answer"};
  const auto url = url_of(server.port());
  CHECK(conform(only, {"AWS_ENDPOINT_URL=" + url, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test"})
            .code == 0);
  CHECK(conform(only, {"PARTSMITH_ENDPOINT=" + url, "AWS_ENDPOINT_URL=http://127.0.0.1:1",
                       "PARTSMITH_ACCESS_KEY=test", "PARTSMITH_SECRET_KEY=test", "AWS_ACCESS_KEY_ID=other",
                       "AWS_SECRET_ACCESS_KEY=other"})
            .code == 0);
  const auto mixed =
      conform(only, {"PARTSMITH_ENDPOINT=" + url, "PARTSMITH_ACCESS_KEY=test", "AWS_SECRET_ACCESS_KEY=test"});
  CHECK(mixed.code == 2);
}

TEST_CASE("conform lists and plans without an endpoint") {
  const auto list = conform({"--list", "--only", "multipart.abort.leaves-*"});
  CHECK(list.code == 0);
  CHECK(list.out.ends_with("3 checks\n"));
  const auto plan = conform({"--dry-run", "--only", "multipart.get-part.*", "--budget", "6MiB"});
  CHECK(plan.code == 0);
  CHECK(plan.out.find("skipped: the budget of bytes is spent") != std::string::npos);
}

TEST_CASE("conform cleans up when it is interrupted") {
  test::TestServer server;
  std::atomic<bool> begun = false;
  test::Proxy proxy(server.port(), [&](const test::Proxy::Request& request, client::HttpAnswer&) {
    if (request.target.find("partNumber") != std::string::npos) {
      begun = true;
      begun.notify_all();
    }
  });
  const Command command(at(proxy.port()));
  begun.wait(false);
  command.signal(SIGINT);
  const auto ended = command.wait();
  CHECK(ended.code == 130);
  CHECK(ended.out.find(": the run was stopped") != std::string::npos);
  CHECK(buckets_of(server).find("<Bucket>") == std::string::npos);
}
