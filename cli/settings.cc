#include "settings.h"

#include <algorithm>
#include <cctype>

namespace partsmith::cli {

std::string environment_name(const std::string& flag) {
  std::string name = "PARTSMITH_" + flag.substr(2);
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return c == '-' ? '_' : static_cast<char>(std::toupper(c)); });
  return name;
}

}  // namespace partsmith::cli
