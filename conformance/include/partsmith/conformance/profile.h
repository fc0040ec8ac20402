#pragma once
/// What is known to differ from Amazon S3 at one vendor, so that a run fails only on what is new.

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/conformance/result.h>

namespace partsmith::conformance {

/// One file of conformance/profiles.
struct Profile {
  std::string name;   ///< "r2"
  std::string title;  ///< "Cloudflare R2"
  std::vector<std::string> sources = {};
  std::vector<Deviation> deviations = {};     ///< the first that fits a check counts
  std::vector<std::string> not_offered = {};  ///< features (see feature.h) that the vendor hasn't got
  std::string serve =
      {};  ///< the rules that `partsmith serve --profile` takes on, as a JSON object; empty: none
};

/// The profiles that are part of the program, by name.
std::vector<std::string> profile_names();
/// One of those, or a file's. The error is one line fit for a person, about the flag that named it.
std::expected<Profile, std::string> find_profile(const std::string& name_or_file,
                                                 std::string_view flag = "--profile");
std::expected<Profile, std::string> parse_profile(std::string_view json);

/// Marks the checks that the profile says something about, and notes what no longer deviates. The checks of a
/// feature that it declares missing become one cause.
void apply(const Profile& profile, RunResult& result);

/// A profile of what fails in this run, for `--record-profile`: JSON, to be given reasons by a person. What
/// `base` says of a check that still fails is kept, unless it was recorded from a run, too.
std::string record_profile(const RunResult& result, const std::string& name, const Profile& base);

/// The profile, recorded from other runs, and this run: what only one of them has differs by chance. For
/// `--add-to-profile`.
std::string add_to_profile(const RunResult& result, const Profile& profile);

}  // namespace partsmith::conformance
