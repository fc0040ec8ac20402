#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <system_error>

#include <partsmith/client/connection_settings.h>
#include <partsmith/client/shared_config.h>
#include <partsmith/protocol/headers.h>

#include "credential_process.h"

namespace partsmith::client {
namespace {

using protocol::sigv4::Credentials;

class Resolver {
 public:
  Resolver(const ConnectionSettings& said, const Environment& environment)
      : said_(said), environment_(environment) {}

  std::expected<S3Connection, std::string> run() {
    if (auto read = read_files(); !read) return std::unexpected(read.error());
    S3ClientOptions options;
    options.follow_regions = true;
    options.region = region();
    options.http.verify_tls = !said_.insecure;
    options.http.ca_file = first({said_.ca_file, variable({"AWS_CA_BUNDLE"}), setting("ca_bundle")});
    auto place = endpoint(options.region);
    if (!place) return std::unexpected(place.error());
    if (const auto& file = options.http.ca_file; !file.empty() && place->origin().tls && !std::ifstream(file))
      return std::unexpected(fmt::format("cannot read {}, the certificates to trust: {}", file,
                                         std::generic_category().message(errno)));
    if (!said_.anonymous) {
      auto keys = credentials();
      if (!keys) return std::unexpected(keys.error());
      options.credentials = *std::move(keys);
    }
    return S3Connection{*std::move(place), std::move(options)};
  }

 private:
  static std::string first(std::initializer_list<std::string> texts) {
    for (const auto& text : texts) {
      if (!text.empty()) return text;
    }
    return {};
  }

  std::string variable(std::initializer_list<const char*> names) const {
    for (const char* name : names) {
      if (auto value = environment_(name)) return *std::move(value);
    }
    return {};
  }

  /// `~/.aws/NAME`, or nothing without a home.
  std::string in_home(std::string_view name) const {
    const auto home = variable({"HOME"});
    return home.empty() ? std::string() : fmt::format("{}/.aws/{}", home, name);
  }

  std::expected<void, std::string> read_files() {
    credentials_file_ = first({variable({"AWS_SHARED_CREDENTIALS_FILE"}), in_home("credentials")});
    config_file_ = first({variable({"AWS_CONFIG_FILE"}), in_home("config")});
    auto keys = SharedConfig::read(credentials_file_);
    if (!keys) return std::unexpected(keys.error());
    auto config = SharedConfig::read(config_file_);
    if (!config) return std::unexpected(config.error());
    keys_ = *std::move(keys);
    config_ = *std::move(config);

    const auto asked = first({said_.profile, variable({"AWS_PROFILE", "AWS_DEFAULT_PROFILE"})});
    const auto profile = asked.empty() ? "default" : asked;
    profile_keys_ = keys_.profile(profile);
    profile_config_ = config_.profile(profile);
    if (!asked.empty() && profile_keys_ == nullptr && profile_config_ == nullptr) {
      return std::unexpected(fmt::format("there is no profile '{}' in {} and {}", asked,
                                         credentials_file_.empty() ? "~/.aws/credentials" : credentials_file_,
                                         config_file_.empty() ? "~/.aws/config" : config_file_));
    }
    return {};
  }

  static std::string in(const SharedConfig::Section* section, std::string_view name) {
    if (section == nullptr) return {};
    const auto found = section->find(name);
    return found == section->end() ? std::string() : found->second;
  }
  /// Of the profile; the credentials file goes first, as in the AWS tools.
  std::string setting(std::string_view name) const {
    return first({in(profile_keys_, name), in(profile_config_, name)});
  }

  std::string region() const {
    return first(
        {said_.region, variable({"AWS_REGION", "AWS_DEFAULT_REGION"}), setting("region"), "us-east-1"});
  }

  std::string configured_endpoint() const {
    const auto ignore = protocol::lower_case(first(
        {variable({"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"}), setting("ignore_configured_endpoint_urls")}));
    if (ignore == "true") return {};
    const auto services = setting("services");
    const auto* of_services = services.empty() ? nullptr : config_.section("services " + services);
    return first({variable({"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"}), in(of_services, "s3.endpoint_url"),
                  setting("s3.endpoint_url"), setting("endpoint_url")});
  }

  static std::string amazon_s3(std::string_view region) {
    return fmt::format("https://s3.{}.amazonaws.com{}", region, region.starts_with("cn-") ? ".cn" : "");
  }

  std::expected<Endpoint, std::string> endpoint(const std::string& region) const {
    const auto style = first({said_.addressing, setting("s3.addressing_style"), "auto"});
    Addressing addressing{};
    if (style == "auto") {
      addressing = Addressing::automatic;
    } else if (style == "path") {
      addressing = Addressing::path;
    } else if (style == "virtual") {
      addressing = Addressing::virtual_hosted;
    } else {
      return std::unexpected(fmt::format("addressing style '{}': it is auto, path or virtual", style));
    }
    const auto url = first({said_.endpoint, configured_endpoint()});
    if (url.empty() && said_.needs_endpoint)
      return std::unexpected("no endpoint: give --endpoint URL, AWS_ENDPOINT_URL, or a profile that has one");
    return Endpoint::parse(url.empty() ? amazon_s3(region) : url, addressing);
  }

  std::expected<Credentials, std::string> credentials() const {
    if (!said_.access_key.empty() || !said_.secret_key.empty()) {
      if (said_.access_key.empty() || said_.secret_key.empty())
        return std::unexpected("--access-key and --secret-key go together");
      return Credentials{said_.access_key, said_.secret_key, said_.session_token};
    }
    const auto session = [&](std::string otherwise) { return first({said_.session_token, otherwise}); };
    if (said_.profile.empty()) {
      const auto key = variable({"AWS_ACCESS_KEY_ID"});
      const auto secret = variable({"AWS_SECRET_ACCESS_KEY"});
      if (key.empty() != secret.empty())
        return std::unexpected("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together");
      if (!key.empty())
        return Credentials{key, secret, session(variable({"AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"}))};
    }
    for (const auto* section : {profile_keys_, profile_config_}) {
      const auto key = in(section, "aws_access_key_id");
      const auto secret = in(section, "aws_secret_access_key");
      if (key.empty() != secret.empty())
        return std::unexpected("the profile has only one of aws_access_key_id and aws_secret_access_key");
      if (!key.empty()) return Credentials{key, secret, session(in(section, "aws_session_token"))};
    }
    if (const auto command = setting("credential_process"); !command.empty()) {
      auto printed = credentials_of_process(command);
      if (!printed)
        return std::unexpected(fmt::format("credential_process of the profile: {}", printed.error()));
      return printed;
    }
    for (const char* name : {"role_arn", "sso_session", "sso_start_url", "web_identity_token_file"}) {
      if (!setting(name).empty()) {
        return std::unexpected(fmt::format(
            "the profile gets its keys by {}, which is not supported: give keys or a credential_process",
            name));
      }
    }
    return std::unexpected(
        "no keys: give --access-key and --secret-key or --secret-key-file, AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY, or a "
        "profile; --no-sign-request signs nothing");
  }

  const ConnectionSettings& said_;
  const Environment& environment_;
  std::string credentials_file_;
  std::string config_file_;
  SharedConfig keys_;
  SharedConfig config_;
  const SharedConfig::Section* profile_keys_ = nullptr;
  const SharedConfig::Section* profile_config_ = nullptr;
};

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
}

std::expected<S3Connection, std::string> resolve_connection(const ConnectionSettings& said,
                                                            const Environment& environment) {
  return Resolver(said, environment).run();
}

}  // namespace partsmith::client
