#pragma once
/// An S3 server in the test's own process: `partsmith::Emulator server;`, and S3 is at
/// `server.endpoint_url()`. Faults on demand, a clock to move, a journal to assert on, worlds that keep
/// parallel tests apart. docs/emulator.md is the manual.
///
/// C++17 and the standard library are enough to include it. Nothing is global: as many emulators as you like
/// live in one process, and each ends with its value. (The first has the process ignore SIGPIPE.) Everything
/// here may be called from any thread, while its emulator lives.
///
/// What goes wrong is thrown as EmulatorError. A constructor has no other way to say that it failed, a test
/// has no way to go on without its server, and every test framework shows what() as the reason.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <partsmith/faults.h>

namespace partsmith {

namespace server {
class WorldSteering;
}

/// An emulator that can't start, a rule or filter that isn't known: one line fit for a person.
class EmulatorError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct EmulatorOptions {
  std::filesystem::path folder = {};      ///< of the data, which stays; empty: a temporary one, which goes
  std::vector<std::string> buckets = {};  ///< that are there at the start and after reset()
  std::vector<std::string> versioned_buckets = {};  ///< likewise, with versioning enabled
  std::uint16_t port = 0;                           ///< on 127.0.0.1; 0: any free one
  std::string access_key = "test";
  std::string secret_key = "test";
  std::string region = "us-east-1";
  bool strict_region = false;                       ///< refuse signatures for any other region
  std::optional<std::uint64_t> min_part_size = {};  ///< bytes of every part but the last; S3's unless named
  std::optional<std::uint64_t> quota = {};  ///< bytes that objects and parts may take; more gets SlowDown
  bool durable = false;                     ///< what was acknowledged survives a power failure, too
  bool early_completion = false;            ///< CompleteMultipartUpload answers 200 before its work is done
  bool world_per_access_key = false;        ///< each access key has a world of its own; see Emulator::world()
  std::filesystem::path https_ca_file = {};  ///< set: HTTPS, and the authority to trust is written here (PEM)
  /// Receives a line for each request, from the emulator's threads, never two at once.
  std::function<void(std::string_view)> log = {};
};

/// Rules of faults, and how often each has acted.
class EmulatorFaults {
 public:
  struct Status {
    std::string name;
    std::string rule;           ///< as JSON
    std::uint64_t matched = 0;  ///< requests that it was about
    std::uint64_t hits = 0;     ///< of them those that it acted on
  };

  void add(const FaultRule& rule) const;
  /// A rule or a list of rules, as docs/faults.md has them.
  void add_json(std::string_view json) const;
  /// A fault of one word, such as "lost-complete" (docs/faults.md).
  void add_preset(std::string_view name) const;
  std::vector<Status> list() const;
  /// How often the rule acted. Throws when there is no such rule.
  std::uint64_t hits(std::string_view name) const;
  /// False when there was no such rule.
  bool remove(std::string_view name) const;
  void clear() const;

 private:
  friend class EmulatorWorld;
  explicit EmulatorFaults(std::shared_ptr<const server::WorldSteering> world) : world_(std::move(world)) {}
  std::shared_ptr<const server::WorldSteering> world_;
};

/// The time that Date, Last-Modified and the expiry of presigned URLs follow. A client's clock is compared
/// with real time.
///
/// A presigned URL was made when this clock showed what it showed then, and says that in whole seconds: so a
/// change returns with the next second, and URLs made after it count as made after it.
class EmulatorClock {
 public:
  std::chrono::system_clock::time_point now() const;
  bool frozen() const;

  void set(std::chrono::system_clock::time_point time) const;
  /// Backwards with a negative time.
  void advance(std::chrono::milliseconds time) const;
  void freeze() const;
  void unfreeze() const;
  /// It shows real time again.
  void reset() const;

 private:
  friend class EmulatorWorld;
  explicit EmulatorClock(std::shared_ptr<const server::WorldSteering> world) : world_(std::move(world)) {}
  std::shared_ptr<const server::WorldSteering> world_;
};

/// Which entries: all that is said here. Texts are globs.
struct JournalFilter {
  std::string operation = {};
  std::string method = {};
  std::string bucket = {};
  std::string key = {};
  std::string upload_id = {};
  std::string part_number = {};
  std::string access_key = {};
  std::string error = {};  ///< S3's code
  std::string user_agent = {};
  std::string acted = {};  ///< the name of a fault
  std::optional<int> status = {};
  std::uint64_t after = 0;  ///< ids above
};

/// A request and its answer. Signatures, session tokens and customer keys are removed.
struct JournalEntry {
  using Headers = std::vector<std::pair<std::string, std::string>>;

  std::uint64_t id = 0;   ///< 1 for the first of the world's
  std::string time = {};  ///< by the world's clock, when it ended, as in 2026-11-30T12:00:00.000Z
  std::chrono::duration<double, std::milli> took = {};
  std::string operation = {};  ///< as S3 names it; empty when it is none
  std::string method = {};
  std::string target = {};
  std::string bucket = {};
  std::string key = {};
  std::string upload_id = {};
  std::string part_number = {};
  std::string access_key = {};
  int status = 0;
  std::string error = {};    ///< S3's code; empty for success
  std::string message = {};  ///< the error's
  std::string cause = {};    ///< why the answer ended early
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  bool cut = false;                      ///< the client hasn't had the whole answer
  std::vector<std::string> acted = {};   ///< the names of the faults
  std::optional<unsigned> attempt = {};  ///< of an SDK that tells it
  std::string user_agent = {};
  Headers request_headers = {};
  Headers response_headers = {};
  std::string json = {};  ///< all of it, as docs/control.md has it
};

/// How many such requests there should have been.
struct Expectation {
  JournalFilter filter = {};
  std::optional<std::uint64_t> count = {};     ///< exactly
  std::optional<std::uint64_t> at_least = {};  ///< 1, when none of the three is named
  std::optional<std::uint64_t> at_most = {};
  /// Different values of this are counted: part_number, key, bucket, upload_id, operation, attempt.
  std::string distinct = {};
};

/// Whether an expectation holds: `CHECK(server.journal().expect(…))` in Catch2 shows the text, as does
/// `EXPECT_TRUE(verdict) << verdict` in GoogleTest.
struct Verdict {
  bool holds = false;
  std::uint64_t found = 0;
  std::string text = {};  ///< what there is instead, as a table; empty when it holds

  explicit operator bool() const { return holds; }
  friend std::ostream& operator<<(std::ostream& out, const Verdict& verdict);
};

/// The last requests and answers: 10,000 of them, of 32 MiB at most. A client that has its answer finds the
/// entry.
class EmulatorJournal {
 public:
  /// The oldest first.
  std::vector<JournalEntry> entries(const JournalFilter& filter = {}) const;
  Verdict expect(const Expectation& expectation) const;
  /// Entries as an HTTP Archive, which the tools of browsers open.
  std::string har(const JournalFilter& filter = {}) const;
  void clear() const;

 private:
  friend class EmulatorWorld;
  explicit EmulatorJournal(std::shared_ptr<const server::WorldSteering> world) : world_(std::move(world)) {}
  std::shared_ptr<const server::WorldSteering> world_;
};

/// Buckets, faults, clock and journal that belong together. It is a handle: copies are the same world.
class EmulatorWorld {
 public:
  EmulatorFaults faults() const { return EmulatorFaults(world_); }
  EmulatorClock clock() const { return EmulatorClock(world_); }
  EmulatorJournal journal() const { return EmulatorJournal(world_); }
  const std::string& access_key() const { return access_key_; }
  /// As at the start: the buckets of the options, empty; no rules, no entries, real time.
  void reset() const { reset_(); }

 private:
  friend class Emulator;
  EmulatorWorld(std::string access_key, std::shared_ptr<const server::WorldSteering> world,
                std::function<void()> reset)
      : access_key_(std::move(access_key)), world_(std::move(world)), reset_(std::move(reset)) {}

  std::string access_key_;
  std::shared_ptr<const server::WorldSteering> world_;
  std::function<void()> reset_;
};

class Emulator {
 public:
  /// Accepts requests when this returns. Throws EmulatorError: the port is taken, the folder isn't writable
  /// or in use, a bucket's name is none.
  explicit Emulator(EmulatorOptions options = {});
  /// Requests in flight have five seconds to end.
  ~Emulator();
  Emulator(Emulator&&) noexcept;
  Emulator& operator=(Emulator&&) noexcept;

  std::string endpoint_url() const;  ///< `http://127.0.0.1:43210`
  std::uint16_t port() const;
  const std::string& access_key() const;
  const std::string& secret_key() const;
  const std::string& region() const;

  // The world of access_key().
  EmulatorFaults faults() const { return world().faults(); }
  EmulatorClock clock() const { return world().clock(); }
  EmulatorJournal journal() const { return world().journal(); }
  void reset() const { world().reset(); }
  EmulatorWorld world() const;

  /// Of any access key, with `world_per_access_key`: made when it is first used, here or by a request. The
  /// secret is everybody's. The world of the empty key is that of requests without one.
  EmulatorWorld world(std::string access_key) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace partsmith
