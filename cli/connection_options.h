#pragma once
/// Where a service is and with which keys to speak to it, as flags; the same for every command that speaks
/// S3.

#include <string>

#include <partsmith/client/connection_settings.h>

namespace CLI {
class App;
}

namespace partsmith::cli {

/// `profile_flag`: the name of the flag for an AWS profile.
void add_connection(CLI::App& command, client::ConnectionSettings& settings,
                    const std::string& profile_flag = "--profile");

/// The one precedence, for --help.
extern const char* const connection_help;

}  // namespace partsmith::cli
