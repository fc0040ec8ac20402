#pragma once
/// The name of a run, which stands in all that the run makes: who finds it later can tell beyond doubt that a
/// run made it, and when.

#include <optional>
#include <string>
#include <string_view>

#include <partsmith/values/time.h>

namespace partsmith::conformance {

/// 24 hexadecimal digits: the second in which it was made, 8 random ones, and 8 that follow from the others.
/// Nobody gives such a name to something else by accident.
class RunId {
 public:
  static RunId make(TimePoint now);
  /// Nothing for a text that isn't one.
  static std::optional<RunId> parse(std::string_view text);

  const std::string& text() const { return text_; }
  TimePoint begun() const { return begun_; }

  std::string bucket() const;
  std::string prefix() const;  ///< in a bucket that is others' too

 private:
  RunId(std::string text, TimePoint begun) : text_(std::move(text)), begun_(begun) {}

  std::string text_;
  TimePoint begun_;
};

/// Of the name of a second bucket, beside a run's.
inline constexpr std::string_view second_bucket_suffix = "-other";

/// The name of a check in its keys. A long one is cut, with a digest behind it: some servers take no long
/// keys, and only the checks that are about these have to tell.
std::string key_segment(std::string_view check);

/// The run that made a bucket of this name, or an object or upload of this key.
std::optional<RunId> run_of_bucket(std::string_view bucket);
std::optional<RunId> run_of_key(std::string_view key);

}  // namespace partsmith::conformance
