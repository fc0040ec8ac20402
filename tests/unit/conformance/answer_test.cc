#include <partsmith/conformance/context.h>

#include "catch.h"
#include "fake_endpoint.h"

using namespace partsmith;
using namespace partsmith::conformance;

namespace {

constexpr std::string_view document =
    "<ListPartsResult><Bucket>b</Bucket><Part><PartNumber>1</PartNumber><ETag>one</ETag></Part>"
    "<Part><PartNumber>2</PartNumber><ETag>two</ETag></Part></ListPartsResult>";

/// Failures that an expectation notes about an answer.
std::vector<Failure> failures_of(int status, const protocol::Headers& headers, std::string_view body,
                                 const std::function<void(Answer&)>& expect) {
  test::FakeEndpoint endpoint([&](const auto& request) {
    return request.target.find("multipart.test") == std::string::npos
               ? test::answer_of(200, {}, "")
               : test::answer_of(status, headers, body);
  });
  return endpoint
      .run([&](CheckContext& c) {
        auto answer = c.send(c.get());
        expect(answer);
      })
      .failures;
}

}  // namespace

TEST_CASE("Each expectation holds for what it describes, and fails for what it doesn't") {
  struct Case {
    std::string name;
    std::function<void(Answer&)> holds;
    std::function<void(Answer&)> fails;
    std::string expected;
    std::string actual;
  };
  const Case cases[] = {
      {"status", [](Answer& a) { a.status(200); }, [](Answer& a) { a.status(204); }, "status 204",
       "status 200"},
      {"header", [](Answer& a) { a.header("etag", "\"x\""); }, [](Answer& a) { a.header("ETag", "x"); },
       "header ETag: x", "ETag: \"x\""},
      {"header missing", [](Answer& a) { a.has_header("ETag"); }, [](Answer& a) { a.header("X-Y", ""); },
       "header X-Y: ", "no X-Y"},
      {"has_header", [](Answer& a) { a.has_header("etag"); }, [](Answer& a) { a.has_header("x-y"); },
       "a header x-y", "no x-y"},
      {"no_header", [](Answer& a) { a.no_header("x-y"); }, [](Answer& a) { a.no_header("etag"); },
       "no header etag", "etag: \"x\""},
      {"document", [](Answer& a) { a.document("ListPartsResult"); }, [](Answer& a) { a.document("Error"); },
       "a Error document", "a ListPartsResult document"},
      {"element",
       [](Answer& a) { a.element("Bucket", "b").element("Part/ETag", "one").element("Part[2]/ETag", "two"); },
       [](Answer& a) { a.element("Part[2]/ETag", "one"); }, "Part[2]/ETag 'one'", "Part[2]/ETag 'two'"},
      {"element missing", [](Answer& a) { a.has_element("Part[2]"); },
       [](Answer& a) { a.element("Part[3]/ETag", "one"); }, "Part[3]/ETag 'one'", "no Part[3]/ETag"},
      {"has_element", [](Answer& a) { a.has_element("Bucket"); }, [](Answer& a) { a.has_element("Key"); },
       "an element Key", "no Key"},
      {"no_element", [](Answer& a) { a.no_element("Key"); }, [](Answer& a) { a.no_element("Bucket"); },
       "no element Bucket", "Bucket 'b'"},
      {"elements", [](Answer& a) { a.elements("Part", 2).elements("Key", 0); },
       [](Answer& a) { a.elements("Part", 1); }, "1 × Part", "2 × Part"},
      {"body", [](Answer& a) { a.body(document); }, [](Answer& a) { a.body("x"); }, "a body of 1 bytes: 'x'",
       ""},
      {"error", [](Answer&) {}, [](Answer& a) { a.error(200, "NoSuchKey"); },
       "an Error document with Code NoSuchKey", "no Error document"},
  };
  for (const auto& one : cases) {
    INFO(one.name);
    CHECK(failures_of(200, {{"ETag", "\"x\""}}, document, one.holds).empty());
    const auto failures = failures_of(200, {{"ETag", "\"x\""}}, document, one.fails);
    REQUIRE(failures.size() == 1);
    CHECK(failures[0].expected == one.expected);
    if (!one.actual.empty()) CHECK(failures[0].actual == one.actual);
  }
}

TEST_CASE("What no client sees is a difference of text alone") {
  const auto level = [](const protocol::Headers& headers, std::string name, std::string expected) {
    const auto failures = failures_of(200, headers, document, [=](Answer& a) { a.header(name, expected); });
    REQUIRE(failures.size() == 1);
    return failures[0].level;
  };
  CHECK(level({{"Content-Type", "text/xml; charset=utf-8"}}, "Content-Type", "application/xml") ==
        Level::text);
  CHECK(level({{"Content-Type", "text/html"}}, "Content-Type", "application/xml") == Level::must);
  CHECK(level({{"Content-Type", "application/octet-stream"}}, "Content-Type", "binary/octet-stream") ==
        Level::text);
  CHECK(level({}, "Content-Type", "binary/octet-stream") == Level::text);
  CHECK(level({{"Content-Type", "text/plain"}}, "Content-Type", "binary/octet-stream") == Level::must);
  CHECK(level({}, "Accept-Ranges", "bytes") == Level::text);
  CHECK(level({{"Accept-Ranges", "none"}}, "Accept-Ranges", "bytes") == Level::must);
}

TEST_CASE("An error is its status, code, message and fields") {
  constexpr std::string_view error =
      "<Error><Code>InvalidPart</Code><Message>m</Message><PartNumber>2</PartNumber></Error>";
  CHECK(failures_of(400, {}, error, [](Answer& a) {
          a.error(400, "InvalidPart").message("m").field("PartNumber", "2");
        }).empty());
  CHECK(failures_of(400, {}, error, [](Answer& a) {
          a.error(404, "NoSuchUpload").message("n").field("ETag", "");
        }).size() == 4);
}

TEST_CASE("Nothing holds of elements when the answer is no document") {
  CHECK(failures_of(200, {}, "text", [](Answer& a) {
          a.document("X").elements("Y", 0).has_element("Z");
        }).size() == 3);
}

TEST_CASE("A failure tells the request and the answer, without secrets") {
  const auto failures = failures_of(200, {{"ETag", "\"x\""}}, document, [](Answer& a) { a.status(500); });
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].sent.starts_with("GET /"));
  CHECK(failures[0].sent.find("Credential=AKID/") != std::string::npos);
  CHECK(failures[0].sent.find("Signature=…") != std::string::npos);
  CHECK(failures[0].sent.find("session-secret") == std::string::npos);
  CHECK(failures[0].received.starts_with("200\nETag: \"x\"\n"));
  CHECK(failures[0].received.find("<PartNumber>2</PartNumber>") != std::string::npos);
}

TEST_CASE("A header beyond ASCII is told in texts that are UTF-8") {
  const auto failures =
      failures_of(200, {{"x-a", "\xe9"}}, document, [](Answer& a) { a.header("x-a", "caf\xe9"); });
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].expected == "header x-a: caf\\xe9");
  CHECK(failures[0].actual == "x-a: \\xe9");
}

TEST_CASE("Long and binary bodies are told in short") {
  const auto failures = failures_of(200, {}, std::string(6'000, 'x') + 'y', [](Answer& a) { a.status(500); });
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].received.size() < 3000);
  CHECK(failures[0].received.find("(6001 bytes in all)") != std::string::npos);
  const auto binary = failures_of(200, {}, "\xff\xfe\x01", [](Answer& a) { a.status(500); });
  CHECK(binary.at(0).received.find("(3 bytes that are no text)") != std::string::npos);
  const auto escape = failures_of(200, {}, "\x1b[31m", [](Answer& a) { a.status(500); });
  CHECK(escape.at(0).received.find('\x1b') == std::string::npos);
}

TEST_CASE("required() ends the check where going on makes no sense") {
  int steps = 0;
  const auto expect = [&](Answer& a) {
    a.status(200).required();
    ++steps;
    a.status(404).status(405).required();
    ++steps;
  };
  CHECK(failures_of(200, {}, "", expect).size() == 2);
  CHECK(steps == 2);  // one in each of two runs, since it failed
}

TEST_CASE("An answer larger than what the check may cost is the server's failure") {
  const auto failures = failures_of(200, {}, std::string(1'000'000, 'x'), [](Answer& a) { a.status(200); });
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].actual.starts_with("the answer has more than "));
}

TEST_CASE("A failure says whether only an error's message or fields differ, or what the server did") {
  const auto alone = [](std::string_view code, std::string_view message) {
    const auto body = "<Error><Code>NoSuchKey</Code><Message>No such key.</Message></Error>";
    CheckResult check;
    check.failures = failures_of(404, {}, body, [&](Answer& a) { a.error(404, code).message(message); });
    return check.fails_in_error_text_alone();
  };
  CHECK(alone("NoSuchKey", "The specified key does not exist."));
  CHECK_FALSE(alone("NoSuchBucket", "The specified bucket does not exist"));
  CHECK_FALSE(alone("NoSuchBucket", "No such key."));
  CHECK_FALSE(alone("NoSuchKey", "No such key."));
}
