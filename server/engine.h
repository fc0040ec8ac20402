#pragma once
/// The stage `perform`: the only one that knows where the bytes live.

#include "visit.h"

namespace partsmith::server {

/// Safe from any thread.
class Engine {
 public:
  virtual ~Engine() = default;
  /// Carries out the visit's operation on its target. It may read the body, once, and promise an answer for
  /// later (Visit::answer_late).
  virtual Outcome perform(Visit& visit) = 0;
};

/// The operations (operations/) on the store of the visit's world. Refuses what partsmith doesn't have
/// (NotImplemented), what the world's vendor doesn't have, headers that the operation refuses, and answers
/// that the memory doesn't suffice for (SlowDown).
class LocalEngine final : public Engine {
 public:
  Outcome perform(Visit& visit) override;
};

}  // namespace partsmith::server
