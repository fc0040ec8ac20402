/// partsmith: a local S3 server made for the multipart protocol, and the harness that proves how an S3 server
/// behaves.

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <expected>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "conform.h"
#include "conform_options.h"
#include "control/commands.h"
#include "control/run.h"
#include "documentation.h"
#include "drop_in.h"
#include "explore.h"
#include "fsck.h"
#include "health.h"
#include "serve.h"
#include "serve_options.h"
#include "standard_streams.h"
#include "usage.h"
#include "verbs/command_line.h"

namespace {

/// A descriptor 0 to 2 that the parent has closed would be given to the next file or connection, and what is
/// printed would be written there.
void open_standard_streams() {
  for (int number = STDIN_FILENO; number <= STDERR_FILENO; ++number) {
    if (fcntl(number, F_GETFD) >= 0) continue;
    if (open("/dev/null", O_RDWR) != number) std::abort();  // open() gives the lowest that is free
  }
}

/// glibc gives up to eight arenas to each core, and each keeps what its largest request took: a hundred MiB
/// together, which no other request gets. Four serve as fast.
void share_memory_between_threads() {
#ifdef M_ARENA_MAX
  mallopt(M_ARENA_MAX, 4);
#endif
}

int fail(const std::string& message, int code = EXIT_FAILURE) {
  partsmith::cli::tell_line("partsmith: " + message);
  return code;
}

/// The arguments after the program's name. What MinIO's users type, `server …`, becomes `serve …`; `notes`
/// gets what was made of others' settings.
std::expected<std::vector<std::string>, std::string> arguments_of(int argc, char** argv,
                                                                  partsmith::cli::Notes& notes) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  const std::string command = words.empty() ? "" : words.front();
  if (command == "serve" || command == "server" || command == "health")
    notes = partsmith::cli::adopt_foreign_environment();
  if (command != "server") return words;
  auto adopted = partsmith::cli::adopt_minio_command(std::span(words).subspan(1));
  if (!adopted) return std::unexpected(std::move(adopted.error()));
  std::ranges::move(adopted->notes, std::back_inserter(notes));
  return std::move(adopted->arguments);
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_streams();
  share_memory_between_threads();
  partsmith::cli::Notes notes;
  auto words = arguments_of(argc, argv, notes);
  if (!words) return fail(words.error());
  CLI::App program("A local S3 server made for the multipart protocol", "partsmith");
  program.set_version_flag("--version", PARTSMITH_VERSION);
  program.require_subcommand(1);
  partsmith::cli::ServeOptions serve_options;
  CLI::App* serve = partsmith::cli::add_serve(program, serve_options);
  partsmith::cli::ConformOptions conform_options;
  CLI::App* conform = partsmith::cli::add_conform(program, conform_options);
  partsmith::cli::DiffOptions diff_options;
  CLI::App* diff = partsmith::cli::add_conform_diff(*conform, diff_options);
  partsmith::cli::ExploreOptions explore_options;
  CLI::App* explore = partsmith::cli::add_explore(program, explore_options);
  partsmith::cli::FsckOptions fsck_options;
  CLI::App* fsck = partsmith::cli::add_fsck(program, fsck_options);
  partsmith::cli::RunOptions run_options;
  CLI::App* run = partsmith::cli::add_run(program, run_options);
  const partsmith::cli::ControlCommands control(program);
  partsmith::cli::HealthOptions health_options;
  CLI::App* health = partsmith::cli::add_health(program, health_options);
  const bool serves = !words->empty() && (words->front() == "serve" || words->front() == "run");
  const partsmith::cli::Verbs verbs(program, !serves);
  partsmith::cli::DocumentationOptions documentation_options;
  const auto [man, completion] = partsmith::cli::add_documentation(program, documentation_options);
  // 1 means that a check failed: CI jobs tell that from a mistyped flag.
  const auto misused = [&](const std::string& message) {
    int code = EXIT_FAILURE;
    if (program.got_subcommand(conform)) code = partsmith::cli::conform_trouble;
    if (program.got_subcommand(explore)) code = partsmith::cli::explore_trouble;
    if (program.got_subcommand(fsck)) code = partsmith::cli::fsck_trouble;
    if (verbs.asked()) code = partsmith::cli::verb_misused;
    if (control.named()) code = partsmith::cli::control_trouble;
    return fail(message, code);
  };
  try {
    program.parse(std::vector<std::string>(words->rbegin(), words->rend()));  // as CLI11 takes them
  } catch (const CLI::Success& success) {
    return program.exit(success);
  } catch (const CLI::ParseError& error) {
    return misused(partsmith::cli::what_is_wrong(program, error, *words));
  }
  if (const auto wrong = partsmith::cli::empty_value(program)) return misused(*wrong);
  if (*serve) {
    if (const auto served = partsmith::cli::serve(serve_options, notes); !served) return fail(served.error());
  }
  if (*conform) {
    const auto failed =
        *diff ? partsmith::cli::conform_diff(diff_options) : partsmith::cli::conform(conform_options);
    return failed ? *failed : fail(failed.error(), partsmith::cli::conform_trouble);
  }
  if (*explore) {
    const auto found = partsmith::cli::explore(explore_options);
    return found ? *found : fail(found.error(), partsmith::cli::explore_trouble);
  }
  if (*fsck) {
    const auto found = partsmith::cli::fsck(fsck_options);
    return found ? *found : fail(found.error(), partsmith::cli::fsck_trouble);
  }
  if (*run) {
    const auto ended = partsmith::cli::run(run_options);
    return ended ? *ended : fail(ended.error());
  }
  if (control.asked()) return control.run();
  if (*health) {
    if (const auto well = partsmith::cli::health(health_options); !well) return fail(well.error());
  }
  if (*man) fmt::print("{}", partsmith::cli::man_page(program, PARTSMITH_VERSION));
  if (*completion) fmt::print("{}", partsmith::cli::completion(program, documentation_options.shell));
  if (verbs.asked()) return verbs.run();
  return EXIT_SUCCESS;
}
