#include "drop_in.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>

#include <partsmith/values/names.h>

#include "secret_files.h"
#include "settings.h"

namespace partsmith::cli {
namespace {

using enum Meaning;

// Of two variables for the same setting the first counts.
constexpr std::array<ForeignSetting, 21> table{{
    {"MinIO", "MINIO_ROOT_USER", "--access-key", same},
    {"MinIO", "MINIO_ROOT_USER_FILE", "--access-key", file},
    {"MinIO", "MINIO_ACCESS_KEY", "--access-key", same},
    {"MinIO", "MINIO_ROOT_PASSWORD", "--secret-key", same},
    {"MinIO", "MINIO_ROOT_PASSWORD_FILE", "--secret-key-file", same},
    {"MinIO", "MINIO_SECRET_KEY", "--secret-key", same},
    {"MinIO", "MINIO_DEFAULT_BUCKETS", "--bucket", buckets},
    {"MinIO", "MINIO_SITE_REGION", "--region", same},
    {"MinIO", "MINIO_REGION", "--region", same},
    {"MinIO", "MINIO_REGION_NAME", "--region", same},
    {"MinIO", "MINIO_ADDRESS", "--host", address},
    {"MinIO", "MINIO_API_PORT_NUMBER", "--port", same},
    {"MinIO", "MINIO_VOLUMES", "--data", same},
    {"LocalStack", "GATEWAY_LISTEN", "--host", address},
    {"S3Mock", "COM_ADOBE_TESTING_S3MOCK_STORE_INITIAL_BUCKETS", "--bucket", buckets},
    {"S3Mock", "COM_ADOBE_TESTING_S3MOCK_DOMAIN_INITIAL_BUCKETS", "--bucket", buckets},
    {"S3Mock", "initialBuckets", "--bucket", buckets},
    {"S3Mock", "COM_ADOBE_TESTING_S3MOCK_STORE_REGION", "--region", same},
    {"S3Mock", "COM_ADOBE_TESTING_S3MOCK_STORE_ROOT", "--data", same},
    {"moto", "MOTO_PORT", "--port", same},
    {"moto", "MOTO_HOST", "--host", same},
}};

struct Address {
  std::string host;
  std::string port;  ///< empty: not said
};

/// Of `HOST:PORT`; no host is every address, as both MinIO and LocalStack have it.
Address parse_address(std::string_view text) {
  text = text.substr(0, text.find(','));
  const auto colon = text.rfind(':');
  Address result{std::string(text.substr(0, colon)), ""};
  if (colon != std::string_view::npos) result.port = text.substr(colon + 1);
  if (result.host.starts_with('[') && result.host.ends_with(']'))
    result.host = result.host.substr(1, result.host.size() - 2);
  if (result.host.empty()) result.host = "0.0.0.0";
  return result;
}

/// MinIO's words for what everyone may do, as flags of `--bucket`.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> anonymous_policies{{
    {"none", ""},
    {"download", ":public-read"},
    {"upload", ":public-write"},
    {"public", ":public-read-write"},
}};

/// Separated by commas, with our flags; what was dropped goes to the notes.
std::string bucket_requests(std::string_view text, Notes& notes) {
  std::vector<std::string> requests;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(", "), text.size());
    std::string_view entry = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto colon = std::min(entry.find(':'), entry.size());
    const std::string_view name = entry.substr(0, colon);
    if (name.empty()) continue;
    const std::string_view policy = entry.substr(std::min(colon + 1, entry.size()));
    const auto* known =
        std::ranges::find(anonymous_policies, policy, &std::pair<std::string_view, std::string_view>::first);
    if (known == anonymous_policies.end() && !policy.empty())
      notes.push_back(
          fmt::format("of the bucket {} the anonymous policy '{}' is not carried out", name, policy));
    requests.push_back(fmt::format("{}{}", name, known == anonymous_policies.end() ? "" : known->second));
  }
  return fmt::format("{}", fmt::join(requests, ","));
}

/// Does nothing where our own variable is there already, and tells whether it was set.
bool set_if_unset(const std::string& flag, const std::string& value) {
  const std::string name = environment_name(flag);
  if (std::getenv(name.c_str()) != nullptr) return false;
  setenv(name.c_str(), value.c_str(), 0);
  return true;
}

bool adopt(const ForeignSetting& row, const std::string& value, Notes& notes) {
  const std::string flag(row.setting);
  switch (row.meaning) {
    case address: {
      const auto [host, port] = parse_address(value);
      const bool host_taken = set_if_unset("--host", host);
      const bool port_taken = !port.empty() && set_if_unset("--port", port);
      return host_taken || port_taken;
    }
    case buckets:
      return set_if_unset(flag, bucket_requests(value, notes));
    case file: {
      const auto text = read_secret(value);
      if (!text) {
        notes.push_back(fmt::format("{} is left out: {}", row.variable, text.error()));
        return false;
      }
      return set_if_unset(flag, *text);
    }
    case same:
      return set_if_unset(flag, value);
  }
  return false;
}

enum class MinioPart { address, certificates, json, nothing };

struct MinioFlag {
  std::string_view name;
  bool takes_value;
  MinioPart part;
};

constexpr std::array<MinioFlag, 15> minio_flags{{
    {"--address", true, MinioPart::address},
    {"--certs-dir", true, MinioPart::certificates},
    {"-S", true, MinioPart::certificates},
    {"--json", false, MinioPart::json},
    {"--console-address", true, MinioPart::nothing},
    {"--ftp", true, MinioPart::nothing},
    {"--sftp", true, MinioPart::nothing},
    {"--interface", true, MinioPart::nothing},
    {"--conn-read-deadline", true, MinioPart::nothing},
    {"--conn-write-deadline", true, MinioPart::nothing},
    {"--config-dir", true, MinioPart::nothing},
    {"-C", true, MinioPart::nothing},
    {"--anonymous", false, MinioPart::nothing},
    {"--compat", false, MinioPart::nothing},
    {"--no-compat", false, MinioPart::nothing},
}};

bool is_url(const std::string& folder) {
  return folder.find("://") != std::string::npos;
}

/// `/data{1...4}` means /data1 to /data4.
std::string first_of_series(std::string folder) {
  for (auto brace = folder.find('{'); brace != std::string::npos; brace = folder.find('{', brace)) {
    const auto dots = folder.find("...", brace);
    const auto end = folder.find('}', brace);
    if (dots == std::string::npos || end == std::string::npos || dots > end) break;
    folder.replace(brace, end + 1 - brace, folder.substr(brace + 1, dots - brace - 1));
  }
  return folder;
}

/// What a store keeps in its folder, and what `--world-per-access-key` has there.
constexpr std::array<std::string_view, 3> own_folders{"blobs", "incoming", "worlds"};

/// MinIO takes a folder in its own for a bucket, and `mkdir -p /data/films && minio server /data` makes one.
/// Here empty ones become buckets.
void adopt_bucket_folders(const std::filesystem::path& folder, Notes& notes) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename();
    std::error_code unreadable;
    if (at->is_directory(unreadable) && std::filesystem::is_empty(at->path(), unreadable) && !unreadable &&
        BucketName::parse(name) && std::ranges::find(own_folders, name) == own_folders.end())
      names.push_back(name);
  }
  if (names.empty()) return;
  std::ranges::sort(names);
  const std::string all = fmt::format("{}", fmt::join(names, ","));
  const std::string variable = environment_name("--bucket");
  const char* others = std::getenv(variable.c_str());
  setenv(variable.c_str(),
         (others == nullptr || *others == '\0' ? all : fmt::format("{},{}", others, all)).c_str(), 1);
  notes.push_back(fmt::format("the empty folders in {} are taken as buckets: {}", folder.string(), all));
}

void append(std::vector<std::string>& words, std::initializer_list<std::string> more) {
  words.insert(words.end(), more);
}

void adopt_minio_flag(const MinioFlag& flag, const std::string& value, Adopted& result) {
  switch (flag.part) {
    case MinioPart::address: {
      const auto [host, port] = parse_address(value);
      append(result.arguments, {"--host", host});
      if (!port.empty()) append(result.arguments, {"--port", port});
      break;
    }
    case MinioPart::certificates: {
      const std::filesystem::path folder(value);
      append(result.arguments, {"--tls-cert", folder / "public.crt", "--tls-key", folder / "private.key"});
      break;
    }
    case MinioPart::json:
      append(result.arguments, {"--log-format", "json"});
      break;
    case MinioPart::nothing:
      result.notes.push_back(fmt::format("{} is left out: partsmith has nothing for it", flag.name));
      break;
  }
}

}  // namespace

std::span<const ForeignSetting> foreign_settings() {
  return table;
}

Notes adopt_foreign_environment() {
  Notes notes;
  const bool own_secret =
      std::getenv("PARTSMITH_SECRET_KEY") != nullptr || std::getenv("PARTSMITH_SECRET_KEY_FILE") != nullptr;
  for (const ForeignSetting& row : table) {
    const char* value = std::getenv(std::string(row.variable).c_str());
    if (value == nullptr || *value == '\0') continue;
    if (own_secret && row.setting.starts_with("--secret-key")) continue;
    if (adopt(row, value, notes)) {
      notes.push_back(fmt::format("{} of {} is taken as {}", row.variable, row.server,
                                  row.meaning == address ? "--host and --port" : row.setting));
    }
  }
  return notes;
}

std::expected<Adopted, std::string> adopt_minio_command(std::span<const std::string> arguments) {
  Adopted result{{"serve"}, {}};
  std::vector<std::string> folders;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const std::string& word = arguments[at];
    const auto equals = word.find('=');
    const auto* flag =
        std::ranges::find(minio_flags, std::string_view(word).substr(0, equals), &MinioFlag::name);
    if (flag != minio_flags.end()) {
      const bool next = flag->takes_value && equals == std::string::npos;
      if (next && at + 1 == arguments.size())
        return std::unexpected(fmt::format("server: {} needs a value", word));
      adopt_minio_flag(*flag,
                       next                          ? arguments[++at]
                       : equals == std::string::npos ? ""
                                                     : word.substr(equals + 1),
                       result);
    } else if (word.starts_with('-')) {
      result.arguments.push_back(word);  // one of ours without a value, or an error that `serve` tells
    } else {
      folders.push_back(word);
    }
  }
  if (const auto url = std::ranges::find_if(folders, is_url); url != folders.end())
    return std::unexpected(fmt::format("server {}: partsmith is one server, without others", *url));
  if (!folders.empty()) {
    const std::string folder = first_of_series(folders.front());
    if (folders.size() > 1 || folder != folders.front())
      result.notes.push_back(
          fmt::format("of several folders the first is taken: everything lies in {}", folder));
    append(result.arguments, {"--data", folder});
    adopt_bucket_folders(folder, result.notes);
  }
  if (std::ranges::find(result.arguments, "--host") == result.arguments.end() &&
      std::getenv("PARTSMITH_HOST") == nullptr)
    append(result.arguments, {"--host", "0.0.0.0"});
  // `mc anonymous set` opens a bucket there without more ado.
  set_if_unset("--no-public-access-block", "true");
  // MinIO's own keys, unless others were said.
  set_if_unset("--access-key", "minioadmin");
  if (std::getenv("PARTSMITH_SECRET_KEY_FILE") == nullptr) set_if_unset("--secret-key", "minioadmin");
  return result;
}

}  // namespace partsmith::cli
