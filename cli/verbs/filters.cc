#include "verbs/filters.h"

#include <fnmatch.h>

namespace partsmith::cli {

bool takes(const std::vector<Filter>& filters, const std::string& path) {
  bool taken = filters.empty() || !filters.front().include;
  for (const auto& filter : filters) {
    if (::fnmatch(filter.glob.c_str(), path.c_str(), 0) == 0) taken = filter.include;
  }
  return taken;
}

}  // namespace partsmith::cli
