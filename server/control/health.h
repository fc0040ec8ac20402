#pragma once
/// partsmith's own endpoints, below `/_partsmith/`: no bucket can have that name. They need no signature. A
/// host that names a bucket has none of them: there it is a key like any other.

#include <chrono>
#include <string>
#include <string_view>

#include "outcome.h"

namespace partsmith::server {

bool is_control(const Request& request);

/// `GET /_partsmith/health` → 200 `{"status":"ok","version":…,"uptime_seconds":…}`; anything else is 404 NotFound.
Outcome control_answer(const Request& request, const std::string& version,
                       std::chrono::steady_clock::time_point started);

}  // namespace partsmith::server
