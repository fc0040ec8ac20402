#include "client_environment.h"

#include <array>

namespace partsmith::cli {
namespace {

using Field = std::string_view ClientAccess::*;

struct AccessVariable {
  const char* name;
  Field field;
};

constexpr std::array<AccessVariable, 13> of_access = {{
    {"AWS_ENDPOINT_URL", &ClientAccess::url},
    {"AWS_ENDPOINT_URL_S3", &ClientAccess::url},
    {"AWS_ACCESS_KEY_ID", &ClientAccess::access_key},
    {"AWS_SECRET_ACCESS_KEY", &ClientAccess::secret_key},
    {"AWS_REGION", &ClientAccess::region},
    {"AWS_DEFAULT_REGION", &ClientAccess::region},
    {"S3_ENDPOINT_URL", &ClientAccess::url},
    {"RCLONE_CONFIG_PARTSMITH_ENDPOINT", &ClientAccess::url},
    {"RCLONE_CONFIG_PARTSMITH_ACCESS_KEY_ID", &ClientAccess::access_key},
    {"RCLONE_CONFIG_PARTSMITH_SECRET_ACCESS_KEY", &ClientAccess::secret_key},
    {"MINIO_ENDPOINT", &ClientAccess::url},
    {"PARTSMITH_ENDPOINT", &ClientAccess::url},
    {"PARTSMITH_URL", &ClientAccess::url},
}};

constexpr std::array<std::pair<const char*, const char*>, 5> always = {{
    {"AWS_S3_FORCE_PATH_STYLE", "true"},
    {"AWS_EC2_METADATA_DISABLED", "true"},
    {"AWS_ALLOW_HTTP", "true"},
    {"RCLONE_CONFIG_PARTSMITH_TYPE", "s3"},
    {"RCLONE_CONFIG_PARTSMITH_PROVIDER", "Other"},
}};

}  // namespace

std::vector<std::pair<std::string, std::string>> client_environment(const ClientAccess& access) {
  std::vector<std::pair<std::string, std::string>> result(always.begin(), always.end());
  for (const auto& [name, field] : of_access) result.emplace_back(name, access.*field);
  return result;
}

}  // namespace partsmith::cli
