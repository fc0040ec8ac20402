#pragma once
/// Makes the faults of a visit's world happen to it.

#include <memory>
#include <mutex>
#include <vector>

#include "engine.h"
#include "observer.h"

namespace partsmith::server {

class FaultObserver final : public Observer {
 public:
  /// `engine` carries out what a late commit held back. It outlives this. Without `from_headers` the header
  /// x-partsmith-fault is a header like any other.
  FaultObserver(Engine& engine, bool from_headers) : engine_(engine), from_headers_(from_headers) {}

  std::optional<Outcome> before(Visit& visit) override;
  void committed(Visit& visit, Outcome& outcome) override;
  void answering(Visit& visit, Response& response) override;

 private:
  /// A request whose work is due after another's.
  struct Held {
    std::shared_ptr<Visit> visit;
    std::string until;
    std::string rule;
    std::size_t bytes = 0;
  };
  /// Of all bodies together that are held; what is beyond is refused with SlowDown.
  static constexpr std::size_t most_held_bytes = std::size_t{256} << 20U;

  std::optional<Outcome> hold(Visit& visit, const FaultRule& rule);
  bool take_place(Held held);
  std::vector<Held> due_after(const Visit& visit);

  Engine& engine_;
  const bool from_headers_;
  std::mutex mutex_;
  std::vector<Held> held_;
};

}  // namespace partsmith::server
