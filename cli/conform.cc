#include "conform.h"

#include <fmt/format.h>
#include <unistd.h>

#include <partsmith/conformance/catalogue.h>
#include <partsmith/conformance/profile.h>
#include <partsmith/conformance/reports.h>
#include <partsmith/conformance/runner.h>
#include <partsmith/conformance/sweep.h>
#include <partsmith/server/local_names.h>

#include "conform_baseline.h"
#include "conform_connection.h"
#include "conform_interruption.h"
#include "conform_output.h"
#include "progress_bar.h"
#include "report_files.h"
#include "standard_streams.h"

namespace partsmith::cli {
namespace {

using conformance::CheckResult;
using conformance::Outcome;
using conformance::Plan;
using conformance::RunResult;

std::expected<std::vector<conformance::Check>, std::string> chosen_checks(const ConformOptions& options) {
  const conformance::Selection selection{
      .only = options.only, .skip = options.skip, .level = *conformance::level_by_name(options.level)};
  auto checks = conformance::select(conformance::catalogue(), selection);
  if (checks.empty()) return std::unexpected("no check matches --only, --skip and --level (see --list)");
  return checks;
}

/// A bar on the terminal; nothing elsewhere.
class Progress {
 public:
  auto told() {
    return [this](std::size_t done, std::size_t all, const CheckResult& result) {
      failed_ += result.differs() ? 1U : 0U;
      bar_.show(done, all, fmt::format("{} failed  {}", failed_, result.id));
      if (done == all) bar_.clear();
    };
  }

 private:
  ProgressBar bar_;
  std::size_t failed_ = 0;
};

std::expected<conformance::Profile, std::string> profile_of(const std::string& name_or_file,
                                                            std::string_view flag) {
  if (name_or_file.empty()) return conformance::Profile{};
  return conformance::find_profile(name_or_file, flag);
}

std::expected<Profiles, std::string> profiles_of(const ConformOptions& options) {
  auto held_against = profile_of(options.profile, "--profile");
  if (!held_against) return std::unexpected(held_against.error());
  auto added_to = profile_of(options.add_to_profile.string(), "--add-to-profile");
  if (!added_to) return std::unexpected(added_to.error());
  return Profiles{*std::move(held_against), *std::move(added_to)};
}

void tell_estimate(const Plan& plan, const client::Endpoint& endpoint) {
  tell_line(conformance::estimate_text(plan));
  if (server::is_this_machine(endpoint.origin().host)) return;
  tell_line(endpoint.url() +
            " is not this machine: that may cost money; --budget and --max-requests limit it");
}

int exit_code(const RunResult& result) {
  if (result.stopped) return conform_interrupted;
  if (!result.lost.empty()) return conform_trouble;
  if (result.beyond_profile() + result.missing_beyond_profile() + result.count(Outcome::error) > 0)
    return conform_failed;
  // Where nothing could be judged, nothing is right either.
  const bool judged = result.count(Outcome::passed) + result.count(Outcome::failed) > 0;
  return judged ? 0 : conform_trouble;
}

/// Tells what was removed; the exit code says whether that was all.
std::expected<int, std::string> sweep(const ConformOptions& options) {
  const SystemClock clock;
  auto connection = connection_of(options, clock);
  if (!connection) return std::unexpected(connection.error());
  // Buckets of earlier runs may be in other regions.
  connection->options.follow_regions = true;
  client::S3Client client(connection->endpoint, connection->options, clock);
  const auto swept = conformance::sweep(
      client, {.bucket = options.bucket, .begun_before = clock.now() - options.older_than});
  if (!swept) return std::unexpected(swept.error());
  for (const auto& bucket : swept->buckets) fmt::print("removed bucket {}\n", bucket);
  for (const auto& leftover : swept->leftovers) fmt::print("left over: {}\n", leftover);
  fmt::print("removed {} buckets, {} objects, {} uploads; {} requests\n", swept->buckets.size(),
             swept->objects, swept->uploads, swept->spent.requests);
  return swept->leftovers.empty() ? 0 : conform_failed;
}

/// All that a run says, in the form that is asked for.
std::expected<void, std::string> report(const ConformOptions& options, const ReportFiles& reports,
                                        const RunResult& result) {
  const bool colour = isatty(STDOUT_FILENO) != 0;
  if (!writes_to_stdout(reports) && !print_text(conformance::text_report(result, colour)))
    return std::unexpected("cannot write to stdout");
  if (const auto written = write(reports, result); !written) return written;
  if (const auto written = write_scripts(options.scripts, result); !written) return written;
  return options.ci ? add_to_job_summary(result) : std::expected<void, std::string>();
}

/// What a person can do about it.
void tell_leftovers(const ConformOptions& options, const RunResult& result) {
  if (result.leftovers.empty()) return;
  tell_line(fmt::format(
      "{} things are left over: partsmith conform --sweep, with the same endpoint{}, removes them",
      result.leftovers.size(), options.bucket.empty() ? "" : " and bucket"));
}

}  // namespace

std::expected<int, std::string> conform(const ConformOptions& said) {
  if (said.sweep) return sweep(said);
  const bool runs = !said.list && !said.dry_run;
  const auto filled = runs ? with_files_of_ci(said) : said;
  if (!filled) return std::unexpected(filled.error());
  const auto& options = *filled;
  auto checks = chosen_checks(options);
  if (!checks) return std::unexpected(checks.error());
  if (options.list) {
    fmt::print("{}", conformance::list_text(*checks));
    return 0;
  }
  conformance::RunOptions run_options{.jobs = options.jobs,
                                      .bucket = options.bucket,
                                      .max_bytes = options.budget,
                                      .max_requests = options.max_requests,
                                      .level = *conformance::level_by_name(options.level),
                                      .has_second = !options.second_access_key.empty(),
                                      .costly = options.costly};
  const Plan plan = conformance::plan(*std::move(checks), run_options);
  if (options.dry_run) {
    fmt::print("{}", conformance::plan_text(plan));
    return 0;
  }
  const auto profiles = profiles_of(options);
  if (!profiles) return std::unexpected(profiles.error());
  const auto baseline = read_baseline(options);
  if (!baseline) return std::unexpected(baseline.error());
  const auto reports = reports_of(options, *profiles);
  if (const auto ok = check_writable(reports); !ok) return std::unexpected(ok.error());
  const SystemClock clock;
  const auto connection = connection_of(options, clock);
  if (!connection) return std::unexpected(connection.error());

  const auto second = second_connection(options, *connection);
  if (!second) return std::unexpected(second.error());

  const Interruption interruption;  // before any other thread is made
  run_options.stop = interruption.token();
  run_options.stop_cleaning = interruption.late_token();
  Progress progress;
  if (isatty(STDERR_FILENO) != 0) run_options.progress = progress.told();
  tell_estimate(plan, connection->endpoint);
  client::S3Client client(connection->endpoint, connection->options, clock);
  std::optional<client::S3Client> other;
  if (*second) run_options.second = &other.emplace((*second)->endpoint, (*second)->options, clock);
  auto result = conformance::run(client, plan, run_options, clock);
  if (!result) return std::unexpected(result.error());
  result->label = options.label;
  result->partsmith = PARTSMITH_VERSION;
  if (!options.profile.empty()) conformance::apply(profiles->held_against, *result);
  if (const auto held = hold_against_baseline(options, *baseline, *result); !held)
    return std::unexpected(held.error());
  if (const auto done = report(options, reports, *result); !done) return std::unexpected(done.error());
  tell_leftovers(options, *result);
  return exit_code(*result);
}

}  // namespace partsmith::cli
