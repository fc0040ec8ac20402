#include "journal/journal_observer.h"

namespace partsmith::server {

std::shared_ptr<World> JournalObserver::world_of(const Visit& visit) const {
  return visit.has_world() ? visit.shared_world() : worlds_.world_of({});
}

void JournalObserver::answering(Visit& visit, Response& response) {
  if (visit.is_control()) return;
  const bool again = visit.end().status != 0;  // an answer that stands in another's place
  visit.keep_answer(response);
  const auto world = world_of(visit);
  if (world->journal && !again) world->journal->expect_entry();
}

void JournalObserver::sent(const Visit& visit) {
  if (visit.is_control()) return;
  const auto world = world_of(visit);
  if (world->journal) world->journal->add(world->clock.now(), visit.shared_from_this());
}

}  // namespace partsmith::server
