#pragma once
/// Where the uploads of one server meet, so that the MD5s of several are computed at once in the lanes of the
/// processor's vectors (Md5Stream), for a fraction of what each costs alone. A lone upload meets nobody and
/// waits for nobody. One per server, at World::md5_lanes; safe from any thread, and outlives its uploads.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include <partsmith/values/md5_stream.h>

namespace partsmith::server {

class Md5Lanes {
 public:
  struct Options {
    /// That the server may use: where uploads are fewer, each has a processor to itself. Half of them, for
    /// the clients of a local server need theirs.
    unsigned processors = usable_processors();
    /// The longest that a run of bytes waits for others. What it waited for can take as long again as the
    /// MD5s of `width` runs.
    std::chrono::microseconds patience{1000};
    Md5Width width = widest_md5();
  };
  /// What became of runs, of those that were large enough.
  struct Counts {
    std::uint64_t together = 0;  ///< digested with another
    std::uint64_t alone = 0;
    std::uint64_t waits_in_vain = 0;  ///< waits that ended before as many had come as were expected
  };

  Md5Lanes() : Md5Lanes(Options()) {}
  explicit Md5Lanes(Options options);
  Md5Lanes(const Md5Lanes&) = delete;
  Md5Lanes& operator=(const Md5Lanes&) = delete;

  /// The MD5 of one body. One thread at a time.
  class Upload {
   public:
    explicit Upload(Md5Lanes& lanes) : lanes_(&lanes) {}
    ~Upload() { leave(); }
    Upload(const Upload&) = delete;
    Upload& operator=(const Upload&) = delete;

    /// Returns when the bytes have been digested.
    void update(ByteView bytes);
    /// Of all bytes so far. Once.
    Md5 finish();

   private:
    void leave();

    Md5Lanes* lanes_;
    Md5Stream stream_;
    bool arriving_ = false;  ///< counted among the uploads that may share
  };

  Counts counts() const { return {.together = together_, .alone = alone_, .waits_in_vain = waits_in_vain_}; }

  /// How many runs wait for others to come.
  std::size_t waiting() const { return waiting_; }

  /// The processors that this thread may run on.
  static unsigned usable_processors();

 private:
  /// A thread with a run. Lives on its stack, and is touched under the lock alone.
  struct Waiter {
    enum class State { in_line, leads, taken, done };

    Md5Stream::Run run;
    State state = State::in_line;
    std::condition_variable woken{};
  };

  std::size_t wanted() const;
  void digest_alone(const Md5Stream::Run& run);
  void share(const Md5Stream::Run& run);
  void lead(std::unique_lock<std::mutex>& lock) noexcept;
  void expect_fewer();
  void count_round();
  void upload_left();

  const Options options_;
  std::atomic<std::size_t> arriving_ = 0;           ///< uploads of which large runs have come, and more may
  std::atomic<std::size_t> most_wanted_;            ///< in a round: see expect_fewer()
  std::atomic<std::uint64_t> rounds_to_retry_ = 0;  ///< until one more is wanted
  std::atomic<std::size_t> waiting_ = 0;            ///< the length of the line
  std::atomic<std::uint64_t> together_ = 0;
  std::atomic<std::uint64_t> alone_ = 0;
  std::atomic<std::uint64_t> waits_in_vain_ = 0;
  std::mutex mutex_;
  std::vector<Waiter*> line_;
  std::uint64_t rounds_of_doubt_ = 0;  ///< that follow a wait in vain
  bool retrying_ = false;              ///< one more is wanted than came before
};

}  // namespace partsmith::server
