#pragma once
/// Which manifests are being read, so that none ends under its reader. In memory: after a restart nobody
/// reads.
///
/// A reader looks a manifest up in a snapshot of the database and then holds it; between the two it may end.
///  1. An Opening is registered before its snapshot begins.
///  2. The writer marks a manifest as ending before it deletes the rows (end()), and only if nobody holds it.
///     Else the manifest is set aside: its rows stay, marked as released, until the last reader has let go
///     (mark_released(), drop()).
///  3. hold() waits for the fate of a manifest that is ending, and refuses one that ended after the Opening
///     began, for its snapshot may be older than the end. Whoever is refused looks again with a new Opening.
///  4. That a manifest has ended is remembered while any Opening is older than its end.
/// So a manifest that is held has all its rows: its blobs have references, and their files exist. Only when
/// all rows are replaced (start_anew()), what was held ends under its readers, who are told.

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "row_ids.h"

namespace partsmith::storage {

class Leases {
 public:
  /// The time between a reader's look and its hold.
  class Opening {
   public:
    explicit Opening(Leases& leases) : leases_(leases), number_(leases.begin_opening()) {}
    ~Opening() { leases_.end_opening(number_); }
    Opening(const Opening&) = delete;
    Opening& operator=(const Opening&) = delete;

    std::uint64_t number() const { return number_; }  ///< greater than of those that began before

   private:
    friend class Leases;
    Leases& leases_;
    std::uint64_t number_;
  };

  /// False when the manifest has ended since the opening began. Never call it from the writer thread.
  bool hold(const Opening& opening, ManifestId manifest);
  /// Ends the hold() of that opening. True when it was the last one of a manifest set aside: the caller
  /// reclaims it.
  bool drop(std::uint64_t opening, ManifestId manifest);
  /// Whether the store began anew since that opening: what it holds is another's by now.
  bool is_stale(std::uint64_t opening) const;

  /// By the writer, when all rows were replaced: whatever is held was of the old ones.
  void start_anew();

  /// By the writer: true when nobody holds the manifest, and nobody will until resolve().
  bool end(ManifestId manifest);
  /// By the writer: the fate of manifests for which end() was true.
  void resolve(std::span<const ManifestId> manifests, bool committed);
  /// When the manifest's rows are committed as released: true when nobody holds it any more and the caller
  /// reclaims it; else drop() will say so.
  bool mark_released(ManifestId manifest);

 private:
  std::uint64_t begin_opening();
  void end_opening(std::uint64_t number);
  void forget_old_ends();

  mutable std::mutex mutex_;
  std::condition_variable decided_;
  std::uint64_t sequence_ = 0;
  std::uint64_t last_stale_ = 0;  ///< opening
  std::set<std::uint64_t> openings_;
  std::unordered_map<ManifestId, std::uint32_t> held_;
  std::unordered_set<ManifestId> ending_;
  std::unordered_map<ManifestId, std::uint64_t> ended_;             // when
  std::deque<std::pair<std::uint64_t, ManifestId>> ends_in_order_;  // the same, oldest first
  std::unordered_set<ManifestId> set_aside_;
};

}  // namespace partsmith::storage
