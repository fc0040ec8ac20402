#pragma once
/// One isolated universe: where its bytes and names are, what time it is there, who may do what. Whoever
/// needs it shares it, an answer that is still being sent too.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/server/vendor_rules.h>
#include <partsmith/storage/store.h>
#include <partsmith/values/movable_clock.h>
#include <partsmith/values/time.h>

#include "authorisation.h"
#include "faults/fault_set.h"
#include "memory_budget.h"

namespace partsmith::server {

class BucketConfigurations;
class Journal;

/// The store's, which outlives it.
std::shared_ptr<BucketConfigurations> configurations_of(storage::Store& store);

struct World {
  storage::Store& store;
  const Clock& clock;
  VendorRules rules = {};        ///< where it is narrower than Amazon S3
  bool completes_early = false;  ///< ServerOptions::early_completion
  MemoryBudget& memory;          ///< of the whole server
  const Policy& policy = owner_may_do_all;
  std::shared_ptr<BucketConfigurations> configurations = configurations_of(store);
  std::shared_ptr<FaultSet> faults = std::make_shared<FaultSet>();
  std::shared_ptr<Journal> journal = {};         ///< none: nothing is kept
  MovableClock* movable_clock = nullptr;         ///< `clock`, where it can be moved; outlives the world
};

/// Finds the world of a request. Safe from any thread.
class Worlds {
 public:
  virtual ~Worlds() = default;
  /// Of an access key that nobody has verified yet; of requests without one: "".
  virtual std::shared_ptr<World> world_of(std::string_view access_key) = 0;
  /// Of an access key that was verified: made, if it isn't there. Throws std::runtime_error when it can't be.
  virtual std::shared_ptr<World> make_world_of(std::string_view access_key) = 0;
  /// The keys that have worlds of their own.
  virtual std::vector<std::string> keys() const = 0;
};

/// The same world for everybody.
class OneWorld final : public Worlds {
 public:
  explicit OneWorld(World world) : world_(std::make_shared<World>(std::move(world))) {}
  std::shared_ptr<World> world_of(std::string_view) override { return world_; }
  std::shared_ptr<World> make_world_of(std::string_view) override { return world_; }
  std::vector<std::string> keys() const override { return {}; }

 private:
  std::shared_ptr<World> world_;
};

}  // namespace partsmith::server
