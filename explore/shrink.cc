#include "shrink.h"

#include <algorithm>
#include <array>

namespace partsmith::explore {
namespace {

/// What says which operation a request is: never left out.
constexpr auto essential = std::to_array<std::string_view>(
    {"uploads", "uploadId", "partNumber", "list-type", "versions", "delete", "tagging", "attributes",
     "versioning", "x-amz-copy-source", "x-amz-object-attributes"});

bool is_essential(const std::pair<std::string, std::string>& pair) {
  return std::ranges::find(essential, pair.first) != essential.end();
}

class Shrinking {
 public:
  Shrinking(std::vector<Step> steps, std::size_t most,
            const std::function<bool(const std::vector<Step>&)>& shows)
      : steps_(std::move(steps)), left_(most), shows_(shows) {}

  std::vector<Step> result() {
    leave_out_steps();
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      leave_out(&Step::headers, i);
      leave_out(&Step::query, i);
    }
    return std::move(steps_);
  }

 private:
  bool take(std::vector<Step> candidate) {
    if (left_ == 0) return false;
    --left_;
    if (!shows_(candidate)) return false;
    steps_ = std::move(candidate);
    return true;
  }

  /// First halves, then smaller runs, at last single ones, until none can be left out.
  void leave_out_steps() {
    std::size_t run = std::max<std::size_t>(steps_.size() / 2, 1);
    while (steps_.size() > 1) {
      bool shorter = false;
      for (std::size_t at = 0; at + 1 < steps_.size() && left_ > 0;) {
        const std::size_t end = std::min(at + run, steps_.size() - 1);
        auto candidate = steps_;
        candidate.erase(candidate.begin() + static_cast<std::ptrdiff_t>(at),
                        candidate.begin() + static_cast<std::ptrdiff_t>(end));
        if (take(std::move(candidate))) {
          shorter = true;
        } else {
          at += run;
        }
      }
      if (left_ == 0 || (run == 1 && !shorter)) return;
      run = std::max<std::size_t>(run / 2, 1);
    }
  }

  void leave_out(std::vector<std::pair<std::string, std::string>> Step::* pairs, std::size_t step) {
    for (std::size_t i = 0; i < (steps_[step].*pairs).size();) {
      auto candidate = steps_;
      auto& list = candidate[step].*pairs;
      if (is_essential(list[i])) {
        ++i;
        continue;
      }
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
      if (!take(std::move(candidate))) ++i;
    }
  }

  std::vector<Step> steps_;
  std::size_t left_;
  const std::function<bool(const std::vector<Step>&)>& shows_;
};

}  // namespace

std::vector<Step> shrunk(std::vector<Step> steps, std::size_t most,
                         const std::function<bool(const std::vector<Step>&)>& shows) {
  return Shrinking(std::move(steps), most, shows).result();
}

}  // namespace partsmith::explore
