#pragma once
/// The upstream that `partsmith serve --upstream` forwards to.

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include <partsmith/server/server.h>

#include "serve_options.h"

namespace partsmith::cli {

/// Of a gateway's options. The error is one line fit for a person.
std::expected<std::shared_ptr<server::Upstream>, std::string> upstream_of(const ServeOptions& options);
std::expected<std::vector<server::UpstreamBucket>, std::string> upstream_buckets_of(
    const ServeOptions& options);

}  // namespace partsmith::cli
