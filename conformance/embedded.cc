#include "embedded.h"

#include <stdexcept>
#include <string>

namespace partsmith::conformance {

std::string_view embedded_file(std::string_view name) {
  for (const auto& file : embedded_files()) {
    if (file.name == name) return file.text;
  }
  throw std::logic_error("not part of the program: " + std::string(name));
}

}  // namespace partsmith::conformance
