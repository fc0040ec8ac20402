#include "operations/early_refusals.h"

#include <algorithm>
#include <array>

#include "operations/answers.h"
#include "operations/listing_parameters.h"
#include "operations/regions.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::OperationId;
using protocol::S3Error;

S3Result<void> check_number(const Visit& visit, std::string_view parameter) {
  const auto number = number_parameter(visit, number_rule(visit, parameter));
  if (!number) return std::unexpected(number.error());
  return {};
}

S3Result<void> check_first_listing(const Visit& visit) {
  if (auto ok = check_number(visit, "max-keys"); !ok) return ok;
  if (auto ok = refuse_parameter(visit, "continuation-token",
                                 "continuation-token only supported in REST.GET.BUCKET with list-type=2");
      !ok) {
    return ok;
  }
  return refuse_parameter(visit, "start-after",
                          "startAfter only supported in REST.GET.BUCKET with list-type=2");
}

S3Result<void> check_second_listing(const Visit& visit) {
  if (auto ok = check_number(visit, "max-keys"); !ok) return ok;
  return refuse_parameter(visit, "marker", "Marker unsupported with REST.GET.BUCKET in list-type=2");
}

/// Without a key-marker, and empty, a version-id-marker is refused.
S3Result<void> check_list_of_versions(const Visit& visit) {
  if (auto ok = check_number(visit, "max-keys"); !ok) return ok;
  const auto marker = visit.query().get("version-id-marker");
  if (!marker) return {};
  if (!visit.query().has("key-marker")) {
    return invalid_argument("A version-id marker cannot be specified without a key marker.",
                            "version-id-marker", std::string(*marker));
  }
  if (marker->empty())
    return invalid_argument("A version-id marker cannot be empty.", "version-id-marker", "");
  return {};
}

S3Result<void> check_list_of_parts(const Visit& visit) {
  if (auto ok = check_number(visit, "max-parts"); !ok) return ok;
  return check_number(visit, "part-number-marker");
}

/// bucket-region must be the endpoint's own region. Source: S3 API reference, ListBuckets; the texts are
/// reported (brekkylab/backlot, measured 2026-09).
S3Result<void> check_bucket_region(const Visit& visit, std::string_view endpoint) {
  const auto wanted = visit.query().get("bucket-region");
  if (!wanted) return {};
  const std::string lower = protocol::lower_case(*wanted);
  if (lower == (endpoint == "aws-global" ? default_region : endpoint)) return {};
  const bool is_region = lower == default_region || is_location_constraint(lower);
  return std::unexpected(
      S3Error(
          ErrorCode::InvalidArgument,
          is_region
              ? "Requests with bucket-region specified must be made to the corresponding regional endpoint"
              : "Argument value " + std::string(*wanted) + " is not a valid AWS Region")
          .with("ArgumentName", "bucket-region"));
}

/// The number of buckets, unlike any other, here with its range.
S3Result<void> check_list_of_buckets(const Visit& visit, std::string_view endpoint) {
  const NumberRule& rule = number_rule(visit, "max-buckets");
  const auto number = number_parameter(visit, rule);
  if (!number) return std::unexpected(number.error());
  if (const auto limit = number_in_range(rule, *number); !limit) return std::unexpected(limit.error());
  return check_bucket_region(visit, endpoint);
}

/// Nothing for a name that there isn't.
bool WantedAttributes::* attribute_named(std::string_view name) {
  if (name == "ETag") return &WantedAttributes::etag;
  if (name == "Checksum") return &WantedAttributes::checksum;
  if (name == "ObjectParts") return &WantedAttributes::parts;
  if (name == "StorageClass") return &WantedAttributes::storage_class;
  if (name == "ObjectSize") return &WantedAttributes::size;
  return nullptr;
}

struct AnonymousRow {
  OperationId operation;
  const char* message;
};
constexpr const char* no_anonymous_call = "Anonymous users cannot invoke this API. Please authenticate.";
constexpr auto anonymous_rows = std::to_array<AnonymousRow>({
    {OperationId::CreateBucket, no_anonymous_call},
    {OperationId::PutBucketAcl, no_anonymous_call},
    {OperationId::PutObjectAcl, no_anonymous_call},
    {OperationId::SelectObjectContent, no_anonymous_call},
    {OperationId::CopyObject, "Anonymous users cannot copy objects. Please authenticate."},
    {OperationId::CreateMultipartUpload,
     "Anonymous users cannot initiate multipart uploads. Please authenticate."},
    {OperationId::GetBucketOwnershipControls,
     "s3:GetBucketOwnershipControls does not support Anonymous requests!"},
    {OperationId::PutBucketOwnershipControls,
     "s3:PutBucketOwnershipControls does not support Anonymous requests!"},
    {OperationId::DeleteBucketOwnershipControls,
     "s3:PutBucketOwnershipControls does not support Anonymous requests!"},
});

}  // namespace

S3Result<void> check_parameters(const Visit& visit, std::string_view endpoint) {
  if (visit.operation().scope == protocol::Scope::object && visit.query().get("versionId") == "")
    return invalid_argument("Version id cannot be the empty string", "versionId", "");
  switch (visit.operation().id) {
    case OperationId::ListBuckets:
      return check_list_of_buckets(visit, endpoint);
    case OperationId::HeadBucket:  // it has the parameters of the listing that a GET would be
      return visit.query().get("list-type") == "2" ? check_second_listing(visit) : check_first_listing(visit);
    case OperationId::ListObjects:
      return check_first_listing(visit);
    case OperationId::ListObjectsV2:
      return check_second_listing(visit);
    case OperationId::ListObjectVersions:
      return check_list_of_versions(visit);
    case OperationId::ListMultipartUploads:
      return check_number(visit, "max-uploads");
    case OperationId::ListParts:
      return check_list_of_parts(visit);
    case OperationId::GetObjectAttributes:
      if (const auto wanted = wanted_attributes(visit.request.headers); !wanted)
        return std::unexpected(wanted.error());
      return {};
    default:
      return {};
  }
}

S3Result<WantedAttributes> wanted_attributes(const protocol::Headers& headers) {
  WantedAttributes wanted;
  for (std::string_view list : headers.all("x-amz-object-attributes")) {
    const bool is_empty = list.empty();
    while (list.ends_with(',')) list.remove_suffix(1);
    if (list.empty() && !is_empty) continue;
    for (std::size_t comma = 0; comma != std::string_view::npos;) {
      comma = list.find(',');
      const std::string_view name = protocol::trimmed(list.substr(0, comma));
      const auto flag = attribute_named(name);
      if (flag == nullptr) {
        return invalid_argument("Invalid attribute name specified.", "x-amz-object-attributes",
                                std::string(name));
      }
      wanted.*flag = true;
      if (comma != std::string_view::npos) list.remove_prefix(comma + 1);
    }
  }
  return wanted;
}

S3Error anonymous_refusal(OperationId operation) {
  const auto* const row = std::ranges::find(anonymous_rows, operation, &AnonymousRow::operation);
  return row == anonymous_rows.end() ? S3Error(ErrorCode::AccessDenied)
                                     : S3Error(ErrorCode::AccessDenied, row->message);
}

}  // namespace partsmith::server
