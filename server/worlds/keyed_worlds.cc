#include "worlds/keyed_worlds.h"

#include <algorithm>
#include <stdexcept>

#include "journal/journal.h"
#include "worlds/reset.h"

namespace partsmith::server {

/// The world refers to what stands before it.
struct KeyedWorlds::Open {
  std::shared_ptr<Lasting> lasting;
  std::unique_ptr<storage::Store> store;
  World world;
};

std::shared_ptr<World> KeyedWorlds::world_of(std::string_view access_key) {
  if (access_key.empty()) return nobodys_;
  const std::scoped_lock lock(mutex_);
  const auto found = worlds_.find(access_key);
  return found == worlds_.end() || found->second->removed ? nobodys_ : opened(found->first, found->second);
}

std::shared_ptr<World> KeyedWorlds::make_world_of(std::string_view access_key) {
  if (access_key.empty()) return nobodys_;
  const std::scoped_lock lock(mutex_);
  auto found = worlds_.find(access_key);
  if (found == worlds_.end()) {
    if (worlds_.size() == most_worlds) {
      std::erase_if(worlds_,
                    [](const auto& one) { return one.second->removed && one.second->open.expired(); });
    }
    if (worlds_.size() == most_worlds) throw std::runtime_error("there are 10000 worlds already");
    auto lasting = std::make_shared<Lasting>();
    if (nobodys_->journal) lasting->journal = std::make_shared<Journal>();
    lasting->settings = std::make_shared<WorldSettings>(nobodys_->rules.minimum_part_bytes);
    found = worlds_.emplace(access_key, std::move(lasting)).first;
  }
  found->second->removed = false;
  return opened(found->first, found->second);
}

std::shared_ptr<World> KeyedWorlds::opened(const std::string& access_key,
                                           const std::shared_ptr<Lasting>& lasting) {
  const auto place =
      std::ranges::find(recent_, access_key, &std::pair<std::string, std::shared_ptr<Open>>::first);
  auto open = lasting->open.lock();
  if (!open) {
    auto store = open_(access_key, lasting->clock);
    if (!store) throw std::runtime_error("the world of " + access_key + ": " + store.error());
    storage::Store& opened_store = **store;
    open = std::make_shared<Open>(Open{lasting, *std::move(store),
                                       World{.store = opened_store,
                                             .clock = lasting->clock,
                                             .rules = nobodys_->rules,
                                             .completes_early = nobodys_->completes_early,
                                             .blocks_public_access = nobodys_->blocks_public_access,
                                             .kms_keys = nobodys_->kms_keys,
                                             .memory = nobodys_->memory,
                                             .md5_lanes = nobodys_->md5_lanes,
                                             .foreign_policy = nobodys_->foreign_policy,
                                             .faults = lasting->faults,
                                             .journal = lasting->journal,
                                             .movable_clock = &lasting->clock,
                                             .settings = lasting->settings}});
    lasting->open = open;
  }
  if (place != recent_.end()) {
    recent_.splice(recent_.begin(), recent_, place);
  } else {
    recent_.emplace_front(access_key, open);
    if (recent_.size() > most_open) recent_.pop_back();  // it closes when its last visit ends
  }
  return {open, &open->world};
}

std::vector<std::string> KeyedWorlds::keys() const {
  std::vector<std::string> all;
  const std::scoped_lock lock(mutex_);
  for (const auto& [key, lasting] : worlds_) {
    if (!lasting->removed) all.push_back(key);
  }
  return all;
}

std::expected<bool, std::string> KeyedWorlds::remove(const std::string& access_key) {
  if (access_key.empty()) return false;
  std::shared_ptr<World> world;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = worlds_.find(access_key);
    if (found == worlds_.end() || found->second->removed) return false;
    world = opened(found->first, found->second);
  }
  if (auto done = reset(*world); !done) return std::unexpected(std::move(done.error()));
  const auto snapshots = world->store.snapshots();
  if (!snapshots) return std::unexpected(snapshots.error().detail);
  for (const auto& snapshot : *snapshots) {
    if (const auto gone = world->store.remove_snapshot(snapshot.name); !gone)
      return std::unexpected(gone.error().detail);
  }
  const std::scoped_lock lock(mutex_);
  // It isn't erased: requests on their way may hold its store, which can be open only once.
  if (const auto found = worlds_.find(access_key); found != worlds_.end()) found->second->removed = true;
  std::erase_if(recent_, [&](const auto& one) { return one.first == access_key; });
  return true;
}

}  // namespace partsmith::server
