#pragma once
/// The flags of a connection, for a command that has two of them.

#include <string>

#include "connection_options.h"

namespace partsmith::cli {

/// Which service they are of.
struct ConnectionFlags {
  std::string prefix = "--";
  std::string profile = "--profile";
  std::string group = "Connection";
  bool of_source = false;  ///< else their help tells the AWS tools' variables, too
};

void add_connection_flags(CLI::App& command, ConnectionOptions& options, const ConnectionFlags& flags);

}  // namespace partsmith::cli
