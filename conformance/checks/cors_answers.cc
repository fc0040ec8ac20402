/// What preflights and the answers after them contain, header by header; and the rules that are refused.

#include <partsmith/protocol/headers.h>

#include "checks/configuration.h"
#include "checks/preflight.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view recorded =
    "user guide: Using cross-origin resource sharing (CORS); reported: localstack/localstack (test_s3_cors, "
    "recorded on Amazon S3)";
std::string rules(std::string_view content) {
  return "<CORSConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + std::string(content) +
         "</CORSConfiguration>";
}

/// What a rule may say beside one origin and one method.
std::string rule(std::string_view origin, std::string_view method, std::string_view more = {}) {
  return "<CORSRule><AllowedOrigin>" + std::string(origin) + "</AllowedOrigin><AllowedMethod>" +
         std::string(method) + "</AllowedMethod>" + std::string(more) + "</CORSRule>";
}

/// One with everything, one with nothing, one for anybody; and a second for the first's origin.
std::string several_rules() {
  return rules(rule("http://a.test", "GET",
                    "<AllowedMethod>PUT</AllowedMethod><AllowedHeader>x-AMZ-*</AllowedHeader>"
                    "<AllowedHeader>content-type</AllowedHeader><MaxAgeSeconds>30</MaxAgeSeconds>"
                    "<ExposeHeader>ETag</ExposeHeader><ExposeHeader>x-amz-id-2</ExposeHeader>") +
               rule("http://bare.test", "PUT") + rule("*", "HEAD") +
               rule("http://a.test", "PUT", "<MaxAgeSeconds>99</MaxAgeSeconds>"));
}

/// Rules that are in force.
void configure(CheckContext& c) {
  auto set = c.send(configuring(c, "cors", several_rules()));
  skip_where_missing(c, set, "CORS");
  set.status(200).required();
  c.send_until(preflight(c, "http://a.test", "PUT"), has_status(200)).status(200).required();
}

/// A list among commas, whatever the blanks and letter cases, has all of these.
void expect_lists(Answer& answer, std::string_view header, const std::vector<std::string>& items) {
  const auto value = answer.header_value(header);
  std::string list = ",";
  for (const char letter : protocol::lower_case(value))
    if (letter != ' ') list += letter;
  list += ',';
  for (const auto& item : items) {
    answer.expect(list.find(',' + protocol::lower_case(item) + ',') != std::string::npos,
                  std::string(header) + " with " + item,
                  value.empty() ? "no " + std::string(header) : std::string(header) + ": " + value,
                  {"header lists", std::string(header), item});
  }
}

constexpr auto cors_headers = std::to_array<std::string_view>(
    {"Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers",
     "Access-Control-Expose-Headers", "Access-Control-Max-Age", "Access-Control-Allow-Credentials"});

void expect_nothing_told(Answer& answer) {
  for (const auto header : cors_headers) answer.no_header(header);
}

const std::vector<std::string> varying{"Origin", "Access-Control-Request-Headers",
                                       "Access-Control-Request-Method"};

/// What is told of the first rule, but for the headers that were asked for.
void expect_first_rule(Answer& answer) {
  answer.header("Access-Control-Allow-Origin", "http://a.test")
      .header("Access-Control-Max-Age", "30")
      .header("Access-Control-Allow-Credentials", "true");
  expect_lists(answer, "Access-Control-Allow-Methods", {"GET", "PUT"});
  expect_lists(answer, "Access-Control-Expose-Headers", {"ETag", "x-amz-id-2"});
  expect_lists(answer, "Vary", varying);
}

void whole_preflight(CheckContext& c) {
  configure(c);
  auto answer = c.send(preflight(c, "http://a.test", "PUT", "X-Amz-Date,Content-Type"));
  answer.status(200).body("");
  expect_first_rule(answer);
  expect_lists(answer, "Access-Control-Allow-Headers", {"x-amz-date", "content-type"});
}

void bucket_preflight(CheckContext& c) {
  configure(c);
  auto answer = c.send(preflight(c, "http://a.test", "PUT", "", false));
  answer.status(200).body("");
  expect_first_rule(answer);
}

void bare_preflight(CheckContext& c) {
  configure(c);
  auto answer = c.send(preflight(c, "http://bare.test", "PUT"));
  answer.status(200)
      .header("Access-Control-Allow-Origin", "http://bare.test")
      .header("Access-Control-Allow-Methods", "PUT")
      .header("Access-Control-Allow-Credentials", "true")
      .no_header("Access-Control-Allow-Headers")
      .no_header("Access-Control-Expose-Headers")
      .no_header("Access-Control-Max-Age");
}

void no_headers_asked(CheckContext& c) {
  configure(c);
  c.send(preflight(c, "http://a.test", "GET"))
      .status(200)
      .header("Access-Control-Allow-Origin", "http://a.test")
      .no_header("Access-Control-Allow-Headers");
}

void varies_for_anybody(CheckContext& c) {
  configure(c);
  auto answer = c.send(preflight(c, "http://anybody.test", "HEAD"));
  answer.status(200)
      .header("Access-Control-Allow-Origin", "*")
      .header("Access-Control-Allow-Methods", "HEAD")
      .no_header("Access-Control-Max-Age")
      .no_header("Access-Control-Expose-Headers");
  expect_lists(answer, "Vary", varying);
}

void first_of_two(CheckContext& c) {
  configure(c);
  c.send(preflight(c, "http://a.test", "PUT", "content-type"))
      .status(200)
      .header("Access-Control-Max-Age", "30");
}

constexpr std::string_view not_allowed =
    "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, "
    "request "
    "method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the "
    "resource's CORS spec.";

void no_rule_fits(CheckContext& c, std::string_view origin, std::string_view method, std::string_view headers,
                  bool of_key) {
  configure(c);
  auto answer = c.send(preflight(c, origin, method, headers, of_key));
  answer.error(403, "AccessForbidden")
      .message(not_allowed)
      .field("Method", method)
      .field("ResourceType", of_key ? "OBJECT" : "BUCKET");
  expect_nothing_told(answer);
}

void no_such_method(CheckContext& c, std::string_view method, std::string_view told) {
  configure(c);
  auto answer = c.send(preflight(c, "http://a.test", method));
  answer.error(400, "BadRequest").message("Invalid Access-Control-Request-Method: " + std::string(told));
  expect_nothing_told(answer);
}

/// An answer that isn't the preflight's, after the same.
Check after(const std::string& name, const std::string& title, int status,
            const std::function<client::S3Request(const CheckContext&)>& request_of) {
  return patient(should("bucket.cors.answer-" + name, title, std::string(recorded), {4, 8},
                        [=](CheckContext& c) {
                          configure(c);
                          c.put("object", "data");
                          auto answer = c.send(from(request_of(c), "http://a.test"));
                          answer.status(status);
                          expect_first_rule(answer);
                        },
                        {Need::own_bucket, Need::cors}));
}

void asked_for_other_headers(CheckContext& c) {
  configure(c);
  c.put("object", "data");
  auto answer = c.send(from(c.get(), "http://a.test", "", "cookie"));
  answer.status(200).body("data");
  expect_nothing_told(answer);
}

/// Asked of a bucket without rules, of its keys, and of a bucket that isn't there.
Check unruled(const std::string& method, const std::string& name, bool known) {
  const auto title = known
                         ? "Without rules a preflight for " + method + " is AccessForbidden, of a bucket too"
                         : "Without rules a preflight for " + method + " is BadRequest, of a bucket too";
  return quirk(
      "bucket.cors.unruled-" + name, title, measured_by_backlot, {3},
      [=](CheckContext& c) {
        auto nowhere = preflight(c, "http://a.test", method);
        nowhere.bucket = c.missing_bucket();
        for (const auto& request : {preflight(c, "http://a.test", method),
                                    preflight(c, "http://a.test", method, "", false), nowhere}) {
          auto answer = c.send(request);
          skip_where_missing(c, answer, "CORS");
          if (known) {
            answer.error(403, "AccessForbidden").field("Method", method).field("ResourceType", "BUCKET");
          } else {
            answer.error(400, "BadRequest").message("Invalid Access-Control-Request-Method: " + method);
          }
          expect_nothing_told(answer);
        }
      },
      {Need::own_bucket, Need::cors});
}

Check refused(const std::string& name, const std::string& title, const std::string& source,
              const std::string& document, const std::string& message) {
  return should("bucket.cors.refused-" + name, title, source, {2, 16'000},
                [=](CheckContext& c) {
                  auto put = c.send(configuring(c, "cors", document));
                  skip_where_missing(c, put, "CORS");
                  put.error(400, "InvalidRequest").message(message);
                  c.send(configuration(c, "cors")).error(404, "NoSuchCORSConfiguration");
                },
                {Need::own_bucket, Need::cors});
}

void negative_age(CheckContext& c) {
  auto put = c.send(configuring(c, "cors", rules(rule("*", "GET", "<MaxAgeSeconds>-100</MaxAgeSeconds>"))));
  skip_where_missing(c, put, "CORS");
  put.status(200).required();
  c.send_until(configuration(c, "cors"), has_status(200))
      .status(200)
      .element("CORSRule/MaxAgeSeconds", "-100");
}

std::vector<Check> refusals() {
  const std::string versity = "reported: versity/versitygw (whose errors are Amazon S3's)";
  return {
      refused("empty-method", "A rule for an empty method is InvalidRequest", versity, rules(rule("*", "")),
              "Found unsupported HTTP method in CORS config. Unsupported method is "),
      refused("exposed-header", "An exposed header that is none is InvalidRequest",
              "reported: scality/cloudserver#497",
              rules(rule("*", "GET", "<ExposeHeader>x(y)</ExposeHeader>")),
              "AllowedHeader \"x(y)\" contains invalid character."),
      refused("allowed-header", "An allowed header that is none is InvalidRequest", versity,
              rules(rule("*", "GET", "<AllowedHeader>x/y</AllowedHeader>")),
              "AllowedHeader \"x/y\" contains invalid character."),
      refused("too-many", "More than 100 rules are InvalidRequest",
              "S3 API: PutBucketCors (CORSRules); reported: ceph/ceph#23434",
              rules(repeated(rule("*", "GET"), 101)),
              "The number of CORS rules should not exceed allowed limit of 100 rules."),
  };
}

}  // namespace

void add_cors_answers(std::vector<Check>& checks) {
  const std::vector<Need> needs{Need::own_bucket, Need::cors};
  const auto told = [&](const std::string& name, const std::string& title, Body body) {
    return patient(should("bucket.cors." + name, title, std::string(recorded), {3}, std::move(body), needs));
  };
  const auto unfit = [&](const std::string& name, const std::string& title, std::string_view origin,
                         std::string_view method, std::string_view headers, bool of_key) {
    return told("unfit-" + name, title,
                [=](CheckContext& c) { no_rule_fits(c, origin, method, headers, of_key); });
  };
  add_all(
      checks,
      {
          told("preflight-whole",
               "A preflight tells all of the rule: methods, headers, age, credentials, what is exposed, and "
               "Vary",
               whole_preflight),
          told("preflight-bucket", "A preflight of a bucket tells the same", bucket_preflight),
          told("preflight-bare", "A preflight tells nothing that the rule doesn't say", bare_preflight),
          told("preflight-no-headers", "A preflight that asks for no headers is told none", no_headers_asked),
          told("preflight-varies", "A preflight for anybody varies by Origin, too", varies_for_anybody),
          told("first-rule", "Of two rules that fit the first counts", first_of_two),
          unfit("origin-of-bucket", "No rule for an origin, at a bucket, is AccessForbidden of a BUCKET",
                "http://c.test", "GET", "", false),
          unfit("header-for-anybody", "A rule for anybody that allows no header forbids one", "http://c.test",
                "HEAD", "x-amz-date", true),
          unfit("patch", "PATCH, which no rule can name, is AccessForbidden", "http://a.test", "PATCH", "",
                true),
          unfit("options", "So is OPTIONS", "http://a.test", "OPTIONS", "", true),
          told("no-method", "A preflight without a method is BadRequest, where there are rules",
               [](CheckContext& c) { no_such_method(c, "", "null"); }),
          told("method-unknown", "A preflight for an unknown method is BadRequest",
               [](CheckContext& c) { no_such_method(c, "FAKE", "FAKE"); }),
          after("get", "A GET from an allowed origin tells all of the rule", 200,
                [](const CheckContext& c) { return c.get(); }),
          after("error", "So does an error", 404, [](const CheckContext& c) { return c.get("nothing"); }),
          after("listing", "So does a listing", 200, [](const CheckContext& c) { return listing(c); }),
          after("unsigned", "So does a refusal of who didn't sign", 403,
                [](const CheckContext& c) {
                  auto request = c.get();
                  request.signing = client::Signing::anonymous;
                  return request;
                }),
          patient(should("bucket.cors.answer-other-headers",
                         "A request that asks for headers which no rule allows hears nothing of CORS",
                         std::string(recorded), {4, 8}, asked_for_other_headers, needs)),
          unruled("GET", "get", true),
          unruled("HEAD", "head", true),
          unruled("POST", "post", true),
          unruled("DELETE", "delete", true),
          unruled("PATCH", "patch", true),
          unruled("OPTIONS", "options", true),
          unruled("put", "lower-case", false),
          unruled("Get", "mixed-case", false),
          unruled("FOO", "foo", false),
          unruled("TRACE", "trace", false),
          unruled("CONNECT", "connect", false),
          unruled("PROPFIND", "propfind", false),
          unruled("LINK", "link", false),
          patient(should("bucket.cors.negative-age", "An age below 0 is kept",
                         "reported: versity/versitygw (tests on Amazon S3)", {2}, negative_age, needs)),
      });
  add_all(checks, refusals());
}

}  // namespace partsmith::conformance::checks
