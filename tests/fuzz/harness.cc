#include "harness.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace partsmith::fuzz {

std::span<const Harness> harnesses() {
  static const std::vector<Harness> all = [] {
    std::vector<Harness> joined;
    for (const auto* some : {&request_parsers, &signature_parsers, &document_parsers, &value_parsers,
                             &client_parsers, &whole_servers}) {
      joined.insert(joined.end(), some->begin(), some->end());
    }
    return joined;
  }();
  return all;
}

const Harness* find_harness(std::string_view name) {
  const auto all = harnesses();
  const auto found = std::ranges::find(all, name, &Harness::name);
  return found == all.end() ? nullptr : &*found;
}

void must(bool holds, std::string_view what) {
  if (!holds) throw std::logic_error("does not hold: " + std::string(what));
}

std::string_view Input::line() {
  const std::size_t end = std::min(rest_.find('\n'), rest_.size());
  const std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  return line;
}

std::size_t Input::number(std::size_t most) {
  if (rest_.empty()) return 0;
  const auto byte = static_cast<unsigned char>(rest_.front());
  rest_.remove_prefix(1);
  return byte % (most + 1);
}

}  // namespace partsmith::fuzz
