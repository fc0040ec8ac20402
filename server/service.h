#pragma once
/// The way of one request through the server: address → operation → identity → operation's function → answer.

#include <chrono>
#include <functional>
#include <string>

#include <partsmith/protocol/error.h>
#include <partsmith/server/server.h>

#include "authenticator.h"
#include "call.h"
#include "http/edge.h"
#include "page_guard.h"
#include "request_ids.h"
#include "router.h"

namespace partsmith::server {

/// Safe from any thread.
class Service {
 public:
  Service(const ServerOptions& options, World world);

  Response handle(Request& request);
  Response handle_bad_head(const HttpEdge::BadHead& bad);
  /// What is sent instead of an answer that can't be: InternalError, or SlowDown where memory is short.
  Response handle_failure(const Request& request, HttpEdge::Failure why);
  /// The log line of a request whose answer is on the wire.
  std::string log_line(const Request& request, const Response& response, const Exchange& exchange) const;
  /// The same of a head that never became a request.
  std::string log_line(const HttpEdge::BadHead& bad, const Response& response, const Exchange& exchange) const;

 private:
  /// What the log tells of a request besides what the edge saw; travels in Response::note.
  struct Note {
    std::string_view operation = {};
    std::string_view error = {};
    std::string message = {};  ///< of the error
    std::string detail = {};
    std::string request_id = {};
    std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
  };

  Outcome answer(Request& request, const RequestIds& ids, Note& note);
  S3Result<Identity> identify(const Request& request, const Address& address, SignedRegion region);
  /// What to answer to a request that asks for no operation.
  protocol::S3Error refusal(const Request& request, const Address& address, const RouteRefusal& refused);
  void add_bucket_region(Response& response, const Request& request, std::string_view operation) const;
  void add_common_headers(Response& response, const RequestIds& ids) const;

  LogFormat log_format_;
  std::string version_;
  World world_;
  PageGuard guard_;
  Authenticator authenticator_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

}  // namespace partsmith::server
