#include "conform.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>

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

std::expected<client::Endpoint, std::string> endpoint_of(const ConformOptions& options) {
  if (options.endpoint.empty()) return std::unexpected("conform needs --endpoint URL");
  if (options.access_key.empty() || options.secret_key.empty()) {
    return std::unexpected(
        "conform needs --access-key and --secret-key, or AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY");
  }
  return client::Endpoint::parse(options.endpoint, options.virtual_hosted ? client::Addressing::virtual_hosted
                                                                          : client::Addressing::path);
}

client::S3ClientOptions client_options(const ConformOptions& options) {
  client::S3ClientOptions result;
  result.credentials = {options.access_key, options.secret_key, options.session_token};
  result.region = options.region;
  result.http.ca_file = options.ca_file;
  result.http.verify_tls = !options.insecure;
  return result;
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

std::expected<int, std::string> conform(ConformOptions options) {
  fill_from_aws_environment(options);
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
  const auto endpoint = endpoint_of(options);
  if (!endpoint) return std::unexpected(endpoint.error());
  if (const auto ok = check_writable(options.json); !ok) return std::unexpected(ok.error());

  const Interruption interruption;  // before any other thread is made
  run_options.stop = interruption.token();
  if (isatty(STDERR_FILENO) != 0) run_options.progress = show_progress;
  fmt::print(stderr, "{}\n", conformance::estimate_text(plan));
  const SystemClock clock;
  client::S3Client client(*endpoint, client_options(options), clock);
  const auto result = conformance::run(client, plan, run_options, clock);
  if (!result) return std::unexpected(result.error());
  if (const auto written = write_reports(*result, options.json); !written)
    return std::unexpected(written.error());
  if (result->stopped) return conform_interrupted;
  return result->count(Outcome::failed) + result->count(Outcome::error) > 0 ? conform_failed : 0;
}

}  // namespace partsmith::cli
