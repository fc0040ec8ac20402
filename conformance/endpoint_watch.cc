#include "endpoint_watch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "run_bucket.h"

namespace partsmith::conformance {
namespace {

using Clock = std::chrono::steady_clock;

/// Whoever starts a fallen server again has so long, unless the user waits less for an answer.
constexpr auto most_patience = std::chrono::seconds(30);
constexpr auto between_looks = std::chrono::milliseconds(100);
/// So many checks in a row, or as many as run at a time, may wait for an answer in vain.
constexpr unsigned patience_checks = 4;
/// And twice as many may hear that the endpoint is too busy, each after all its attempts.
constexpr unsigned busy_rounds = 2;

}  // namespace

void EndpointWatch::begins(const std::string& check) {
  const std::scoped_lock lock(mutex_);
  running_.insert(check);
}

void EndpointWatch::ends(const std::string& check) {
  const std::scoped_lock lock(mutex_);
  running_.erase(running_.find(check));
}

std::optional<int> EndpointWatch::look() {
  auto request = bucket_request("HEAD", settings_.bucket);
  request.stop = settings_.stop;
  const auto answer = client_.send(request);
  if (answer) return answer->status;
  return answer.error().kind == client::ErrorKind::connect ? std::nullopt : std::optional(0);
}

bool EndpointWatch::comes_back(unsigned falls_before, const std::string& why) {
  const std::scoped_lock one_waits(waiting_);
  if (!lost().empty()) return false;
  {
    const std::scoped_lock lock(mutex_);
    if (falls_ == falls_before) {
      ++falls_;
      ran_then_ = running();
    }
  }
  const auto patience = std::min<Clock::duration>(client_.options().http.idle_timeout, most_patience);
  const auto deadline = Clock::now() + patience;
  while (!settings_.stop.stop_requested()) {
    if (has_come_back()) return true;
    if (Clock::now() >= deadline) break;
    std::this_thread::sleep_for(between_looks);
  }
  lose(fmt::format("went away: {}, when {} ran", why, ran_then_));
  return false;
}

bool EndpointWatch::has_come_back() {
  const auto status = look();
  // A server that keeps nothing beyond its end has no bucket of ours any more.
  if (status == 404 && settings_.owns_bucket)
    return create_bucket(client_, settings_.bucket, settings_.stop).has_value();
  return status.has_value();
}

bool EndpointWatch::made_bucket_again() {
  const std::scoped_lock one_looks(waiting_);
  return settings_.owns_bucket && look() == 404 &&
         create_bucket(client_, settings_.bucket, settings_.stop).has_value();
}

std::string EndpointWatch::running() const {
  return fmt::format("{}", fmt::join(running_, ", "));
}

unsigned EndpointWatch::falls() const {
  const std::scoped_lock lock(mutex_);
  return falls_;
}

void EndpointWatch::lose(const std::string& how) {
  const std::scoped_lock lock(mutex_);
  if (lost_.empty()) lost_ = "the endpoint " + how;
}

std::string EndpointWatch::lost() const {
  const std::scoped_lock lock(mutex_);
  return lost_;
}

void EndpointWatch::note_patience(bool timed_out, const std::string& busy) {
  const std::scoped_lock lock(mutex_);
  const auto patience = std::max(settings_.jobs, patience_checks);
  silent_ = timed_out ? silent_ + 1 : 0;
  busy_ = busy.empty() ? 0 : busy_ + 1;
  if (!lost_.empty()) return;
  if (silent_ >= patience) {
    lost_ = fmt::format("the endpoint stopped answering: {} checks in a row waited in vain", silent_);
  } else if (busy_ >= busy_rounds * patience) {
    lost_ = fmt::format("the endpoint is too busy: {} checks in a row were answered {}, {} times each", busy_,
                        busy, settings_.attempts);
  }
}

}  // namespace partsmith::conformance
