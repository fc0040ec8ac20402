#include "checkpoints.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace partsmith::storage {

using sqlite::Connection;

namespace {

// To move so many while the writer waits takes about as long as to sync at all.
constexpr std::size_t few = 64;
// For readers that are about to end.
constexpr int patience_milliseconds = 5;

/// SQLite waits no longer than this while the object lives.
class BusyTimeout {
 public:
  BusyTimeout(Connection& connection, int milliseconds) : connection_(connection) { set(milliseconds); }
  ~BusyTimeout() { set(Connection::busy_milliseconds); }
  BusyTimeout(const BusyTimeout&) = delete;
  BusyTimeout& operator=(const BusyTimeout&) = delete;

 private:
  void set(int milliseconds) {
    static_cast<void>(connection_.run(fmt::format("PRAGMA busy_timeout={}", milliseconds)));
  }
  Connection& connection_;
};

}  // namespace

Checkpoints::Checkpoints(LogLimits limits, std::function<std::expected<Connection, StoreError>()> open,
                         std::function<void(const std::string&)> log)
    : limits_(limits),
      open_(std::move(open)),
      log_(std::move(log)),
      pass_at_(limits.moved_at_once),
      thread_([this] { loop(); }) {}

Checkpoints::~Checkpoints() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

Connection Checkpoints::watch(Connection writer) {
  writer.watch_log([this](std::size_t pages) { log_has(pages); });
  return writer;
}

void Checkpoints::pass_soon() {
  const std::scoped_lock lock(mutex_);
  pass_at_ = std::min<std::size_t>(pass_at_, 1);
}

void Checkpoints::log_has(std::size_t pages) {
  const std::scoped_lock lock(mutex_);
  if (pages < pages_) began_anew();
  pages_ = pages;
  if (pages_ >= pass_at_) wake_.notify_one();
}

void Checkpoints::began_anew() {
  pages_ = 0;
  pass_at_ = limits_.moved_at_once;
  rest_ = 0;
  retry_at_ = 0;
  few_are_left_ = false;
}

void Checkpoints::loop() {
  std::optional<Connection> connection;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stopping_ || pages_ >= pass_at_; });
      if (stopping_) return;
    }
    pass(connection);
  }
}

void Checkpoints::pass(std::optional<Connection>& connection) {
  const std::scoped_lock passing(passing_);
  if (!connection) {
    auto opened = open_();
    if (!opened) return failed(opened.error());
    connection = std::move(*opened);
  }
  const auto state = connection->checkpoint(Connection::Checkpoint::passive);
  if (!state) return failed(state.error());
  passed(*state);
}

void Checkpoints::passed(const Connection::LogState& state) {
  const std::scoped_lock lock(mutex_);
  failing_ = false;
  if (pages_ < state.moved) return;  // it has begun anew since
  const std::size_t rest = pages_ - state.moved;
  if (pages_ < limits_.long_enough) {
    // What a reader has kept from being moved is not tried again at once.
    pass_at_ = std::max(state.moved + limits_.moved_at_once, pages_ + limits_.moved_at_once / 4);
    return;
  }
  // Pass after pass has less to move, until the writer writes as much meanwhile, or a reader is in the way.
  const bool becomes_less = rest_ == 0 || rest < rest_ / 2;
  few_are_left_ = rest <= few || !becomes_less;
  rest_ = rest;
  pass_at_ = few_are_left_ ? pages_ + limits_.moved_at_once : pages_;
}

void Checkpoints::failed(const StoreError& error) {
  {
    const std::scoped_lock lock(mutex_);
    pass_at_ = pages_ + limits_.moved_at_once;
    if (std::exchange(failing_, true)) return;
  }
  log_("the database's log grows, for its pages can't be moved: " + error.detail);
}

bool Checkpoints::is_due() {
  const std::scoped_lock lock(mutex_);
  return pages_ >= retry_at_ && (few_are_left_ || pages_ >= limits_.longest);
}

void Checkpoints::begin_anew_when_long(Connection& writer) {
  if (!is_due()) return;
  const std::scoped_lock passing(passing_);
  if (!is_due()) return;
  const BusyTimeout patience(writer, patience_milliseconds);
  // A failure is told by the thread's next pass, which meets the same.
  const auto state = writer.checkpoint(Connection::Checkpoint::restart);
  const std::scoped_lock lock(mutex_);
  if (state) return began_anew();
  few_are_left_ = false;
  rest_ = 0;
  retry_at_ = pages_ + limits_.moved_at_once;
}

void Checkpoints::truncate(Connection& writer) {
  const std::scoped_lock passing(passing_);
  const BusyTimeout patience(writer, 0);
  // Not done while somebody reads an older state, or when the database has no room to grow: the write that
  // follows will tell. Nobody waits for either.
  const auto state = writer.checkpoint(Connection::Checkpoint::truncate);
  if (!state) return;
  const std::scoped_lock lock(mutex_);
  began_anew();
}

}  // namespace partsmith::storage
