#include <partsmith/protocol/operations.h>
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

TEST_CASE("The date of the documented examples is understood (V2)") {
  const Headers headers{{"Authorization", "AWS AKID:c2ln"}, {"Date", "Tue, 27 Mar 2007 19:36:42 +0000"}};
  const auto claim = claim_from_header(headers).value();
  CHECK(claim.signed_at == parse_http_date("Tue, 27 Mar 2007 19:36:42 GMT"));
  CHECK(claim.date_text == "Tue, 27 Mar 2007 19:36:42 +0000");
}

TEST_CASE("Whatever tells one operation from another is signed (V2)") {
  for (const OperationRow& row : operation_table()) {
    const std::string_view first = row.query.substr(0, row.query.find_first_of(" ="));
    if (first.empty() || first == "list-type" || first == "session") continue;
    CAPTURE(row.name);
    const auto query = Query::parse(first).value();
    CHECK(string_to_sign({"GET", "/b", "", query, {}, "date"}) !=
          string_to_sign({"GET", "/b", "", Query(), {}, "date"}));
  }
}

TEST_CASE("What clients leave out of the resource isn't in it (V2)") {
  const std::string_view name =
      GENERATE(as<std::string_view>(), "list-type", "id", "session", "prefix", "x-id", "max-keys", "Acl", "");
  CAPTURE(name);
  CHECK_FALSE(is_subresource(name));
}

TEST_CASE(
    "A bucket in path style may be signed with a slash at its end, an empty value without its equals sign "
    "(V2)") {
  const auto query = Query::parse("uploadId=&prefix=a").value();
  const SignedRequest bucket{"GET", "/b", "", query, {}, "date"};
  CHECK(string_to_sign(bucket, ResourceForm::as_sent).ends_with("\n/b?uploadId="));
  CHECK(string_to_sign(bucket, ResourceForm::bare_empties).ends_with("\n/b?uploadId"));
  CHECK(string_to_sign(bucket, ResourceForm::slash_ended).ends_with("\n/b/?uploadId="));
  CHECK(string_to_sign(bucket, ResourceForm::slash_and_bare).ends_with("\n/b/?uploadId"));
  const std::string_view path = GENERATE(as<std::string_view>(), "/b/", "/b/k", "/");
  const SignedRequest other{"GET", path, "", query, {}, "date"};
  CHECK(string_to_sign(other, ResourceForm::slash_ended) == string_to_sign(other, ResourceForm::as_sent));
}

TEST_CASE("Few sub-resources are signed with their values (V2)") {
  const auto resource_of = [](std::string_view query_text) {
    const auto query = Query::parse(query_text).value();
    const std::string text = string_to_sign({"GET", "/b/k", "", query, {}, "date"});
    return text.substr(text.rfind('\n') + 1);
  };
  CHECK(resource_of("versioning=1&uploads=") == "/b/k?uploads&versioning");
  CHECK(resource_of("acl=x") == "/b/k?acl");
  for (const std::string valued : {"partNumber=1", "uploadId=x", "versionId=x", "select-type=2",
                                   "response-content-type=a/b", "annotationName=x", "storageClass=x"}) {
    const bool is_signed = is_subresource(valued.substr(0, valued.find('=')));
    CHECK(resource_of(valued) == (is_signed ? "/b/k?" + valued : "/b/k"));
  }
}

TEST_CASE("What could be read as another request is ambiguous (V2)") {
  const std::string_view text =
      GENERATE(as<std::string_view>(), "x-amz-a=1%0Ax-amz-b:2", "x-amz-a=1%0D", "x-amz-a%0A=1", "x-amz-a:b=1",
               "content-type=a%0Ab", "content-md5=%0A", "versionId=1%0A", "versionId=1%26acl",
               "versionId=1%26acl%3D2", "acl&acl", "versionId=1&versionId=2", "x-amz-a=1&X-Amz-A=2");
  CAPTURE(text);
  const auto query = Query::parse(text).value();
  CHECK(ambiguous_name({"GET", "/b", "", query, {}, "date"}).has_value());
}

TEST_CASE("An ordinary request is not ambiguous (V2)") {
  const auto query =
      Query::parse(
          "versionId=1&response-content-disposition=attachment%3B+filename%3D%22a%26b%22&prefix=%0A&"
          "prefix=b&x-amz-meta-a=b:c&uploads=")
          .value();
  const Headers headers{{"x-amz-meta-b", "1"}, {"x-amz-meta-b", "2"}, {"Content-Type", "a:b"}};
  CHECK_FALSE(ambiguous_name({"GET", "/b", "", query, headers, "date"}).has_value());
  CHECK(ambiguous_name({"GET", "/b", "", query, {{"Content-Type", "a"}, {"content-type", "b"}}, "date"}) ==
        "content-type");
}

TEST_CASE("A malformed claim is refused (V2)") {
  CHECK_FALSE(claim_from_header({{"Authorization", "AWS AKID"}, {"Date", "Tue, 27 Mar 2007 19:36:42 GMT"}}));
  CHECK_FALSE(claim_from_header({{"Authorization", "AWS AKID:"}, {"Date", "Tue, 27 Mar 2007 19:36:42 GMT"}}));
  CHECK_FALSE(claim_from_header({{"Authorization", "AWS A:B:C"}, {"Date", "Tue, 27 Mar 2007 19:36:42 GMT"}}));
  CHECK_FALSE(claim_from_header({{"Authorization", "AWS AKID:sig"}, {"Date", "yesterday"}}));
  CHECK_FALSE(claim_from_header({{"Authorization", "AWS AKID:sig"}}));
  const auto query =
      GENERATE(as<std::string_view>(), "Signature=s", "Expires=1", "Signature=s&Expires=1",
               "AWSAccessKeyId=k&Signature=s&Expires=", "AWSAccessKeyId=k&Signature=s&Expires=soon",
               "AWSAccessKeyId=k&Signature=s&Expires=2147483648",
               "AWSAccessKeyId=k&Signature=s&Expires=99999999999999999999");
  CAPTURE(query);
  CHECK_FALSE(claim_from_query(Query::parse(query).value()).has_value());
}

TEST_CASE("A time that is gone may be any (V2)") {
  const auto gone = claim_from_query(Query::parse("AWSAccessKeyId=k&Signature=s&Expires=-1").value());
  CHECK(gone.value().expires == TimePoint(std::chrono::seconds(-1)));
  const auto oldest = "AWSAccessKeyId=k&Signature=s&Expires=-9223372036854775808";
  CHECK(claim_from_query(Query::parse(oldest).value()).value().expires < gone.value().expires);
}

}  // namespace partsmith::protocol::sigv2
