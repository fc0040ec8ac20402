#pragma once
/// What one server has called things in a sequence, and what the sequence calls them.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <partsmith/client/s3_client.h>

#include "step.h"

namespace partsmith::explore {

class Minted {
 public:
  explicit Minted(std::string bucket) : bucket_(std::move(bucket)) {}

  const std::string& bucket() const { return bucket_; }
  /// With what the server has called the placeholders.
  std::string filled(std::string_view text) const;
  /// Takes from the answer what later steps may name.
  void learn(const Step& step, const client::S3Answer& answer);
  /// What the sequence calls that value: "{upload:3}"; nothing for what no server made.
  std::optional<std::string> name_of(std::string_view value) const;
  /// The same of an id: one that no step has told of yet is named by the order in which such ids appear.
  std::string name_of_id(std::string_view value);

 private:
  void add(std::string name, std::string value);

  std::string bucket_;
  std::map<std::string, std::string, std::less<>> values_ = {};  ///< by placeholder, without braces
  std::map<std::string, std::string, std::less<>> names_ = {};   ///< the first one of each value
  int unnamed_ = 0;
};

}  // namespace partsmith::explore
