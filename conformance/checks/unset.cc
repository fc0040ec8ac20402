/// What a bucket answers of each configuration: from the start, after a put, and when the bucket isn't there.

#include <array>

#include "checks/configuration.h"
#include "checks/names.h"

namespace partsmith::conformance::checks {
namespace {

using Elements = std::vector<std::pair<std::string, std::string>>;

/// A document that says these and not `absent`. It is XML by its first line; only logging has a Content-Type.
Check from_the_start(const std::string& name, const std::string& root, const Elements& elements,
                     const std::string& absent = {}) {
  return should("bucket.from-the-start." + dashed(name), "What a new bucket answers of ?" + name,
                measured_by_backlot, {1},
                [=](CheckContext& c) {
                  auto answer = c.send(configuration(c, name));
                  skip_where_missing(c, answer, "?" + name);
                  answer.status(200).document(root);
                  for (const auto& [path, text] : elements) answer.element(path, text);
                  if (!absent.empty()) answer.no_element(absent);
                  if (name == "logging") {
                    answer.decoration("Content-Type", "application/xml");
                  } else {
                    answer.no_decoration("Content-Type");
                  }
                },
                {Need::own_bucket});
}

struct Missing {
  std::string_view name;
  std::string_view code;
  std::string_view message;
};
constexpr auto missing = std::to_array<Missing>({
    {"lifecycle", "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"},
    {"tagging", "NoSuchTagSet", "The TagSet does not exist"},
    {"website", "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"},
});

Check not_from_the_start(const Missing& row) {
  return should("bucket.from-the-start." + dashed(row.name),
                "A new bucket's ?" + std::string(row.name) + " is " + std::string(row.code),
                measured_by_backlot, {1},
                [row](CheckContext& c) {
                  auto answer = c.send(configuration(c, std::string(row.name)));
                  skip_where_missing(c, answer, "?" + std::string(row.name));
                  answer.error(404, row.code).message(row.message).field("BucketName", c.bucket());
                },
                {Need::own_bucket});
}

constexpr auto every_configuration = std::to_array<std::string_view>({"abac",
                                                                      "accelerate",
                                                                      "acl",
                                                                      "analytics",
                                                                      "cors",
                                                                      "encryption",
                                                                      "intelligent-tiering",
                                                                      "inventory",
                                                                      "lifecycle",
                                                                      "location",
                                                                      "logging",
                                                                      "metadataConfiguration",
                                                                      "metrics",
                                                                      "notification",
                                                                      "object-lock",
                                                                      "ownershipControls",
                                                                      "policy",
                                                                      "policyStatus",
                                                                      "publicAccessBlock",
                                                                      "replication",
                                                                      "requestPayment",
                                                                      "tagging",
                                                                      "versioning",
                                                                      "website"});

Check of_a_missing_bucket(std::string_view name) {
  return should("bucket.of-a-missing-one." + dashed(name),
                "?" + std::string(name) + " of a missing bucket is NoSuchBucket", measured_by_backlot, {1},
                [name](CheckContext& c) {
                  auto request = of_bucket("GET", c.missing_bucket());
                  request.parameter(std::string(name));
                  auto answer = c.send(request);
                  skip_where_missing(c, answer, "?" + std::string(name));
                  answer.error(404, "NoSuchBucket").field("BucketName", c.missing_bucket());
                });
}

Check token(const std::string& name, bool with_empty_id) {
  return quirk("bucket.no-" + name + (with_empty_id ? ".token-and-empty-id" : ".token"),
               std::string("A token that no list of ") + name + " gave is MalformedContinuationToken" +
                   (with_empty_id ? ", beside an empty id too" : ""),
               measured_by_backlot, {1},
               [=](CheckContext& c) {
                 auto request = configuration(c, name);
                 if (with_empty_id) request.parameter("id", "");
                 request.parameter("continuation-token", "garbage");
                 auto answer = c.send(request);
                 skip_where_missing(c, answer, "?" + name);
                 answer.error(400, "MalformedContinuationToken")
                     .message("The continuation-token you provided invalid.");
               },
               {Need::own_bucket});
}

Check id_and_token(const std::string& name) {
  return quirk(
      "bucket.no-" + name + ".id-and-token",
      "An id counts before a token: NoSuchConfiguration (" + name + ")", measured_by_backlot, {1},
      [=](CheckContext& c) {
        auto request = configuration(c, name);
        request.parameter("id", "x").parameter("continuation-token", "garbage");
        auto answer = c.send(request);
        skip_where_missing(c, answer, "?" + name);
        answer.error(404, "NoSuchConfiguration").message("The specified configuration does not exist.");
      },
      {Need::own_bucket});
}

std::string document(std::string_view root, std::string_view content) {
  return '<' + std::string(root) + " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" +
         std::string(content) + "</" + std::string(root) + '>';
}

/// Each of the words is put, then told as it was put, in the place of the one before.
void words_kept(CheckContext& c, const std::string& name, std::string_view root, const std::string& element,
                const std::vector<std::string>& words) {
  for (const auto& word : words) {
    auto put =
        c.send(configuring(c, name, document(root, '<' + element + '>' + word + "</" + element + '>')));
    skip_where_missing(c, put, "?" + name);
    put.status(200).required();
    const auto is_set = [&](const Answer& answer) { return answer.text(element) == word; };
    c.send_until(configuration(c, name), is_set).status(200).document(root).element(element, word);
  }
}

void block_told(CheckContext& c) {
  const std::string sub = "publicAccessBlock";
  auto put = c.send(
      configuring(c, sub,
                  document("PublicAccessBlockConfiguration",
                           "<BlockPublicAcls>false</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>"
                           "<BlockPublicPolicy>false</BlockPublicPolicy><RestrictPublicBuckets>true</"
                           "RestrictPublicBuckets>")));
  skip_where_missing(c, put, "public access block");
  put.status(200).required();
  const auto is_set = [](const Answer& answer) { return answer.text("BlockPublicAcls") == "false"; };
  c.send_until(configuration(c, sub), is_set)
      .status(200)
      .document("PublicAccessBlockConfiguration")
      .element("BlockPublicAcls", "false")
      .element("IgnorePublicAcls", "true")
      .element("BlockPublicPolicy", "false")
      .element("RestrictPublicBuckets", "true");
}

constexpr const char* no_xml =
    "The XML you provided was not well-formed or did not validate against our published schema";
constexpr const char* a_rule =
    "<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>1</Days></DefaultRetention></Rule>";

Check lock(const std::string& name, const std::string& title, const std::string& source,
           const std::string& content, int status, const std::string& code, const std::string& message) {
  return should("bucket.object-lock-put." + name, title, source, {1},
                [=](CheckContext& c) {
                  auto answer =
                      c.send(configuring(c, "object-lock", document("ObjectLockConfiguration", content)));
                  skip_where_missing(c, answer, "object lock");
                  answer.error(status, code).message(message);
                },
                {Need::own_bucket});
}

std::vector<Check> locks() {
  const std::string recorded = "recording: object-lock-configuration-malformed (of buckets with Object Lock)";
  const std::string enabled = "<ObjectLockEnabled>Enabled</ObjectLockEnabled>";
  return {
      lock("nothing", "An Object Lock that says nothing is MalformedXML", recorded, "", 400, "MalformedXML",
           no_xml),
      lock("not-enabled", "So is a rule without ObjectLockEnabled", recorded, a_rule, 400, "MalformedXML",
           no_xml),
      lock("days-and-years", "So are Days and Years", recorded,
           enabled + "<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>1</Days><Years>1</Years>"
                     "</DefaultRetention></Rule>",
           400, "MalformedXML", no_xml),
      lock("without-versions", "A bucket without versions can have no Object Lock",
           "reported: getmoto/moto (a test that runs on Amazon S3)", enabled + a_rule, 409,
           "InvalidBucketState",
           "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration"),
  };
}

struct Head {
  std::string_view name;
  std::string_view title;
  bool missing_bucket;
  std::vector<std::pair<std::string, std::string>> parameters;
  int status;
};

std::vector<Check> heads() {
  const std::vector<Head> table{
      {"max-keys-word",
       "HEAD of a bucket is refused for a max-keys that is no number",
       false,
       {{"max-keys", "abc"}},
       400},
      {"max-keys-word-missing", "So it is where there is no bucket", true, {{"max-keys", "abc"}}, 400},
      {"marker-of-v2-missing",
       "HEAD refuses a marker beside list-type=2, before it looks for the bucket",
       true,
       {{"list-type", "2"}, {"marker", "x"}},
       400},
      {"start-after-of-v1-missing",
       "HEAD refuses start-after without list-type=2",
       true,
       {{"start-after", "x"}},
       400},
      {"encoding-unknown",
       "HEAD of a bucket is refused for an unknown encoding-type",
       false,
       {{"encoding-type", "bogus"}},
       400},
      {"encoding-unknown-missing",
       "A missing bucket is told before that",
       true,
       {{"encoding-type", "bogus"}},
       404},
      {"token-of-none",
       "HEAD of a bucket is refused for a token that is none",
       false,
       {{"list-type", "2"}, {"continuation-token", "garbage"}},
       400},
      {"max-keys-negative",
       "HEAD of a bucket isn't refused for a negative max-keys",
       false,
       {{"max-keys", "-1"}},
       200},
      {"part-number", "HEAD of a bucket is refused for a partNumber", false, {{"partNumber", "1"}}, 400},
  };
  std::vector<Check> checks;
  for (const auto& row : table) {
    checks.push_back(quirk("bucket.head." + std::string(row.name), std::string(row.title),
                           measured_by_backlot, {1}, [row](CheckContext& c) {
                             auto request =
                                 of_bucket("HEAD", row.missing_bucket ? c.missing_bucket() : c.bucket());
                             for (const auto& [name, value] : row.parameters) request.parameter(name, value);
                             auto answer = c.send(request);
                             answer.status(row.status).body("");
                             if (row.status == 200) answer.has_header("x-amz-bucket-region");
                           }));
  }
  return checks;
}

}  // namespace

void add_unset(std::vector<Check>& checks) {
  const std::vector<Need> own{Need::own_bucket};
  add_all(checks,
          {
              from_the_start("abac", "AbacStatus", {{"Status", "Disabled"}}),
              from_the_start("accelerate", "AccelerateConfiguration", {}, "Status"),
              from_the_start("logging", "BucketLoggingStatus", {}, "LoggingEnabled"),
              from_the_start("notification", "NotificationConfiguration", {}, "QueueConfiguration"),
              from_the_start("publicAccessBlock", "PublicAccessBlockConfiguration",
                             {{"BlockPublicAcls", "true"},
                              {"IgnorePublicAcls", "true"},
                              {"BlockPublicPolicy", "true"},
                              {"RestrictPublicBuckets", "true"}}),
              from_the_start("requestPayment", "RequestPaymentConfiguration", {{"Payer", "BucketOwner"}}),
              from_the_start("versioning", "VersioningConfiguration", {}, "Status"),
              patient(should(
                          "bucket.accelerate.kept", "A status of acceleration is told, and replaced",
                          "S3 API: PutBucketAccelerateConfiguration, GetBucketAccelerateConfiguration", {4},
                          [](CheckContext& c) {
                            words_kept(c, "accelerate", "AccelerateConfiguration", "Status",
                                       {"Enabled", "Suspended"});
                          },
                          own),
                      2),
              patient(should(
                          "bucket.request-payment.replaced", "Who pays is told, and replaced",
                          "S3 API: PutBucketRequestPayment, GetBucketRequestPayment", {4},
                          [](CheckContext& c) {
                            words_kept(c, "requestPayment", "RequestPaymentConfiguration", "Payer",
                                       {"Requester", "BucketOwner"});
                          },
                          own),
                      2),
              patient(should("bucket.public-access-block.kept",
                             "Each of the four words of a public access block is kept as it was put",
                             "S3 API: PutPublicAccessBlock, GetPublicAccessBlock", {2}, block_told, own)),
          });
  for (const auto& row : missing) checks.push_back(not_from_the_start(row));
  for (const auto name : every_configuration) checks.push_back(of_a_missing_bucket(name));
  for (const std::string name : {"analytics", "intelligent-tiering", "inventory", "metrics"}) {
    checks.push_back(token(name, false));
    checks.push_back(token(name, true));
    checks.push_back(id_and_token(name));
  }
  add_all(checks, locks());
  add_all(checks, heads());
}

}  // namespace partsmith::conformance::checks
