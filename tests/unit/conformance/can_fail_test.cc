/// A check that can't fail is a defect. Servers that are wrong through and through fail every check.

#include <algorithm>

#include <partsmith/conformance/catalogue.h>
#include <partsmith/conformance/reports.h>

#include "catch.h"
#include "fake_endpoint.h"

using namespace partsmith;
using namespace partsmith::conformance;
using test::answer_of;
using test::error_answer;
using test::FakeEndpoint;

namespace {

/// A bucket can be had and cleaned up; everything else is answered in one way.
std::function<std::string(const FakeEndpoint::Request&)> with(
    std::function<std::string(const FakeEndpoint::Request&)> answer) {
  return [=](const FakeEndpoint::Request& request) {
    const bool listing = request.method == "GET" && request.target.find("list-type=2") != std::string::npos;
    if (listing) return answer_of(200, {}, "<ListBucketResult/>");
    if (request.method == "DELETE" && request.target.find("uploadId") == std::string::npos)
      return answer_of(204, {}, "");
    if (request.method == "PUT" && request.target.find('/', 1) == std::string::npos)
      return answer_of(200, {}, "");
    auto text = answer(request);
    if (request.method == "HEAD") text.resize(text.find("\r\n\r\n") + 4);  // a body would be the next answer
    return text;
  };
}

/// The checks that pass on such a server.
std::vector<std::string> passed_on(const std::function<std::string(const FakeEndpoint::Request&)>& answer) {
  FakeEndpoint endpoint(with(answer));
  auto checks = catalogue();
  // They skip themselves in us-east-1 and with one account, or take long; the mutants show that they can
  // fail.
  std::erase_if(checks, [](const Check& check) {
    const auto needs = [&](Need need) { return std::ranges::find(check.needs, need) != check.needs.end(); };
    return needs(Need::other_region) || needs(Need::second_account) || check.costly;
  });
  const RunOptions options{.jobs = 2, .pause = std::chrono::milliseconds(0), .second_runs = false};
  const auto result = run(endpoint.client(), plan(std::move(checks), options), options, endpoint.clock());
  REQUIRE(result);
  std::vector<std::string> ids;
  for (const auto& check : result->checks) {
    INFO(check.id);
    // A bucket may refuse customer keys by right, a server may wait for a body before it refuses it, and what
    // an earlier step didn't give is another check's to tell.
    const bool may_skip = check.id.contains("customer-key") || check.id == "multipart.wire.too-large" ||
                          check.skip_reason.contains("as multipart.");
    CHECK((check.outcome != Outcome::skipped || may_skip));
    const auto told = failure_text(check);
    for (const auto* secret : {"very-secret", "session-secret"})
      CHECK(told.find(secret) == std::string::npos);
    if (check.outcome == Outcome::passed) ids.push_back(check.id);
  }
  return ids;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("No check passes on a server that answers everything with 200 and nothing") {
  CHECK(passed_on([](const auto&) { return answer_of(200, {}, ""); }) == Ids{});
}

TEST_CASE("No check passes on a server that refuses everything") {
  CHECK(passed_on([](const auto&) { return error_answer(403, "AccessDenied"); }) == Ids{});
}

TEST_CASE("No check passes on a server that takes uploads but knows neither errors nor contents") {
  CHECK(passed_on([](const FakeEndpoint::Request& request) {
          if (request.method == "DELETE") return answer_of(200, {}, "");
          if (request.method == "PUT") return answer_of(200, {{"ETag", "\"wrong\""}}, "<CopyPartResult/>");
          if (request.target.ends_with("?uploads")) {
            return answer_of(
                200, {},
                "<InitiateMultipartUploadResult><UploadId>same</UploadId></InitiateMultipartUploadResult>");
          }
          if (request.method == "POST") return answer_of(200, {}, "<CompleteMultipartUploadResult/>");
          return answer_of(request.method == "HEAD" ? 200 : 206, {}, "<Nothing/>");
        }) == Ids{});
}
