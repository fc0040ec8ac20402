#include "authorization.h"

#include "catch.h"

using namespace partsmith;
using namespace partsmith::server;
using protocol::ErrorCode;

namespace {

protocol::Headers with(const std::string& authorization, const std::string& date = "20260221T000500Z") {
  return {{"Host", "h"}, {"X-Amz-Date", date}, {"Authorization", authorization}};
}

const std::string good =
    "AWS4-HMAC-SHA256 Credential=a/key/20260221/eu-west-1/s3/aws4_request,SignedHeaders=host;X-Amz-Date, "
    "Signature=5e";

}  // namespace

TEST_CASE("An Authorization header gives key, scope, signed headers and signature, with or without spaces") {
  const auto claim = claim_from_header(with(good));
  REQUIRE(claim);
  CHECK(claim->access_key == "a/key");
  CHECK(claim->scope.text() == "20260221/eu-west-1/s3/aws4_request");
  CHECK(claim->signed_headers == std::vector<std::string>{"host", "x-amz-date"});
  CHECK(claim->signature == "5e");
}

TEST_CASE("A malformed Authorization header is AuthorizationHeaderMalformed, saying how") {
  const auto [text, message] = GENERATE(table<std::string, std::string>(
      {{"AWS4-HMAC-SHA256 Other=1, SignedHeaders=host, Signature=5e",
        "The authorization header is malformed; missing Credential."},
       {"AWS4-HMAC-SHA256 Credential=k/20260221/r/s3/aws4_request, Other=1, Signature=5e",
        "The authorization header is malformed; missing SignedHeaders."},
       {"AWS4-HMAC-SHA256 Credential=k/20260221/r/s3/aws4_request, SignedHeaders=host, Other=1",
        "The authorization header is malformed; missing Signature."},
       {"AWS4-HMAC-SHA256 Credential=k/r/s3/aws4_request, SignedHeaders=host, Signature=5e",
        "The authorization header is malformed; the Credential is mal-formed; expecting "
        "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."},
       {"AWS4-HMAC-SHA256 Credential=k/2025/r/s3/aws4_request, SignedHeaders=host, Signature=5e",
        "The authorization header is malformed; incorrect date format \"2025\". This date in the credential "
        "must be in the format \"yyyyMMdd\"."}}));
  const auto claim = claim_from_header(with(text));
  REQUIRE_FALSE(claim);
  CHECK(claim.error().code == ErrorCode::AuthorizationHeaderMalformed);
  CHECK(claim.error().message == message);
}

TEST_CASE("SignedHeaders that name a header twice, or what is no name, are malformed in header and query") {
  const std::string names = GENERATE("host;host", "host;x-amz-date;HOST", "host;", ";host",
                                     "host;;x-amz-date", "host;a:b", "host;a%0Ab", "host;a%20b");
  CAPTURE(names);
  const auto decoded = protocol::percent_decode(names);
  const auto of_header = claim_from_header(
      with("AWS4-HMAC-SHA256 Credential=k/20260221/r/s3/aws4_request, SignedHeaders=" + *decoded +
           ", Signature=5e"));
  REQUIRE_FALSE(of_header);
  CHECK(of_header.error().code == ErrorCode::AuthorizationHeaderMalformed);
  const auto of_query = claim_from_query(*protocol::Query::parse(
      "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=k%2F20260221%2Fr%2Fs3%2Faws4_request&X-Amz-Date="
      "20260221T000500Z&X-Amz-Expires=60&X-Amz-Signature=5e&X-Amz-SignedHeaders=" +
      names));
  REQUIRE_FALSE(of_query);
  CHECK(of_query.error().code == ErrorCode::AuthorizationQueryParametersError);
}

TEST_CASE("A signature without a date is AccessDenied") {
  const auto claim = claim_from_header(with(good, "yesterday"));
  REQUIRE_FALSE(claim);
  CHECK(claim.error().code == ErrorCode::AccessDenied);
}

TEST_CASE("A presigned query that lacks or breaks a parameter is AuthorizationQueryParametersError") {
  const std::string whole =
      "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=k%2F20260221%2Fr%2Fs3%2Faws4_request&X-Amz-Date="
      "20260221T000500Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=5e";
  REQUIRE(claim_from_query(*protocol::Query::parse(whole)));

  const auto [from, to, message] = GENERATE(table<std::string, std::string, std::string>(
      {{"&X-Amz-Expires=60", "",
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
        "X-Amz-Signature, "
        "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."},
       {"Expires=60", "Expires=soon", "X-Amz-Expires should be a number"},
       {"Expires=60", "Expires=-1", "X-Amz-Expires must be non-negative"},
       {"Expires=60", "Expires=604801",
        "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less "
        "than "
        "604800 seconds"},
       {"T000500Z", "", "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""},
       {"%2F20260221", "%252F20260221",
        "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "
        "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."}}));
  std::string broken = whole;
  broken.replace(broken.find(from), from.size(), to);
  const auto claim = claim_from_query(*protocol::Query::parse(broken));
  REQUIRE_FALSE(claim);
  CHECK(claim.error().code == ErrorCode::AuthorizationQueryParametersError);
  CHECK(claim.error().message == message);
}
