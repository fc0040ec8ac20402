#pragma once
/// What the control API answers: a function for each endpoint, by subject. api.cc has their table.

#include <chrono>
#include <expected>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include <partsmith/protocol/uri.h>
#include <partsmith/server/upstream.h>

#include "visit.h"
#include "world.h"

namespace partsmith::server {

class Metrics;

/// What endpoints read that is one for the whole server. Outlives their answers.
struct ControlledServer {
  Worlds& worlds;
  const Metrics& metrics;
  std::string version;
  Upstream* upstream = nullptr;  ///< none: the buckets are here
  /// Removes what a world has at the upstream; none where worlds have nothing there that is theirs alone.
  std::function<std::expected<void, std::string>(const std::string& access_key,
                                                 const std::function<bool()>& stopped)>
      empty_at_upstream = {};
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
};

/// A request of an endpoint.
struct Asked {
  Visit& visit;
  const ControlledServer& server;
  std::string_view name;  ///< what stands where the path has {name}, decoded by nobody
  protocol::Query query;
  std::string body;
  std::shared_ptr<World> world;  ///< nothing for the endpoints that are about the server alone
  std::stop_token stopping;
};

// general_endpoints.cc
Response health(const Asked& asked);
Response metrics(const Asked& asked);
Response openapi(const Asked& asked);

// fault_endpoints.cc
Response list_faults(const Asked& asked);
Response add_faults(const Asked& asked);
Response clear_faults(const Asked& asked);
Response get_fault(const Asked& asked);
Response remove_fault(const Asked& asked);
Response list_presets(const Asked& asked);
Response list_fault_types(const Asked& asked);

// chaos_endpoints.cc: the same rules in the form of LocalStack's Chaos API
Response list_chaos_faults(const Asked& asked);
Response set_chaos_faults(const Asked& asked);
Response add_chaos_faults(const Asked& asked);
Response remove_chaos_faults(const Asked& asked);
Response get_chaos_effects(const Asked& asked);
Response set_chaos_effects(const Asked& asked);

// clock_endpoints.cc
Response get_clock(const Asked& asked);
Response change_clock(const Asked& asked);

// world_endpoints.cc
Response list_worlds(const Asked& asked);
Response remove_world(const Asked& asked);
Response reset_world(const Asked& asked);
Response reset_world_as_moto(const Asked& asked);
Response get_settings(const Asked& asked);
Response change_settings(const Asked& asked);
Response list_snapshots(const Asked& asked);
Response take_snapshot(const Asked& asked);
Response restore_snapshot(const Asked& asked);
Response remove_snapshot(const Asked& asked);

// journal_endpoints.cc
Response read_journal(const Asked& asked);
Response clear_journal(const Asked& asked);
Response stream_journal(const Asked& asked);
Response expect_in_journal(const Asked& asked);

}  // namespace partsmith::server
