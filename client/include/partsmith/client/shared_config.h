#pragma once
/// The files that the AWS tools share: ~/.aws/config and ~/.aws/credentials. Source: AWS SDKs and Tools
/// reference guide, "Shared config and credentials files".

#include <expected>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace partsmith::client {

/// One file. Settings nested below another are named with a dot: "s3.addressing_style".
class SharedConfig {
 public:
  using Section = std::map<std::string, std::string, std::less<>>;

  /// The error names the line.
  static std::expected<SharedConfig, std::string> parse(std::string_view text);
  /// A file that isn't there is an empty one.
  static std::expected<SharedConfig, std::string> read(const std::filesystem::path& path);

  /// By the name in brackets, its white space made one blank: "default", "profile dev", "services local".
  const Section* section(std::string_view name) const;
  /// Of a profile as the config file writes it ("profile dev", "default") or the credentials file ("dev").
  const Section* profile(std::string_view name) const;

 private:
  std::map<std::string, Section, std::less<>> sections_;
};

}  // namespace partsmith::client
