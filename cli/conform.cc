#include "conform.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>

#include <partsmith/client/connection_settings.h>
#include <partsmith/conformance/catalogue.h>
#include <partsmith/conformance/reports.h>
#include <partsmith/conformance/runner.h>

#include "conform_interruption.h"

namespace partsmith::cli {
namespace {

using conformance::CheckResult;
using conformance::Outcome;
using conformance::Plan;
using conformance::RunResult;

/// The harness looks at answers as they are: it follows no redirection.
std::expected<client::S3Connection, std::string> connection_of(const ConformOptions& options) {
  auto settings = options.connection;
  if (options.virtual_hosted) settings.addressing = "virtual";
  settings.needs_endpoint = true;
  auto connection = client::resolve_connection(settings, client::process_environment());
  if (connection) connection->options.follow_regions = false;
  return connection;
}

std::expected<std::vector<conformance::Check>, std::string> chosen_checks(const ConformOptions& options) {
  const conformance::Selection selection{
      .only = options.only, .skip = options.skip, .level = *conformance::level_by_name(options.level)};
  auto checks = conformance::select(conformance::catalogue(), selection);
  if (checks.empty()) return std::unexpected("no check matches --only, --skip and --level (see --list)");
  return checks;
}

/// One line that is written over, on a terminal; nothing elsewhere.
void show_progress(std::size_t done, std::size_t all, const CheckResult& result) {
  fmt::print(stderr, "\r\x1b[K{}/{} {} {}", done, all, to_string(result.outcome), result.id);
  if (done == all) fmt::print(stderr, "\r\x1b[K");
}

std::expected<void, std::string> write_reports(const RunResult& result, const std::filesystem::path& json) {
  if (json == "-") {
    fmt::print("{}", conformance::json_report(result));
    return {};
  }
  fmt::print("{}", conformance::text_report(result, isatty(STDOUT_FILENO) != 0));
  if (json.empty()) return {};
  std::ofstream file(json, std::ios::binary | std::ios::trunc);
  file << conformance::json_report(result);
  file.close();
  if (!file) return std::unexpected(fmt::format("cannot write {}", json.string()));
  return {};
}

std::expected<void, std::string> check_writable(const std::filesystem::path& json) {
  if (json.empty() || json == "-") return {};
  if (!std::ofstream(json, std::ios::app))
    return std::unexpected(fmt::format("cannot write {}", json.string()));
  return {};
}

}  // namespace

std::expected<int, std::string> conform(const ConformOptions& options) {
  auto checks = chosen_checks(options);
  if (!checks) return std::unexpected(checks.error());
  if (options.list) {
    fmt::print("{}", conformance::list_text(*checks));
    return 0;
  }
  conformance::RunOptions run_options{.jobs = options.jobs,
                                      .bucket = options.bucket,
                                      .max_bytes = options.budget,
                                      .max_requests = options.max_requests};
  const Plan plan = conformance::plan(*std::move(checks), run_options);
  if (options.dry_run) {
    fmt::print("{}", conformance::plan_text(plan));
    return 0;
  }
  const auto connection = connection_of(options);
  if (!connection) return std::unexpected(connection.error());
  if (const auto ok = check_writable(options.json); !ok) return std::unexpected(ok.error());

  const Interruption interruption;  // before any other thread is made
  run_options.stop = interruption.token();
  if (isatty(STDERR_FILENO) != 0) run_options.progress = show_progress;
  fmt::print(stderr, "{}\n", conformance::estimate_text(plan));
  const SystemClock clock;
  client::S3Client client(connection->endpoint, connection->options, clock);
  const auto result = conformance::run(client, plan, run_options, clock);
  if (!result) return std::unexpected(result.error());
  if (const auto written = write_reports(*result, options.json); !written)
    return std::unexpected(written.error());
  if (result->stopped) return conform_interrupted;
  return result->count(Outcome::failed) + result->count(Outcome::error) > 0 ? conform_failed : 0;
}

}  // namespace partsmith::cli
