#pragma once
/// The variables by which a program's S3 clients find a server.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace partsmith::cli {

struct ClientAccess {
  std::string_view url;
  std::string_view access_key;
  std::string_view secret_key;
  std::string_view region;
};

/// What SDKs, the AWS CLI, rclone and MinIO's clients read: name and value.
std::vector<std::pair<std::string, std::string>> client_environment(const ClientAccess& access);

}  // namespace partsmith::cli
