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

  /// From now on the ids, ETags and dates of this answer have names. `of_part`: it is to a part that was put
  /// or copied, whose ETag is what a completion means, whatever else has the same.
  void learn(std::uint64_t step, const client::S3Answer& answer, bool of_part);
  std::string told(std::string_view text);
  /// The same of X-Amz-Date's form, which a form's policy has, too, and there means what was signed.
  std::string with_amz_dates_told(std::string text) const;
  /// Names that have been used since this was asked last, each with others of its value: which of them was
  /// meant, nobody can tell.
  std::vector<std::vector<std::string>> take_doubts();

 private:
  struct Name {
    std::string value;
    std::string name;
    std::vector<std::string> others = {};  ///< of the same value
    bool was_used = false;
  };

  void learn(std::string value, std::string name, bool of_part);
  std::string with_times_told(std::string text) const;

  std::string bucket_;
  TimePoint now_;
  std::vector<Name> names_;  ///< longer values first
};

}  // namespace partsmith::conformance
