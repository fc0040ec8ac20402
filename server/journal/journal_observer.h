#pragma once
/// Puts each visit's record into the journal of its world.

#include "journal/journal.h"
#include "observer.h"

namespace partsmith::server {

class JournalObserver final : public Observer {
 public:
  /// What has no world (heads that are none, foreign hosts) goes to the world of nobody's key. Outlived by
  /// `worlds`.
  explicit JournalObserver(Worlds& worlds) : worlds_(worlds) {}

  void answering(Visit& visit, Response& response) override;
  void sent(const Visit& visit) override;

 private:
  std::shared_ptr<World> world_of(const Visit& visit) const;

  Worlds& worlds_;
};

}  // namespace partsmith::server
