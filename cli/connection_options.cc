#include "connection_options.h"

#include <CLI/CLI.hpp>

#include "option_values.h"
#include "secret_files.h"
#include "settings.h"
#include "standard_streams.h"

namespace partsmith::cli {

const char* const connection_help =
    "Each connection setting comes from the first place that has it: the flag; the PARTSMITH_ variable; the "
    "AWS_\n"
    "variable; the profile (--profile, AWS_PROFILE, or \"default\") in ~/.aws/credentials and ~/.aws/config "
    "(region,\n"
    "endpoint_url, services, s3.addressing_style, ca_bundle, credential_process); the default. Keys are "
    "never\n"
    "mixed from two places; those of a profile named by a flag come before AWS_ACCESS_KEY_ID.\n"
    "Without an endpoint the server is Amazon S3.";

void add_connection(CLI::App& command, ConnectionOptions& options, const std::string& profile_flag) {
  const std::string group = "Connection";
  client::ConnectionSettings& connection = options.settings;
  Settings settings(command);
  settings
      .value("--endpoint", connection.endpoint, "URL",
             "http(s)://host[:port] [AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL]")
      ->group(group);
  settings
      .value("--region", connection.region, "REGION", "Region [AWS_REGION, AWS_DEFAULT_REGION] (us-east-1)")
      ->group(group);
  command.add_option(profile_flag, connection.profile, "Profile of the AWS tools [AWS_PROFILE]")
      ->type_name("NAME")
      ->group(group);
  settings.value("--access-key", connection.access_key, "KEY", "Access key id [AWS_ACCESS_KEY_ID]")
      ->group(group);
  CLI::Option* secret = settings
                            .value("--secret-key", connection.secret_key, "SECRET",
                                   "Secret key; other users of the machine see it in the list of processes "
                                   "[AWS_SECRET_ACCESS_KEY]")
                            ->group(group);
  settings
      .value("--secret-key-file", options.secret_key_file, "FILE", "File whose first line is the secret key")
      ->excludes(secret)
      ->group(group);
  settings.value("--session-token", connection.session_token, "TOKEN", "Session token [AWS_SESSION_TOKEN]")
      ->group(group);
  settings.toggle("--no-sign-request", connection.anonymous, "Send requests unsigned, and look for no keys")
      ->group(group);
  settings
      .value("--addressing", connection.addressing, "STYLE",
             "path, virtual (the bucket in the host name), or auto: virtual at Amazon S3 only")
      ->check(one_of({"auto", "path", "virtual"}))
      ->group(group);
  settings
      .value("--ca-file", connection.ca_file, "FILE",
             "Certificates to trust, as PEM, instead of the system's [AWS_CA_BUNDLE]")
      ->group(group);
  settings.toggle("--insecure", connection.insecure, "Trust any certificate")->group(group);
}

std::expected<client::ConnectionSettings, std::string> settings_of(const ConnectionOptions& options) {
  if (options.secret_key_file.empty()) return options.settings;
  auto secret = read_secret(options.secret_key_file);
  if (!secret) return std::unexpected("--secret-key-file: " + secret.error());
  if (const auto warning = warning_about(options.secret_key_file)) tell_line(*warning);
  client::ConnectionSettings settings = options.settings;
  settings.secret_key = *std::move(secret);
  return settings;
}

}  // namespace partsmith::cli
