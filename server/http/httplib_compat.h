#pragma once
/// cpp-httplib from 0.11.4 on, and the one place that knows how its versions differ. Included by the listener
/// alone.

// The library's warnings are not ours to mend.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#include <httplib.h>
#pragma GCC diagnostic pop

#include <functional>
#include <utility>

namespace partsmith::server::httplib_compat {

/// A task queue that does everything at once on the thread that asks, which is the accepting one.
class InlineQueue final : public httplib::TaskQueue {
 public:
  /// `after` is called after each task.
  explicit InlineQueue(std::function<void()> after) : after_(std::move(after)) {}

  // Returns nothing up to 0.14, and from 0.15 on whether the task was taken.
  using Enqueued =
      decltype(std::declval<httplib::TaskQueue&>().enqueue(std::declval<std::function<void()>>()));

  Enqueued enqueue(std::function<void()> task) override {
    task();
    after_();
    return static_cast<Enqueued>(true);
  }
  void shutdown() override {}

 private:
  std::function<void()> after_;
};

}  // namespace partsmith::server::httplib_compat
