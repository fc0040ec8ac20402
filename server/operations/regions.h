#pragma once
/// The regions of AWS, and the values that CreateBucket's LocationConstraint may have. Sources: the S3 API
/// model's BucketLocationConstraint, and botocore's table of partitions (partitions.json) for those that it
/// doesn't list.

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <partsmith/storage/types.h>

namespace partsmith::server {

inline constexpr auto location_constraints = std::to_array<std::string_view>({
    "EU",
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
});

inline bool is_location_constraint(std::string_view text) {
  return std::ranges::find(location_constraints, text) != location_constraints.end();
}

/// Regions that are no LocationConstraint: the one without a name, the pseudo-region of the global endpoint,
/// and those of the partitions that the model leaves out.
inline constexpr auto other_regions = std::to_array<std::string_view>({
    "aws-global",
    "eu-isoe-west-1",
    "eusc-de-east-1",
    "me-west-1",
    "sa-west-1",
    "us-east-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isob-west-1",
    "us-isof-east-1",
    "us-isof-south-1",
});

/// Whether a signature can be for that region on Amazon S3: "EU" is an old name of a constraint, and no
/// region.
inline bool is_aws_region(std::string_view text) {
  if (text == "EU") return false;
  return is_location_constraint(text) || std::ranges::find(other_regions, text) != other_regions.end();
}

inline constexpr std::string_view default_region = "us-east-1";

/// "EU" is an old name, which requests are not signed for.
inline std::string region_of(const storage::BucketInfo& bucket) {
  return bucket.region == "EU" ? "eu-west-1" : bucket.region;
}

}  // namespace partsmith::server
