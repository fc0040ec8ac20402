#pragma once
/// `partsmith serve`: wires store and server together and waits for the end.

#include <expected>
#include <string>
#include <vector>

#include "serve_options.h"

namespace partsmith::cli {

/// Serves until a signal ends it (termination.h). `notes` are told in the log first. The error is one line
/// fit for a person.
std::expected<void, std::string> serve(const ServeOptions& options, const std::vector<std::string>& notes);

}  // namespace partsmith::cli
