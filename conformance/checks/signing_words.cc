/// More requests whose signature can't be right: what is told of each, word by word.

#include "checks/wrong_signature.h"

namespace partsmith::conformance::checks {
namespace {

constexpr const char* errors_of_versitygw =
    "reported: versity/versitygw (which takes its errors from Amazon S3)";

using Row = WrongSignature;

const HeaderPairs no_argument_value{{"ArgumentName", "Authorization"}};

HeaderPairs argument(const std::string& value) {
  return {{"ArgumentName", "Authorization"}, {"ArgumentValue", value}};
}

Row refused(std::string id, std::string title, std::string message, HeaderPairs headers, HeaderPairs fields,
            HeaderPairs query = {}) {
  return {std::move(id),    std::move(title), 400, "InvalidArgument", std::move(message), std::move(headers),
          std::move(query), std::move(fields)};
}

std::vector<Row> of_several_signatures() {
  const std::string several =
      "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string "
      "parameter or the Authorization header should be specified";
  const HeaderPairs v2_url{{"Signature", "abc"}, {"AWSAccessKeyId", unknown_key}, {"Expires", "9999999999"}};
  auto both_urls = v2_url;
  both_urls.emplace_back("X-Amz-Algorithm", "x");
  return {
      refused("two.header-and-query", "A header and a query of version 4 are InvalidArgument", several,
              {{"Authorization", "Bearer abc"}}, argument("Bearer abc"), {{"X-Amz-Algorithm", "bogus"}}),
      refused("two.v2-header-and-query", "A header and a query of version 2 are InvalidArgument", several,
              dated_v2("AWS {key}:abc"), no_argument_value, {{"Signature", "abc"}}),
      refused("two.queries", "Queries of both versions are InvalidArgument", several, {}, no_argument_value,
              both_urls),
      refused("header-v2.two-spaces", "Two spaces in a header of version 2 are InvalidArgument",
              "Authorization header is invalid -- one and only one ' ' (space) required",
              dated_v2("AWS  {key}:abc"), no_argument_value),
  };
}

Row malformed(std::string id, std::string title, const std::string& message, HeaderPairs headers) {
  return {"header." + id,
          std::move(title),
          400,
          "AuthorizationHeaderMalformed",
          authorization_malformed + message,
          std::move(headers)};
}

/// What isn't a day, and what is one but another.
std::vector<Row> of_days() {
  const auto of_day = [](const std::string& day) {
    return dated(authorization_v4("{key}/" + day + "/{region}/s3/aws4_request"));
  };
  std::vector<Row> rows;
  for (const auto& [name, day] : HeaderPairs{{"of-nothing", ""},
                                             {"month-13", "20261329"},
                                             {"february-30", "20260230"},
                                             {"seven-digits", "2026090"},
                                             {"day-0", "20260900"},
                                             {"short-month", "2026929"},
                                             {"nine-digits", "202609291"},
                                             {"dashes", "2026-09-29"},
                                             {"plus", "+2026092"},
                                             {"letter", "2026O929"}})
    rows.push_back(malformed("day-" + name, "The day '" + day + "' is told to be none",
                             "incorrect date format \"" + day +
                                 "\". This date in the credential must be in the format \"yyyyMMdd\".",
                             of_day(day)));
  for (const std::string day : {"2026092", "{day}x"})
    rows.push_back(malformed("other-day-" + (day == "{day}x" ? std::string("and-a-letter") : day),
                             "The day '" + day + "' is told not to be the date's",
                             "Invalid credential date. Date is not the same as X-Amz-Date.", of_day(day)));
  return rows;
}

std::vector<Row> of_orders() {
  const std::string no_hash = "Missing required header for this request: x-amz-content-sha256";
  const std::string no_date = "AWS authentication requires a valid Date or x-amz-date header";
  const std::string skewed = "The difference between the request time and the current time is too large.";
  const HeaderPairs old_time{{"RequestTime", "{old}"}, {"MaxAllowedSkewMilliseconds", "900000"}};
  const auto of_nobody = authorization_v4(credential_of_nobody());
  const auto hashed = [](HeaderPairs headers, std::string hash) {
    headers.emplace_back("x-amz-content-sha256", std::move(hash));
    return headers;
  };
  auto both_dates = dated(of_nobody, "");
  both_dates.emplace_back("Date", "{date}");
  std::vector<Row> rows{
      {"header.no-hash-no-date", "A missing payload hash is told before a missing date", 400,
       "InvalidRequest", no_hash, hashed({{"Authorization", of_nobody}}, "")},
      {"header.no-hash-nonsense", "A missing payload hash is told before what is malformed", 400,
       "InvalidRequest", no_hash, hashed({{"Authorization", "AWS4-HMAC-SHA256 nonsense"}}, "")},
      {"header.no-date-nonsense",
       "A missing date is told before what is malformed",
       403,
       "AccessDenied",
       no_date,
       {{"Authorization", "AWS4-HMAC-SHA256 nonsense"}}},
      {"header.old-date-of-nobody",
       "An old date is told before an unknown key",
       403,
       "RequestTimeTooSkewed",
       skewed,
       dated(authorization_v4(std::string(unknown_key) + "/{old day}/{region}/s3/aws4_request"), "{old}"),
       {},
       old_time},
      {"header.old-date-no-credential",
       "An old date is told before a credential that is none",
       403,
       "RequestTimeTooSkewed",
       skewed,
       dated(authorization_v4("{key}/garbage", "host"), "{old}"),
       {},
       old_time},
      {"header.old-http-date",
       "An old Date is RequestTimeTooSkewed, and told as it came",
       403,
       "RequestTimeTooSkewed",
       skewed,
       dated_v2(authorization_v4(right_credential()), "{old date}"),
       {},
       {{"RequestTime", "{old date}"}, {"MaxAllowedSkewMilliseconds", "900000"}}},
      malformed("no-day-no-region", "An empty day is told before an empty region",
                "incorrect date format \"\". This date in the credential must be in the format \"yyyyMMdd\".",
                dated(authorization_v4("{key}///s3/aws4_request"))),
  };
  for (const auto& [name, hash] : HeaderPairs{{"small-letters", "unsigned-payload"},
                                              {"63-digits", std::string(63, 'a')},
                                              {"65-digits", std::string(65, 'a')},
                                              {"64-letters", std::string(64, 'g')}})
    rows.push_back(refused("header.hash-of-" + name, "A payload hash of " + name + " is InvalidArgument", "",
                           hashed(dated(authorization_v4(right_credential())), hash),
                           {{"ArgumentName", "x-amz-content-sha256"}, {"ArgumentValue", hash}}));
  return rows;
}

Row not_signed(std::string id, std::string title, HeaderPairs headers, std::string names) {
  return {std::move(id),
          std::move(title),
          403,
          "AccessDenied",
          "There were headers present in the request which were not signed",
          std::move(headers),
          {},
          {{"HeadersNotSigned", std::move(names)}}};
}

std::vector<Row> of_unsigned_headers() {
  const auto with = [](HeaderPairs headers, const std::string& name, const std::string& value) {
    headers.emplace_back(name, value);
    return headers;
  };
  const auto of_nobody = authorization_v4(credential_of_nobody());
  const auto date_unsigned = authorization_v4(credential_of_nobody(), "host");
  const auto another_day = authorization_v4("{key}/20200101/{region}/s3/aws4_request");
  const auto two = with(with(dated(of_nobody), "x-amz-meta-b", "v"), "x-amz-meta-a", "v");
  auto url = presigned_query("X-Amz-Credential", credential_of_nobody());
  auto in_url =
      not_signed("url.unsigned-header", "A header that a URL didn't sign is told before an unknown key",
                 {{"x-amz-meta-foo", "bar"}}, "x-amz-meta-foo");
  in_url.query = url;
  return {
      malformed("another-day-first", "Another day is told before a header that isn't signed",
                "Invalid credential date. Date is not the same as X-Amz-Date.",
                with(dated(another_day), "x-amz-meta-foo", "bar")),
      not_signed("header.unsigned-metadata", "An x-amz- header that isn't signed is AccessDenied",
                 with(dated(of_nobody), "x-amz-meta-foo", "bar"), "x-amz-meta-foo"),
      not_signed("header.unsigned-md5", "Content-MD5 that isn't signed is AccessDenied",
                 with(dated(of_nobody), "Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg=="), "content-md5"),
      not_signed("header.unsigned-date", "An x-amz-date that isn't signed is AccessDenied",
                 dated(date_unsigned), "x-amz-date"),
      not_signed("header.unsigned-two", "Of two headers that aren't signed both are told", two,
                 "x-amz-meta-a, x-amz-meta-b"),
      in_url,
  };
}

/// Told last of all, so that what else was sent was right.
std::vector<Row> of_nobody() {
  const auto unknown = [](std::string id, std::string title, HeaderPairs headers, HeaderPairs query = {}) {
    return Row{std::move(id),
               std::move(title),
               403,
               "InvalidAccessKeyId",
               "The AWS Access Key Id you provided does not exist in our records.",
               std::move(headers),
               std::move(query),
               {{"AWSAccessKeyId", unknown_key}}};
  };
  auto unsigned_headers = dated(authorization_v4(credential_of_nobody()));
  for (const auto& [name, value] : HeaderPairs{{"Content-Type", "text/plain"},
                                               {"Range", "bytes=0-1"},
                                               {"Date", "{date}"},
                                               {"If-None-Match", "\"x\""}})
    unsigned_headers.emplace_back(name, value);
  auto small_letters = authorization_v4(credential_of_nobody());
  small_letters.replace(0, std::string_view("AWS4-HMAC-SHA256").size(), "aws4-hmac-sha256");
  const auto aged = [](const std::string& age) {
    auto query = presigned_query("X-Amz-Credential", credential_of_nobody());
    for (auto& [name, value] : query)
      if (name == "X-Amz-Expires") value = age;
    return query;
  };
  const std::string nobody_v2 = std::string("AWS ") + unknown_key + ":abc";
  return {
      unknown("header.unsigned-others", "Headers that need no signature are let through", unsigned_headers),
      unknown("header.small-letters", "The scheme may be in small letters", dated(small_letters)),
      unknown("header-v2.unknown-key", "A key of version 2 that nobody has is InvalidAccessKeyId",
              dated_v2(nobody_v2)),
      unknown("url.age-plus", "An age may have a plus sign", {}, aged("+300")),
      unknown("url.age-zeros", "An age may begin with zeros", {}, aged("0300")),
  };
}

std::vector<Row> of_version_2() {
  const std::string no_date = "AWS authentication requires a valid Date or x-amz-date header";
  const std::string nobody = std::string("AWS ") + unknown_key + ":abc";
  auto bad_date = dated_v2(nobody);
  bad_date.emplace_back("x-amz-date", "garbage");
  return {
      refused("header-v2.two-colons", "A signature of version 2 with two colons is InvalidArgument", v2_form,
              dated_v2("AWS {key}:a:b"), no_argument_value),
      refused("header-v2.no-colon-no-date", "What is no signature of version 2 is told before a missing date",
              v2_form, {{"Authorization", "AWS garbage"}}, argument("AWS garbage")),
      {"header-v2.no-date",
       "A missing date is told before a missing key",
       403,
       "AccessDenied",
       no_date,
       {{"Authorization", "AWS :abc"}}},
      {"header-v2.bad-date", "An x-amz-date that is none counts before a Date", 403, "AccessDenied", no_date,
       bad_date},
      {"header-v2.old-date",
       "An old date is told before an unknown key of version 2",
       403,
       "RequestTimeTooSkewed",
       "The difference between the request time and the current time is too large.",
       dated_v2(nobody, "{old date}"),
       {},
       {{"RequestTime", "{old date}"}}},
  };
}

std::vector<Row> of_urls() {
  const auto told = [](std::string id, std::string title, std::string message, HeaderPairs query) {
    return Row{"url." + id, std::move(title), 400, "AuthorizationQueryParametersError", std::move(message),
               {},          std::move(query)};
  };
  const auto two = [](const std::string& name, const std::string& value, const std::string& other,
                      const std::string& text) {
    auto query = presigned_query(name, value);
    for (auto& [of, is] : query)
      if (of == other) is = text;
    return query;
  };
  const std::string parsing = "Error parsing the X-Amz-Credential parameter; ";
  std::vector<Row> rows{
      told("no-date-no-age", "A date that is none is told before an age that is none",
           "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"",
           two("X-Amz-Date", "garbage", "X-Amz-Expires", "abc")),
      told("age-below-0-early", "An age below 0 is told before a date to come",
           "X-Amz-Expires must be non-negative", two("X-Amz-Date", "{an hour on}", "X-Amz-Expires", "-1")),
      told("age-of-more-than-a-week", "An age of more than a week is told before it is over",
           "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be "
           "less "
           "than 604800 seconds",
           two("X-Amz-Date", "{10 hours ago}", "X-Amz-Expires", "604801")),
      told("no-day", "A day in a URL that is none is told so",
           parsing + "incorrect date format \"2026\". This date in the credential must be in the format "
                     "\"yyyyMMdd\".",
           presigned_query("X-Amz-Credential", "{key}/2026/{region}/s3/aws4_request")),
      told("no-region", "An empty region in a URL is told so",
           parsing + "a non-empty region must be provided in the credential.",
           presigned_query("X-Amz-Credential", "{key}/{day}//s3/aws4_request")),
  };
  for (const auto& [name, age] : HeaderPairs{{"space-before", " 300"},
                                             {"space-behind", "300 "},
                                             {"hexadecimal", "0x12c"},
                                             {"fraction", "300.0"},
                                             {"empty", ""},
                                             {"minus", "-"},
                                             {"plus-alone", "+"},
                                             {"too-large", "9223372036854775808"}})
    rows.push_back(told("age-" + name, "The age '" + age + "' is told to be no number",
                        "X-Amz-Expires should be a number", presigned_query("X-Amz-Expires", age)));
  const auto expired = [&](std::string id, std::string title, const std::string& credential,
                           HeaderPairs headers) {
    auto query = two("X-Amz-Date", "{10 hours ago}", "X-Amz-Expires", "60");
    for (auto& [name, value] : query)
      if (name == "X-Amz-Credential") value = credential;
    return Row{std::move(id),    std::move(title),         403,
               "AccessDenied",   "Request has expired",    std::move(headers),
               std::move(query), {{"X-Amz-Expires", "60"}}};
  };
  rows.push_back(expired("url.expired-no-credential",
                         "That a URL is over is told before a credential that is none", "garbage", {}));
  rows.push_back(expired("url.expired-unsigned",
                         "That a URL is over is told before a header that isn't signed", right_credential(),
                         {{"x-amz-meta-foo", "bar"}}));
  rows.push_back({"url-v2.no-key",
                  "A URL of version 2 without a key is AccessDenied",
                  403,
                  "AccessDenied",
                  "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
                  {},
                  {{"Signature", "abc"}, {"Expires", "2147483647"}}});
  for (const auto& [name, time] : HeaderPairs{{"too-late", "2147483648"},
                                              {"exponent", "1e9"},
                                              {"space", " 1"},
                                              {"too-early", "-9223372036854775809"}})
    rows.push_back({"url-v2.expiry-" + name,
                    "A URL of version 2 that expires at '" + time + "' is AccessDenied",
                    403,
                    "AccessDenied",
                    "Invalid date (should be seconds since epoch): " + time,
                    {},
                    {{"Signature", "abc"}, {"AWSAccessKeyId", unknown_key}, {"Expires", time}}});
  return rows;
}

/// Of docs/kinds/refusals.md: what a header has for its components.
std::vector<Row> of_components() {
  const auto told = [](std::string id, std::string title, const std::string& message,
                       std::string authorization) {
    auto row = malformed(std::move(id), std::move(title), message, dated(std::move(authorization)));
    row.source = errors_of_versitygw;
    return row;
  };
  return {
      told("two-components", "An Authorization without a signature is told so",
           "the authorization header requires three components: Credential, SignedHeaders, and Signature.",
           "AWS4-HMAC-SHA256 Credential=a/b/c/d/e,SignedHeaders=host"),
      told("component-of-a-name", "A component without a value is told so",
           "the authorization component \"Credential\" is malformed.",
           "AWS4-HMAC-SHA256 Credential,SignedHeaders=host,Signature=0"),
      told("another-component", "A component in the place of the credential is told so",
           "missing Credential.", "AWS4-HMAC-SHA256 Other=a,SignedHeaders=host,Signature=0"),
  };
}

}  // namespace

void add_signing_words(std::vector<Check>& checks) {
  for (const auto& rows : {of_several_signatures(), of_days(), of_orders(), of_unsigned_headers(),
                           of_nobody(), of_version_2(), of_urls(), of_components()})
    for (const auto& row : rows) checks.push_back(check_of(row));
}

}  // namespace partsmith::conformance::checks
