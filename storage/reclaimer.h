#pragma once
/// Frees large objects that were deleted or replaced, after the answer, in a thread of its own: thousands of
/// files take the disk a second. The rows know what is to be freed (`released` in `manifests`), and this is
/// only a list of them: what is not done when the store ends, or crashes, the next start does.

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include <partsmith/storage/types.h>
#include <partsmith/values/limits.h>

#include "row_ids.h"

namespace partsmith::storage {

/// An object with more than one of these is freed after the answer.
struct LargeObject {
  std::uint64_t bytes = 32 * limits::mib;
  std::uint32_t parts = 250;

  bool includes(const ObjectInfo& object) const { return object.size > bytes || object.part_count > parts; }
};

class Reclaimer {
 public:
  static constexpr std::size_t most_waiting = 1'000;
  /// Frees a step of the manifest; true when more of it is left.
  using FreeSome = std::function<bool(ManifestId)>;

  Reclaimer(FreeSome free_some, std::function<void(const std::string&)> log);
  /// Ends after the step that is under way.
  ~Reclaimer();
  Reclaimer(const Reclaimer&) = delete;
  Reclaimer& operator=(const Reclaimer&) = delete;

  /// False when too many wait: the caller frees it himself.
  bool add(ManifestId manifest);
  /// Returns when everything that was added before has been freed.
  void catch_up();

 private:
  void loop();
  void free_all_of(ManifestId manifest);
  bool is_stopping();

  FreeSome free_some_;
  std::function<void(const std::string&)> log_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable progress_;
  std::deque<ManifestId> waiting_;
  std::uint64_t added_ = 0;
  std::uint64_t done_ = 0;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace partsmith::storage
