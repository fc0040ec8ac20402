#include "credential_process.h"

#include <nlohmann/json.hpp>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <memory>

namespace partsmith::client {

using protocol::sigv4::Credentials;

std::expected<Credentials, std::string> read_process_credentials(const std::string& json) {
  const auto document = nlohmann::json::parse(json, nullptr, false);
  if (!document.is_object()) return std::unexpected("it printed no JSON object");
  const auto text = [&](const char* name) {
    const auto found = document.find(name);
    return found != document.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  if (document.value("Version", nlohmann::json()) != 1) return std::unexpected("it printed no Version 1");
  Credentials credentials{text("AccessKeyId"), text("SecretAccessKey"), text("SessionToken")};
  if (credentials.access_key.empty() || credentials.secret_key.empty())
    return std::unexpected("it printed no AccessKeyId and SecretAccessKey");
  return credentials;
}

std::expected<Credentials, std::string> credentials_of_process(const std::string& command) {
  constexpr std::size_t limit = 64 * 1024;
  FILE* pipe = ::popen(command.c_str(), "re");
  if (pipe == nullptr) return std::unexpected("it cannot be run");
  std::string printed;
  std::array<char, 4096> piece{};
  while (const auto count = std::fread(piece.data(), 1, piece.size(), pipe)) {
    if (printed.size() < limit) printed.append(piece.data(), count);
  }
  const int status = ::pclose(pipe);
  if (status == -1 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::unexpected("it failed");
  return read_process_credentials(printed);
}

}  // namespace partsmith::client
