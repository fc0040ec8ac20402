/// Nobody is blamed by accident: not for a busy moment, a lost connection, a missing right, a missing
/// feature, or what another check caused.

#include <atomic>
#include <map>

#include <partsmith/conformance/reports.h>
#include <partsmith/conformance/runner.h>

#include "catch.h"
#include "fake_endpoint.h"

using namespace partsmith;
using namespace partsmith::conformance;
using test::answer_of;
using test::error_answer;
using test::FakeConnection;
using test::FakeEndpoint;

namespace {

constexpr auto no_pause = std::chrono::milliseconds(0);

std::string agree(const FakeEndpoint::Request& request) {
  if (request.method == "DELETE") return answer_of(204, {}, "");
  if (request.target.find("list-type=2") != std::string::npos)
    return answer_of(200, {}, "<ListBucketResult/>");
  if (request.target.find("?uploads") != std::string::npos)
    return answer_of(200, {}, "<ListMultipartUploadsResult/>");
  return answer_of(200, {{"ETag", "\"e\""}}, "");
}

Check check_of(std::string id, std::function<void(CheckContext&)> body) {
  return {.id = std::move(id), .title = "t", .source = "s", .cost = {5, 100}, .body = std::move(body)};
}

/// A check of one GET that must be answered 200.
Check gets(std::string id, std::string name = "object") {
  return check_of(std::move(id), [name](CheckContext& c) { c.send(c.get(name)).status(200); });
}

RunResult run_all(client::S3Client& client, const Clock& clock, std::vector<Check> checks,
                  RunOptions options = {.jobs = 1, .pause = no_pause}) {
  const auto result = run(client, plan(std::move(checks), options), options, clock);
  if (!result) throw std::runtime_error(result.error());
  return *result;
}

bool is_get_of(const FakeEndpoint::Request& request, std::string_view name) {
  return request.method == "GET" && request.target.ends_with('/' + std::string(name));
}

/// Answers GETs of "object" by turns as given, and then agrees.
std::function<std::string(const FakeEndpoint::Request&)> first_then_agree(std::vector<std::string> answers) {
  auto next = std::make_shared<std::atomic<std::size_t>>(0);
  return [=](const FakeEndpoint::Request& request) {
    if (!is_get_of(request, "object")) return agree(request);
    const auto turn = (*next)++;
    return turn < answers.size() ? answers[turn] : agree(request);
  };
}

/// Requests of each connection, answered or cut by the function: an empty text ends the connection.
test::FakeServer::Script cutting(std::function<std::string(const FakeEndpoint::Request&)> answer) {
  return [answer = std::move(answer)](FakeConnection& connection) {
    for (FakeConnection::Request request; connection.read(request); request = {}) {
      const auto text = answer(request);
      if (text.empty()) return;
      connection.send(text);
    }
  };
}

struct Client {
  explicit Client(const test::FakeServer& server)
      : client(*client::Endpoint::parse(server.url()), options(), clock) {}
  static client::S3ClientOptions options() {
    client::S3ClientOptions result;
    result.http.head_watch = std::chrono::seconds(1);
    return result;
  }
  SystemClock clock;
  client::S3Client client;
};

}  // namespace

TEST_CASE("A request that the endpoint had no time, room or luck for is made again, as SDKs do") {
  for (const auto& [status, code] : std::map<int, std::string>{
           {429, "TooManyRequests"}, {500, "InternalError"}, {503, "SlowDown"}, {504, "x"}, {507, "x"}}) {
    INFO(status);
    FakeEndpoint endpoint(first_then_agree({error_answer(status, code), error_answer(status, code)}));
    const auto result = run_all(endpoint.client(), endpoint.clock(), {gets("a")});
    CHECK(result.checks[0].outcome == Outcome::passed);
    CHECK(result.checks[0].spent.requests == 3);
  }
}

TEST_CASE("A refusal that was asked for is not asked for again") {
  FakeEndpoint endpoint([](const auto& request) {
    return is_get_of(request, "object") ? error_answer(501, "NotImplemented") : agree(request);
  });
  const auto refused = check_of("a", [](CheckContext& c) { c.send(c.get()).error(501, "NotImplemented"); });
  const auto result = run_all(endpoint.client(), endpoint.clock(), {refused});
  CHECK(result.checks[0].outcome == Outcome::passed);
  CHECK(result.checks[0].spent.requests == 1);
}

TEST_CASE("A connection that ends between requests costs a request more, whatever its method") {
  for (const std::string method : {"GET", "PUT", "POST", "DELETE"}) {
    INFO(method);
    std::atomic<int> cuts = 0;
    test::FakeServer server(cutting([&](const FakeEndpoint::Request& request) {
      const bool cut = request.target.ends_with("/object") && request.method == method && cuts++ == 0;
      return cut ? std::string() : agree(request);
    }));
    Client here(server);
    const auto check =
        check_of("a", [&](CheckContext& c) { c.send(c.request(method, "object")).expect(true, "", ""); });
    const auto result = run_all(here.client, here.clock, {check});
    CHECK(result.checks[0].outcome == Outcome::passed);
  }
}

TEST_CASE("A check that failed and, run again alone, didn't is unsteady: both answers are told") {
  FakeEndpoint endpoint(first_then_agree({answer_of(404, {}, "the first")}));
  const auto result = run_all(endpoint.client(), endpoint.clock(), {gets("a")});
  const auto& check = result.checks[0];
  REQUIRE(check.outcome == Outcome::unsteady);
  CHECK(check.failures.at(0).received.find("the first") != std::string::npos);
  CHECK(check.failures.at(0).received_again.starts_with("200\n"));
  const auto text = text_report(result, false);
  CHECK(text.find("UNSTEADY a (must)") != std::string::npos);
  CHECK(text.find("asked again, alone, it was right:\n      200") != std::string::npos);
  CHECK(text.find("1 unsteady") != std::string::npos);
}

TEST_CASE("A check that fails twice has failed") {
  FakeEndpoint endpoint(first_then_agree({answer_of(404, {}, ""), answer_of(404, {}, "")}));
  const auto result = run_all(endpoint.client(), endpoint.clock(), {gets("a")});
  CHECK(result.checks[0].outcome == Outcome::failed);
}

TEST_CASE("What went wrong when a connection was lost is forgotten when it goes well") {
  std::atomic<int> asked = 0;
  test::FakeServer server(cutting([&](const FakeEndpoint::Request& request) {
    if (request.method != "POST") return agree(request);
    const int turn = asked++;  // lost, then wrong, as when the first was carried out; then right
    return turn == 0 ? std::string() : turn == 1 ? answer_of(412, {}, "") : agree(request);
  }));
  Client here(server);
  const auto posts = check_of("a", [](CheckContext& c) { c.send(c.request("POST", "object")).status(200); });
  const auto result = run_all(here.client, here.clock, {posts});
  CHECK(result.checks[0].outcome == Outcome::passed);
}

TEST_CASE("Who always breaks at the same request fails its check") {
  test::FakeServer server(cutting([&](const FakeEndpoint::Request& request) {
    return is_get_of(request, "object") ? std::string() : agree(request);
  }));
  Client here(server);
  const auto lost = run_all(here.client, here.clock, {gets("a")});
  CHECK(lost.checks[0].outcome == Outcome::failed);
  FakeEndpoint endpoint([](const auto& request) {
    return is_get_of(request, "object") ? error_answer(500, "InternalError") : agree(request);
  });
  const auto broken = run_all(endpoint.client(), endpoint.clock(), {gets("a")});
  CHECK(broken.checks[0].outcome == Outcome::failed);
  CHECK(broken.checks[0].failures.at(0).actual == "status 500 InternalError");
}

TEST_CASE("A bucket that one check's request takes from the others is made again, and they aren't blamed") {
  bool there = true;
  FakeEndpoint endpoint([&](const auto& request) {
    const bool of_bucket = std::ranges::count(request.target, '/') == 1;
    if (of_bucket && request.method == "PUT") there = true;
    if (!there) return error_answer(404, "NoSuchBucket");
    if (is_get_of(request, "deadly")) there = false;
    return agree(request);
  });
  const auto deadly = check_of("b", [](CheckContext& c) { c.send(c.get("deadly")).status(405); });
  const auto result = run_all(endpoint.client(), endpoint.clock(), {gets("a"), deadly, gets("c")});
  CHECK(result.checks[0].outcome == Outcome::passed);
  CHECK(result.checks[1].outcome == Outcome::failed);
  CHECK(result.checks[2].outcome == Outcome::passed);
}

TEST_CASE(
    "A step on the way to something else isn't told by the name of its document, which clients don't read") {
  FakeEndpoint endpoint([](const auto& request) {
    if (request.method != "POST") return agree(request);
    return answer_of(200, {}, "<Result><UploadId>u</UploadId></Result>");
  });
  const auto makes = check_of("a", [](CheckContext& c) { c.complete(c.create(), {{"1", "\"e\"", {}}}); });
  const auto result = run_all(endpoint.client(), endpoint.clock(), {makes});
  CHECK(result.checks[0].outcome == Outcome::passed);
}

TEST_CASE("An endpoint at which waiting never helps keeps no further check waiting for long") {
  FakeEndpoint endpoint(agree);
  std::vector<Check> checks;
  for (int i = 0; i < 7; ++i)
    checks.push_back(check_of("c" + std::to_string(i), [](CheckContext& c) {
      c.send_until(c.get(), [](const Answer& answer) { return answer.answer().status == 404; }).status(404);
    }));
  for (auto& check : checks) check.repeats = 5;
  const auto result = run_all(endpoint.client(), endpoint.clock(), checks,
                              {.jobs = 1, .pause = no_pause, .second_runs = false});
  CHECK(result.checks[0].spent.requests == 6);
  CHECK(result.checks[5].spent.requests == 6);
  CHECK(result.checks[6].spent.requests == 2);
}

TEST_CASE("An endpoint that stays too busy has proved nothing") {
  FakeEndpoint endpoint([](const auto& request) {
    return is_get_of(request, "object") ? error_answer(503, "SlowDown") : agree(request);
  });
  const auto result = run_all(endpoint.client(), endpoint.clock(), {gets("a"), gets("b", "other")});
  CHECK(result.checks[0].outcome == Outcome::busy);
  CHECK(result.checks[0].failures.empty());
  CHECK(result.checks[1].outcome == Outcome::passed);
  CHECK(text_report(result, false).find("too busy: a: it was answered SlowDown (503)") != std::string::npos);
}

TEST_CASE("An endpoint that is too busy for everything ends the run with one sentence") {
  FakeEndpoint endpoint([](const auto& request) {
    return is_get_of(request, "object") ? error_answer(503, "SlowDown") : agree(request);
  });
  std::vector<Check> checks;
  for (int i = 0; i < 40; ++i) checks.push_back(gets("c" + std::to_string(i)));
  const auto result = run_all(endpoint.client(), endpoint.clock(), checks);
  CHECK(result.lost.starts_with("the endpoint is too busy: 8 checks in a row were answered SlowDown (503)"));
  CHECK(result.count(Outcome::skipped) == 40);
}

TEST_CASE("A full endpoint ends the run with one sentence, and blames no check") {
  FakeEndpoint endpoint([](const auto& request) {
    return request.method == "PUT" && request.target.ends_with("/object")
               ? error_answer(507, "XMinioStorageFull")
               : agree(request);
  });
  std::vector<Check> checks{gets("a")};
  for (int i = 0; i < 40; ++i)
    checks.push_back(check_of("c" + std::to_string(i), [](CheckContext& c) { c.put("object", "x"); }));
  const auto result = run_all(endpoint.client(), endpoint.clock(), checks);
  CHECK(result.lost == "the endpoint is full: it answers XMinioStorageFull (507)");
  CHECK(result.count(Outcome::passed) == 1);
  CHECK(result.count(Outcome::skipped) == 40);
  const auto text = text_report(result, false);
  CHECK(text.find("skipped 40 checks, c0 to c39: the endpoint is full") != std::string::npos);
}

TEST_CASE("AccessDenied for what is never allowed may be a missing right; for what is, it is a failure") {
  FakeEndpoint endpoint([](const auto& request) {
    const bool denied = request.target.find("?tagging") != std::string::npos || is_get_of(request, "denied");
    return denied ? error_answer(403, "AccessDenied") : agree(request);
  });
  const auto tags = check_of("a", [](CheckContext& c) {
    auto request = c.get();
    request.parameter("tagging");
    c.send(request).status(200);
  });
  const auto wanted = check_of("d", [](CheckContext& c) {
    auto request = c.get();
    request.parameter("tagging");
    c.send(request).error(403, "InvalidAccessKeyId");
  });
  const auto result =
      run_all(endpoint.client(), endpoint.clock(), {tags, gets("b"), gets("c", "denied"), wanted});
  CHECK(result.checks[0].outcome == Outcome::no_right);
  CHECK(result.checks[0].skip_reason ==
        "the key may not be allowed this: GET object ?tagging was answered AccessDenied (403) each time");
  CHECK(result.checks[1].outcome == Outcome::passed);
  CHECK(result.checks[2].outcome == Outcome::failed);
  CHECK(result.checks[3].outcome == Outcome::failed);
}

TEST_CASE("What is denied to who signs nothing is no lack of the key's rights") {
  FakeEndpoint endpoint([](const auto& request) {
    return request.headers.has("authorization") ? agree(request) : error_answer(403, "AccessDenied");
  });
  const auto anyone = check_of("a", [](CheckContext& c) {
    auto request = c.get();
    request.signing = client::Signing::anonymous;
    c.send(request).status(200);
  });
  const auto result = run_all(endpoint.client(), endpoint.clock(), {anyone});
  CHECK(result.checks[0].outcome == Outcome::failed);
}

TEST_CASE("A feature that the endpoint says it doesn't have is told once, whatever it concerns") {
  FakeEndpoint endpoint([](const auto& request) {
    return is_get_of(request, "object") ? error_answer(501, "NotImplemented") : agree(request);
  });
  const auto result =
      run_all(endpoint.client(), endpoint.clock(),
              {gets("object.tags.put"), gets("object.tags.count"), gets("object.put.answer")});
  CHECK(result.checks[0].outcome == Outcome::not_offered);
  CHECK(result.checks[2].outcome == Outcome::failed);  // a server that can't put objects is none
  REQUIRE(result.missing.size() == 1);
  CHECK(result.missing[0].name == "tags");
  CHECK(result.missing[0].said);
  CHECK(result.missing[0].checks == 2);
  CHECK(result.missing_beyond_profile() == 0);
}

TEST_CASE("A check that needs a feature on its way isn't blamed where that isn't there") {
  FakeEndpoint endpoint([](const auto& request) {
    return is_get_of(request, "silent") ? answer_of(404, {}, "") : agree(request);
  });
  const auto result = run_all(endpoint.client(), endpoint.clock(),
                              {gets("object.tags.put", "silent"), gets("object.copy.over-tags", "silent"),
                               gets("object.copy.bytes", "silent")});
  CHECK(result.checks[0].outcome == Outcome::not_offered);
  CHECK(result.checks[1].outcome == Outcome::not_offered);
  CHECK(result.checks[2].outcome == Outcome::failed);
  REQUIRE(result.missing.size() == 1);
  CHECK(result.missing[0].name == "tags");
  CHECK(result.missing[0].checks == 2);
}

TEST_CASE("An operation that the endpoint says it doesn't have is told once, wherever it is met") {
  FakeEndpoint endpoint([](const auto& request) {
    const bool copies_a_part = request.headers.has("x-amz-copy-source") && request.method == "PUT";
    return copies_a_part ? error_answer(501, "NotImplemented") : agree(request);
  });
  const auto copies = [](std::string id) {
    return check_of(std::move(id), [](CheckContext& c) {
      auto request = c.request("PUT", "object");
      request.parameter("partNumber", "1").parameter("uploadId", "u").header("x-amz-copy-source", "b/k");
      c.send(request).status(200);
    });
  };
  const auto result =
      run_all(endpoint.client(), endpoint.clock(),
              {copies("multipart.copy.range"), copies("multipart.metadata.copied"), gets("a")});
  CHECK(result.count(Outcome::not_offered) == 2);
  REQUIRE(result.missing.size() == 1);
  CHECK(result.missing[0].name == "copies of parts");
  CHECK(result.missing[0].checks == 2);
  CHECK(result.missing_beyond_profile() == 0);
}

TEST_CASE(
    "A header that the endpoint says not to implement is told once, where requests without it are answered") {
  FakeEndpoint endpoint([](const auto& request) {
    return request.headers.has("x-amz-checksum-crc32") ? error_answer(501, "NotImplemented") : agree(request);
  });
  const auto puts = [](std::string id) {
    return check_of(std::move(id), [](CheckContext& c) {
      c.put("plain", "a");
      c.put("object", "a", {{"x-amz-checksum-crc32", "c"}});
    });
  };
  const auto result = run_all(endpoint.client(), endpoint.clock(), {puts("a"), puts("b")});
  CHECK(result.count(Outcome::not_offered) == 2);
  REQUIRE(result.missing.size() == 1);
  CHECK(result.missing[0].name == "PUT object with some headers");
}

TEST_CASE("Where a feature's simplest use is refused as not implemented, its other uses tell nothing new") {
  FakeEndpoint endpoint([](const auto& request) {
    if (is_get_of(request, "object")) return error_answer(501, "NotImplemented");
    return is_get_of(request, "silent") ? answer_of(404, {}, "") : agree(request);
  });
  const auto result = run_all(endpoint.client(), endpoint.clock(),
                              {gets("object.tags.put"), gets("object.tags.count", "silent")});
  CHECK(result.checks[1].outcome == Outcome::not_offered);
  REQUIRE(result.missing.size() == 1);
  CHECK(result.missing[0].said);
  CHECK(result.missing[0].checks == 2);
}

TEST_CASE(
    "An operation that never works is one difference, wherever it is met; one that works once isn't "
    "missing") {
  std::atomic<int> asked = 0;
  const auto never = [&](bool once, std::string code = "NoSuchKey") {
    return [&asked, once, code](const auto& request) {
      const bool lists = request.method == "GET" && request.target.find("uploadId=u") != std::string::npos;
      if (!lists || (once && asked++ == 0)) return agree(request);
      return error_answer(404, code);
    };
  };
  const auto lists = [](std::string id) {
    return check_of(std::move(id), [](CheckContext& c) {
      auto request = c.get();
      request.parameter("uploadId", "u");
      c.send(request).status(200);
    });
  };
  const std::vector<Check> checks{lists("a"), lists("b"), lists("c"), lists("d"), lists("e")};
  FakeEndpoint without(never(false));
  const auto missing = run_all(without.client(), without.clock(), checks);
  CHECK(missing.count(Outcome::not_offered) == 5);
  REQUIRE(missing.missing.size() == 1);
  CHECK(missing.missing[0].name == "GET object ?uploadId");
  CHECK(missing.missing_beyond_profile() == 1);
  FakeEndpoint faulty(never(true, "InvalidRequest"));
  CHECK(run_all(faulty.client(), faulty.clock(), checks).count(Outcome::failed) == 4);
  FakeEndpoint forgetful(never(false, "NoSuchUpload"));
  CHECK(run_all(forgetful.client(), forgetful.clock(), checks).count(Outcome::failed) == 5);
}

TEST_CASE("A field that an error never has is one difference, wherever it is met") {
  FakeEndpoint endpoint([](const auto& request) {
    return is_get_of(request, "object") ? error_answer(404, "NoSuchUpload") : agree(request);
  });
  const auto names_it = [](std::string id) {
    return check_of(std::move(id), [](CheckContext& c) {
      c.send(c.get()).error(404, "NoSuchUpload").field("UploadId", "u");
    });
  };
  const auto wrong =
      check_of("c", [](CheckContext& c) { c.send(c.get()).error(404, "NoSuchKey").field("Key", "k"); });
  const auto result = run_all(endpoint.client(), endpoint.clock(), {names_it("a"), names_it("b"), wrong});
  CHECK(result.count(Outcome::not_offered) == 2);
  REQUIRE(result.missing.size() == 1);
  CHECK(result.missing[0].name == "UploadId of NoSuchUpload");
  CHECK(result.missing_beyond_profile() == 1);
  CHECK(result.checks[2].outcome == Outcome::failed);
}

TEST_CASE("A code that is never told, but another in its place, is one difference") {
  const auto refused = [](std::string id, std::string code = "SignatureDoesNotMatch") {
    return check_of(std::move(id), [=](CheckContext& c) { c.send(c.get()).error(403, code); });
  };
  const std::vector<Check> checks{refused("a"), refused("b"), refused("c"), refused("d"),
                                  refused("e", "AccessDenied")};
  const auto answering = [](bool knows_it) {
    return [=](const auto& request) {
      if (!is_get_of(request, "object")) return agree(request);
      const bool is_of_f = request.target.contains("/f/");
      return error_answer(403, knows_it && is_of_f ? "SignatureDoesNotMatch" : "AccessDenied");
    };
  };
  FakeEndpoint endpoint(answering(false));
  const auto result = run_all(endpoint.client(), endpoint.clock(), checks);
  CHECK(result.count(Outcome::not_offered) == 4);
  CHECK(result.count(Outcome::passed) == 1);
  REQUIRE(result.missing.size() == 1);
  CHECK(result.missing[0].name == "SignatureDoesNotMatch, told as AccessDenied");
  CHECK(result.missing_beyond_profile() == 1);
  auto more = checks;
  more.push_back(refused("f"));
  FakeEndpoint knowing(answering(true));
  CHECK(run_all(knowing.client(), knowing.clock(), more).count(Outcome::failed) == 4);
}

TEST_CASE("A sub-resource that is taken for the bucket itself is one difference") {
  FakeEndpoint endpoint([](const auto& request) {
    return request.target.contains("cors") ? error_answer(409, "BucketAlreadyExists") : agree(request);
  });
  const auto sets = [](std::string id, int status) {
    return check_of(std::move(id), [=](CheckContext& c) {
      client::S3Request request;
      request.method = "PUT";
      request.bucket = c.bucket();
      request.parameter("cors", "");
      c.send(request).status(status);
    });
  };
  const auto result =
      run_all(endpoint.client(), endpoint.clock(), {sets("a", 200), sets("b", 400), sets("c", 409)});
  CHECK(result.count(Outcome::not_offered) == 2);
  REQUIRE(result.missing.size() == 1);
  CHECK(result.missing[0].name == "PUT bucket ?cors");
}

TEST_CASE("A feature is said not to be implemented behind a wrong field of an error, too") {
  FakeEndpoint endpoint([](const auto& request) {
    if (is_get_of(request, "object")) return error_answer(404, "NoSuchTagSet");
    return is_get_of(request, "other") ? error_answer(501, "NotImplemented") : agree(request);
  });
  const auto result =
      run_all(endpoint.client(), endpoint.clock(), {check_of("bucket.tags", [](CheckContext& c) {
                c.send(c.get()).error(404, "NoSuchTagSet").field("BucketName", "b");
                c.send(c.get("other")).status(200);
              })});
  CHECK(result.checks[0].outcome == Outcome::not_offered);
}

TEST_CASE("ETags without quotes are one difference of an operation") {
  FakeEndpoint endpoint([](const auto& request) {
    return is_get_of(request, "object") ? answer_of(200, {}, "<A><ETag>abc</ETag></A>") : agree(request);
  });
  const auto tells = [](std::string id, std::string etag) {
    return check_of(std::move(id), [=](CheckContext& c) { c.send(c.get()).element("ETag", etag); });
  };
  const auto result = run_all(endpoint.client(), endpoint.clock(),
                              {tells("a", "\"abc\""), tells("b", "\"abc\""), tells("c", "\"abd\"")});
  CHECK(result.count(Outcome::not_offered) == 2);
  CHECK(result.count(Outcome::failed) == 1);
  REQUIRE(result.missing.size() == 1);
  CHECK(result.missing[0].name == "quotes of ETags: GET object");
}

TEST_CASE("An element without anything, and none, differ in text alone") {
  FakeEndpoint endpoint([](const auto& request) {
    return is_get_of(request, "object") ? answer_of(200, {}, "<A><B/><C>c</C></A>") : agree(request);
  });
  const auto result = run_all(endpoint.client(), endpoint.clock(), {check_of("a", [](CheckContext& c) {
                                c.send(c.get()).no_element("B").element("D", "").no_element("C");
                              })});
  REQUIRE(result.checks[0].failures.size() == 3);
  CHECK(result.checks[0].failures[0].level == Level::text);
  CHECK(result.checks[0].failures[1].level == Level::text);
  CHECK(result.checks[0].failures[2].level == Level::must);
}

TEST_CASE("A feature that fails at its simplest isn't there, which is one difference") {
  FakeEndpoint endpoint([](const auto& request) {
    return is_get_of(request, "object") ? answer_of(404, {}, "") : agree(request);
  });
  const auto result = run_all(endpoint.client(), endpoint.clock(),
                              {gets("object.tags.put"), gets("object.tags.count"), gets("object.tags.delete"),
                               gets("bucket.cors.kept"), gets("bucket.cors.none", "other")});
  CHECK(result.checks[0].outcome == Outcome::not_offered);
  CHECK(result.checks[2].outcome == Outcome::not_offered);
  CHECK(result.checks[3].outcome == Outcome::failed);  // half of CORS works
  CHECK(result.missing_beyond_profile() == 1);
  const auto xml = junit_report(result);
  CHECK(xml.find("failures=\"2\" errors") != std::string::npos);
  CHECK(text_report(result, false)
            .find("not offered: tags (3 checks): object.tags.put: S3 answers status 200") !=
        std::string::npos);
}

TEST_CASE("A feature that differs in wording alone isn't missing") {
  FakeEndpoint endpoint([](const auto& request) {
    return is_get_of(request, "other") ? error_answer(404, "NoSuchTagSet") : agree(request);
  });
  const auto worded = [](std::string id) {
    return check_of(std::move(id), [](CheckContext& c) { c.send(c.get()).decoration("x-amz-a", "b"); });
  };
  const auto result = run_all(endpoint.client(), endpoint.clock(),
                              {gets("object.tags.put", "other"), worded("object.tags.count"), worded("a")});
  CHECK(result.count(Outcome::failed) == 3);
  CHECK(result.missing.empty());
}

TEST_CASE("A feature that works, and is told in other words, is there") {
  FakeEndpoint endpoint([](const auto& request) {
    return is_get_of(request, "object") ? error_answer(403, "AccessDenied") : agree(request);
  });
  const auto refused = [](std::string id) {
    return check_of(std::move(id),
                    [](CheckContext& c) { c.send(c.get()).error(403, "SignatureDoesNotMatch"); });
  };
  const auto result = run_all(endpoint.client(), endpoint.clock(),
                              {refused("object.signature.wrong"), refused("object.signed-wrongly.get")});
  CHECK(result.count(Outcome::failed) == 2);
  CHECK(result.missing.empty());
}

TEST_CASE("A body after the answer to HEAD is the fault of the check that asked, and of no other") {
  for (const bool late : {false, true}) {
    test::FakeServer server([late](FakeConnection& connection) {
      for (FakeConnection::Request request; connection.read(request); request = {}) {
        if (request.method != "HEAD") {
          connection.send(agree(request));
          continue;
        }
        connection.send("HTTP/1.1 404 Not Found\r\nContent-Length: 8\r\n\r\n");
        if (late) std::this_thread::yield();
        connection.send("<Error/>");
      }
    });
    Client here(server);
    const auto head = check_of("a", [](CheckContext& c) { c.send(c.head()).status(404); });
    const auto result = run_all(here.client, here.clock, {head, gets("b"), gets("c")});
    REQUIRE(result.checks[0].outcome == Outcome::failed);
    CHECK(result.checks[0].failures.at(0).expected.starts_with("no body after the answer to HEAD"));
    CHECK(result.checks[1].outcome == Outcome::passed);
    CHECK(result.checks[2].outcome == Outcome::passed);
  }
}

TEST_CASE("What is made again stays within the user's limits") {
  FakeEndpoint endpoint(first_then_agree({error_answer(503, "SlowDown"), error_answer(503, "SlowDown")}));
  const auto result = run_all(endpoint.client(), endpoint.clock(), {gets("a")},
                              {.jobs = 1, .max_requests = 5, .pause = no_pause});
  CHECK(result.checks[0].outcome == Outcome::busy);
  CHECK(result.checks[0].spent.requests == 1);
}
