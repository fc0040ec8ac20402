#pragma once
/// A running server's worlds, steered from its own process: what the control API does, without HTTP. Rules,
/// filters and expectations are JSON, as docs/faults.md and docs/control.md have it; errors are one line fit
/// for a person.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/storage/store.h>
#include <partsmith/values/movable_clock.h>

namespace partsmith::server {

struct World;

/// One world. Safe from any thread; the server outlives it. Each function throws std::runtime_error when the
/// world can't be opened.
class WorldSteering {
 public:
  using FindWorld = std::function<std::shared_ptr<World>()>;
  WorldSteering(FindWorld find, std::string version) : find_(std::move(find)), version_(std::move(version)) {}

  struct FaultStatus {
    std::string name;
    std::string rule;  ///< JSON
    std::uint64_t matched = 0;
    std::uint64_t hits = 0;
  };
  /// A rule, or a list of them.
  std::expected<void, std::string> add_faults(std::string_view json) const;
  std::expected<void, std::string> add_fault_preset(std::string_view name) const;
  std::vector<FaultStatus> faults() const;
  bool remove_fault(std::string_view name) const;
  void clear_faults() const;

  /// Lives as long as the server. Throws std::logic_error when the server was given none.
  MovableClock& clock() const;

  /// A list of entries, the oldest first.
  std::expected<std::string, std::string> journal(std::string_view filter) const;
  /// The same as an HTTP Archive.
  std::expected<std::string, std::string> har(std::string_view filter) const;
  struct Found {
    bool as_expected = false;
    std::uint64_t count = 0;
    std::string text;  ///< where it isn't as expected: what there is instead
  };
  std::expected<Found, std::string> expect(std::string_view expectation) const;
  void clear_journal() const;

  std::shared_ptr<storage::Store> store() const;
  /// Removes every bucket, rule and entry, and lets the clock show real time.
  std::expected<void, std::string> reset() const;

 private:
  FindWorld find_;
  std::string version_;
};

}  // namespace partsmith::server
