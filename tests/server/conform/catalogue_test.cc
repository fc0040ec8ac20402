/// The catalogue against our own server: every check passes, costs what it says, and leaves nothing.

#include <algorithm>

#include <partsmith/client/multipart.h>
#include <partsmith/conformance/catalogue.h>
#include <partsmith/conformance/reports.h>
#include <partsmith/conformance/runner.h>

#include "catch.h"
#include "test_server.h"

using namespace partsmith;
using namespace partsmith::conformance;

namespace {

std::unique_ptr<client::S3Client> client_of(test::TestServer& server, const std::string& host = "127.0.0.1",
                                            client::Addressing addressing = client::Addressing::path,
                                            const std::string& region = "us-east-1",
                                            const std::string& session_token = {}) {
  const auto url = "http://" + host + ":" + std::to_string(server.port());
  client::S3ClientOptions options;
  options.credentials = {"test", "test", session_token};
  options.region = region;
  return std::make_unique<client::S3Client>(*client::Endpoint::parse(url, addressing), options,
                                            server.clock());
}

std::string failures(const RunResult& result) {
  std::string text;
  for (const auto& check : result.checks) {
    if (check.outcome == Outcome::failed) text += failure_text(check) + '\n';
  }
  return text;
}

client::S3Answer send(client::S3Client& client, std::string method, std::string bucket,
                      std::vector<client::S3Request::Parameter> query = {}) {
  client::S3Request request;
  request.method = std::move(method);
  request.bucket = std::move(bucket);
  request.query = std::move(query);
  const auto answer = client.send(request);
  REQUIRE(answer);
  return *answer;
}

}  // namespace

TEST_CASE("Our own server passes the whole catalogue, at the stated cost, and nothing is left") {
  test::TestServer server;
  const auto client = client_of(server);
  const RunOptions options{.jobs = 2};
  const auto steps = plan(catalogue(), options);
  const auto result = run(*client, steps, options, server.clock());
  REQUIRE(result);
  INFO(failures(*result));
  CHECK(result->count(Outcome::failed) == 0);
  for (const auto& check : result->checks) {
    INFO(check.id);
    const auto needs = [&](Need need) { return std::ranges::find(check.needs, need) != check.needs.end(); };
    const bool elsewhere = needs(Need::other_region) || needs(Need::second_account);
    const bool costly =
        check.id.starts_with("multipart.vast.");  // the mutants and test_conform_command.py have them
    CHECK(check.outcome == (elsewhere || costly ? Outcome::skipped : Outcome::passed));
  }
  CHECK(result->leftovers == std::vector<std::string>{});
  std::uint64_t spent_in_all = 0;
  std::uint64_t stated_in_all = 0;
  for (std::size_t i = 0; i < result->checks.size(); ++i) {
    const auto& check = steps.steps[i].check;
    const auto& spent = result->checks[i].spent;
    INFO(check.id << " spent " << spent.bytes << " bytes of " << check.cost.bytes << " without documents");
    if (result->checks[i].outcome == Outcome::passed) CHECK(spent.requests == check.cost.requests);
    CHECK(spent.bytes <= check.most().bytes);
    spent_in_all += spent.bytes;
    stated_in_all += check.cost.bytes;
  }
  // Of one check the statement may be high: a server that refuses a body early needn't be sent all of it.
  CHECK(spent_in_all >= stated_in_all / 10 * 9);
  CHECK(send(*client, "GET", "").body.find("<Bucket>") == std::string::npos);
}

TEST_CASE("A run bound to a bucket makes no other, and leaves what others keep there") {
  test::TestServer server;
  const auto client = client_of(server);
  REQUIRE(send(*client, "PUT", "mine").status == 200);
  const auto foreign =
      client::create_upload(*client, client::create_multipart_upload("mine", "partsmith-conform/mine"));
  REQUIRE(foreign);

  const RunOptions options{.jobs = 2, .bucket = "mine"};
  const auto steps =
      plan(select(catalogue(), {.only = {"multipart.list-uploads.*", "multipart.abort.*"}}), options);
  const auto result = run(*client, steps, options, server.clock());
  REQUIRE(result);
  INFO(failures(*result));
  CHECK(result->count(Outcome::failed) == 0);
  CHECK(result->leftovers == std::vector<std::string>{});
  for (const auto& check : result->checks) {
    const bool own_bucket =
        check.id == "multipart.list-uploads.empty-bucket" || check.id == "multipart.list-uploads.one-upload";
    INFO(check.id);
    CHECK((check.outcome == Outcome::skipped) == own_bucket);
  }

  const auto uploads = client::all_uploads(*client, "mine", "");
  REQUIRE(uploads);
  REQUIRE(uploads->size() == 1);
  CHECK(uploads->front().upload_id == foreign->address.upload_id);
  CHECK(send(*client, "GET", "mine", {{"list-type", "2"}}).body.find("<Contents>") == std::string::npos);
}

TEST_CASE("In another region buckets hold what they do there") {
  test::TestServer server;
  const auto client = client_of(server, "127.0.0.1", client::Addressing::path, "eu-west-1");
  const RunOptions options{.jobs = 2};
  const auto steps = plan(select(catalogue(), {.only = {"bucket.*"}}), options);
  const auto result = run(*client, steps, options, server.clock());
  REQUIRE(result);
  INFO(failures(*result));
  CHECK(result->count(Outcome::failed) == 0);
  for (std::size_t i = 0; i < result->checks.size(); ++i) {
    const auto& check = result->checks[i];
    INFO(check.id);
    const bool of_one_region = check.id.starts_with("bucket.create.location-") ||
                               check.id == "bucket.create.tags" ||
                               std::ranges::find(check.needs, Need::second_account) != check.needs.end();
    CHECK((check.outcome == Outcome::skipped) == of_one_region);
    if (check.outcome == Outcome::passed) CHECK(check.spent.requests == steps.steps[i].check.cost.requests);
  }
  CHECK(result->leftovers == std::vector<std::string>{});
}

TEST_CASE("Forms and presigned URLs of temporary credentials hold") {
  test::TestServer server;
  const auto client =
      client_of(server, "127.0.0.1", client::Addressing::path, "us-east-1", "very-secret-token");
  const RunOptions options{.jobs = 2};
  const auto steps = plan(select(catalogue(), {.only = {"object.form*", "object.presigned.*"}}), options);
  const auto result = run(*client, steps, options, server.clock());
  REQUIRE(result);
  INFO(failures(*result));
  CHECK(result->count(Outcome::passed) == steps.steps.size());
}

TEST_CASE("Checks hold with the bucket in the host name too") {
  test::TestServer server;
  const auto client = client_of(server, "localhost", client::Addressing::virtual_hosted);
  const RunOptions options{.jobs = 2};
  const auto steps = plan(select(catalogue(), {.only = {"multipart.part.p*", "multipart.copy.*"}}), options);
  const auto result = run(*client, steps, options, server.clock());
  REQUIRE(result);
  INFO(failures(*result));
  CHECK(result->count(Outcome::passed) == steps.steps.size());
  CHECK(result->leftovers == std::vector<std::string>{});
}
