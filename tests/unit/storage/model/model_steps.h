#pragma once
/// What the numbers of a step choose, and how a difference between store and model is told.

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "model_run.h"

namespace partsmith::storage::testing {

inline constexpr std::array<const char*, 2> bucket_names{"bucket-a", "bucket-b"};
inline constexpr std::array<const char*, 7> keys{"a", "a/", "a/b", "a/c", "b", "b/a/c", "\xC3\xA9"};
inline constexpr std::array<const char*, 5> prefixes{"", "a", "a/", "b", "x"};
inline constexpr std::array<const char*, 4> delimiters{"", "/", "a", "/a"};

template <typename Choices>
const auto& pick(const Choices& choices, std::uint32_t number) {
  return choices[number % choices.size()];
}

struct Range {
  std::uint64_t offset;
  std::uint64_t length;
};

inline Range range_of(const Step& step, std::uint64_t size) {
  if (step.how / 8 % 2 == 0) return {0, size};
  const std::uint64_t offset = step.what * 977 % (size + 1);
  return {offset, step.how * 3539 % (size - offset + 1)};
}

[[noreturn]] inline void disagree(const std::string& what) {
  throw Disagreement(what);
}

inline void expect_same(const std::string& what, const std::string& store, const std::string& model) {
  if (store != model) disagree(fmt::format("{}:\n--- store\n{}\n--- model\n{}", what, store, model));
}

template <typename T>
void expect_equal(const char* what, const T& store, const T& model) {
  if (!(store == model)) disagree(fmt::format("{} differs", what));
}

inline std::string lines(const std::vector<std::string>& list) {
  std::string text;
  for (const auto& line : list) text += line + "\n";
  return text;
}

/// True when both did it. A refusal that only an injected failure explains is one, and nothing has happened.
template <typename T>
bool ModelRun::agrees(const Result<T>& result, const std::optional<StoreErrorCode>& expected) {
  const auto refused = refusal(result);
  if (refused == expected) return !expected;
  if (refused == StoreErrorCode::out_of_space && quota_) return false;
  if (refused && failed_call_) {
    if (*refused == StoreErrorCode::damaged)
      disagree("a failed call was told as damage: " + result.error().detail);
    return false;
  }
  disagree(
      fmt::format("the store says {} and the model {}",
                  refused ? std::string(to_string(*refused)) + " (" + result.error().detail + ")" : "yes",
                  expected ? to_string(*expected) : "yes"));
}

}  // namespace partsmith::storage::testing
