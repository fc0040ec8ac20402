#pragma once
/// How many bytes a store may hold, and how many it holds: those of its blobs, as the database counts them,
/// and those that are arriving. Safe from any thread.

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include <partsmith/storage/store.h>

namespace partsmith::storage {

class Quota {
 public:
  /// `catch_up`: returns when everything is free that was given up before; asked when there is no room.
  Quota(std::optional<std::uint64_t> limit, std::function<void()> catch_up)
      : limit_(limit), catch_up_(std::move(catch_up)) {}

  /// Room for bytes on their way into the store; given back with release(). out_of_space.
  Result<void> reserve(std::uint64_t bytes);
  void release(std::uint64_t bytes) { arriving_ -= bytes; }
  /// out_of_space when so many more would not fit, as far as is known now.
  Result<void> check(std::uint64_t more) const;

  /// What a commit has added, or at the start what there is.
  void add_stored(std::int64_t bytes) { stored_ += bytes; }
  /// Whether the blobs of the store may have so many bytes in all: asked inside of each transaction that adds
  /// some, where the total is exact.
  Result<void> admit(std::uint64_t total) const;

 private:
  /// Whether so many bytes more fit to what is stored, after catching up where they don't.
  Result<void> fit(std::uint64_t arriving) const;

  std::optional<std::uint64_t> limit_;
  std::function<void()> catch_up_;
  std::atomic<std::int64_t> stored_ = 0;
  std::atomic<std::uint64_t> arriving_ = 0;
};

}  // namespace partsmith::storage
