#pragma once
/// Texts of one run of a check as they are said in any other: names for what the endpoint made, and for
/// times.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <partsmith/client/s3_client.h>
#include <partsmith/values/time.h>

namespace partsmith::conformance {

/// Replaces in texts what stands for other things in another run by the placeholders of scripts::Step.
class ToldText {
 public:
  ToldText(std::string bucket, TimePoint now) : bucket_(std::move(bucket)), now_(now) {}

  /// From now on the ids, ETags and dates of this answer have names.
  void learn(std::uint64_t step, const client::S3Answer& answer);
  std::string told(std::string_view text) const;

 private:
  struct Name {
    std::string value;
    std::string name;
  };

  void learn(std::string value, std::string name);
  std::string with_times_told(std::string text) const;

  std::string bucket_;
  TimePoint now_;
  std::vector<Name> names_;  ///< longer values first
};

}  // namespace partsmith::conformance
