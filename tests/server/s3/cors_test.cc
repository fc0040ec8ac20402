// Requests from pages of other origins. The facts are those of docs/s3-truth.md, "Unsettled", CORS.

#include <map>

#include <partsmith/values/digest.h>

#include "catch.h"
#include "test_server.h"

using namespace partsmith;
using namespace partsmith::test;

namespace {

constexpr const char* vary = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

struct Scene {
  TestServer server;

  Scene() {
    REQUIRE(server.send({"PUT", "/films"}).status == 200);
    REQUIRE(server.send({"PUT", "/films/a", "data"}).status == 200);
  }

  void configure(const std::string& rules) {
    const std::string body = "<CORSConfiguration>" + rules + "</CORSConfiguration>";
    const auto put =
        server.send({"PUT", "/films?cors", body, {{"Content-MD5", to_base64(md5(as_bytes(body)))}}});
    REQUIRE(put.status == 200);
  }

  RawClient::Answer options(const std::string& target, const protocol::Headers& headers) {
    std::string text = "OPTIONS " + target + " HTTP/1.1\r\nHost: " + server.host() + "\r\n";
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    return RawClient(server.port()).exchange(text + "\r\n");
  }
};

const std::string two_rules =
    "<CORSRule><AllowedOrigin>http://a.test</AllowedOrigin><AllowedOrigin>https://*.b.test</AllowedOrigin>"
    "<AllowedMethod>GET</AllowedMethod><AllowedMethod>PUT</AllowedMethod>"
    "<AllowedHeader>x-AMZ-*</AllowedHeader><AllowedHeader>content-type</AllowedHeader>"
    "<MaxAgeSeconds>30</MaxAgeSeconds><ExposeHeader>ETag</ExposeHeader><ExposeHeader>x-amz-id-2</"
    "ExposeHeader></CORSRule>"
    "<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>HEAD</AllowedMethod></CORSRule>";

/// The headers about CORS, by name.
std::map<std::string, std::string> told(const RawClient::Answer& answer) {
  std::map<std::string, std::string> headers;
  for (const auto& [name, value] : answer.headers) {
    if (name.starts_with("Access-Control-") || name == "Vary") headers[name] = value;
  }
  return headers;
}

std::map<std::string, std::string> first_rule(const std::string& origin) {
  return {{"Access-Control-Allow-Origin", origin},
          {"Access-Control-Allow-Methods", "GET, PUT"},
          {"Access-Control-Expose-Headers", "ETag, x-amz-id-2"},
          {"Access-Control-Max-Age", "30"},
          {"Access-Control-Allow-Credentials", "true"},
          {"Vary", vary}};
}

}  // namespace

TEST_CASE("A preflight that no rule can allow is refused, with what is missing") {
  Scene scene;
  struct Case {
    std::string target;
    protocol::Headers headers;
    int status;
    std::string code, message, method, resource_type;
  };
  const std::string not_allowed =
      "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, "
      "request "
      "method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the "
      "resource's "
      "CORS spec.";
  const std::vector<Case> before{
      {"/films/a", {}, 400, "BadRequest", "Insufficient information. Origin request header needed.", "", ""},
      {"/films/a",
       {{"Origin", "x"}},
       403,
       "AccessForbidden",
       "CORSResponse: CORS is not enabled for this bucket.",
       "OPTIONS",
       "BUCKET"},
      {"/films/a",
       {{"Origin", "x"}, {"Access-Control-Request-Method", "PUT"}},
       403,
       "AccessForbidden",
       "CORSResponse: CORS is not enabled for this bucket.",
       "PUT",
       "BUCKET"},
      {"/nowhere/a",
       {{"Origin", "x"}},
       403,
       "AccessForbidden",
       "CORSResponse: Bucket not found",
       "OPTIONS",
       "BUCKET"},
      {"/nowhere/a",
       {},
       400,
       "BadRequest",
       "Insufficient information. Origin request header needed.",
       "",
       ""},
  };
  const std::vector<Case> after{
      {"/films/a",
       {{"Origin", "http://a.test"}},
       400,
       "BadRequest",
       "Invalid Access-Control-Request-Method: null",
       "",
       ""},
      {"/films/a",
       {{"Origin", "http://a.test"}, {"Access-Control-Request-Method", "FAKE"}},
       400,
       "BadRequest",
       "Invalid Access-Control-Request-Method: FAKE",
       "",
       ""},
      {"/films/a",
       {{"Origin", "http://c.test"}, {"Access-Control-Request-Method", "PUT"}},
       403,
       "AccessForbidden",
       not_allowed,
       "PUT",
       "OBJECT"},
      {"/films",
       {{"Origin", "http://c.test"}, {"Access-Control-Request-Method", "GET"}},
       403,
       "AccessForbidden",
       not_allowed,
       "GET",
       "BUCKET"},
      {"/films/a",
       {{"Origin", "http://a.test"}, {"Access-Control-Request-Method", "DELETE"}},
       403,
       "AccessForbidden",
       not_allowed,
       "DELETE",
       "OBJECT"},
      {"/films/a",
       {{"Origin", "http://a.test"},
        {"Access-Control-Request-Method", "PUT"},
        {"Access-Control-Request-Headers", "x-amz-date, authorization"}},
       403,
       "AccessForbidden",
       not_allowed,
       "PUT",
       "OBJECT"},
      {"/films/a",
       {{"Origin", "http://c.test"},
        {"Access-Control-Request-Method", "HEAD"},
        {"Access-Control-Request-Headers", "x-amz-date"}},
       403,
       "AccessForbidden",
       not_allowed,
       "HEAD",
       "OBJECT"},
  };
  const auto check = [&](const std::vector<Case>& cases) {
    for (const Case& c : cases) {
      const auto answer = scene.options(c.target, c.headers);
      INFO(answer.body);
      CHECK(answer.status == c.status);
      CHECK(element(answer.body, "Code") == c.code);
      CHECK(element(answer.body, "Message") == c.message);
      CHECK(element(answer.body, "Method") == c.method);
      CHECK(element(answer.body, "ResourceType") == c.resource_type);
      CHECK(told(answer).empty());
    }
  };
  check(before);
  scene.configure(two_rules);
  check(after);
}

TEST_CASE("A preflight is answered by the first rule that allows origin, method and headers") {
  Scene scene;
  scene.configure(two_rules);
  auto allowed = first_rule("https://x.b.test");
  allowed["Access-Control-Allow-Headers"] = "x-amz-date, content-type";
  const auto put = scene.options("/films/a", {{"Origin", "https://x.b.test"},
                                              {"Access-Control-Request-Method", "PUT"},
                                              {"Access-Control-Request-Headers", "X-Amz-Date,Content-Type"}});
  CHECK(put.status == 200);
  CHECK(put.body.empty());
  CHECK(told(put) == allowed);
  const auto head =
      scene.options("/films", {{"Origin", "http://anybody"}, {"Access-Control-Request-Method", "HEAD"}});
  CHECK(head.status == 200);
  CHECK(told(head) == std::map<std::string, std::string>{{"Access-Control-Allow-Origin", "*"},
                                                         {"Access-Control-Allow-Methods", "HEAD"},
                                                         {"Vary", vary}});
}

TEST_CASE("A request from an allowed origin is answered with the rule's headers, an error too") {
  Scene scene;
  scene.configure(two_rules);
  for (const std::string target : {"/films/a", "/films/nothing", "/films?list-type=2"}) {
    const auto answer = scene.server.send({"GET", target, "", {{"Origin", "http://a.test"}}});
    INFO(target);
    CHECK(told(answer) == first_rule("http://a.test"));
  }
  const auto unsigned_one = RawClient(scene.server.port())
                                .exchange("GET /films/a HTTP/1.1\r\nHost: " + scene.server.host() +
                                          "\r\nOrigin: http://a.test\r\n\r\n");
  CHECK(unsigned_one.status == 403);
  CHECK(told(unsigned_one) == first_rule("http://a.test"));
}

TEST_CASE("A request that no rule allows is answered without a word about CORS") {
  Scene scene;
  const auto get = [&](const protocol::Headers& headers) {
    return scene.server.send({"GET", "/films/a", "", headers});
  };
  CHECK(told(get({{"Origin", "http://a.test"}})).empty());
  scene.configure(two_rules);
  CHECK(told(get({})).empty());
  CHECK(told(get({{"Origin", "http://c.test"}})).empty());
  CHECK(told(get({{"Origin", "http://a.test"}, {"Access-Control-Request-Method", "DELETE"}})).empty());
  CHECK(told(get({{"Origin", "http://a.test"}, {"Access-Control-Request-Headers", "cookie"}})).empty());
  const auto answer = get({{"Origin", "http://c.test"}});
  CHECK(answer.status == 200);
  CHECK(answer.body == "data");
}
