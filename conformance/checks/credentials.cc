/// What is told first of a request whose signature can't be right, and what is refused whoever asks:
/// docs/kinds/credentials.md has them all.

#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/uri.h>

#include "checks/wrong_signature.h"

namespace partsmith::conformance::checks {
namespace {

std::string filled(CheckContext& c, TimePoint now, std::string text) {
  const TimePoint old = now - std::chrono::minutes(30);
  const auto& options = c.client().options();
  const HeaderPairs values{{"{key}", options.credentials.access_key},
                           {"{region}", options.region},
                           {"{now}", protocol::amz_date(now)},
                           {"{old}", protocol::amz_date(old)},
                           {"{day}", protocol::amz_date(now).substr(0, 8)},
                           {"{old day}", protocol::amz_date(old).substr(0, 8)},
                           {"{date}", protocol::http_date(now)},
                           {"{old date}", protocol::http_date(old)},
                           {"{10 hours ago}", protocol::amz_date(now - std::chrono::hours(10))},
                           {"{an hour on}", protocol::amz_date(now + std::chrono::hours(1))}};
  for (const auto& [name, value] : values) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
      text.replace(at, name.size(), value);
  }
  return text;
}

}  // namespace

Check check_of(const WrongSignature& wrong) {
  return quirk("signing." + wrong.id, wrong.title, wrong.source, {1}, [wrong](CheckContext& c) {
    // One instant for all of them: a second may begin between the request and what is expected of its answer.
    const auto fill = [&c, now = SystemClock().now()](const std::string& text) {
      return filled(c, now, text);
    };
    auto request = listing(c);
    request.signing = client::Signing::anonymous;
    auto prepared = c.client().prepare(request);
    prepared.headers.set("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
    for (const auto& [name, value] : wrong.headers) {
      if (value.empty() && name == "x-amz-content-sha256") {
        prepared.headers.remove(name);
      } else {
        prepared.headers.set(name, fill(value));
      }
    }
    for (const auto& [name, value] : wrong.query)
      prepared.target += '&' + name + '=' + protocol::uri_encode(fill(value), protocol::Slash::encode);
    auto answer = c.send(prepared);
    answer.error(wrong.status, wrong.code);
    if (!wrong.message.empty()) answer.message(fill(wrong.message));
    for (const auto& [name, value] : wrong.fields) answer.field(name, fill(value));
  });
}

HeaderPairs presigned_query(const std::string& name, const std::string& value) {
  HeaderPairs all{{"X-Amz-Algorithm", "AWS4-HMAC-SHA256"},
                  {"X-Amz-Credential", right_credential()},
                  {"X-Amz-Date", "{now}"},
                  {"X-Amz-Expires", "3600"},
                  {"X-Amz-SignedHeaders", "host"},
                  {"X-Amz-Signature", "00"}};
  for (auto& [of, text] : all) {
    if (of == name) text = value;
  }
  return all;
}

namespace {

std::vector<WrongSignature> wrong_headers() {
  const auto in_header = [](std::string id, std::string title, std::string message, HeaderPairs headers) {
    return WrongSignature{"header." + id,
                          std::move(title),
                          400,
                          "AuthorizationHeaderMalformed",
                          authorization_malformed + message,
                          std::move(headers)};
  };
  const auto of_v2 = [](std::string id, std::string title, const std::string& value) {
    return WrongSignature{"header-v2." + id,
                          std::move(title),
                          400,
                          "InvalidArgument",
                          v2_form,
                          {{"Authorization", value}, {"Date", "{date}"}},
                          {},
                          {{"ArgumentName", "Authorization"}, {"ArgumentValue", value}}};
  };
  return {
      {"header.one-word",
       "An Authorization of one word is InvalidArgument",
       400,
       "InvalidArgument",
       "Authorization header is invalid -- one and only one ' ' (space) required",
       {{"Authorization", "AWS4-HMAC-SHA512"}},
       {},
       {{"ArgumentName", "Authorization"}, {"ArgumentValue", "AWS4-HMAC-SHA512"}}},
      {"header.another-scheme",
       "An Authorization of another scheme is InvalidArgument",
       400,
       "InvalidArgument",
       "Unsupported Authorization Type",
       {{"Authorization", "AWS4-HMAC-SHA512 Credential=x"}},
       {},
       {{"ArgumentName", "Authorization"}, {"ArgumentValue", "AWS4-HMAC-SHA512 Credential=x"}}},
      {"header.hash-of-nothing",
       "A payload hash that is none is InvalidArgument, before an old date",
       400,
       "InvalidArgument",
       "",
       {{"Authorization", authorization_v4(right_credential())},
        {"x-amz-date", "{old}"},
        {"x-amz-content-sha256", "garbage"}},
       {},
       {{"ArgumentName", "x-amz-content-sha256"}, {"ArgumentValue", "garbage"}}},
      {"header.no-date", "A date that is none is AccessDenied", 403, "AccessDenied",
       "AWS authentication requires a valid Date or x-amz-date header",
       dated(authorization_v4(credential_of_nobody()), "garbage")},
      {"header.old-date",
       "A date of half an hour ago is RequestTimeTooSkewed, before what else is wrong",
       403,
       "RequestTimeTooSkewed",
       "The difference between the request time and the current time is too large.",
       dated("AWS4-HMAC-SHA256 nonsense", "{old}"),
       {},
       {{"RequestTime", "{old}"}, {"MaxAllowedSkewMilliseconds", "900000"}}},
      in_header(
          "nonsense", "An Authorization without its components is told so",
          "the authorization header requires three components: Credential, SignedHeaders, and Signature.",
          dated("AWS4-HMAC-SHA256 nonsense")),
      in_header(
          "no-credential", "A Credential that is none is told so",
          "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".",
          dated(authorization_v4("{key}/garbage"))),
      in_header(
          "no-day", "A day that is none is told so",
          "incorrect date format \"2026\". This date in the credential must be in the format \"yyyyMMdd\".",
          dated(authorization_v4("{key}/2026/{region}/s3/aws4_request"))),
      in_header("another-day", "A day that isn't the date's is told so",
                "Invalid credential date. Date is not the same as X-Amz-Date.",
                dated(authorization_v4("{key}/20200101/{region}/s3/aws4_request"))),
      in_header("no-region", "An empty region is told so",
                "a non-empty region must be provided in the credential.",
                dated(authorization_v4("{key}/{day}//s3/aws4_request"))),
      in_header("another-service", "Another service is told so",
                "incorrect service \"ec2\". This endpoint belongs to \"s3\".",
                dated(authorization_v4("{key}/{day}/{region}/ec2/aws4_request"))),
      in_header("another-end", "Another end of the credential is told so",
                "incorrect terminal \"aws5_request\". This endpoint uses \"aws4_request\".",
                dated(authorization_v4("{key}/{day}/{region}/s3/aws5_request"))),
      {"header.unsigned-host",
       "A Host that isn't signed is AccessDenied, before an unknown key",
       403,
       "AccessDenied",
       "There were headers present in the request which were not signed",
       dated(authorization_v4(credential_of_nobody(), "x-amz-date")),
       {},
       {{"HeadersNotSigned", "host"}}},
      {"header.unknown-key",
       "An access key that nobody has is InvalidAccessKeyId, before the signature",
       403,
       "InvalidAccessKeyId",
       "The AWS Access Key Id you provided does not exist in our records.",
       dated(authorization_v4(credential_of_nobody())),
       {},
       {{"AWSAccessKeyId", unknown_key}}},
      of_v2("no-colon", "A signature of version 2 without a colon is InvalidArgument", "AWS garbage"),
      of_v2("no-signature", "A signature of version 2 that is empty is InvalidArgument", "AWS {key}:"),
  };
}

std::vector<WrongSignature> wrong_urls() {
  const auto in_url = [](std::string id, std::string title, std::string message, HeaderPairs query) {
    return WrongSignature{
        "url." + id, std::move(title), 400, "AuthorizationQueryParametersError", std::move(message),
        {},          std::move(query)};
  };
  const std::string parsing = "Error parsing the X-Amz-Credential parameter; ";
  return {
      in_url("another-algorithm", "Another algorithm in a URL is told so, before what is missing",
             "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"",
             {{"X-Amz-Algorithm", "AWS4-HMAC-SHA512"}, {"X-Amz-Signature", "00"}}),
      in_url("no-date", "A date in a URL that is none is told so",
             "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"",
             presigned_query("X-Amz-Date", "garbage")),
      in_url("no-age", "An age that is no number is told so", "X-Amz-Expires should be a number",
             presigned_query("X-Amz-Expires", "3e2")),
      in_url("age-below-0", "An age below 0 is told so", "X-Amz-Expires must be non-negative",
             presigned_query("X-Amz-Expires", "-1")),
      in_url(
          "no-credential", "A credential in a URL that is none is told so",
          parsing +
              "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".",
          presigned_query("X-Amz-Credential", "garbage")),
      in_url("another-service", "Another service in a URL is told before another day",
             parsing + "incorrect service \"ec2\". This endpoint belongs to \"s3\".",
             presigned_query("X-Amz-Credential", "{key}/20200101/{region}/ec2/aws4_request")),
      in_url("another-day", "A day in a URL that isn't the date's is told so",
             "Invalid credential date \"20200101\". This date is not the same as X-Amz-Date: \"{day}\".",
             presigned_query("X-Amz-Credential", "{key}/20200101/{region}/s3/aws4_request")),
      {"url.unknown-key",
       "A URL of an access key that nobody has is InvalidAccessKeyId",
       403,
       "InvalidAccessKeyId",
       "The AWS Access Key Id you provided does not exist in our records.",
       {},
       presigned_query("X-Amz-Credential", credential_of_nobody()),
       {{"AWSAccessKeyId", unknown_key}}},
      {"url-v2.no-expiry",
       "A URL of version 2 without Expires is AccessDenied",
       403,
       "AccessDenied",
       "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
       {},
       {{"Signature", "abc"}, {"AWSAccessKeyId", "{key}"}}},
      {"url-v2.no-time",
       "A URL of version 2 that expires at no time is AccessDenied",
       403,
       "AccessDenied",
       "Invalid date (should be seconds since epoch): garbage",
       {},
       {{"Signature", "abc"}, {"AWSAccessKeyId", "{key}"}, {"Expires", "garbage"}}},
  };
}

/// A parameter that is refused before anybody looks at the signature.
Check before_who_asks(std::string id, std::string title, bool of_key, HeaderPairs query, std::string message,
                      HeaderPairs fields) {
  return quirk("signing.before." + std::move(id), std::move(title), measured_by_backlot, {1},
               [of_key, query = std::move(query), message = std::move(message),
                fields = std::move(fields)](CheckContext& c) {
                 auto request = of_key ? c.get() : of_bucket("GET", c.bucket());
                 request.signing = client::Signing::anonymous;
                 for (const auto& [name, value] : query) request.parameter(name, value);
                 auto answer = c.send(request);
                 answer.error(400, "InvalidArgument").message(message);
                 for (const auto& [name, value] : fields) answer.field(name, value);
               });
}

Check number_before(std::string id, bool of_key, HeaderPairs query, const std::string& name) {
  query.emplace_back(name, "abc");
  return before_who_asks(std::move(id), "A " + name + " that is no number is told whoever asks", of_key,
                         std::move(query), "Provided " + name + " not an integer or within integer range",
                         {{"ArgumentName", name}, {"ArgumentValue", "abc"}});
}

}  // namespace

void add_credentials(std::vector<Check>& checks) {
  for (const WrongSignature& wrong : wrong_headers()) checks.push_back(check_of(wrong));
  for (const WrongSignature& wrong : wrong_urls()) checks.push_back(check_of(wrong));
  add_all(checks,
          {
              number_before("max-keys", false, {{"list-type", "2"}}, "max-keys"),
              number_before("max-keys-of-versions", false, {{"versions", ""}}, "max-keys"),
              number_before("max-uploads", false, {{"uploads", ""}}, "max-uploads"),
              number_before("max-parts", true, {{"uploadId", "x"}}, "max-parts"),
              before_who_asks("start-after", "A parameter of the other listing is told whoever asks", false,
                              {{"start-after", "x"}},
                              "startAfter only supported in REST.GET.BUCKET with list-type=2",
                              {{"ArgumentName", "start-after"}}),
              before_who_asks("version-marker", "A version marker without a key marker is told whoever asks",
                              false, {{"versions", ""}, {"version-id-marker", "x"}},
                              "A version-id marker cannot be specified without a key marker.",
                              {{"ArgumentName", "version-id-marker"}, {"ArgumentValue", "x"}}),
              before_who_asks("empty-version", "An empty version id is told whoever asks", true,
                              {{"versionId", ""}}, "Version id cannot be the empty string",
                              {{"ArgumentName", "versionId"}}),
              before_who_asks("two-sub-resources", "Two sub-resources at once are told whoever asks", false,
                              {{"acl", ""}, {"versioning", ""}},
                              "Conflicting query string parameters: acl, versioning",
                              {{"ArgumentName", "ResourceType"}, {"ArgumentValue", "acl"}}),
          });
}

}  // namespace partsmith::conformance::checks
