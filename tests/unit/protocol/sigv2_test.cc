#include <partsmith/protocol/sigv2.h>

#include "catch.h"
#include "documented_key.h"

namespace partsmith::protocol::sigv2 {
namespace {

std::string signature_of(const SignedRequest& request) {
  return signature(documented::secret_key, string_to_sign(request));
}

}  // namespace

// The examples of "Signing and authenticating REST requests": their bucket is in the host name.
TEST_CASE("The documented requests get the documented signatures (V2)") {
  struct Example {
    std::string_view method;
    std::string_view path;
    std::string_view query;
    Headers headers;
    std::string_view signature;
  };
  const auto date = [](const char* time) {
    return Headers::Field{"Date", std::string("Tue, 27 Mar 2007 ") + time};
  };
  const std::vector<Example> examples = {
      {"GET", "/photos/puppy.jpg", "", {date("19:36:42 +0000")}, "bWq2s1WEIj+Ydj0vQ697zp+IXMU="},
      {"PUT",
       "/photos/puppy.jpg",
       "",
       {{"Content-Type", "image/jpeg"}, {"Content-Length", "94328"}, date("21:15:45 +0000")},
       "MyyxeRY7whkBe+bq8fHCL/2kKUg="},
      {"GET",
       "/",
       "prefix=photos&max-keys=50&marker=puppy",
       {date("19:42:41 +0000")},
       "htDYFYduRNen8P9ZfE/s9SuKy0U="},
      {"GET", "/", "acl", {date("19:44:46 +0000")}, "c2WLPFtWHVgbEmeEG93a4cG37dM="},
  };
  for (const auto& example : examples) {
    CAPTURE(example.method, example.path, example.query);
    const auto query = Query::parse(example.query).value();
    CHECK(signature_of({example.method, example.path, "johnsmith", query, example.headers,
                        example.headers.value("Date")}) == example.signature);
  }
}

TEST_CASE("The documented presigned URL (V2)") {
  const auto query = Query::parse(
                         "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D"
                         "&Expires=1175139620")
                         .value();
  const auto claim = claim_from_query(query).value();
  CHECK(claim.access_key == documented::access_key);
  CHECK(claim.expires == TimePoint(std::chrono::seconds(1'175'139'620)));
  CHECK(signature_of({"GET", "/photos/puppy.jpg", "johnsmith", query, {}, claim.date_text}) ==
        claim.signature);
}

TEST_CASE("The x-amz- headers are signed sorted, in lower case, joined and trimmed") {
  const Headers headers{
      {"X-Amz-Meta-B", " 2 "}, {"x-amz-acl", "private"}, {"x-amz-meta-b", "3"}, {"Other", "no"}};
  const auto query = Query::parse("uploadId=u%2Fv&partNumber=1&x-id=UploadPart").value();
  CHECK(string_to_sign({"PUT", "/b/k", "", query, headers, "date"}) ==
        "PUT\n\n\ndate\nx-amz-acl:private\nx-amz-meta-b:2,3\n/b/k?partNumber=1&uploadId=u/v");
}

TEST_CASE("A claim is read from the Authorization header, its time from x-amz-date before Date") {
  const Headers headers{{"Authorization", "AWS AKID:c2ln"},
                        {"Date", "not a date"},
                        {"x-amz-date", "Tue, 27 Mar 2007 19:36:42 GMT"}};
  const auto claim = claim_from_header(headers).value();
  CHECK(claim.access_key == "AKID");
  CHECK(claim.signature == "c2ln");
  CHECK(claim.date_text.empty());
  CHECK(claim.signed_at == parse_http_date("Tue, 27 Mar 2007 19:36:42 GMT"));
}

TEST_CASE("A malformed claim is refused (V2)") {
  CHECK_FALSE(claim_from_header({{"Authorization", "AWS AKID"}, {"Date", "Tue, 27 Mar 2007 19:36:42 GMT"}}));
  CHECK_FALSE(claim_from_header({{"Authorization", "AWS :sig"}, {"Date", "Tue, 27 Mar 2007 19:36:42 GMT"}}));
  CHECK_FALSE(claim_from_header({{"Authorization", "AWS AKID:sig"}, {"Date", "yesterday"}}));
  CHECK_FALSE(claim_from_header({{"Authorization", "AWS AKID:sig"}}));
  const auto query = GENERATE(as<std::string_view>(), "Signature=s", "Expires=1",
                              "Signature=s&Expires=", "Signature=s&Expires=soon", "Signature=s&Expires=-1",
                              "Signature=s&Expires=99999999999999999999");
  CAPTURE(query);
  CHECK_FALSE(claim_from_query(Query::parse(query).value()).has_value());
}

}  // namespace partsmith::protocol::sigv2
