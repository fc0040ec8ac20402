#include <algorithm>
#include <array>

#include <partsmith/protocol/dates.h>

#include "access.h"
#include "operations/answers.h"
#include "operations/listing_parameters.h"
#include "operations/operations.h"
#include "operations/regions.h"
#include "payload.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

constexpr std::string_view default_region = "us-east-1";

std::string bucket_arn(const std::string& name) { return "arn:aws:s3:::" + name; }

/// The LocationConstraint of the request, or nothing when there is none.
S3Result<std::optional<std::string>> requested_location(const Call& call) {
  const auto document = receive_document(call);
  if (!document) return std::unexpected(document.error());
  if (document->empty()) return std::nullopt;
  const auto root = protocol::parse_xml(*document);
  if (!root || root->name != "CreateBucketConfiguration") return std::unexpected(S3Error(ErrorCode::MalformedXML));
  auto location = root->child_text("LocationConstraint");
  if (location && location->empty()) location.reset();
  return location;
}

/// The region of the new bucket. What S3 allows depends on the endpoint, which is the region that the client signs for
/// (recorded: create-bucket-invalid-location-*, bucket-location-constraints).
S3Result<std::string> region_for(const std::string& endpoint, const std::optional<std::string>& location) {
  if (endpoint == default_region || endpoint == "aws-global") {
    if (!location) return std::string(default_region);
    if (*location != default_region && is_location_constraint(*location)) return *location;
    return std::unexpected(S3Error(ErrorCode::InvalidLocationConstraint).with("LocationConstraint", *location));
  }
  if (location == endpoint || (location == "EU" && endpoint == "eu-west-1")) return *location;
  return std::unexpected(S3Error(ErrorCode::IllegalLocationConstraintException,
                                 "The " + location.value_or("unspecified") +
                                     " location constraint is incompatible for the region specific endpoint this "
                                     "request was sent to."));
}

std::string bucket_region(const storage::BucketInfo& bucket) {
  return bucket.region == "EU" ? "eu-west-1" : bucket.region;
}

}  // namespace

/// Making again a bucket that one has succeeds in us-east-1 and nowhere else. Source: S3 API reference, CreateBucket.
Outcome create_bucket(Call& call) {
  const auto location = requested_location(call);
  if (!location) return std::unexpected(location.error());
  if (call.headers().has("x-amz-bucket-object-lock-enabled")) {
    return std::unexpected(S3Error(ErrorCode::NotImplemented).with("Header", "x-amz-bucket-object-lock-enabled"));
  }
  const auto ownership = requested_ownership(call);
  if (!ownership) return std::unexpected(ownership.error());
  const std::string& name = call.bucket->text();
  const auto existing = call.store().bucket(*call.bucket);
  const auto region = region_for(call.identity.region, *location);
  if (existing && !(existing->region == default_region && region == default_region)) {
    return std::unexpected(S3Error(ErrorCode::BucketAlreadyOwnedByYou).with("BucketName", name));
  }
  if (!region) return std::unexpected(region.error());
  if (!existing) {
    const auto created = call.store().create_bucket(*call.bucket, *region);
    if (!created) return refused(created.error(), call);
    if (*ownership) {
      const auto set = call.store().set_bucket_document(*call.bucket, storage::BucketDocument::ownership_controls,
                                                        ownership_document(**ownership));
      if (!set) return refused(set.error(), call);
    }
  }

  Response response = empty_answer(200);
  const bool elsewhere = *region != default_region;
  response.headers.add("Location", elsewhere ? "http://" + name + ".s3.amazonaws.com/" : "/" + name);
  response.headers.add("x-amz-bucket-arn", bucket_arn(name));
  return response;
}

Outcome head_bucket(Call& call) {
  const auto bucket = call.store().bucket(*call.bucket);
  if (!bucket) return refused(bucket.error(), call);
  Response response = empty_answer(200);
  response.headers.add("x-amz-bucket-region", bucket_region(*bucket));
  response.headers.add("x-amz-access-point-alias", "false");
  response.headers.add("x-amz-bucket-arn", bucket_arn(bucket->name.text()));
  response.headers.add("Content-Type", "application/xml");
  return response;
}

Outcome delete_bucket(Call& call) {
  const auto deleted = call.store().delete_bucket(*call.bucket);
  if (!deleted) return refused(deleted.error(), call);
  return empty_answer(204);
}

Outcome get_bucket_location(Call& call) {
  const auto bucket = call.store().bucket(*call.bucket);
  if (!bucket) return refused(bucket.error(), call);
  protocol::XmlWriter document("LocationConstraint");
  if (bucket->region != default_region) document.text(bucket->region);
  return xml_answer(document);
}

Outcome list_buckets(Call& call) {
  const auto limit = number_parameter(call, "max-buckets", 10'000, 10'000);
  if (!limit) return std::unexpected(limit.error());
  const auto token = opaque_token(call, "continuation-token");
  if (!token) return std::unexpected(token.error());
  const std::string prefix(call.query().get("prefix").value_or(""));
  const auto page = call.store().buckets(prefix, token->value_or(""), *limit);
  if (!page) return refused(page.error(), call);

  const auto wanted_region = call.query().get("bucket-region");
  // Amazon S3 tells the region of each bucket only when the request pages or filters (recorded).
  const bool tell_region = wanted_region || !prefix.empty() || call.query().has("max-buckets") || token->has_value();

  protocol::XmlWriter document("ListAllMyBucketsResult");
  write_owner(document);
  document.open("Buckets");
  for (const storage::BucketInfo& bucket : page->buckets) {
    if (wanted_region && bucket_region(bucket) != *wanted_region) continue;
    document.open("Bucket")
        .element("Name", bucket.name.text())
        .element("CreationDate", protocol::iso8601(bucket.created));
    if (tell_region) document.element("BucketRegion", bucket_region(bucket));
    document.element("BucketArn", bucket_arn(bucket.name.text())).close();
  }
  document.close();
  if (page->truncated) document.element("ContinuationToken", make_token(page->buckets.back().name.text()));
  if (!prefix.empty()) document.element("Prefix", prefix);
  return xml_answer(document);
}

}  // namespace partsmith::server
