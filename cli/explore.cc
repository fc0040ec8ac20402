#include "explore.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <partsmith/emulator.h>
#include <partsmith/explore/explore.h>
#include <partsmith/values/random.h>

#include "conform_interruption.h"
#include "option_values.h"
#include "progress_bar.h"
#include "standard_streams.h"
#include "text_file.h"
#include "whole_file.h"

namespace partsmith::cli {
namespace {

using Done = std::expected<void, std::string>;

client::S3Connection connection_to(const Emulator& emulator) {
  client::S3ClientOptions options;
  options.credentials.access_key = emulator.access_key();
  options.credentials.secret_key = emulator.secret_key();
  return {*client::Endpoint::parse(emulator.endpoint_url()), std::move(options)};
}

/// A server in this process, with a store of its own. The error is one line.
std::expected<Emulator, std::string> start_reference() {
  try {
    return Emulator();
  } catch (const EmulatorError& error) {
    return std::unexpected(error.what());
  }
}

/// What it was two hours ago.
class LateClock final : public Clock {
 public:
  TimePoint now() const override { return clock_.now() - std::chrono::hours(2); }

 private:
  SystemClock clock_;
};

/// A client, the same with a secret key that is wrong, and the same with a clock that is late.
struct Clients {
  explicit Clients(const client::S3Connection& connection)
      : client(connection.endpoint, connection.options, clock),
        stranger(connection.endpoint, with_wrong_secret(connection.options), clock),
        late(connection.endpoint, connection.options, late_clock) {}

  static client::S3ClientOptions with_wrong_secret(client::S3ClientOptions options) {
    options.credentials.secret_key += 'x';
    return options;
  }

  explore::Side side(const std::string& bucket_prefix) { return {client, stranger, late, bucket_prefix}; }

  SystemClock clock;
  LateClock late_clock;
  client::S3Client client;
  client::S3Client stranger;
  client::S3Client late;
};

std::string random_name() {
  std::array<std::uint8_t, 6> bytes{};
  fill_random(bytes);
  return to_hex(bytes);
}

/// A line for each; what begins with # is a comment.
std::expected<std::set<std::string>, std::string> read_known(const ExploreOptions& options) {
  std::set<std::string> known;
  if (options.known.empty()) return known;
  std::error_code error;
  if (options.update_known && !std::filesystem::exists(options.known, error)) return known;
  const auto text = read_text_file(options.known);
  if (!text) return std::unexpected(fmt::format("--known {}: {}", options.known.string(), text.error()));
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.front() != '#') known.insert(line);
  }
  return known;
}

Done write_known(const ExploreOptions& options, const std::set<std::string>& known,
                 const explore::Report& report) {
  if (!options.update_known) return {};
  std::set<std::string> all = known;
  for (const auto& finding : report.findings) all.insert(finding.difference.id);
  std::string text = "# Differences that `partsmith explore --known` leaves out.\n";
  for (const std::string& id : all) text += id + '\n';
  auto written = write_whole_file(options.known, text);
  if (!written) return std::unexpected(fmt::format("{}: {}", options.known.string(), written.error()));
  return {};
}

Done write_scripts(const ExploreOptions& options, const explore::Report& report) {
  if (options.scripts.empty()) return {};
  std::error_code error;
  std::filesystem::create_directories(options.scripts, error);
  for (std::size_t i = 0; i < report.findings.size(); ++i) {
    const auto file = options.scripts / fmt::format("explore-{}.py", i + 1);
    if (auto written = write_whole_file(file, report.findings[i].script); !written)
      return std::unexpected(fmt::format("{}: {}", file.string(), written.error()));
  }
  return {};
}

Done write_json(const ExploreOptions& options, const explore::Report& report) {
  if (options.json.empty()) return {};
  using Json = nlohmann::ordered_json;
  Json findings = Json::array();
  for (const auto& finding : report.findings) {
    findings.push_back({{"id", finding.difference.id},
                        {"expected", finding.difference.expected},
                        {"actual", finding.difference.actual},
                        {"sequence", finding.sequence},
                        {"unsteady", finding.unsteady},
                        {"steps", finding.steps},
                        {"script", finding.script}});
  }
  const Json document = {{"seed", options.seed},        {"sequences", report.sequences},
                         {"requests", report.requests}, {"findings", std::move(findings)},
                         {"known", report.seen_known},  {"not_offered", report.not_offered},
                         {"left", report.left},         {"falls", report.falls},
                         {"lost", report.lost}};
  auto written =
      write_whole_file(options.json, document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n');
  if (!written) return std::unexpected(fmt::format("{}: {}", options.json.string(), written.error()));
  return {};
}

std::string shown(const std::string& value) {
  return value.empty() ? "(nothing)" : value;
}

void print(const explore::Report& report) {
  for (std::size_t i = 0; i < report.findings.size(); ++i) {
    const auto& finding = report.findings[i];
    fmt::print("{}. {}{}\n   expected: {}\n   actual:   {}\n", i + 1, finding.difference.id,
               finding.unsteady ? "  (unsteady: it didn't come again)" : "",
               shown(finding.difference.expected), shown(finding.difference.actual));
    for (const std::string& step : finding.steps) fmt::print("     {}\n", step);
    fmt::print("\n");
  }
  for (const std::string& operation : report.not_offered) fmt::print("not offered: {}\n", operation);
  for (const std::string& bucket : report.left) fmt::print("left behind: bucket {}\n", bucket);
  if (report.falls > 0) fmt::print("the endpoint went away and came back: {} times\n", report.falls);
  fmt::print("{} differences, {} known ones seen; {} sequences, {} requests\n", report.findings.size(),
             report.seen_known.size(), report.sequences, report.requests);
}

}  // namespace

CLI::App* add_explore(CLI::App& program, ExploreOptions& options) {
  CLI::App* command = program.add_subcommand(
      "explore",
      "Send random sequences to an endpoint and to a server of our own, and find where they differ");
  command->footer(fmt::format(
      "{}\n\nEach sequence has a bucket of its own, which is removed. What differs is reduced to the "
      "shortest sequence\n"
      "that shows it. Ids, tokens and dates are compared by what they name; messages aren't compared. The "
      "same seed\n"
      "makes the same sequences. A request that isn't answered is a difference; an endpoint that falls is "
      "asked further\n"
      "if it is started again within half a minute. Exit code: 0 no difference, 1 differences, 2 it couldn't "
      "be done, or\n"
      "not to its end.",
      connection_help));
  add_connection(*command, options.connection);
  command->add_option("--seed", options.seed, "Of the sequences")
      ->check(whole_number())
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--minutes", options.minutes, "Begin no sequence after so long")
      ->check(minutes_up_to(10'000))
      ->type_name("M")
      ->capture_default_str();
  command->add_option("--sequences", options.sequences, "Run so many at most")
      ->check(whole_number())
      ->type_name("N");
  command->add_option("--steps", options.steps, "Requests of a sequence")
      ->check(whole_number(1, 1'000))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--max-requests", options.max_requests, "Begin no sequence after so many requests")
      ->check(whole_number())
      ->type_name("N");
  add_answer_timeout(*command, options.timeout);
  CLI::Option* known =
      command->add_option("--known", options.known, "Leave out the differences that FILE lists")
          ->type_name("FILE");
  command->add_flag("--update-known", options.update_known, "Add those that are found to the FILE of --known")
      ->needs(known);
  command->add_option("--scripts", options.scripts, "Write a Python script for each difference to DIR")
      ->type_name("DIR");
  command->add_option("--json", options.json, "Write the result as JSON to FILE")->type_name("FILE");
  return command;
}

std::expected<int, std::string> explore(const ExploreOptions& options) {
  auto said = settings_of(options.connection);
  if (!said) return std::unexpected(said.error());
  said->needs_endpoint = true;
  auto connection = client::resolve_connection(*said, client::process_environment());
  if (!connection) return std::unexpected(connection.error());
  limit_answers(*connection, options.timeout);
  const auto known = read_known(options);
  if (!known) return std::unexpected(known.error());
  const Interruption interruption;
  const auto reference = start_reference();
  if (!reference) return std::unexpected(reference.error());

  Clients ours(connection_to(*reference));
  Clients theirs(*connection);
  explore::Options what;
  what.seed = options.seed;
  what.sequences = options.sequences;
  what.steps = options.steps;
  what.time = std::chrono::seconds(static_cast<std::int64_t>(options.minutes * 60));
  what.requests = options.max_requests;
  what.known = *known;
  what.stop = interruption.token();
  const std::string prefix = "explore-" + random_name() + '-';
  ProgressBar bar;
  const auto begun = std::chrono::steady_clock::now();
  const bool shows_progress = isatty(STDERR_FILENO) != 0;
  const auto told = [&](const explore::Report& report) {
    if (!shows_progress) return;
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begun);
    bar.show(static_cast<std::size_t>(seconds.count()), static_cast<std::size_t>(what.time.count()),
             fmt::format("{} differences, {} sequences", report.findings.size(), report.sequences));
  };
  const auto report = explore::explore(ours.side(prefix), theirs.side(prefix), what, told);
  if (shows_progress) bar.clear();
  if (!report) return std::unexpected(report.error());
  print(*report);
  for (const auto& done : {write_known(options, *known, *report), write_scripts(options, *report),
                           write_json(options, *report)}) {
    if (!done) return std::unexpected(done.error());
  }
  if (!report->lost.empty()) return std::unexpected(fmt::format("it ended early: {}", report->lost));
  return report->findings.empty() ? 0 : explore_found;
}

}  // namespace partsmith::cli
