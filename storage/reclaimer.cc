#include "reclaimer.h"

#include <exception>
#include <utility>

namespace partsmith::storage {

Reclaimer::Reclaimer(FreeSome free_some, std::function<void(const std::string&)> log)
    : free_some_(std::move(free_some)), log_(std::move(log)), thread_([this] { loop(); }) {}

Reclaimer::~Reclaimer() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

bool Reclaimer::add(ManifestId manifest) {
  {
    const std::scoped_lock lock(mutex_);
    if (waiting_.size() >= most_waiting) return false;
    waiting_.push_back(manifest);
    ++added_;
  }
  wake_.notify_one();
  return true;
}

void Reclaimer::catch_up() {
  std::unique_lock lock(mutex_);
  progress_.wait(lock, [&, added = added_] { return done_ >= added; });
}

void Reclaimer::loop() {
  for (;;) {
    ManifestId manifest{};
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      manifest = waiting_.front();
      waiting_.pop_front();
    }
    free_all_of(manifest);
    {
      const std::scoped_lock lock(mutex_);
      ++done_;
    }
    progress_.notify_all();
  }
}

void Reclaimer::free_all_of(ManifestId manifest) {
  try {
    while (!is_stopping() && free_some_(manifest)) continue;
  } catch (const std::exception& error) {
    log_(std::string("bytes that are no longer needed are kept until the next start: ") + error.what());
  }
}

bool Reclaimer::is_stopping() {
  const std::scoped_lock lock(mutex_);
  return stopping_;
}

}  // namespace partsmith::storage
