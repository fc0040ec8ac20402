#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>

#include <partsmith/conformance/context.h>
#include <partsmith/conformance/runner.h>

#include "cleaner.h"
#include "endpoint_watch.h"
#include "evidence.h"
#include "feature.h"
#include "judge.h"
#include "run_bucket.h"
#include "run_id.h"
#include "token_hiding.h"
#include "trouble.h"

namespace partsmith::conformance {
namespace {

using Clock = std::chrono::steady_clock;

std::chrono::milliseconds since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
}

/// A check that fails is run so often in all, where the endpoint was troubled each time.
constexpr int most_runs = 3;
/// So many waits for an answer that doesn't come are long enough.
constexpr unsigned most_in_vain = 4;

/// How a run of a check went, beside what it found.
struct Course {
  bool disturbed = false;
  bool reached = false;  ///< the endpoint got something of it
  std::string busy = {};
  std::string full = {};
  std::vector<std::string> received = {};  ///< to the requests whose answers were wrong before
};

bool alike(const std::vector<Failure>& a, const std::vector<Failure>& b) {
  return std::ranges::equal(a, b, [](const Failure& one, const Failure& other) {
    return one.expected == other.expected && one.actual == other.actual;
  });
}

class Run {
 public:
  Run(client::S3Client& client, const Plan& plan, const RunOptions& options, RunResult& result)
      : client_(client),
        plan_(plan),
        options_(options),
        result_(result),
        courses_(plan.steps.size()),
        watch_(client, {.bucket = result.bucket,
                        .owns_bucket = options.bucket.empty(),
                        .jobs = options.jobs,
                        .attempts = options.attempts,
                        .stop = options.stop}),
        allowance_(spare(options.max_requests, plan.estimate.requests),
                   spare(options.max_bytes, plan.estimate.bytes)) {}

  void all() {
    {
      std::vector<std::jthread> workers;
      for (unsigned i = 0; i < std::max(options_.jobs, 1U); ++i) workers.emplace_back([this] { work(); });
    }
    if (options_.second_runs) run_again();
    result_.lost = watch_.lost();
    result_.falls = watch_.falls();
    forget_what_the_end_caused();
    judge(result_, evidence_);
  }

 private:
  static std::optional<std::uint64_t> spare(std::optional<std::uint64_t> most, std::uint64_t planned) {
    if (!most) return std::nullopt;
    return *most - std::min(*most, planned);
  }

  void work() {
    while (true) {
      const auto index = next_++;
      if (index >= plan_.steps.size()) return;
      perform(plan_.steps[index], result_.checks[index], courses_[index]);
      const std::scoped_lock lock(mutex_);
      ++done_;
      if (options_.progress) options_.progress(done_, plan_.steps.size(), result_.checks[index]);
    }
  }

  void perform(const Plan::Step& step, CheckResult& result, Course& course) {
    result.outcome = Outcome::skipped;
    result.skip_reason = step.skip_reason;
    if (!step.skip_reason.empty()) return;
    if (options_.stop.stop_requested()) {
      result.skip_reason = "the run was stopped";
      return;
    }
    if (const auto lost = watch_.lost(); !lost.empty()) {
      result.skip_reason = lost;
      return;
    }
    const auto start = Clock::now();
    watch_.begins(step.check.id);
    perform_while_it_is_there(step, result, course);
    watch_.ends(step.check.id);
    if (!course.full.empty()) lose_endpoint(result, "is full: it answers " + course.full);
    watch_.note_patience(result.timed_out, course.busy);
    allowance_.give(unspent(step.check, result.spent));
    result.time = since(start);
  }

  /// What could not be asked proves nothing: then the check is made again when the server is back. One that
  /// was asked, and fell, may have fallen over another check; that is seen when this one is made again alone.
  void perform_while_it_is_there(const Plan::Step& step, CheckResult& result, Course& course) {
    for (int run = 1; run <= most_runs; ++run) {
      const auto falls = watch_.falls();
      perform_anywhere(step, result, course);
      if (run < most_runs && misses_bucket(result) && watch_.made_bucket_again()) continue;
      if (result.unreachable.empty()) return;
      if (!watch_.comes_back(falls, result.unreachable)) return become_skipped(result);
      if (course.reached && options_.second_runs) return;
    }
    if (!course.reached) become_unproved(result, "the endpoint went away each time before it was asked");
  }

  /// Whoever has the bucket removed each time has failed; the others are asked again.
  static bool misses_bucket(const CheckResult& result) {
    return std::ranges::any_of(result.failures, [](const Failure& failure) {
      return failure.status == 404 && (failure.code.empty() || failure.code == "NoSuchBucket");
    });
  }

  static Cost unspent(const Check& check, const Cost& spent) {
    const auto most = check.most();
    return {most.requests - std::min(most.requests, spent.requests),
            most.bytes - std::min(most.bytes, spent.bytes)};
  }

  void perform_anywhere(const Plan::Step& step, CheckResult& result, Course& course) {
    result.unreachable.clear();
    const bool own_bucket = std::ranges::find(step.check.needs, Need::own_bucket) != step.check.needs.end();
    if (own_bucket) {
      perform_in_own_bucket(step.check, result, course);
    } else {
      perform_in(result_.bucket, step.check, result, course);
    }
  }

  void lose_endpoint(CheckResult& result, const std::string& how) {
    watch_.lose(how);
    become_skipped(result);
  }

  void become_skipped(CheckResult& result) const { become_unproved(result, watch_.lost()); }

  void perform_in_own_bucket(const Check& check, CheckResult& result, Course& course) {
    const auto bucket = RunId::make(result_.started).bucket();
    // Who takes no Object Lock with a bucket may take it later, and if not, the check says so.
    const bool locked = std::ranges::find(check.needs, Need::object_lock) != check.needs.end();
    auto made = create_bucket(client_, bucket, options_.stop, locked);
    if (!made && locked) made = create_bucket(client_, bucket, options_.stop);
    result.cleaning.requests += locked ? 3 : 2;
    if (!made) {
      result.outcome = Outcome::skipped;
      result.skip_reason = made.error();
      if (!watch_.is_there()) result.unreachable = made.error();
      return;
    }
    perform_in(bucket, check, result, course);
    Cleaner cleaner(client_, options_.stop_cleaning);
    cleaner.sweep(bucket, {});
    cleaner.delete_bucket(bucket);
    take_over(cleaner, result);
  }

  void perform_in(const std::string& bucket, const Check& check, CheckResult& result, Course& course) {
    const auto wrong_before = std::exchange(result.failures, {});
    CheckContext context(
        client_, {.bucket = bucket,
                  .prefix = fmt::format("{}{}/{}/", root_prefix, result_.run_id, key_segment(check.id)),
                  .limit = check.most(),
                  .pause = options_.pause,
                  .attempts = options_.attempts,
                  .level = check.level,
                  .counted = options_.level,
                  .evidence = &evidence_,
                  .stop = options_.stop,
                  .allowance = &allowance_,
                  .second = options_.second});
    result.outcome = Outcome::passed;
    result.skip_reason.clear();
    try {
      check.body(context);
    } catch (const CheckEnded&) {
      // Why is among the failures.
    } catch (const CheckSkipped& skipped) {
      result.outcome = skipped.outcome;
      result.skip_reason = skipped.reason;
    } catch (const std::exception& bug) {
      context.note_defect(bug.what());
    }
    // What was broken off blames nobody.
    const bool broken_off =
        options_.stop.stop_requested() && !context.failures().empty() && context.unreachable().empty();
    result.unreachable = context.unreachable();
    result.timed_out = context.timed_out();
    result.failures = context.failures();
    result.beyond_level = context.beyond_level();
    result.defect = context.defect();
    result.sent_again.insert(result.sent_again.end(), context.sent_again().begin(),
                             context.sent_again().end());
    note_outcome(check, context, result);
    if (broken_off) become_unproved(result, "the run was stopped");
    hide_token(result, client_.options().credentials.session_token);
    result.spent += context.spent();
    course = {context.disturbed(), context.reached(), context.busy(), context.full(), {}};
    for (const auto& failure : wrong_before) course.received.push_back(context.received(failure.exchange));
    Cleaner cleaner(client_, options_.stop_cleaning);
    cleaner.clean_after(context);
    take_over(cleaner, result);
  }

  static void become_unproved(CheckResult& result, std::string why) {
    result.outcome = Outcome::skipped;
    result.skip_reason = std::move(why);
    result.failures.clear();
    result.reproduce.clear();
    result.script.clear();
    result.unreachable.clear();
    result.timed_out = false;
  }

  void note_outcome(const Check& check, const CheckContext& context, CheckResult& result) const {
    // Wrong answers may lead a check astray: then they are to blame.
    if (!result.failures.empty()) {
      const auto& first = result.failures.front();
      if (!context.busy().empty() && is_busy(first.status, first.code)) {
        result.outcome = Outcome::busy;
        result.skip_reason =
            fmt::format("it was answered {} each of {} times", context.busy(), options_.attempts);
        result.failures.clear();
        return;
      }
      result.outcome = Outcome::failed;
      tell_reproductions(check, context, result);
    } else if (!result.defect.empty()) {
      result.outcome = Outcome::error;
    }
  }

  void tell_reproductions(const Check& check, const CheckContext& context, CheckResult& result) const {
    const auto command = fmt::format("partsmith conform --endpoint {} --only {}", result_.endpoint, check.id);
    const auto shell = context.reproduction().script();
    result.reproduce = shell.empty() ? shell : fmt::format("# {}\n{}", command, shell);
    result.script =
        context.reproduction().python(fmt::format("{}: {}.\n\nKnown from: {}.\nThe same by partsmith: {}",
                                                  check.id, check.title, check.source, command),
                                      result.failures);
  }

  /// Nobody is blamed for what happened once, perhaps because of what else went on.
  void run_again() {
    unsigned in_vain = 0;  // waits for an answer that doesn't come are long
    for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
      const auto& result = result_.checks[i];
      const bool doubtful = result.outcome == Outcome::failed || result.outcome == Outcome::busy;
      if (!doubtful || (result.timed_out && in_vain >= most_in_vain)) continue;
      if (options_.stop.stop_requested() || !watch_.lost().empty()) return;
      const bool proved = plan_.steps[i].check.by_chance && !courses_[i].disturbed;
      if (proved && result.outcome == Outcome::failed) continue;
      run_again(i);
      in_vain += result_.checks[i].timed_out ? 1U : 0U;
    }
  }

  void run_again(std::size_t index) {
    const auto& step = plan_.steps[index];
    auto& result = result_.checks[index];
    const bool failed_undisturbed = !courses_[index].disturbed;
    for (int run = 2; run <= most_runs; ++run) {
      if (!allowance_.take(step.check.most())) {
        if (!result.unreachable.empty())
          become_unproved(result, "the endpoint went away, and the budget doesn't let it be asked again");
        return;
      }
      auto again = result;
      again.spent = {};
      Course course;
      perform(step, again, course);
      const auto spent_before = result.spent;
      const bool lost = !watch_.lost().empty() || options_.stop.stop_requested();
      const bool was_disturbed = courses_[index].disturbed && !failed_undisturbed;
      if (lost) {
        result.spent += again.spent;
        return;
      }
      again.spent += spent_before;
      const bool differs_still = again.outcome == Outcome::failed || again.outcome == Outcome::busy;
      // Over what another check asked it may fall late.
      const bool settled =
          again.unreachable.empty() && (!course.disturbed || alike(result.failures, again.failures));
      remember_what_was(result.failures, again.failures);
      if (differs_still || was_disturbed) {
        result = std::move(again);
        courses_[index] = std::move(course);
      } else if (again.outcome == Outcome::passed) {
        become_unsteady(result, again, course);
        return;
      } else {
        result = std::move(again);
        return;
      }
      if (!differs_still || settled) return;
    }
  }

  /// What isn't the same twice, a server makes anew each time.
  static void remember_what_was(const std::vector<Failure>& before, std::vector<Failure>& now) {
    if (before.size() != now.size()) return;
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (before[i].expected == now[i].expected) now[i].actual_before = before[i].actual;
    }
  }

  static void become_unsteady(CheckResult& result, const CheckResult& again, const Course& course) {
    result.outcome = Outcome::unsteady;
    result.spent = again.spent;
    result.cleaning = again.cleaning;
    result.time += again.time;
    const auto known = std::min(result.failures.size(), course.received.size());
    for (std::size_t i = 0; i < known; ++i) result.failures[i].received_again = course.received[i];
  }

  /// Connections that broke when the endpoint went away, and refusals when it was full, blame no check.
  void forget_what_the_end_caused() {
    if (result_.lost.empty()) return;
    for (std::size_t i = 0; i < courses_.size(); ++i) {
      auto& result = result_.checks[i];
      if (courses_[i].disturbed && (result.differs() || result.outcome == Outcome::busy))
        become_skipped(result);
    }
  }

  void take_over(const Cleaner& cleaner, CheckResult& result) {
    result.cleaning += cleaner.spent();
    const std::scoped_lock lock(mutex_);
    result_.leftovers.insert(result_.leftovers.end(), cleaner.leftovers().begin(), cleaner.leftovers().end());
  }

  client::S3Client& client_;
  const Plan& plan_;
  const RunOptions& options_;
  RunResult&
      result_;  ///< each check's row belongs to the worker that took it; leftovers are guarded by mutex_
  std::vector<Course> courses_;  ///< each belongs to the worker that took its check
  EndpointWatch watch_;
  Evidence evidence_;
  Allowance allowance_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
  std::size_t done_ = 0;  ///< guarded by mutex_
};

}  // namespace

std::expected<RunResult, std::string> run(client::S3Client& client, const Plan& plan,
                                          const RunOptions& options, const partsmith::Clock& clock) {
  const auto start = Clock::now();
  RunResult result;
  result.endpoint = client.endpoint().url();
  result.region = client.options().region;
  result.started = clock.now();
  result.level = options.level;
  const auto id = RunId::make(result.started);
  result.run_id = id.text();
  result.bucket = options.bucket.empty() ? id.bucket() : options.bucket;
  result.estimate = plan.estimate;
  for (const auto& [check, reason] : plan.steps) {
    CheckResult row;
    row.id = check.id;
    row.title = check.title;
    row.level = check.level;
    row.source = check.source;
    row.needs = check.needs;
    row.feature = feature_of(check.id);
    result.checks.push_back(std::move(row));
  }
  const auto ready = options.bucket.empty() ? create_bucket(client, result.bucket, options.stop)
                                            : find_bucket(client, result.bucket);
  if (!ready) return std::unexpected(ready.error());

  Run(client, plan, options, result).all();

  // What a lost answer or a wrong one kept from the clean-up after its check.
  Cleaner cleaner(client, options.stop_cleaning);
  cleaner.sweep(result.bucket, id.prefix());
  // Everything under the prefix was found and removed: what could not be removed before is gone, too.
  if (cleaner.leftovers().empty()) forget_leftovers_in(result.bucket, result.leftovers);
  if (options.bucket.empty() && cleaner.delete_bucket(result.bucket))
    forget_leftovers_in(result.bucket, result.leftovers);
  std::ranges::copy_if(cleaner.leftovers(), std::back_inserter(result.leftovers), [&](const auto& one) {
    return std::ranges::find(result.leftovers, one) == result.leftovers.end();  // the check's own told it
  });
  result.stopped = options.stop.stop_requested();
  result.time = since(start);
  return result;
}

}  // namespace partsmith::conformance
