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
#include <filesystem>
#include <iterator>
#include <optional>
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
#include "settings.h"
#include "stand_ins/stand_ins.h"
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
  if (!words.empty() && words.front() == "minio") words.erase(words.begin());  // as MinIO's image has it
  const std::string command = words.empty() ? "" : words.front();
  if (command == "serve" || command == "server" || command == "health")
    notes = partsmith::cli::adopt_foreign_environment();
  if (command != "server") return words;
  auto adopted = partsmith::cli::adopt_minio_command(std::span(words).subspan(1));
  if (!adopted) return std::unexpected(std::move(adopted.error()));
  std::ranges::move(adopted->notes, std::back_inserter(notes));
  return std::move(adopted->arguments);
}

/// What the program does under another's name.
std::optional<int> as_stand_in(int argc, char** argv) {
  if (argc == 0) return std::nullopt;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return partsmith::cli::stand_in(std::filesystem::path(*argv).filename().string(), arguments);
}

/// The commands that start a server. A server's start makes options of these alone: those of the others would
/// take a third of it.
class ServerCommands {
 public:
  explicit ServerCommands(CLI::App& program)
      : serve_(partsmith::cli::add_serve(program, serve_options_)),
        run_(partsmith::cli::add_run(program, run_options_)) {}

  static bool have(const std::string& command) { return command == "serve" || command == "run"; }
  /// The exit code, where one of them was asked for.
  std::optional<int> work(const partsmith::cli::Notes& notes) const {
    if (*serve_) {
      const auto served = partsmith::cli::serve(serve_options_, notes);
      return served ? EXIT_SUCCESS : fail(served.error());
    }
    if (*run_) {
      const auto ended = partsmith::cli::run(run_options_);
      return ended ? *ended : fail(ended.error());
    }
    return std::nullopt;
  }

 private:
  partsmith::cli::ServeOptions serve_options_;
  partsmith::cli::RunOptions run_options_;
  CLI::App* serve_;
  CLI::App* run_;
};

/// The other commands.
class OtherCommands {
 public:
  explicit OtherCommands(CLI::App& program)
      : conform_(partsmith::cli::add_conform(program, conform_options_)),
        diff_(partsmith::cli::add_conform_diff(*conform_, diff_options_)),
        explore_(partsmith::cli::add_explore(program, explore_options_)),
        fsck_(partsmith::cli::add_fsck(program, fsck_options_)),
        control_(program),
        health_(partsmith::cli::add_health(program, health_options_)),
        verbs_(program),
        documentation_(partsmith::cli::add_documentation(program, documentation_options_)) {}

  /// Of what is mistyped. 1 means that a check failed: CI jobs tell that from a mistyped flag.
  int misuse_code(const CLI::App& program) const {
    if (program.got_subcommand(conform_)) return partsmith::cli::conform_trouble;
    if (program.got_subcommand(explore_)) return partsmith::cli::explore_trouble;
    if (program.got_subcommand(fsck_)) return partsmith::cli::fsck_trouble;
    if (verbs_.asked()) return partsmith::cli::verb_misused;
    return control_.named() ? partsmith::cli::control_trouble : EXIT_FAILURE;
  }
  int work(const CLI::App& program) const {
    using namespace partsmith::cli;
    if (*diff_) return code_of(conform_diff(diff_options_), conform_trouble);
    if (*conform_) return code_of(conform(conform_options_), conform_trouble);
    if (*explore_) return code_of(explore(explore_options_), explore_trouble);
    if (*fsck_) return code_of(fsck(fsck_options_), fsck_trouble);
    if (control_.asked()) return control_.run();
    if (verbs_.asked()) return verbs_.run();
    if (*health_) {
      if (const auto well = health(health_options_); !well) return fail(well.error());
    }
    const auto [man, completion_of_shells] = documentation_;
    if (*man) fmt::print("{}", man_page(program, PARTSMITH_VERSION));
    if (*completion_of_shells) fmt::print("{}", completion(program, documentation_options_.shell));
    return EXIT_SUCCESS;
  }

 private:
  static int code_of(const std::expected<int, std::string>& ended, int trouble) {
    return ended ? *ended : fail(ended.error(), trouble);
  }

  partsmith::cli::ConformOptions conform_options_;
  partsmith::cli::DiffOptions diff_options_;
  partsmith::cli::ExploreOptions explore_options_;
  partsmith::cli::FsckOptions fsck_options_;
  partsmith::cli::HealthOptions health_options_;
  partsmith::cli::DocumentationOptions documentation_options_;
  CLI::App* conform_;
  CLI::App* diff_;
  CLI::App* explore_;
  CLI::App* fsck_;
  partsmith::cli::ControlCommands control_;
  CLI::App* health_;
  partsmith::cli::Verbs verbs_;
  partsmith::cli::DocumentationCommands documentation_;
};

}  // namespace

int main(int argc, char** argv) {
  open_standard_streams();
  share_memory_between_threads();
  if (const auto code = as_stand_in(argc, argv)) return *code;
  partsmith::cli::Notes notes;
  const auto words = arguments_of(argc, argv, notes);
  if (!words) return fail(words.error());
  CLI::App program("A local S3 server made for the multipart protocol", "partsmith");
  program.set_version_flag("--version", PARTSMITH_VERSION);
  program.require_subcommand(1);
  const ServerCommands servers(program);
  std::optional<OtherCommands> others;
  if (words->empty() || !ServerCommands::have(words->front())) others.emplace(program);
  partsmith::cli::keep_environment_to_what_is_asked_for(program);
  const auto misused = [&](const std::string& message) {
    return fail(message, others ? others->misuse_code(program) : EXIT_FAILURE);
  };
  try {
    program.parse(std::vector<std::string>(words->rbegin(), words->rend()));  // as CLI11 takes them
  } catch (const CLI::Success& success) {
    return program.exit(success);
  } catch (const CLI::ParseError& error) {
    return misused(partsmith::cli::what_is_wrong(program, error, *words));
  }
  if (const auto wrong = partsmith::cli::empty_value(program)) return misused(*wrong);
  if (const auto code = servers.work(notes)) return *code;
  return others ? others->work(program) : EXIT_SUCCESS;
}
