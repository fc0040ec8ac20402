#include <algorithm>
#include <array>

#include <partsmith/protocol/dates.h>
#include <partsmith/server/locked_buckets.h>

#include "access.h"
#include "error_response.h"
#include "operations/answers.h"
#include "operations/listing_parameters.h"
#include "operations/object_lock.h"
#include "operations/operations.h"
#include "operations/regions.h"
#include "payload.h"
#include "tags.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

std::string bucket_arn(const std::string& name) {
  return "arn:aws:s3:::" + name;
}

/// What the document of the request says, if there is one.
struct Configuration {
  std::optional<std::string> location;
  storage::NameValues tags;
};
S3Result<Configuration> requested_configuration(const Visit& visit) {
  const auto document = receive_document(visit);
  if (!document) return std::unexpected(document.error());
  Configuration configuration;
  if (document->empty()) return configuration;
  const auto root = protocol::parse_xml(*document);
  if (!root || root->name != "CreateBucketConfiguration")
    return std::unexpected(S3Error(ErrorCode::MalformedXML));
  // What makes a directory bucket, which this endpoint doesn't (reported of both together: adobe/S3Mock).
  if (root->child("Location") || root->child("Bucket"))
    return std::unexpected(S3Error(ErrorCode::MalformedXML));
  configuration.location = root->child_text("LocationConstraint");  // an empty one is none: versitygw#1644
  if (const auto* tags = root->child("Tags")) {
    auto parsed = parse_tags(*tags, bucket_tag_rules);
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    configuration.tags = std::move(*parsed);
  }
  return configuration;
}

/// What a new bucket is made with besides its region.
S3Result<void> configure(const Visit& visit, const Configuration& configuration,
                         const NewBucketAccess& access, bool locked) {
  using storage::BucketDocument;
  const auto set = [&](BucketDocument kind, const std::string& document) -> S3Result<void> {
    const auto stored = visit.store().set_bucket_document(visit.bucket(), kind, document);
    return stored ? S3Result<void>{} : refused(stored.error(), visit);
  };
  if (locked) {
    if (const auto made = lock_bucket(visit.store(), visit.bucket()); !made)
      return refused(made.error(), visit);
  }
  if (access.ownership) {
    if (auto ok = set(BucketDocument::ownership_controls, ownership_document(*access.ownership)); !ok)
      return ok;
  }
  if (!access.acl.empty()) {
    if (auto ok = set(BucketDocument::acl, access.acl); !ok) return ok;
  }
  return configuration.tags.empty() ? S3Result<void>{}
                                    : set(BucketDocument::tagging, tagging_document(configuration.tags));
}

/// The region of the new bucket. What S3 allows depends on the endpoint, which is the region that the client
/// signs for (recorded: create-bucket-invalid-location-*, bucket-location-constraints).
S3Result<std::string> region_for(const std::string& endpoint, const std::optional<std::string>& location) {
  if (endpoint == default_region || endpoint == "aws-global") {
    if (!location) return std::string(default_region);
    if (*location != default_region && is_location_constraint(*location)) return *location;
    return std::unexpected(
        S3Error(ErrorCode::InvalidLocationConstraint).with("LocationConstraint", *location));
  }
  if (location == endpoint || (location == "EU" && endpoint == "eu-west-1")) return *location;
  return std::unexpected(
      S3Error(ErrorCode::IllegalLocationConstraintException,
              "The " + location.value_or("unspecified") +
                  " location constraint is incompatible for the region specific endpoint this "
                  "request was sent to."));
}

/// What is wrong with the listing that a GET would be, but for its number (reported: brekkylab/backlot,
/// measured 2026-09).
S3Result<void> check_listing_of_head(const Visit& visit) {
  if (const auto encoding = NameEncoding::of(visit); !encoding) return std::unexpected(encoding.error());
  if (visit.query().get("list-type") != "2") return {};
  const auto token = opaque_token(visit, "continuation-token");
  return token ? S3Result<void>{} : std::unexpected(token.error());
}

/// ListBuckets takes an empty token for none, unlike ListObjectsV2 (recorded:
/// list-buckets-empty-continuation-token).
S3Result<std::string> bucket_token(const Visit& visit) {
  if (visit.query().get("continuation-token").value_or("").empty()) return std::string();
  auto token = opaque_token(visit, "continuation-token");
  if (!token) return std::unexpected(std::move(token.error()));
  return token->value_or("");
}

/// A label that begins or ends with a hyphen: Amazon S3 makes no bucket of that name (reported of
/// ceph/s3-tests: nspcc-dev/neofs-s3-gw, docs/s3_test_results.md), though its naming rules don't say so.
bool has_broken_label(std::string_view name) {
  return name.contains(".-") || name.contains("-.");
}

}  // namespace

/// Making again a bucket that one has succeeds in us-east-1 and nowhere else, and gives it the ACL that is
/// asked for now. Source: S3 API reference, CreateBucket, BucketAlreadyOwnedByYou.
Outcome create_bucket(Visit& visit) {
  const auto configuration = requested_configuration(visit);
  if (!configuration) return std::unexpected(configuration.error());
  const auto locked = wants_object_lock(visit.headers());
  if (!locked) return std::unexpected(locked.error());
  const auto access = requested_access(visit);
  if (!access) return std::unexpected(access.error());
  const std::string& name = visit.bucket().text();
  if (has_broken_label(name))
    return std::unexpected(S3Error(ErrorCode::InvalidBucketName).with("BucketName", name));
  const auto existing = visit.store().bucket(visit.bucket());
  const auto region = region_for(visit.principal().region, configuration->location);
  if (existing && !(existing->region == default_region && region == default_region)) {
    return std::unexpected(S3Error(ErrorCode::BucketAlreadyOwnedByYou).with("BucketName", name));
  }
  if (!region) return std::unexpected(region.error());
  if (!existing) {
    const auto created = visit.store().create_bucket(visit.bucket(), *region);
    if (!created) return refused(created.error(), visit);
    if (auto ok = configure(visit, *configuration, *access, *locked); !ok)
      return std::unexpected(std::move(ok.error()));
  } else {
    const auto reset =
        visit.store().set_bucket_document(visit.bucket(), storage::BucketDocument::acl, access->acl);
    if (!reset) return refused(reset.error(), visit);
  }

  Response response = empty_answer(200);
  const bool elsewhere = *region != default_region;
  response.headers.add("Location", elsewhere ? "http://" + name + ".s3.amazonaws.com/" : "/" + name);
  response.headers.add("x-amz-bucket-arn", bucket_arn(name));
  return response;
}

Outcome head_bucket(Visit& visit) {
  const auto bucket = visit.store().bucket(visit.bucket());
  if (!bucket) return refused(bucket.error(), visit);
  if (auto ok = check_listing_of_head(visit); !ok) return std::unexpected(std::move(ok.error()));
  Response response = empty_answer(200);
  response.body = no_chunks();
  response.headers.add("x-amz-bucket-region", region_of(*bucket));
  response.headers.add("x-amz-access-point-alias", "false");
  response.headers.add("x-amz-bucket-arn", bucket_arn(bucket->name.text()));
  response.headers.add("Content-Type", "application/xml");
  return response;
}

Outcome delete_bucket(Visit& visit) {
  const auto deleted = visit.store().delete_bucket(visit.bucket());
  if (!deleted && deleted.error().code == storage::StoreErrorCode::bucket_not_empty) {
    // Where there are versions, they have to go too (recorded: delete-versioned-bucket-until-empty).
    const auto bucket = visit.store().bucket(visit.bucket());
    S3Error error = s3_error(deleted.error(), visit, visit.target());
    if (bucket && bucket->versioning != storage::Versioning::unversioned) {
      error.message += ". You must delete all versions in the bucket.";
    }
    return std::unexpected(std::move(error));
  }
  if (!deleted) return refused(deleted.error(), visit);
  return empty_answer(204);
}

Outcome get_bucket_location(Visit& visit) {
  const auto bucket = visit.store().bucket(visit.bucket());
  if (!bucket) return refused(bucket.error(), visit);
  protocol::XmlWriter document("LocationConstraint");
  if (bucket->region != default_region) document.text(bucket->region);
  return xml_answer(document);
}

Outcome list_buckets(Visit& visit) {
  const NumberRule& rule = number_rule(visit, "max-buckets");
  const auto asked = number_parameter(visit, rule);
  if (!asked) return std::unexpected(asked.error());
  const auto limit = number_in_range(rule, *asked);
  if (!limit) return std::unexpected(limit.error());
  const auto wanted_region = visit.query().get("bucket-region");
  const auto after = bucket_token(visit);
  if (!after) return std::unexpected(after.error());
  const auto prefix = visit.query().get("prefix");
  const auto page = visit.store().buckets(std::string(prefix.value_or("")), *after, *limit);
  if (!page) return refused(page.error(), visit);

  // Amazon S3 names the region of each bucket only when the request pages or filters (recorded).
  const bool names_region =
      wanted_region || prefix || visit.query().has("max-buckets") || visit.query().has("continuation-token");

  protocol::XmlWriter document("ListAllMyBucketsResult");
  write_owner(document);
  document.open("Buckets");
  for (const storage::BucketInfo& bucket : page->buckets) {
    if (wanted_region && !protocol::equal_ignoring_case(region_of(bucket), *wanted_region)) continue;
    document.open("Bucket")
        .element("Name", bucket.name.text())
        .element("CreationDate", protocol::iso8601(bucket.created));
    if (names_region) document.element("BucketRegion", region_of(bucket));
    document.element("BucketArn", bucket_arn(bucket.name.text())).close();
  }
  document.close();
  if (prefix) document.element("Prefix", *prefix);
  if (page->truncated) document.element("ContinuationToken", make_token(page->buckets.back().name.text()));
  return xml_answer(document);
}

}  // namespace partsmith::server
