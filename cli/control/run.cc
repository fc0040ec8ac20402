#include "control/run.h"

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>

#include <partsmith/storage/ephemeral_folder.h>

#include "client_environment.h"
#include "control/control_client.h"
#include "standard_streams.h"
#include "text_file.h"
#include "word_pointers.h"

namespace partsmith::cli {
namespace {

constexpr const char* access_key = "test";
constexpr const char* secret_key = "test";
constexpr const char* region = "us-east-1";
constexpr int not_run = 127;  ///< as shells have it
constexpr int ended_by_signal = 128;

/// Signals that this process takes one after the other, while it is there. The command gets them as they
/// were.
class Signals {
 public:
  Signals() {
    sigemptyset(&taken_);
    for (const int signal : {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGCHLD}) sigaddset(&taken_, signal);
    ::sigprocmask(SIG_BLOCK, &taken_, &before_);
  }
  ~Signals() { restore(); }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  void restore() const { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }
  /// Waits for the next.
  int next() const {
    int signal = 0;
    sigwait(&taken_, &signal);
    return signal;
  }

 private:
  sigset_t taken_;
  sigset_t before_;
};

/// A running `partsmith serve`. Ends with this value.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  ~Child() { end(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  bool ended() {
    if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = -1;
    return pid_ < 0;
  }
  void end() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGTERM);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
  }

 private:
  pid_t pid_;
};

/// The server's log goes where this process's own messages go.
pid_t start_server(std::vector<std::string> words, const Signals& signals) {
  auto arguments = word_pointers(words);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  // It ends with this process, however that ends.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(not_run);
  ::setpgid(0, 0);  // Ctrl-C is for the command; this process ends the server after it
  signals.restore();
  ::execv("/proc/self/exe", arguments.data());
  ::_exit(not_run);
}

/// Where the server is.
struct Ready {
  std::string url;
  std::string control_url;
};

std::expected<Ready, std::string> wait_until_ready(const std::filesystem::path& ready_file, Child& server) {
  constexpr std::chrono::milliseconds between{2};
  while (true) {
    if (const auto text = read_text_file(ready_file)) {
      const auto ready = nlohmann::json::parse(*text, nullptr, false);
      if (ready.is_object()) return Ready{ready.at("url"), ready.at("control_url")};
    }
    if (server.ended()) return std::unexpected("the server didn't start");
    std::this_thread::sleep_for(between);
  }
}

pid_t start_command(std::vector<std::string> words, const std::string& url, const Signals& signals) {
  for (const auto& [name, value] :
       client_environment({.url = url, .access_key = access_key, .secret_key = secret_key, .region = region}))
    ::setenv(name.c_str(), value.c_str(), 1);
  auto arguments = word_pointers(words);
  const pid_t pid = ::fork();
  if (pid == 0) {
    signals.restore();
    ::execvp(arguments.front(), arguments.data());
    fmt::print(stderr, "partsmith: {}: {}\n", words.front(), std::strerror(errno));
    ::_exit(not_run);
  }
  return pid;
}

/// What ends this process ends the command first. From the terminal the command has its signals already.
int wait_for(pid_t command, const Signals& signals) {
  while (true) {
    const int signal = signals.next();
    if (signal == SIGTERM || signal == SIGHUP) ::kill(command, signal);
    int status = 0;
    if (signal != SIGCHLD || ::waitpid(command, &status, WNOHANG) != command) continue;
    return WIFSIGNALED(status) ? ended_by_signal + WTERMSIG(status) : WEXITSTATUS(status);
  }
}

std::expected<void, std::string> save_journal(const std::string& url, const std::filesystem::path& folder) {
  auto client = ControlClient::at({.url = url});
  if (!client) return std::unexpected(client.error());
  for (const auto& [format, name] :
       {std::pair("json", "partsmith-journal.json"), std::pair("har", "partsmith-journal.har")}) {
    const auto text = client->text(fmt::format("v1/journal?limit=10000&format={}", format));
    if (!text) return std::unexpected(text.error());
    std::ofstream file(folder / name);
    file << *text;
    if (!file.flush())
      return std::unexpected(fmt::format("{}: {}", (folder / name).string(), std::strerror(errno)));
  }
  fmt::print(stderr, "partsmith: the journal is in {}\n", (folder / "partsmith-journal.json").string());
  return {};
}

}  // namespace

CLI::App* add_run(CLI::App& program, RunOptions& options) {
  CLI::App* command = program.add_subcommand("run", "Run a command beside a server of its own");
  command->footer(
      "The server listens on a free port and keeps its data in a temporary folder; both end with the "
      "command.\n"
      "AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and the variables of other tools lead there.\n"
      "The exit code is the command's. When it fails, the journal of its requests is saved as JSON and HAR.");
  command->add_option("--bucket", options.buckets, "Bucket to make at start; repeatable")
      ->delimiter(',')
      ->type_name("NAME");
  command->add_option("--seed", options.seed, "Data to begin with: a folder, or a JSON file")
      ->type_name("DIR|FILE");
  command->add_flag("--world-per-access-key", options.world_per_access_key,
                    "Give each access key a world of its own");
  command->add_option("--fault", options.faults, "Fault from the start: a preset, a file or JSON; repeatable")
      ->type_name("RULE");
  command->add_option("--journal", options.journal, "Folder for the journal (default: this one)")
      ->type_name("DIR");
  command->add_flag("--always-journal", options.always_journal,
                    "Save the journal also when the command succeeds");
  command
      ->add_option("--serve", options.serve_arguments, "A further argument of `partsmith serve`; repeatable")
      ->type_name("ARGUMENT");
  command->add_option("COMMAND", options.command, "The command and its arguments, after --")->required();
  command->positionals_at_end();
  return command;
}

std::expected<int, std::string> run(const RunOptions& options) {
  const auto folder = storage::EphemeralFolder::make_in(std::filesystem::temp_directory_path(), tell_line);
  if (!folder) return std::unexpected(folder.error());
  const std::filesystem::path ready_file = folder->path() / "ready.json";
  std::vector<std::string> words = {
      "partsmith",    "serve",        "--ephemeral",       "--port",       "0",
      "--quiet",      "--ready-file", ready_file.string(), "--access-key", access_key,
      "--secret-key", secret_key};
  for (const std::string& bucket : options.buckets) words.insert(words.end(), {"--bucket", bucket});
  for (const std::string& fault : options.faults) words.insert(words.end(), {"--fault", fault});
  if (!options.seed.empty()) words.insert(words.end(), {"--seed", options.seed.string()});
  if (options.world_per_access_key) words.emplace_back("--world-per-access-key");
  words.insert(words.end(), options.serve_arguments.begin(), options.serve_arguments.end());

  const Signals signals;
  Child server(start_server(std::move(words), signals));
  const auto ready = wait_until_ready(ready_file, server);
  if (!ready) return std::unexpected(ready.error());
  const int code = wait_for(start_command(options.command, ready->url, signals), signals);
  if (code != 0 || options.always_journal) {
    const auto saved = save_journal(ready->control_url, options.journal.empty() ? "." : options.journal);
    if (!saved) fmt::print(stderr, "partsmith: the journal can't be saved: {}\n", saved.error());
  }
  return code;
}

}  // namespace partsmith::cli
