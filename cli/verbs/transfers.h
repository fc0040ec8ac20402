#pragma once
/// Many objects on their way.

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "verbs/transfer_job.h"

namespace partsmith::cli {

enum class Mode { copy, move, verify };

/// Does jobs as they come, several at a time, and tells of each.
class Transfers {
 public:
  /// `many`: each failure is told as it comes, and the others go on. `upload_id`: the upload to go on with.
  Transfers(const TransferOptions& options, const Sides& sides, Mode mode, bool many,
            std::string upload_id = {});

  /// Waits while too many are waiting. False when there is no use in more. The job's number is given here.
  bool add(Job job);
  /// A file or key that cannot even become a job.
  void refuse(const VerbError& trouble);
  /// After the last job.
  VerbResult finish();

 private:
  bool stopped() const { return how_.session.call_policy.stop.stop_requested(); }
  void work();
  VerbResult run(const Job& job);
  VerbResult run_comparison(const Job& job);
  void note(const VerbError& trouble);  ///< with the mutex held
  void tell(const Job& job, const Transferred& done);
  void tell(const std::string& line);

  const TransferOptions& options_;
  const Mode mode_;
  const bool many_;
  Progress progress_;
  Transferring how_;
  std::mutex telling_;
  std::mutex mutex_;  ///< guards what follows
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  std::uint64_t count_ = 0;
  std::uint64_t failures_ = 0;
  std::optional<VerbError> first_;
  bool ended_ = false;
  std::vector<std::jthread> workers_;  ///< last: they use all of the above
};

}  // namespace partsmith::cli
