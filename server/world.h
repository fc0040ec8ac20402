#pragma once
/// One isolated universe: where its bytes and names are, what time it is there, who may do what. Whoever
/// needs it shares it, an answer that is still being sent too.

#include <atomic>
#include <cstdint>
#include <expected>
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
class Md5Lanes;

/// The store's, which outlives it.
std::shared_ptr<BucketConfigurations> configurations_of(storage::Store& store, bool blocks_public_access);
/// What the store's bucket policies and ACLs say (policies/store_policy.h); both outlive it.
std::shared_ptr<const Policy> policy_of(storage::Store& store, BucketConfigurations& configurations);

/// What the control API can change while a world is in use.
struct WorldSettings {
  std::atomic<std::uint64_t> minimum_part_bytes;  ///< of all parts but the last
};

struct World {
  storage::Store& store;
  const Clock& clock;
  VendorRules rules = {};                  ///< where it is narrower than Amazon S3
  bool completes_early = false;            ///< ServerOptions::early_completion
  bool blocks_public_access = true;        ///< ServerOptions::block_public_access
  std::vector<std::string> kms_keys = {};  ///< ServerOptions::kms_keys
  MemoryBudget& memory;                    ///< of the whole server
  Md5Lanes& md5_lanes;                     ///< of the whole server
  std::shared_ptr<BucketConfigurations> configurations = configurations_of(store, blocks_public_access);
  std::shared_ptr<const Policy> foreign_policy = {};  ///< set where the store doesn't know who may do what
  std::shared_ptr<const Policy> policy = foreign_policy ? foreign_policy : policy_of(store, *configurations);
  std::shared_ptr<FaultSet> faults = std::make_shared<FaultSet>();
  std::shared_ptr<Journal> journal = {};  ///< none: nothing is kept
  MovableClock* movable_clock = nullptr;  ///< `clock`, where it can be moved; outlives the world
  std::shared_ptr<WorldSettings> settings = std::make_shared<WorldSettings>(rules.minimum_part_bytes);
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
  /// Ends the world of a key with all that is in it; it is made anew when the key is used again. False: the
  /// key has none of its own. The error is one line.
  virtual std::expected<bool, std::string> remove(const std::string& access_key) = 0;
};

/// The same world for everybody.
class OneWorld final : public Worlds {
 public:
  explicit OneWorld(World world) : world_(std::make_shared<World>(std::move(world))) {}
  std::shared_ptr<World> world_of(std::string_view) override { return world_; }
  std::shared_ptr<World> make_world_of(std::string_view) override { return world_; }
  std::vector<std::string> keys() const override { return {}; }
  std::expected<bool, std::string> remove(const std::string&) override { return false; }

 private:
  std::shared_ptr<World> world_;
};

}  // namespace partsmith::server
