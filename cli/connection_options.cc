#include "connection_options.h"

#include <CLI/CLI.hpp>

#include "connection_flags.h"
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

void add_connection_flags(CLI::App& command, ConnectionOptions& options, const ConnectionFlags& flags) {
  client::ConnectionSettings& connection = options.settings;
  Settings settings(command);
  /// `otherwise`: the variables of the AWS tools and the default, which the source's manual tells once.
  const auto help = [&](const std::string& text, const std::string& otherwise) {
    return flags.of_source || otherwise.empty() ? text : text + ' ' + otherwise;
  };
  /// `aws_name`: what the AWS CLI calls it, which does as well.
  const auto names = [&](const char* name, const char* aws_name) {
    return flags.prefix + name + (aws_name == nullptr ? "" : "," + flags.prefix + aws_name);
  };
  const auto value = [&](const char* name, std::string& into, const char* what, const std::string& text,
                         const char* aws_name = nullptr) {
    return settings.value(names(name, aws_name), into, what, text)->group(flags.group);
  };
  const auto toggle = [&](const char* name, bool& into, const char* text, const char* aws_name = nullptr) {
    settings.toggle(names(name, aws_name), into, text)->group(flags.group);
  };
  value("endpoint", connection.endpoint, "URL",
        help("http(s)://host[:port]", "[AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL]"), "endpoint-url");
  value("region", connection.region, "REGION",
        help("Region", "[AWS_REGION, AWS_DEFAULT_REGION] (us-east-1)"));
  command.add_option(flags.profile, connection.profile, help("Profile of the AWS tools", "[AWS_PROFILE]"))
      ->type_name("NAME")
      ->group(flags.group);
  value("access-key", connection.access_key, "KEY", help("Access key id", "[AWS_ACCESS_KEY_ID]"));
  CLI::Option* secret = value("secret-key", connection.secret_key, "SECRET",
                              help("Secret key; other users of the machine see it in the list of processes",
                                   "[AWS_SECRET_ACCESS_KEY]"));
  value("secret-key-file", options.secret_key_file, "FILE", "File whose first line is the secret key")
      ->excludes(secret);
  value("session-token", connection.session_token, "TOKEN", help("Session token", "[AWS_SESSION_TOKEN]"));
  toggle("no-sign-request", connection.anonymous, "Send requests unsigned, and look for no keys");
  value("addressing", connection.addressing, "STYLE",
        "path, virtual (the bucket in the host name), or auto: virtual at Amazon S3 only")
      ->check(one_of({"auto", "path", "virtual"}));
  value("ca-file", connection.ca_file, "FILE",
        help("Certificates to trust, as PEM, instead of the system's", "[AWS_CA_BUNDLE]"), "ca-bundle");
  toggle("insecure", connection.insecure, "Trust any certificate", "no-verify-ssl");
}

void add_connection(CLI::App& command, ConnectionOptions& options, const std::string& profile_flag) {
  add_connection_flags(command, options, {.profile = profile_flag});
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

void add_answer_timeout(CLI::App& command, std::chrono::seconds& timeout) {
  command
      .add_option_function<unsigned>(
          "--timeout", [&timeout](unsigned seconds) { timeout = std::chrono::seconds(seconds); },
          "Wait so long for the next byte of an answer, and twice as long for all of it (60)")
      ->check(whole_number(1, 3600))
      ->type_name("SECONDS");
}

void limit_answers(client::S3Connection& connection, std::chrono::seconds timeout) {
  connection.options.http.idle_timeout = timeout;
  connection.options.http.total_timeout = 2 * timeout;
}

}  // namespace partsmith::cli
