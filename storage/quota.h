#pragma once
/// How many bytes a store may hold, and how many it holds: those of its blobs, as the database counts them,
/// and those that are arriving. Safe from any thread.

#include <atomic>
#include <cstdint>
#include <optional>

#include <partsmith/storage/store.h>

namespace partsmith::storage {

class Quota {
 public:
  explicit Quota(std::optional<std::uint64_t> limit) : limit_(limit) {}

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
  std::optional<std::uint64_t> limit_;
  std::atomic<std::int64_t> stored_ = 0;
  std::atomic<std::uint64_t> arriving_ = 0;
};

}  // namespace partsmith::storage
