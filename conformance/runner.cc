#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include <partsmith/conformance/context.h>
#include <partsmith/conformance/runner.h>

#include "cleaner.h"
#include "run_id.h"
#include "token_hiding.h"

namespace partsmith::conformance {
namespace {

using Clock = std::chrono::steady_clock;

std::chrono::milliseconds since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
}

client::S3Request bucket_request(std::string method, const std::string& bucket) {
  client::S3Request request;
  request.method = std::move(method);
  request.bucket = bucket;
  return request;
}

std::expected<void, std::string> create_bucket(client::S3Client& client, const std::string& bucket) {
  auto request = bucket_request("PUT", bucket);
  if (const auto& region = client.options().region; region != "us-east-1") {
    request.body = fmt::format(
        "<CreateBucketConfiguration xmlns=\"{}\"><LocationConstraint>{}</LocationConstraint>"
        "</CreateBucketConfiguration>",
        protocol::s3_namespace, protocol::xml_escaped(region));
  }
  const auto answer = client.send(request);
  if (!answer) return std::unexpected(fmt::format("{}: {}", client.endpoint().url(), answer.error().detail));
  if (auto failure = answer->failure()) {
    return std::unexpected(
        fmt::format("bucket {} cannot be made: {}", bucket, client::ClientError(*failure).detail));
  }
  return {};
}

/// An answer to HEAD says no more than a status: when it is refused, a listing is asked for the reason.
std::expected<void, std::string> find_bucket(client::S3Client& client, const std::string& bucket) {
  const auto answer = client.send(bucket_request("HEAD", bucket));
  if (!answer) return std::unexpected(fmt::format("{}: {}", client.endpoint().url(), answer.error().detail));
  if (answer->ok()) return {};
  auto listing = bucket_request("GET", bucket);
  listing.parameter("list-type", "2").parameter("max-keys", "0");
  const auto told = client.send(listing);
  auto failure = told ? told->failure() : std::nullopt;
  if (!failure || failure->code.empty()) failure = answer->failure();
  return std::unexpected(
      fmt::format("bucket {}: {}", bucket, client::ClientError(*std::move(failure)).detail));
}

/// So many checks in a row, or as many as run at a time, may wait for an answer in vain.
constexpr unsigned patience_checks = 4;

class Run {
 public:
  Run(client::S3Client& client, const Plan& plan, const RunOptions& options, RunResult& result)
      : client_(client), plan_(plan), options_(options), result_(result) {}

  void all() {
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < std::max(options_.jobs, 1U); ++i) workers.emplace_back([this] { work(); });
  }

 private:
  void work() {
    while (true) {
      const auto index = next_++;
      if (index >= plan_.steps.size()) return;
      perform(plan_.steps[index], result_.checks[index]);
      const std::scoped_lock lock(mutex_);
      ++done_;
      if (options_.progress) options_.progress(done_, plan_.steps.size(), result_.checks[index]);
    }
  }

  void perform(const Plan::Step& step, CheckResult& result) {
    result.outcome = Outcome::skipped;
    result.skip_reason = step.skip_reason;
    if (!step.skip_reason.empty()) return;
    if (options_.stop.stop_requested()) {
      result.skip_reason = "the run was stopped";
      return;
    }
    if (const auto lost = lost_endpoint(); !lost.empty()) {
      result.skip_reason = lost;
      return;
    }
    const auto start = Clock::now();
    perform_anywhere(step, result);
    // What could not be asked proves nothing. A server that fell over may come back; then the check is made
    // again.
    if (!result.unreachable.empty() && await_endpoint()) perform_anywhere(step, result);
    if (!result.unreachable.empty()) lose_endpoint(result);
    note_patience(result);
    result.time = since(start);
  }

  void perform_anywhere(const Plan::Step& step, CheckResult& result) {
    result.unreachable.clear();
    const bool own_bucket = std::ranges::find(step.check.needs, Need::own_bucket) != step.check.needs.end();
    if (own_bucket) {
      perform_in_own_bucket(step.check, result);
    } else {
      perform_in(result_.bucket, step.check, result);
    }
  }

  bool await_endpoint() {
    constexpr auto patience = std::chrono::seconds(10);
    constexpr auto between_looks = std::chrono::milliseconds(100);
    const auto deadline = Clock::now() + patience;
    while (lost_endpoint().empty() && !options_.stop.stop_requested()) {
      const auto answer = client_.send(bucket_request("HEAD", result_.bucket));
      if (answer || answer.error().kind != client::ErrorKind::connect) return true;
      if (Clock::now() >= deadline) return false;
      std::this_thread::sleep_for(between_looks);
    }
    return false;
  }

  std::string lost_endpoint() {
    const std::scoped_lock lock(mutex_);
    return result_.lost;
  }

  void lose_endpoint(CheckResult& result) {
    result.outcome = Outcome::skipped;
    result.skip_reason = fmt::format("the endpoint went away: {}", result.unreachable);
    result.failures.clear();
    result.reproduce.clear();
    const std::scoped_lock lock(mutex_);
    if (result_.lost.empty()) result_.lost = result.skip_reason;
  }

  /// A server that answers nothing any more would keep every further check waiting, too.
  void note_patience(const CheckResult& result) {
    const std::scoped_lock lock(mutex_);
    silent_ = result.timed_out ? silent_ + 1 : 0;
    if (silent_ < std::max(options_.jobs, patience_checks) || !result_.lost.empty()) return;
    result_.lost = fmt::format("the endpoint stopped answering: {} checks in a row waited in vain", silent_);
  }

  void perform_in_own_bucket(const Check& check, CheckResult& result) {
    const auto bucket = RunId::make(result_.started).bucket();
    const auto made = create_bucket(client_, bucket);
    result.cleaning.requests += 2;
    if (!made) {
      result.skip_reason = made.error();
      return;
    }
    perform_in(bucket, check, result);
    Cleaner cleaner(client_);
    cleaner.sweep(bucket, {});
    cleaner.delete_bucket(bucket);
    take_over(cleaner, result);
  }

  void perform_in(const std::string& bucket, const Check& check, CheckResult& result) {
    const auto prefix = fmt::format("{}{}/{}/", root_prefix, result_.run_id, check.id);
    CheckContext context(client_, bucket, prefix, check.most(), options_.pause);
    try {
      check.body(context);
    } catch (const CheckEnded&) {
      // Why is among the failures.
    } catch (const CheckSkipped& skipped) {
      result.skip_reason = skipped.reason;
    } catch (const std::exception& bug) {
      context.note_defect(bug.what());
    }
    result.unreachable = context.unreachable();
    result.timed_out = context.timed_out();
    result.failures = context.failures();
    result.defect = context.defect();
    // Wrong answers may lead a check astray: then they are to blame.
    if (!result.failures.empty()) {
      result.outcome = Outcome::failed;
      result.reproduce = fmt::format("# partsmith conform --endpoint {} --only {}\n{}", result_.endpoint,
                                     check.id, context.reproduction());
    } else {
      result.outcome = !result.defect.empty()       ? Outcome::error
                       : result.skip_reason.empty() ? Outcome::passed
                                                    : Outcome::skipped;
    }
    hide_token(result, client_.options().credentials.session_token);
    result.spent = context.spent();
    Cleaner cleaner(client_);
    cleaner.clean_after(context);
    take_over(cleaner, result);
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
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
  std::size_t done_ = 0;  ///< guarded by mutex_
  unsigned silent_ = 0;   ///< checks in a row that waited in vain; guarded by mutex_
};

}  // namespace

std::expected<RunResult, std::string> run(client::S3Client& client, const Plan& plan,
                                          const RunOptions& options, const partsmith::Clock& clock) {
  const auto start = Clock::now();
  RunResult result;
  result.endpoint = client.endpoint().url();
  result.region = client.options().region;
  result.started = clock.now();
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
    result.checks.push_back(std::move(row));
  }
  const auto ready =
      options.bucket.empty() ? create_bucket(client, result.bucket) : find_bucket(client, result.bucket);
  if (!ready) return std::unexpected(ready.error());

  Run(client, plan, options, result).all();

  // What a lost answer or a wrong one kept from the clean-up after its check.
  Cleaner cleaner(client);
  cleaner.sweep(result.bucket, id.prefix());
  if (options.bucket.empty() && cleaner.delete_bucket(result.bucket))
    forget_leftovers_in(result.bucket, result.leftovers);
  result.leftovers.insert(result.leftovers.end(), cleaner.leftovers().begin(), cleaner.leftovers().end());
  result.stopped = options.stop.stop_requested();
  result.time = since(start);
  return result;
}

}  // namespace partsmith::conformance
