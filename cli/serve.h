#pragma once
/// `partsmith serve`: wires store and server together and waits for the end.

#include <expected>
#include <string>

#include "serve_options.h"

namespace partsmith::cli {

/// Serves until a signal ends it (termination.h). The error is one line fit for a person.
std::expected<void, std::string> serve(const ServeOptions& options);

}  // namespace partsmith::cli
