#include "connection_options.h"

#include <CLI/CLI.hpp>

#include "settings.h"

namespace partsmith::cli {

const char* const connection_help =
    "Each connection setting comes from the first place that has it: the flag; the PARTSMITH_ variable; the "
    "AWS_\n"
    "variable; the profile (--profile, AWS_PROFILE, or \"default\") in ~/.aws/credentials and ~/.aws/config "
    "(region,\n"
    "endpoint_url, services, s3.addressing_style, ca_bundle, credential_process); the default. Keys are "
    "never\n"
    "mixed from two places; those of a profile named by a flag come before AWS_ACCESS_KEY_ID.\n"
    "Without any endpoint it is Amazon S3.";

void add_connection(CLI::App& command, client::ConnectionSettings& connection,
                    const std::string& profile_flag) {
  const std::string group = "Connection";
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
  settings.value("--secret-key", connection.secret_key, "SECRET", "Secret key; other users of the machine see it in the list of processes [AWS_SECRET_ACCESS_KEY]")
      ->group(group);
  settings.value("--session-token", connection.session_token, "TOKEN", "Session token [AWS_SESSION_TOKEN]")
      ->group(group);
  settings.toggle("--no-sign-request", connection.anonymous, "Send requests unsigned, and look for no keys")
      ->group(group);
  settings
      .value("--addressing", connection.addressing, "STYLE",
             "path, virtual (the bucket in the host name), or auto: virtual at Amazon S3 only")
      ->check(CLI::IsMember({"auto", "path", "virtual"}))
      ->group(group);
  settings
      .value("--ca-file", connection.ca_file, "FILE",
             "Certificates to trust, as PEM, instead of the system's [AWS_CA_BUNDLE]")
      ->group(group);
  settings.toggle("--insecure", connection.insecure, "Trust any certificate")->group(group);
}

}  // namespace partsmith::cli
