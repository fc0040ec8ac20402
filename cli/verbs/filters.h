#pragma once
/// --include and --exclude.

#include <string>
#include <vector>

namespace partsmith::cli {

struct Filter {
  std::string glob;  ///< *, ? and […]; '*' matches '/' too
  bool include = true;
};

/// The last filter that matches decides. Where none does, everything is taken, unless the first filter is an
/// --include: naming what is wanted leaves out the rest.
bool takes(const std::vector<Filter>& filters, const std::string& path);

}  // namespace partsmith::cli
