#pragma once
/// S3's rules for the names of buckets, each with what it says to a person.
/// Source: S3 user guide, "General purpose bucket naming rules".

#include <optional>
#include <string>
#include <string_view>

namespace partsmith {

/// Which rule a text breaks, and what would be right: "it has 2 characters, and a bucket's name has 3 to 63".
/// Nothing for a name that BucketName::parse takes.
std::optional<std::string> fault_of_bucket_name(std::string_view text);

}  // namespace partsmith
