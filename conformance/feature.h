#pragma once
/// The features of S3 that a server may do without, and which checks are about each.

#include <span>
#include <string>
#include <string_view>

#include <partsmith/conformance/check.h>

namespace partsmith::conformance {

struct Feature {
  std::string_view name;
  std::string_view checks;          ///< patterns of ids, with spaces between them
  std::string_view basic;           ///< the check that fails where the feature isn't there; empty: none tells
  std::string_view needed_by = {};  ///< patterns of checks that are about something else, and need it, too
};

/// The first whose patterns fit counts.
std::span<const Feature> features();
/// What every server has: uploads, objects, listings, buckets.
inline constexpr std::string_view core_feature = "core";
/// UploadPartCopy, which checks of other features need on their way, too.
inline constexpr std::string_view copies_of_parts = "copies of parts";
std::string_view feature_of(std::string_view id);
/// Whether the check is about something else, and needs that feature, too.
bool needs(std::string_view id, std::string_view feature);

}  // namespace partsmith::conformance
