#pragma once
/// partsmith's own endpoints, below `/_partsmith/`: no bucket can have that name. docs/control.md is their
/// manual, and `/_partsmith/v1/openapi.json` their description. A host that names a bucket has none of them:
/// there it is a key like any other.

#include <functional>
#include <string>

#include <partsmith/server/init_report.h>

#include "control/endpoints.h"
#include "page_guard.h"

namespace partsmith::server {

struct ControlOptions {
  bool enabled = true;     ///< else only health is answered
  bool own_port = false;   ///< ServerOptions::control_port: elsewhere only health is answered
  std::string token = {};  ///< that `Authorization: Bearer` must carry; empty: nobody is asked
  std::function<InitReport()> init_report = {};  ///< ServerOptions::init_report
};

class ControlApi {
 public:
  ControlApi(ControlOptions options, ControlledServer server)
      : options_(std::move(options)), server_(std::move(server)) {}

  /// Whether the request is for these endpoints, for LocalStack's Chaos API, or for others' health
  /// (foreign_health.h).
  static bool is_for(const Request& request);

  /// JSON, but for metrics. Errors are `{"error": "…"}` with 400, 401, 404, 405 or 413. Reads the body, of a
  /// MiB at most.
  Response answer(Visit& visit, std::stop_token stopping) const;

 private:
  bool is_offered(const Request& request) const;
  bool has_token(const Request& request) const;

  ControlOptions options_;
  ControlledServer server_;
};

}  // namespace partsmith::server
