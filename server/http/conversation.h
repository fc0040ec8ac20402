#pragma once
/// The requests and answers of one connection, one after the other, on whichever worker has it.

#include <atomic>
#include <string_view>

#include "http/body.h"
#include "http/connection.h"
#include "http/edge.h"
#include "http/head.h"

namespace partsmith::server {

class Conversation {
 public:
  enum class Next {
    wait,   ///< for the next request, or for the rest of a head
    close,  ///< nothing more may be read or sent
  };

  /// All must outlive the calls. Once `stopping`, each answer ends its connection.
  Conversation(const EdgeOptions& options, const HttpEdge::Handlers& handlers,
               const std::atomic<bool>& stopping)
      : options_(options), handlers_(handlers), stopping_(stopping) {}

  /// Serves every request that has arrived whole in its head, without waiting for another. Throws nothing.
  Next go_on(Connection& connection) const;

 private:
  Next serve_arrived(Connection& connection) const;
  Next refuse(Connection& connection, HeadFault fault) const;
  Next serve(Connection& connection, Head head, std::uint64_t begun_at) const;
  void report(std::string_view bug) const;

  const EdgeOptions& options_;
  const HttpEdge::Handlers& handlers_;
  const std::atomic<bool>& stopping_;
};

}  // namespace partsmith::server
