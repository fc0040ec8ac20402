#include <algorithm>
#include <atomic>
#include <set>

#include <partsmith/conformance/runner.h>

#include "catch.h"
#include "fake_endpoint.h"

using namespace partsmith;
using namespace partsmith::conformance;
using test::answer_of;
using test::error_answer;
using test::FakeEndpoint;

namespace {

/// Agrees with everything, as far as cleaning up needs it.
std::string agree(const FakeEndpoint::Request& request) {
  if (request.method == "DELETE") return answer_of(204, {}, "");
  if (request.target.ends_with("?uploads") && request.method == "POST") {
    return answer_of(
        200, {}, "<InitiateMultipartUploadResult><UploadId>id</UploadId></InitiateMultipartUploadResult>");
  }
  if (request.target.find("?uploads") != std::string::npos)
    return answer_of(200, {}, "<ListMultipartUploadsResult/>");
  if (request.target.find("list-type=2") != std::string::npos)
    return answer_of(200, {}, "<ListBucketResult/>");
  return answer_of(200, {{"ETag", "\"e\""}}, "");
}

Check check_of(std::string id, std::function<void(CheckContext&)> body, Cost cost = {5, 100}) {
  return {.id = std::move(id), .title = "t", .source = "s", .cost = cost, .body = std::move(body)};
}

bool contains(const std::vector<std::string>& requests, std::string_view method, std::string_view piece) {
  return std::ranges::any_of(requests, [&](const std::string& request) {
    return request.starts_with(method) && request.find(piece) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("A check passes when all holds, and fails when anything doesn't") {
  FakeEndpoint endpoint(agree);
  CHECK(endpoint.run([](CheckContext& c) { c.send(c.get()).status(200); }).outcome == Outcome::passed);
  const auto failed =
      endpoint.run([](CheckContext& c) { c.send(c.get()).status(404).status(200).body("x"); });
  CHECK(failed.outcome == Outcome::failed);
  CHECK(failed.failures.size() == 2);
}

TEST_CASE("A step that a check takes for granted fails it and ends it") {
  FakeEndpoint endpoint([](const FakeEndpoint::Request& request) {
    if (request.target.ends_with("?uploads") && request.method == "POST")
      return error_answer(400, "InvalidRequest");
    return agree(request);
  });
  bool went_on = false;
  const auto result = endpoint.run([&](CheckContext& c) {
    c.create();
    went_on = true;
  });
  CHECK(result.outcome == Outcome::failed);
  CHECK(result.failures.at(0).expected == "status 200");
  CHECK(result.failures.at(0).actual == "status 400 InvalidRequest");
  CHECK_FALSE(went_on);
}

TEST_CASE("A request without an answer fails its check, and the others go on") {
  test::FakeServer server([](test::FakeConnection& connection) {
    for (test::FakeConnection::Request request; connection.read(request); request = {}) {
      if (request.target.ends_with("/cut")) return;
      connection.send(agree(request));
    }
  });
  const SystemClock clock;
  client::S3Client client(*client::Endpoint::parse(server.url()), {}, clock);
  const auto steps = plan({check_of("a", [](CheckContext& c) { c.send(c.get("cut")); }),
                           check_of("b", [](CheckContext& c) { c.send(c.get("whole")).status(200); })},
                          {});
  const auto result = run(client, steps, {.jobs = 1}, clock);
  REQUIRE(result);
  CHECK(result->checks[0].outcome == Outcome::failed);
  CHECK(result->checks[0].failures.at(0).expected == "an answer");
  CHECK(result->checks[0].failures.at(0).received.starts_with("no answer: "));
  CHECK(result->checks[1].outcome == Outcome::passed);
}

TEST_CASE("A check may not cost more than it says") {
  FakeEndpoint endpoint(agree);
  const auto requests = endpoint.run(
      [](CheckContext& c) {
        while (true) c.send(c.get());
      },
      {3, 0});
  CHECK(requests.outcome == Outcome::error);
  CHECK(requests.defect == "it states 3 requests and 12288 bytes, and wants more");
  CHECK(requests.spent.requests == 3);
  const auto bytes =
      endpoint.run([](CheckContext& c) { c.put("object", std::string(100'000, 'x')); }, {3, 1000});
  CHECK(bytes.outcome == Outcome::error);
  CHECK(bytes.spent.bytes == 0);
}

TEST_CASE("What a check throws is a defect of the check, and no failure of the endpoint") {
  FakeEndpoint endpoint(agree);
  const auto result = endpoint.run([](CheckContext&) { throw std::out_of_range("oh no"); });
  CHECK(result.outcome == Outcome::error);
  CHECK(result.defect == "oh no");
  CHECK(result.failures.empty());
}

TEST_CASE("A check of a long name has no long keys, and none of another's") {
  FakeEndpoint endpoint(agree);
  std::set<std::string> keys;
  const auto note = [&keys](CheckContext& c) { keys.insert(c.key()); };
  const std::string longest = "multipart.complete.checksum-of-object-other-algorithm-without-type";
  const auto steps = plan({check_of(longest, note), check_of(longest + "s", note)}, {});
  REQUIRE(run(endpoint.client(), steps, {.jobs = 1}, endpoint.clock()));
  CHECK(keys.size() == 2);
  for (const auto& key : keys) CHECK(key.size() < 80);
}

TEST_CASE("Each check works under a prefix of its own") {
  FakeEndpoint endpoint(agree);
  std::set<std::string> prefixes;
  std::mutex mutex;
  const auto note = [&](CheckContext& c) {
    const std::scoped_lock lock(mutex);
    prefixes.insert(c.prefix());
    CHECK(c.key("name") == c.prefix() + "name");
  };
  const auto steps = plan({check_of("a", note), check_of("b", note)}, {});
  const auto result = run(endpoint.client(), steps, {.jobs = 1}, endpoint.clock());
  REQUIRE(result);
  CHECK(prefixes.size() == 2);
  for (const auto& prefix : prefixes) CHECK(prefix.starts_with("partsmith-conform/" + result->run_id + '/'));
}

TEST_CASE("What a check made is removed after it, whether it passed or not") {
  FakeEndpoint endpoint(agree);
  endpoint.run([](CheckContext& c) {
    c.create("upload");
    c.put("object", "x");
    c.send(c.get()).status(500).required();
  });
  const auto requests = endpoint.requests();
  CHECK(contains(requests, "DELETE", "/upload?uploadId=id"));
  CHECK(contains(requests, "DELETE", "/multipart.test/object"));
}

namespace {

std::string prefix_of(const FakeEndpoint::Request& request) {
  auto prefix = request.target.substr(request.target.find("prefix=") + 7);
  prefix = prefix.substr(0, prefix.find('&'));
  while (prefix.contains("%2F")) prefix.replace(prefix.find("%2F"), 3, "/");
  return prefix;
}

}  // namespace

TEST_CASE("What only a listing shows is removed at the end, and nothing that isn't the run's") {
  FakeEndpoint endpoint([](const FakeEndpoint::Request& request) {
    if (!request.target.contains("prefix=")) return agree(request);
    const auto prefix = prefix_of(request);
    if (request.target.find("?uploads") != std::string::npos) {
      return answer_of(
          200, {},
          "<ListMultipartUploadsResult><Upload><Key>" + prefix +
              "lost</Key><UploadId>u1</UploadId></Upload>"
              "<Upload><Key>foreign</Key><UploadId>u2</UploadId></Upload></ListMultipartUploadsResult>");
    }
    return answer_of(200, {},
                     "<ListBucketResult><Contents><Key>" + prefix +
                         "forgotten</Key></Contents>"
                         "<Contents><Key>foreign</Key></Contents></ListBucketResult>");
  });
  const auto steps = plan({check_of("a", [](CheckContext&) {})}, {});
  const auto result = run(endpoint.client(), steps, {.jobs = 1, .bucket = "mine"}, endpoint.clock());
  REQUIRE(result);
  const auto requests = endpoint.requests();
  CHECK(contains(requests, "DELETE", "lost?uploadId=u1"));
  CHECK(contains(requests, "DELETE", "/forgotten"));
  CHECK_FALSE(contains(requests, "DELETE", "foreign"));
  CHECK_FALSE(contains(requests, "PUT", "/mine"));
  CHECK_FALSE(contains(requests, "DELETE", "/mine "));
}

TEST_CASE(
    "Who has no uploads, and says so by NoSuchUpload, keeps none; versions are removed, whatever lists "
    "them") {
  FakeEndpoint endpoint([](const FakeEndpoint::Request& request) {
    if (request.target.contains("?uploads")) return error_answer(404, "NoSuchUpload");
    if (!request.target.contains("?versions")) return agree(request);
    return answer_of(200, {},
                     "<ListBucketVersionsResult><Version><Key>" + prefix_of(request) +
                         "kept</Key><VersionId>v</VersionId></Version></ListBucketVersionsResult>");
  });
  const auto steps = plan({check_of("a", [](CheckContext&) {})}, {});
  const auto result = run(endpoint.client(), steps, {.jobs = 1, .bucket = "mine"}, endpoint.clock());
  REQUIRE(result);
  CHECK(contains(endpoint.requests(), "DELETE", "/kept?versionId=v"));
  CHECK(result->leftovers == std::vector<std::string>{});
}

TEST_CASE("Folders that a server left of keys that it refused are removed, the inner ones first") {
  FakeEndpoint endpoint([](const FakeEndpoint::Request& request) {
    if (!request.target.contains("delimiter=")) return agree(request);
    const auto prefix = prefix_of(request);
    const auto folder = [](const std::string& name) {
      return "<CommonPrefixes><Prefix>" + name + "</Prefix></CommonPrefixes>";
    };
    const std::string inner = prefix.ends_with("inner/")   ? std::string()
                              : prefix.ends_with("outer/") ? folder(prefix + "inner/")
                                                           : folder(prefix + "outer/");
    return answer_of(200, {}, "<ListBucketResult>" + folder("foreign/") + inner + "</ListBucketResult>");
  });
  const auto steps = plan({check_of("a", [](CheckContext&) {})}, {});
  const auto result = run(endpoint.client(), steps, {.jobs = 1, .bucket = "mine"}, endpoint.clock());
  REQUIRE(result);
  auto requests = endpoint.requests();
  std::erase_if(requests, [](const std::string& request) { return !request.starts_with("DELETE"); });
  REQUIRE(requests.size() == 2);
  CHECK(requests.front().ends_with("/outer/inner/"));
  CHECK(requests.back().ends_with("/outer/"));
  CHECK(result->leftovers == std::vector<std::string>{});
}

TEST_CASE("What another account asks of a bucket, and of none, removes no bucket") {
  FakeEndpoint endpoint(agree);
  const auto ask = [](CheckContext& c) {
    client::S3Request request;
    request.method = "GET";
    c.send_by_other(request);
    request.bucket = c.bucket();
    c.send_by_other(request);
  };
  const auto steps = plan({check_of("a", ask)}, {});
  const auto result = run(endpoint.client(), steps,
                          {.jobs = 1, .bucket = "mine", .second = &endpoint.client()}, endpoint.clock());
  REQUIRE(result);
  CHECK_FALSE(contains(endpoint.requests(), "DELETE", "/mine"));
}

TEST_CASE("What can't be removed is told") {
  FakeEndpoint endpoint([](const FakeEndpoint::Request& request) {
    if (request.method == "DELETE" && request.target.contains("/object"))
      return error_answer(403, "AccessDenied");
    if (!request.target.contains("list-type=2")) return agree(request);
    return answer_of(200, {},
                     "<ListBucketResult><Contents><Key>" + prefix_of(request) +
                         "a/object</Key></Contents></ListBucketResult>");
  });
  const auto steps = plan({check_of("a", [](CheckContext& c) { c.put("object", "x"); })}, {});
  const auto result = run(endpoint.client(), steps, {.jobs = 1, .bucket = "mine"}, endpoint.clock());
  REQUIRE(result);
  CAPTURE(result->leftovers);
  REQUIRE(result->leftovers.size() == 1);
  CHECK(result->leftovers[0].find("/object: AccessDenied (403)") != std::string::npos);
}

TEST_CASE("Results stand in the plan's order whatever ran first, and progress counts up") {
  FakeEndpoint endpoint(agree);
  std::vector<Check> checks;
  for (int i = 0; i < 40; ++i)
    checks.push_back(check_of("c" + std::to_string(i), [](CheckContext& c) { c.send(c.get()); }));
  std::vector<std::size_t> told;
  const RunOptions options{.jobs = 8, .progress = [&](std::size_t done, std::size_t all, const CheckResult&) {
                             CHECK(all == 40);
                             told.push_back(done);
                           }};
  const auto result = run(endpoint.client(), plan(checks, options), options, endpoint.clock());
  REQUIRE(result);
  for (std::size_t i = 0; i < 40; ++i) CHECK(result->checks[i].id == checks[i].id);
  CHECK(result->count(Outcome::passed) == 40);
  REQUIRE(told.size() == 40);
  CHECK(std::ranges::is_sorted(told));
}

TEST_CASE("A stop lets no further check begin, and everything is cleaned up") {
  FakeEndpoint endpoint(agree);
  std::stop_source stop;
  const std::vector checks{check_of("a",
                                    [&](CheckContext& c) {
                                      c.create();
                                      stop.request_stop();
                                    }),
                           check_of("b", [](CheckContext& c) { c.send(c.get()); })};
  const RunOptions options{.jobs = 1, .stop = stop.get_token()};
  const auto result = run(endpoint.client(), plan(checks, options), options, endpoint.clock());
  REQUIRE(result);
  CHECK(result->stopped);
  CHECK(result->checks[0].outcome == Outcome::passed);
  CHECK(result->checks[1].outcome == Outcome::skipped);
  CHECK(contains(endpoint.requests(), "DELETE", "?uploadId=id"));
  CHECK(contains(endpoint.requests(), "DELETE", "/" + result->bucket));
}

TEST_CASE("A run that gets no bucket is an error, not a list of failures") {
  FakeEndpoint endpoint([](const auto& request) {
    return request.method == "HEAD" ? answer_of(403, {}, "") : error_answer(403, "AccessDenied");
  });
  const auto steps = plan({check_of("a", [](CheckContext&) {})}, {});
  const auto made = run(endpoint.client(), steps, {}, endpoint.clock());
  REQUIRE_FALSE(made);
  CHECK(made.error().find("AccessDenied (403)") != std::string::npos);
  const auto found = run(endpoint.client(), steps, {.bucket = "mine"}, endpoint.clock());
  REQUIRE_FALSE(found);
  CHECK(found.error() == "bucket mine: AccessDenied (403): Said so");
}

TEST_CASE("A bucket that a check was given though it should have been refused is deleted after it") {
  FakeEndpoint endpoint(
      [](const auto& request) { return answer_of(request.method == "DELETE" ? 204 : 200, {}, ""); });
  const auto check = check_of("a", [](CheckContext& c) {
    client::S3Request request;
    request.method = "PUT";
    request.bucket = c.bucket() + "-other";
    c.send(request).status(400);
  });
  const auto result = run(endpoint.client(), plan({check}, {}), {}, endpoint.clock());
  REQUIRE(result);
  CHECK(result->checks[0].outcome == Outcome::failed);
  CHECK(contains(endpoint.requests(), "DELETE", "/" + result->bucket + "-other"));
}

TEST_CASE("In a bucket that is not the run's own, a refusal to tell of other buckets blames nobody") {
  FakeEndpoint endpoint([](const auto& request) {
    return request.target.starts_with("/mine") ? answer_of(200, {}, "") : answer_of(403, {}, "");
  });
  const auto check = check_of("a", [](CheckContext& c) {
    client::S3Request request;
    request.method = "HEAD";
    request.bucket = "another";
    c.send(request).status(404);
  });
  const auto result = run(endpoint.client(), plan({check}, {}), {.bucket = "mine"}, endpoint.clock());
  REQUIRE(result);
  CHECK(result->checks[0].outcome == Outcome::no_right);
}

TEST_CASE(
    "A server that makes the bucket that isn't there misleads no other check, and is rid of it after the "
    "check") {
  FakeEndpoint endpoint(agree);
  std::set<std::string> missing;
  const auto asks = [&](std::string id) {
    return check_of(std::move(id), [&](CheckContext& c) {
      auto request = c.request("PUT", "");
      request.bucket = c.missing_bucket();
      request.key.clear();
      request.parameter("uploads");
      c.send(request).status(200);
      missing.insert(c.missing_bucket());
    });
  };
  REQUIRE(run(endpoint.client(), plan({asks("a"), asks("b")}, {}), {.jobs = 1}, endpoint.clock()));
  CHECK(missing.size() == 2);
  for (const auto& bucket : missing) CHECK(std::ranges::count(endpoint.requests(), "DELETE /" + bucket) == 1);
}

TEST_CASE("A bucket that a check was given is emptied of what the run put into it, and of nothing else") {
  std::atomic<bool> deleted = false;
  FakeEndpoint endpoint([&](const FakeEndpoint::Request& request) {
    const bool of_other = request.target.starts_with("/other");
    if (request.method == "DELETE" && request.target.contains("/other/partsmith-conform/")) deleted = true;
    if (request.method == "DELETE" && request.target == "/other" && !deleted)
      return error_answer(409, "BucketNotEmpty");
    if (!of_other || !request.target.contains("list-type=2")) return agree(request);
    return answer_of(200, {},
                     "<ListBucketResult><Contents><Key>partsmith-conform/a</Key></Contents>"
                     "<Contents><Key>foreign</Key></Contents></ListBucketResult>");
  });
  const auto check = check_of("a", [](CheckContext& c) {
    client::S3Request request;
    request.method = "PUT";
    request.bucket = "other";
    c.send(request).status(409);
  });
  const auto result = run(endpoint.client(), plan({check}, {}), {.jobs = 1}, endpoint.clock());
  REQUIRE(result);
  const auto requests = endpoint.requests();
  CHECK(contains(requests, "DELETE", "/other/partsmith-conform/a"));
  CHECK_FALSE(contains(requests, "DELETE", "foreign"));
  CHECK(result->leftovers == std::vector<std::string>{});
}

TEST_CASE("What lay in a bucket that could be deleted is not left over") {
  FakeEndpoint endpoint([](const auto& request) {
    const bool object = request.target.find("/object") != std::string::npos;
    if (request.method == "DELETE" && object) return error_answer(405, "MethodNotAllowed");
    if (request.method == "GET") return error_answer(501, "NotImplemented");
    return answer_of(200, {}, "");
  });
  const auto check = check_of("a", [](CheckContext& c) { c.put("object", "data"); });
  const auto result = run(endpoint.client(), plan({check}, {}), {}, endpoint.clock());
  REQUIRE(result);
  CHECK(result->leftovers.empty());
}
