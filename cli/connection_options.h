#pragma once
/// Where a service is and with which keys to speak to it, as flags; the same for every command that speaks
/// S3.

#include <chrono>
#include <expected>
#include <string>

#include <partsmith/client/connection_settings.h>

namespace CLI {
class App;
}

namespace partsmith::cli {

struct ConnectionOptions {
  client::ConnectionSettings settings = {};
  std::string secret_key_file = {};
};

/// `profile_flag`: the name of the flag for an AWS profile.
void add_connection(CLI::App& command, ConnectionOptions& options,
                    const std::string& profile_flag = "--profile");

/// What was said, with the secret that lies in a file; warns on stderr of one that everybody may read. The
/// error is one line fit for a person.
std::expected<client::ConnectionSettings, std::string> settings_of(const ConnectionOptions& options);

/// `--timeout` of a command that asks an endpoint much, and what it means: so long without a byte, twice as
/// long in all.
void add_answer_timeout(CLI::App& command, std::chrono::seconds& timeout);
void limit_answers(client::S3Connection& connection, std::chrono::seconds timeout);

/// The one precedence, for --help.
extern const char* const connection_help;

}  // namespace partsmith::cli
