/// What buckets are set to besides what has a family of its own, and what they answer of what nobody set.

#include "checks/configuration.h"
#include "checks/versioning.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view xmlns = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";
constexpr std::string_view malformed =
    "The XML you provided was not well-formed or did not validate against our published schema";

std::string document(std::string_view root, std::string_view content) {
  return '<' + std::string(root) + std::string(xmlns) + '>' + std::string(content) + "</" +
         std::string(root) + '>';
}

void ownership(CheckContext& c) {
  const std::string subresource = "ownershipControls";
  auto first = c.send(configuration(c, subresource));
  skip_where_missing(c, first, "ownership controls");
  first.status(200).element("Rule/ObjectOwnership", "BucketOwnerEnforced");
  c.send(configuring(
             c, subresource,
             document("OwnershipControls", "<Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>")))
      .status(200)
      .required();
  const auto is_set = [](const Answer& answer) {
    return answer.text("Rule/ObjectOwnership") == "ObjectWriter";
  };
  c.send_until(configuration(c, subresource), is_set)
      .status(200)
      .element("Rule/ObjectOwnership", "ObjectWriter");
  c.send(configuration(c, subresource, "DELETE")).status(204).body("");
  c.send_until(configuration(c, subresource), has_status(404))
      .error(404, "OwnershipControlsNotFoundError")
      .message("The bucket ownership controls were not found")
      .field("BucketName", c.bucket());
  c.send(configuration(c, subresource, "DELETE")).status(204);
}

std::string payer(std::string_view word) {
  return document("RequestPaymentConfiguration", "<Payer>" + std::string(word) + "</Payer>");
}

void request_payment(CheckContext& c) {
  auto put = c.send(configuring(c, "requestPayment", payer("Requester")));
  skip_where_missing(c, put, "request payment");
  put.status(200).required();
  const auto is_set = [](const Answer& answer) { return answer.text("Payer") == "Requester"; };
  c.send_until(configuration(c, "requestPayment"), is_set).status(200).element("Payer", "Requester");
}

void unknown_payer(CheckContext& c) {
  auto answer = c.send(configuring(c, "requestPayment", payer("Random")));
  skip_where_missing(c, answer, "request payment");
  answer.error(400, "MalformedXML").message(malformed);
}

void unknown_acceleration(CheckContext& c) {
  auto answer =
      c.send(configuring(c, "accelerate", document("AccelerateConfiguration", "<Status>enabled</Status>")));
  skip_where_missing(c, answer, "acceleration");
  answer.error(400, "MalformedXML").message(malformed);
}

void marker_left(CheckContext& c) {
  enable(c);
  const auto version = version_of(c.put("object", "test-delete"));
  auto deleted = c.send(deleting(c));
  deleted.status(204).required();
  const auto refused = [&] {
    c.send(of_bucket("DELETE", c.bucket()))
        .error(409, "BucketNotEmpty")
        .message("The bucket you tried to delete is not empty. You must delete all versions in the bucket.")
        .field("BucketName", c.bucket());
  };
  refused();
  c.send(of_version(deleting(c), version)).status(204);
  refused();
  c.send(of_version(deleting(c), version_of(deleted))).status(204);
}

void no_configurations(CheckContext& c, const std::string& subresource, const std::string& feature) {
  auto list = c.send(configuration(c, subresource));
  skip_where_missing(c, list, feature);
  list.status(200).element("IsTruncated", "false");
  c.send(configuration(c, subresource).parameter("id", "test"))
      .error(404, "NoSuchConfiguration")
      .message("The specified configuration does not exist.");
  c.send(configuration(c, subresource, "DELETE").parameter("id", "test")).error(404, "NoSuchConfiguration");
}

/// Some endpoints know no lock and ignore its header.
void bypass(CheckContext& c) {
  c.put("object", "test");
  for (const std::string value : {"true", "false"}) {
    auto answer = c.send(deleting(c).header("x-amz-bypass-governance-retention", value));
    skip_where_missing(c, answer, "object lock");
    answer.error(400, "InvalidArgument")
        .message("x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.")
        .field("ArgumentName", "x-amz-bypass-governance-retention");
  }
  c.send(c.head()).status(200);
}

void no_lock(CheckContext& c, const std::string& subresource, const std::string& body) {
  c.put("object", "test");
  auto answer = c.send(c.get().parameter(subresource, ""));
  skip_where_missing(c, answer, "object lock");
  constexpr std::string_view message = "Bucket is missing Object Lock Configuration";
  answer.error(400, "InvalidRequest").message(message);
  auto put = c.request("PUT", "object");
  put.parameter(subresource, "").header("Content-MD5", to_base64(md5(as_bytes(body))));
  put.body = body;
  c.send(put).error(400, "InvalidRequest").message(message);
}

void no_rules(CheckContext& c) {
  const auto preflight = [&](bool origin, std::string_view method) {
    auto request = c.request("OPTIONS", "object");
    request.signing = client::Signing::anonymous;
    if (origin) request.header("Origin", "whatever");
    if (!method.empty()) request.header("Access-Control-Request-Method", std::string(method));
    return c.send(request);
  };
  preflight(false, "")
      .error(400, "BadRequest")
      .message("Insufficient information. Origin request header needed.");
  preflight(true, "PUT")
      .error(403, "AccessForbidden")
      .message("CORSResponse: CORS is not enabled for this bucket.")
      .field("Method", "PUT")
      .field("ResourceType", "BUCKET");
  preflight(true, "").error(403, "AccessForbidden").field("Method", "OPTIONS");
}

void no_rules_and_no_bucket(CheckContext& c) {
  client::S3Request request;
  request.method = "OPTIONS";
  request.bucket = c.missing_bucket();
  request.key = "object";
  request.signing = client::Signing::anonymous;
  request.header("Origin", "whatever");
  c.send(request)
      .error(403, "AccessForbidden")
      .message("CORSResponse: Bucket not found")
      .field("Method", "OPTIONS")
      .field("ResourceType", "BUCKET");
}

/// What GET says of a configuration that nobody made.
Check unset(std::string id, const std::string& name, const std::string& code, const std::string& message) {
  return quirk("bucket.unset." + std::move(id), "A bucket without the configuration ?" + name + " is " + code,
               measured_by_backlot, {1},
               [name, code, message](CheckContext& c) {
                 c.send(of_bucket("GET", c.bucket()).parameter(name, ""))
                     .error(404, code)
                     .message(message)
                     .field("BucketName", c.bucket());
               },
               {Need::own_bucket});
}

}  // namespace

void add_bucket_settings(std::vector<Check>& checks) {
  const std::vector<Need> own{Need::own_bucket};
  const std::vector<Need> cors{Need::own_bucket, Need::cors};
  const auto none = [&](const std::string& subresource, const std::string& feature,
                        const std::string& recorded) {
    return should(
        "bucket.no-" + subresource, "A bucket without " + feature + " says so", "recording: " + recorded, {3},
        [subresource, feature](CheckContext& c) { no_configurations(c, subresource, feature); }, own);
  };
  add_all(
      checks,
      {
          patient(should("bucket.ownership-controls",
                         "Ownership controls are told; once deleted they aren't the default",
                         "recording: ownership-controls-put-get-delete", {6}, ownership, own),
                  2),
          patient(should("bucket.request-payment", "Who pays for requests is kept",
                         "recording: request-payment", {2}, request_payment, own)),
          should("bucket.request-payment.unknown", "An unknown payer is MalformedXML",
                 "recording: request-payment-errors", {1}, unknown_payer, own),
          should("bucket.accelerate.unknown", "An unknown status of acceleration is MalformedXML",
                 "recording: accelerate-invalid-status-and-dotted-bucket", {1}, unknown_acceleration, own),
          should("bucket.delete-with-marker", "A bucket with one delete marker left is BucketNotEmpty",
                 "recording: delete-versioned-bucket-until-empty", {7, 11}, marker_left,
                 {Need::own_bucket, Need::versioning}),
          unset("policy", "policy", "NoSuchBucketPolicy", "The bucket policy does not exist"),
          unset("policy-status", "policyStatus", "NoSuchBucketPolicy", "The bucket policy does not exist"),
          unset("replication", "replication", "ReplicationConfigurationNotFoundError",
                "The replication configuration was not found"),
          unset("object-lock", "object-lock", "ObjectLockConfigurationNotFoundError",
                "Object Lock configuration does not exist for this bucket"),
          unset("metadata", "metadataConfiguration", "MetadataConfigurationNotFound",
                "The metadata configuration was not found"),
          none("analytics", "analytics configurations", "analytics-configurations"),
          none("intelligent-tiering", "tiering configurations", "intelligent-tiering-configurations"),
          none("inventory", "inventory configurations", "inventory-crud"),
          none("metrics", "metrics configurations", "metrics-configuration-delete-twice"),
          should("object.delete.bypass-without-lock",
                 "Bypassing a lock that isn't there is InvalidArgument, also for \"false\"",
                 "recording: bypass-governance-without-object-lock", {4, 4}, bypass, own),
          should(
              "object.retention.without-lock", "A bucket without Object Lock has no retention",
              "recording: retention-errors (regular-bucket)", {3, 4},
              [](CheckContext& c) {
                no_lock(
                    c, "retention",
                    document(
                        "Retention",
                        "<Mode>GOVERNANCE</Mode><RetainUntilDate>2099-01-01T00:00:00Z</RetainUntilDate>"));
              },
              own),
          should(
              "object.legal-hold.without-lock", "Nor legal holds",
              "recording: legal-hold-errors (regular-bucket)", {3, 4},
              [](CheckContext& c) { no_lock(c, "legal-hold", document("LegalHold", "<Status>ON</Status>")); },
              own),
          should("bucket.cors.preflight-without-rules",
                 "A preflight of a bucket without rules is AccessForbidden",
                 "recording: cors-preflight-without-configuration", {3}, no_rules, cors),
          should("bucket.cors.preflight-missing-bucket", "So is one of a missing bucket",
                 "recording: cors-preflight-missing-bucket", {1}, no_rules_and_no_bucket, cors),
      });
}

}  // namespace partsmith::conformance::checks
