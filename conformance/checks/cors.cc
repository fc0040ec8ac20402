/// CORS: what a browser is told before and after it sends a part, or anything else, from a page of another
/// origin.

#include <algorithm>

#include <partsmith/protocol/headers.h>

#include "checks/configuration.h"
#include "checks/preflight.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view guide = "user guide: Using cross-origin resource sharing (CORS)";
constexpr std::string_view origin = "http://a.test";

constexpr std::string_view rules =
    "<CORSConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><CORSRule>"
    "<AllowedOrigin>http://a.test</AllowedOrigin><AllowedOrigin>https://*.b.test</AllowedOrigin>"
    "<AllowedMethod>GET</AllowedMethod><AllowedMethod>PUT</AllowedMethod>"
    "<AllowedHeader>x-amz-*</AllowedHeader><AllowedHeader>content-type</AllowedHeader>"
    "<MaxAgeSeconds>30</MaxAgeSeconds><ExposeHeader>ETag</ExposeHeader></CORSRule>"
    "<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>HEAD</AllowedMethod></CORSRule>"
    "</CORSConfiguration>";

client::S3Request from(client::S3Request request, std::string_view where) {
  request.header("Origin", std::string(where));
  return request;
}

void configure(CheckContext& c) {
  auto answer = c.send(configuring(c, "cors", std::string(rules)));
  skip_where_missing(c, answer, "CORS");
  answer.status(200).required();
}

/// The answer to a preflight that the rules allow, when they are in force.
Answer allowed(CheckContext& c) {
  configure(c);
  auto answer = c.send_until(preflight(c, origin, "PUT"), has_status(200));
  answer.status(200).required();
  return answer;
}

/// Whether a header is a list that has this, in any letter case.
bool lists(const Answer& answer, std::string_view header, std::string_view item) {
  const auto list = protocol::lower_case(answer.header_value(header));
  std::size_t from = 0;
  while (from <= list.size()) {
    const auto end = std::min(list.find(',', from), list.size());
    auto one = std::string_view(list).substr(from, end - from);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one == protocol::lower_case(item)) return true;
    from = end + 1;
  }
  return false;
}

void expect_listed(Answer& answer, std::string_view header, std::string_view item) {
  const auto value = answer.header_value(header);
  answer.expect(lists(answer, header, item), std::string(header) + " with " + std::string(item),
                value.empty() ? "no " + std::string(header) : std::string(header) + ": " + value,
                {"header lists", std::string(header), std::string(item)});
}

void expect_no_cors(Answer answer) {
  answer.no_header("Access-Control-Allow-Origin")
      .no_header("Access-Control-Allow-Methods")
      .no_header("Access-Control-Expose-Headers");
}

void none(CheckContext& c) {
  auto answer = c.send(configuration(c, "cors"));
  skip_where_missing(c, answer, "CORS");
  answer.error(404, "NoSuchCORSConfiguration").field("BucketName", c.bucket());
}

void kept(CheckContext& c) {
  configure(c);
  c.send_until(configuration(c, "cors"), has_status(200))
      .status(200)
      .document("CORSConfiguration")
      .elements("CORSRule", 2)
      .element("CORSRule[1]/AllowedOrigin[1]", "http://a.test")
      .element("CORSRule[1]/AllowedOrigin[2]", "https://*.b.test")
      .element("CORSRule[1]/AllowedMethod[1]", "GET")
      .element("CORSRule[1]/AllowedMethod[2]", "PUT")
      .element("CORSRule[2]/AllowedMethod[1]", "HEAD")
      .element("CORSRule[1]/AllowedHeader[1]", "x-amz-*")
      .element("CORSRule[1]/AllowedHeader[2]", "content-type")
      .element("CORSRule[1]/MaxAgeSeconds", "30")
      .element("CORSRule[1]/ExposeHeader", "ETag")
      .element("CORSRule[2]/AllowedOrigin", "*");
  c.send(configuration(c, "cors", "DELETE")).status(204).body("");
  c.send_until(configuration(c, "cors"), has_status(404)).error(404, "NoSuchCORSConfiguration");
}

void unknown_method(CheckContext& c) {
  auto answer = c.send(configuring(c, "cors",
                                   "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin>"
                                   "<AllowedMethod>PATCH</AllowedMethod></CORSRule></CORSConfiguration>"));
  skip_where_missing(c, answer, "CORS");
  answer.error(400, "InvalidRequest")
      .message("Found unsupported HTTP method in CORS config. Unsupported method is PATCH");
}

void preflight_allowed(CheckContext& c) {
  configure(c);
  auto answer = c.send_until(preflight(c, origin, "PUT", "x-amz-date,content-type"), has_status(200));
  answer.status(200)
      .header("Access-Control-Allow-Origin", origin)
      .header("Access-Control-Max-Age", "30")
      .body("");
  for (const auto* method : {"GET", "PUT"}) expect_listed(answer, "Access-Control-Allow-Methods", method);
  for (const auto* header : {"x-amz-date", "content-type"})
    expect_listed(answer, "Access-Control-Allow-Headers", header);
  expect_listed(answer, "Access-Control-Expose-Headers", "ETag");
}

void preflight_pattern(CheckContext& c) {
  allowed(c);
  c.send(preflight(c, "https://x.b.test", "GET"))
      .status(200)
      .header("Access-Control-Allow-Origin", "https://x.b.test");
}

void preflight_anyone(CheckContext& c) {
  allowed(c);
  auto answer = c.send(preflight(c, "http://anybody.test", "HEAD"));
  // Whatever isn't "true" allows none (Fetch, 3.2.5).
  answer.status(200)
      .header("Access-Control-Allow-Origin", "*")
      .expect(answer.header_value("Access-Control-Allow-Credentials") != "true",
              "no Access-Control-Allow-Credentials: true", "Access-Control-Allow-Credentials: true",
              {"header lacks", "Access-Control-Allow-Credentials", "true"})
      .no_decoration("Access-Control-Allow-Credentials");
  expect_listed(answer, "Access-Control-Allow-Methods", "HEAD");
}

void preflight_refused(CheckContext& c, std::string_view where, std::string_view method,
                       std::string_view headers) {
  allowed(c);
  auto answer = c.send(preflight(c, where, method, headers));
  answer.error(403, "AccessForbidden").field("Method", method).field("ResourceType", "OBJECT");
  expect_no_cors(answer);
}

void preflight_not_enabled(CheckContext& c) {
  c.put("object", "data");
  c.send(preflight(c, origin, "PUT"))
      .error(403, "AccessForbidden")
      .message("CORSResponse: CORS is not enabled for this bucket.")
      .field("Method", "PUT")
      .field("ResourceType", "BUCKET");
}

void preflight_without_origin(CheckContext& c) {
  auto request = c.request("OPTIONS", "object");
  request.signing = client::Signing::anonymous;
  request.header("Access-Control-Request-Method", "PUT");
  c.send(request).error(400, "BadRequest").message("Insufficient information. Origin request header needed.");
}

void etag_of_a_part(CheckContext& c) {
  allowed(c);
  const auto upload = c.create();
  auto part = c.send(from(client::upload_part(upload, "1", "data"), origin));
  part.status(200).header("Access-Control-Allow-Origin", origin).has_header("ETag");
  expect_listed(part, "Access-Control-Expose-Headers", "ETag");
}

/// Or a cache gives one origin's answer to another.
void varies(CheckContext& c) {
  allowed(c);
  c.put("object", "data");
  auto answer = c.send(from(c.get(), origin));
  answer.status(200);
  expect_listed(answer, "Vary", "Origin");
}

void presigned_part(CheckContext& c) {
  allowed(c);
  const auto upload = c.create();
  auto request = client::upload_part(upload, "1", "data");
  auto prepared = [&] {
    request.signing = client::Signing::presigned;
    return c.client().prepare(request);
  }();
  // The browser adds it; it isn't among what was signed.
  prepared.headers.add("Origin", std::string(origin));
  auto part = c.send(prepared, upload.key);
  part.status(200).header("Access-Control-Allow-Origin", origin);
  expect_listed(part, "Access-Control-Expose-Headers", "ETag");
}

void errors_too(CheckContext& c) {
  allowed(c);
  c.send(from(c.get("nothing"), origin))
      .error(404, "NoSuchKey")
      .header("Access-Control-Allow-Origin", origin);
}

/// Rules are asked about the method that the request names, though it is no preflight.
void method_named(CheckContext& c) {
  allowed(c);
  c.put("object", "data");
  const auto naming = [&](std::string_view method) {
    auto request = from(c.get(), origin);
    request.header("Access-Control-Request-Method", std::string(method));
    return c.send(request);
  };
  naming("PUT").status(200).body("data").header("Access-Control-Allow-Origin", origin);
  auto another = naming("DELETE");
  another.status(200).body("data");
  expect_no_cors(another);
}

void others_hear_nothing(CheckContext& c) {
  allowed(c);
  c.put("object", "data");
  auto answer = c.send(from(c.get(), "http://c.test"));
  answer.status(200).body("data");
  expect_no_cors(answer);
  auto without = c.send(c.get());
  without.status(200).body("data");
  expect_no_cors(without);
}

}  // namespace

void add_cors(std::vector<Check>& checks) {
  const std::string source(guide);
  const std::string refused =
      "S3 API: OPTIONS object (AccessForbidden); reported: localstack/localstack (a preflight, recorded)";
  const std::vector<Need> needs{Need::own_bucket, Need::cors};
  const auto forbidden = [&](std::string name, std::string title, std::string_view where,
                             std::string_view method, std::string_view headers) {
    return patient(should(
        "bucket.cors.preflight-" + std::move(name), std::move(title), source + "; " + refused, {3},
        [=](CheckContext& c) { preflight_refused(c, where, method, headers); }, needs));
  };
  add_all(
      checks,
      {
          must("bucket.cors.none", "A bucket without a configuration is NoSuchCORSConfiguration",
               "S3 API: GetBucketCors", {1}, none, needs),
          patient(must("bucket.cors.kept", "CORS rules come back as they were put, until they are deleted",
                       "S3 API: PutBucketCors; GetBucketCors; DeleteBucketCors", {4}, kept, needs),
                  2),
          should("bucket.cors.unknown-method", "A rule for another method is InvalidRequest, naming it",
                 "S3 API: PutBucketCors (AllowedMethod)", {1}, unknown_method, needs),
          patient(must("bucket.cors.preflight", "A preflight tells what the rule that fits allows", source,
                       {2}, preflight_allowed, needs)),
          patient(must("bucket.cors.preflight-pattern",
                       "An origin may have a wildcard, and is told as it came", source, {3},
                       preflight_pattern, needs)),
          patient(must("bucket.cors.preflight-anyone",
                       "A rule for any origin is told as *, without credentials", source, {3},
                       preflight_anyone, needs)),
          forbidden("other-origin", "A preflight from another origin is AccessForbidden", "http://c.test",
                    "PUT", ""),
          forbidden("other-method", "So is one for another method", origin, "DELETE", ""),
          forbidden("other-header", "So is one with a header that isn't allowed", origin, "PUT",
                    "x-amz-date, authorization"),
          should("bucket.cors.preflight-not-enabled",
                 "A preflight to a bucket without CORS is AccessForbidden", source + "; " + refused, {2, 4},
                 preflight_not_enabled, needs),
          should("bucket.cors.preflight-without-origin", "A preflight needs an Origin", source, {1},
                 preflight_without_origin, needs),
          patient(must("multipart.cors.etag", "A page of an allowed origin gets to see the ETag of its part",
                       source + "; S3 API: UploadPart (ETag)", {4, 4}, etag_of_a_part, needs)),
          patient(must("multipart.cors.presigned", "So it does when the part goes to a presigned URL",
                       source + "; S3 API: UploadPart (ETag)", {4, 4}, presigned_part, needs)),
          patient(should("bucket.cors.vary", "An answer to an allowed origin varies by Origin", source,
                         {4, 8}, varies, needs)),
          patient(should("bucket.cors.errors-too", "Errors may be read by an allowed origin, too", source,
                         {3}, errors_too, needs)),
          patient(must("bucket.cors.others", "Who isn't allowed, or says no origin, hears nothing of CORS",
                       source, {5, 12}, others_hear_nothing, needs)),
          patient(should(
              "bucket.cors.method-named",
              "A request that names another method in Access-Control-Request-Method is asked by that one",
              "recording: cors-method-matching", {5, 12}, method_named, needs)),
      });
}

}  // namespace partsmith::conformance::checks
