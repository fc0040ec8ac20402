#include "ready_file.h"

#include <unistd.h>

#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace partsmith::cli {

ReadyFile::~ReadyFile() {
  std::error_code ignored;  // gone is what we want, by whomever
  if (!path_.empty()) std::filesystem::remove(path_, ignored);
}

std::expected<void, std::string> ReadyFile::write(const std::string& url, std::uint16_t port) const {
  if (path_.empty()) return {};
  const nlohmann::ordered_json content = {{"url", url}, {"port", port}, {"pid", getpid()}};
  const std::filesystem::path draft = path_.string() + ".new";
  std::ofstream file(draft);
  file << content.dump() << '\n';
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(draft, path_, error);
  if (!file || error) return std::unexpected(fmt::format("cannot write the ready file {}", path_.string()));
  return {};
}

}  // namespace partsmith::cli
