#pragma once
/// Where a run of the catalogue sends its requests.

#include <expected>
#include <optional>
#include <string>

#include <partsmith/client/connection_settings.h>
#include <partsmith/values/time.h>

#include "conform_options.h"

namespace partsmith::cli {

/// Of a client that follows no redirection, since the harness looks at answers as they are. Where --bucket is
/// in another region than the one named, that is found and told here, before any check: then the connection
/// is to that region. The error is one line fit for a person.
std::expected<client::S3Connection, std::string> connection_of(const ConformOptions& options,
                                                               const Clock& clock);

/// The same connection by the keys of another account; nothing where none were said. The error is one line.
std::expected<std::optional<client::S3Connection>, std::string> second_connection(
    const ConformOptions& options, client::S3Connection first);

}  // namespace partsmith::cli
