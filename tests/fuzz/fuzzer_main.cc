// libFuzzer's entry. PARTSMITH_FUZZ names the harness; "list" prints all with their longest inputs.
// PARTSMITH_FUZZ_SEEDS names a folder to which the harness's seeds are written first.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "harness.h"

namespace {

const partsmith::fuzz::Harness& chosen() {
  static const partsmith::fuzz::Harness& harness = [] -> const partsmith::fuzz::Harness& {
    const char* name = std::getenv("PARTSMITH_FUZZ");
    const auto* found = partsmith::fuzz::find_harness(name == nullptr ? "" : name);
    if (found == nullptr) {
      std::fputs("PARTSMITH_FUZZ names no harness\n", stderr);
      std::exit(2);
    }
    return *found;
  }();
  return harness;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*count*/, char*** /*arguments*/) {
  if (const char* name = std::getenv("PARTSMITH_FUZZ"); name != nullptr && std::string_view(name) == "list") {
    for (const auto& harness : partsmith::fuzz::harnesses()) {
      std::printf("%s %zu\n", std::string(harness.name).c_str(), harness.longest);
    }
    std::exit(0);
  }
  if (const char* folder = std::getenv("PARTSMITH_FUZZ_SEEDS"); folder != nullptr) {
    int number = 0;
    for (const std::string& seed : chosen().seeds()) {
      std::ofstream(std::filesystem::path(folder) / ("seed-" + std::to_string(number++)), std::ios::binary)
          << seed;
    }
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chosen().run({reinterpret_cast<const char*>(data), size});
  return 0;
}
