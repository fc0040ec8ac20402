#pragma once
/// The second service of a command that reads from one and writes to another.

#include <expected>
#include <string>

#include "connection_options.h"

namespace partsmith::cli {

/// The flags of a connection, with names that begin with --source-.
void add_source_connection(CLI::App& command, ConnectionOptions& options);

/// Whether one of them was given.
bool says_source(const ConnectionOptions& source);

/// What isn't said of it is as of the other service, unless a profile is named: then the rest is that
/// profile's. The error is one line fit for a person.
std::expected<client::S3Connection, std::string> source_connection(const ConnectionOptions& source,
                                                                   const client::S3Client& other);

}  // namespace partsmith::cli
