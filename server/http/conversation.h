#pragma once
/// The requests and answers of one connection, one after the other, on whichever worker has it.

#include <atomic>
#include <exception>
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
  Conversation(const EdgeOptions& options, const HttpEdge::Handlers& handlers, MemoryBudget& memory,
               Place& place, const std::atomic<bool>& stopping)
      : options_(options), handlers_(handlers), memory_(memory), place_(place), stopping_(stopping) {}

  /// Serves every request that has arrived whole in its head, without waiting for another. Throws nothing.
  Next go_on(Connection& connection) const;

 private:
  Next serve_arrived(Connection& connection) const;
  Next late_or_waiting(Connection& connection) const;
  static Next skip(Connection& connection);
  Next refuse(Connection& connection, HeadFault fault) const;
  Next serve(Connection& connection, Head head, std::uint64_t begun_at) const;
  Response response_to(Request& request) const;
  Next linger(Connection& connection) const;
  void report(const std::exception_ptr& bug) const;
  LeastRate::Terms terms() const {
    return {options_.read_timeout, options_.rate_window, options_.least_rate};
  }

  const EdgeOptions& options_;
  const HttpEdge::Handlers& handlers_;
  MemoryBudget& memory_;
  Place& place_;
  const std::atomic<bool>& stopping_;
};

}  // namespace partsmith::server
