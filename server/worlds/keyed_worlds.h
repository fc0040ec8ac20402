#pragma once
/// A world for each access key, made when the key is first used.

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <partsmith/server/server.h>

#include "world.h"

namespace partsmith::server {

/// Of the worlds those that were used last are open; the others are closed, and keep their data, clock,
/// faults and journal: a thousand worlds cost no thousand threads.
class KeyedWorlds final : public Worlds {
 public:
  using OpenStore = ServerOptions::OpenWorld;

  /// `nobodys` is the world of requests without a key, and of keys that nobody has verified.
  KeyedWorlds(World nobodys, OpenStore open)
      : nobodys_(std::make_shared<World>(std::move(nobodys))), open_(std::move(open)) {}

  std::shared_ptr<World> world_of(std::string_view access_key) override;
  std::shared_ptr<World> make_world_of(std::string_view access_key) override;
  std::vector<std::string> keys() const override;
  std::expected<bool, std::string> remove(const std::string& access_key) override;

 private:
  static constexpr std::size_t most_worlds = 10'000;
  static constexpr std::size_t most_open = 16;

  struct Open;
  /// What stays of a world whose store is closed.
  struct Lasting {
    MovableClock clock = MovableClock();
    std::shared_ptr<FaultSet> faults = std::make_shared<FaultSet>();
    std::shared_ptr<Journal> journal;
    std::shared_ptr<WorldSettings> settings;
    bool removed = false;  ///< empty, and told to nobody, until the key is used again
    std::weak_ptr<Open> open = {};
  };

  std::shared_ptr<World> opened(const std::string& access_key, const std::shared_ptr<Lasting>& lasting);

  const std::shared_ptr<World> nobodys_;
  const OpenStore open_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Lasting>, std::less<>> worlds_;
  std::list<std::pair<std::string, std::shared_ptr<Open>>> recent_;  ///< the one used last first
};

}  // namespace partsmith::server
