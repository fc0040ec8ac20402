#pragma once
/// What the requests of one server may hold in memory together: connection buffers, heads, documents, forms,
/// answers that are being built or sent. Whoever lets a client make memory grow reserves it first, and
/// answers SlowDown (503) where that fails. One per server, at World::memory; safe from any thread, and
/// outlives its reservations.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>

namespace partsmith::server {

class MemoryBudget {
 public:
  /// Bytes that are given back when it goes. Used by one thread at a time.
  class Reservation {
   public:
    Reservation() = default;  ///< of nothing; it can't grow
    Reservation(Reservation&& other) noexcept;
    Reservation& operator=(Reservation&& other) noexcept;
    ~Reservation() { release(); }

    std::size_t bytes() const { return bytes_; }
    /// Makes it at least that large; false, and nothing changed, if the budget doesn't have the difference.
    [[nodiscard]] bool grow_to(std::size_t bytes);
    /// Gives back what is beyond that.
    void shrink_to(std::size_t bytes);
    void release() { shrink_to(0); }

   private:
    friend class MemoryBudget;
    Reservation(MemoryBudget& budget, std::size_t bytes, bool waits = false)
        : budget_(&budget), bytes_(bytes), waits_(waits) {}

    MemoryBudget* budget_ = nullptr;
    std::size_t bytes_ = 0;
    bool waits_ = false;
  };

  explicit MemoryBudget(std::size_t limit) : limit_(limit) {}
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  /// At once, or nothing. `reserve(0)` always succeeds and is what grows from there.
  [[nodiscard]] std::optional<Reservation> reserve(std::size_t bytes);
  /// Waits up to `patience` for others to give back: for what is held briefly, such as an answer that is
  /// being built.
  [[nodiscard]] std::optional<Reservation> reserve(std::size_t bytes, std::chrono::milliseconds patience);
  /// Of nothing, to be grown by who will wait for more while holding it. All such reservations together get
  /// no more than a third of the budget: those who wait never keep each other from what they wait for.
  [[nodiscard]] Reservation reserve_to_wait() { return {*this, 0, true}; }
  /// Counted, and never refused: only for what no request can do without, a few KiB each.
  [[nodiscard]] Reservation insist(std::size_t bytes);

  std::size_t limit() const { return limit_; }
  std::size_t used() const { return used_; }
  /// How many wait for others to give back.
  std::size_t waiting() const { return waiting_; }
  /// How often something was refused or had to wait since the last call: then slow clients should go.
  std::size_t take_shortages() { return shortages_.exchange(0); }

 private:
  /// A thread in line. Lives on its stack, and is touched under the lock alone.
  struct Waiter {
    std::size_t bytes;
    bool served = false;
    std::condition_variable woken{};
  };

  static bool take_of(std::atomic<std::size_t>& used, std::size_t bytes, std::size_t limit);
  bool take(std::size_t bytes, bool waits = false);
  void give_back(std::size_t bytes, bool waits);
  void serve_line();

  const std::size_t limit_;
  std::atomic<std::size_t> used_ = 0;
  std::atomic<std::size_t> held_by_waiting_ = 0;  ///< of it
  std::atomic<std::size_t> waiting_ = 0;  ///< the length of the line
  std::atomic<std::size_t> shortages_ = 0;
  std::mutex mutex_;
  std::list<Waiter*> line_;
};

}  // namespace partsmith::server
