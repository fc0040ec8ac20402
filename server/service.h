#pragma once
/// The way of one request through the server. service.cc reads as its table of contents; what comes back is
/// service_answers.cc.

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include <partsmith/server/server.h>

#include "authenticator.h"
#include "control/api.h"
#include "engine.h"
#include "http/edge.h"
#include "observer.h"
#include "page_guard.h"
#include "visit.h"

namespace partsmith::server {

/// Safe from any thread, but for its making and unmaking.
class Service {
 public:
  /// All outlive it. Observers are called in their order.
  struct Parts {
    Worlds& worlds;
    Engine& engine;
    std::vector<Observer*> observers = {};
    const ControlApi* control = nullptr;  ///< optional: partsmith's own endpoints
  };
  Service(const ServerOptions& options, Parts parts);

  Response handle(Request& request);
  Response handle_bad_head(const HttpEdge::BadHead& bad);
  /// Visits that wait go on.
  void stop_waiting() { stops_.request_stop(); }

 private:
  class ServedVisit;
  /// What a stage comes to: nothing, and the next is due; or an answer or error, with which the visit ends
  /// early.
  using StageResult = S3Result<std::optional<Response>>;
  struct StageRow {
    Stage stage;
    StageResult (Service::*run)(Visit&);
  };

  Outcome pass_stages(Visit& visit);
  StageResult address(Visit& visit);
  StageResult route(Visit& visit);
  StageResult claim(Visit& visit);
  StageResult find_world(Visit& visit);
  StageResult verify(Visit& visit);
  static S3Result<void> read_head(Visit& visit);
  StageResult authorise(Visit& visit);
  StageResult before(Visit& visit);
  StageResult perform(Visit& visit);
  void committed(Visit& visit, Outcome& outcome);
  Response answer(Visit& visit, Outcome outcome);
  void sent(Visit& visit, const Exchange& exchange);

  std::string_view endpoint_of(const Visit& visit) const;
  S3Result<Proof> proof_of(Visit& visit) const;
  StageResult refuse_anonymous(Visit& visit);
  protocol::S3Error refuse_at_once(Visit& visit);
  protocol::S3Error refuse_unrouted(Visit& visit);
  protocol::S3Error refused_unheard(Visit& visit, protocol::S3Error of_the_signature);
  Response error_answer(Visit& visit, const protocol::S3Error& error);
  void answer_late(Visit& visit, Response& response);
  void add_bucket_region(Response& response, Visit& visit);
  void add_common_headers(Response& response, const Visit& visit) const;

  Worlds& worlds_;
  Engine& engine_;
  const ControlApi* control_;
  std::vector<Observer*> observers_;
  PageGuard guard_;
  Authenticator authenticator_;
  std::stop_source stops_;
};

}  // namespace partsmith::server
