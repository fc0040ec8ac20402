#pragma once
/// partsmith's own endpoints, below `/_partsmith/`: no bucket can have that name. docs/control.md is their
/// manual, and
/// `/_partsmith/v1/openapi.json` their description. A host that names a bucket has none of them: there it is
/// a key like any other.

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "control/metrics.h"
#include "page_guard.h"
#include "visit.h"

namespace partsmith::server {

struct ControlOptions {
  bool enabled = true;     ///< else only health is answered
  std::string token = {};  ///< that `Authorization: Bearer` must carry; empty: nobody is asked
  std::string version = {};
};

class ControlApi {
 public:
  /// `worlds` and `metrics` outlive it.
  ControlApi(ControlOptions options, Worlds& worlds, const Metrics& metrics)
      : options_(std::move(options)), worlds_(worlds), metrics_(metrics) {}

  /// Whether the request is for these endpoints, or for others' health (foreign_health.h).
  static bool is_for(const Request& request);

  /// JSON, but for metrics. Errors are `{"error": "…"}` with 400, 401, 404, 405 or 413. Reads the body, of a
  /// MiB at most.
  Response answer(Visit& visit, std::stop_token stopping) const;

 private:
  struct Asked;
  struct Endpoint;
  static std::span<const Endpoint> endpoints();

  Response health(const Asked& asked) const;
  Response metrics(const Asked& asked) const;
  Response openapi(const Asked& asked) const;
  Response list_faults(const Asked& asked) const;
  Response add_faults(const Asked& asked) const;
  Response clear_faults(const Asked& asked) const;
  Response get_fault(const Asked& asked) const;
  Response remove_fault(const Asked& asked) const;
  Response list_presets(const Asked& asked) const;
  Response list_fault_types(const Asked& asked) const;
  Response get_clock(const Asked& asked) const;
  Response change_clock(const Asked& asked) const;
  Response list_worlds(const Asked& asked) const;
  Response reset_world(const Asked& asked) const;
  Response read_journal(const Asked& asked) const;
  Response clear_journal(const Asked& asked) const;
  Response stream_journal(const Asked& asked) const;
  Response expect_in_journal(const Asked& asked) const;

  ControlOptions options_;
  Worlds& worlds_;
  const Metrics& metrics_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

}  // namespace partsmith::server
