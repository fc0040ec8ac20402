#pragma once
/// SQLite's own input and output, of which chosen calls fail: a VFS over the system's.
/// Nothing is really synced.

#include <functional>
#include <memory>
#include <string>

#include "gate.h"
#include "power_failure.h"

namespace partsmith::storage::testing {

class FailingDatabase {
 public:
  /// Asked before and in each call, with its name and path; an errno other than 0 is what the call meets. The
  /// calls: open, read, write, "write on" (half is written), written, sync, synced (it is done and yet
  /// fails), truncate, remove, map (the shared index of the log).
  using Verdict = std::function<int(const std::string& call, const std::filesystem::path& path)>;

  /// `watcher` is told what would survive a power failure; it must outlive this object.
  explicit FailingDatabase(PowerFailure* watcher = nullptr);
  ~FailingDatabase();
  FailingDatabase(const FailingDatabase&) = delete;
  FailingDatabase& operator=(const FailingDatabase&) = delete;

  /// For sqlite3_open_v2.
  const std::string& vfs() const;

  void fail_when(Verdict verdict);
  /// Every later call with this name fails.
  void fail(const std::string& call, int number);
  void work_again() { fail_when({}); }
  /// Every later call with this name passes the gate.
  void hold(const std::string& call, std::shared_ptr<Gate> gate);

 private:
  class Vfs;
  std::unique_ptr<Vfs> vfs_;
};

}  // namespace partsmith::storage::testing
