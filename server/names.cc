#include "names.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace partsmith::server {
namespace {

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

bool matches_glob(std::string_view glob, std::string_view text) {
  // The last star takes one character more for each mismatch: linear for one star, and never exponential.
  std::size_t g = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t taken = 0;
  while (t < text.size()) {
    if (g < glob.size() && (glob[g] == '?' || (glob[g] == text[t] && glob[g] != '*'))) {
      ++g;
      ++t;
    } else if (g < glob.size() && glob[g] == '*') {
      star = g++;
      taken = t;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

std::string nearest_name(std::string_view word, std::span<const std::string_view> names) {
  word = word.substr(0, 100);
  std::string_view nearest;
  std::size_t least = std::max<std::size_t>(word.size() / 3, 2) + 1;
  for (const std::string_view name : names) {
    const std::size_t apart = distance(word, name);
    if (apart >= least) continue;
    least = apart;
    nearest = name;
  }
  return std::string(nearest);
}

std::string unknown_name(std::string_view what, std::string_view word,
                         std::span<const std::string_view> names) {
  constexpr std::size_t most = 100;
  const std::string nearest = nearest_name(word, names);
  return fmt::format("{}: \"{}\" is not known{}", what, word.substr(0, most),
                     nearest.empty() ? "" : fmt::format("; did you mean \"{}\"?", nearest));
}

}  // namespace partsmith::server
