#include "init_scripts.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <mutex>
#include <system_error>

#include "word_pointers.h"

namespace partsmith::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, server::init_stages.size()> stage_folders{"boot.d", "start.d", "ready.d",
                                                                            "shutdown.d"};

bool is_script(const fs::path& path) {
  return path.extension() == ".sh" || path.extension() == ".py";
}

void add_scripts(const fs::path& folder, std::vector<fs::path>& scripts) {
  std::vector<fs::path> files;
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory()) folders.push_back(entry.path());
    if (entry.is_regular_file() && is_script(entry.path())) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::ranges::sort(folders);
  scripts.insert(scripts.end(), files.begin(), files.end());
  for (const fs::path& inner : folders) add_scripts(inner, scripts);
}

/// By its own first line; Python's by python3, for LocalStack doesn't ask them to be executable.
std::vector<std::string> command_of(const fs::path& script) {
  if (script.extension() == ".py") return {"python3", script.string()};
  return {script.string()};
}

std::vector<std::string> environment_with(const InitScripts::Variables& variables) {
  std::vector<std::string> result;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string_view entry(*one);
    const auto name = entry.substr(0, entry.find('='));
    if (std::ranges::find(variables, name, &std::pair<std::string, std::string>::first) == variables.end())
      result.emplace_back(entry);
  }
  for (const auto& [name, value] : variables) result.push_back(fmt::format("{}={}", name, value));
  return result;
}

/// The signals and descriptors of a program that a shell starts; what it writes goes where the log goes.
/// Returns the error's number.
int spawn(std::vector<std::string> words, std::vector<std::string> environment, bool own_group, pid_t& pid) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  const int group = own_group ? POSIX_SPAWN_SETPGROUP : 0;
  posix_spawnattr_setflags(&attributes,
                           static_cast<short>(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group));
  const auto arguments = word_pointers(words);
  const auto variables = word_pointers(environment);
  const int error =
      posix_spawnp(&pid, words.front().c_str(), &files, &attributes, arguments.data(), variables.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

/// The number of a process that ended stays its own, so that cancel() signals no other.
void wait_without_reaping(pid_t pid) {
  siginfo_t ended{};
  while (::waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return fmt::format("signal {} ended it", WTERMSIG(status));
  return fmt::format("it ended with {}", WEXITSTATUS(status));
}

}  // namespace

struct InitScripts::State {
  struct Script {
    Stage stage;
    fs::path path;
    std::string_view state = "UNKNOWN";
  };

  std::function<void(std::string_view)> say;
  std::mutex mutex;
  std::vector<Script> scripts;
  std::array<bool, server::init_stages.size()> completed{};
  bool cancelled = false;
  pid_t running = -1;

  void run(Script& script, const Variables& variables);
};

void InitScripts::State::run(Script& script, const Variables& variables) {
  pid_t pid = -1;
  {
    const std::scoped_lock lock(mutex);
    if (cancelled && script.stage != shutdown) return;
    script.state = "RUNNING";
    // Until the server listens, what ends it from a terminal ends the script as well.
    const bool own_group = script.stage == ready || script.stage == shutdown;
    const int error = spawn(command_of(script.path), environment_with(variables), own_group, pid);
    if (error != 0) {
      script.state = "ERROR";
      say(fmt::format("the script {} was not run: {}", script.path.string(),
                      std::generic_category().message(error)));
      return;
    }
    running = pid;
  }
  wait_without_reaping(pid);
  const std::scoped_lock lock(mutex);
  running = -1;
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  const bool succeeded = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  script.state = succeeded ? "SUCCESSFUL" : "ERROR";
  if (!succeeded) say(fmt::format("the script {} failed: {}", script.path.string(), how_it_ended(status)));
}

std::expected<InitScripts, std::string> InitScripts::in(const fs::path& folder,
                                                        std::function<void(std::string_view)> say) {
  auto state = std::make_shared<State>();
  state->say = std::move(say);
  if (folder.empty()) return InitScripts(std::move(state));
  std::signal(SIGCHLD, SIG_DFL);  // a parent may have it ignored, and ends couldn't be waited for
  try {
    if (!fs::is_directory(folder))
      return std::unexpected(fmt::format("--init-scripts {}: it is no folder", folder.string()));
    for (const Stage stage : {boot, start, ready, shutdown}) {
      const fs::path of_stage = fs::absolute(folder) / stage_folders.at(stage);
      if (!fs::exists(of_stage)) continue;
      std::vector<fs::path> scripts;
      add_scripts(of_stage, scripts);
      for (fs::path& script : scripts) state->scripts.push_back({stage, std::move(script)});
    }
  } catch (const fs::filesystem_error& error) {
    return std::unexpected(fmt::format("--init-scripts {}: {}: {}", folder.string(), error.path1().string(),
                                       error.code().message()));
  }
  return InitScripts(std::move(state));
}

void InitScripts::run(Stage stage, const Variables& variables) const {
  // The list is never changed, only the states in it.
  for (auto& script : state_->scripts) {
    if (script.stage == stage) state_->run(script, variables);
  }
  const std::scoped_lock lock(state_->mutex);
  state_->completed.at(stage) = !state_->cancelled || stage == shutdown;
}

void InitScripts::cancel() const {
  const std::scoped_lock lock(state_->mutex);
  state_->cancelled = true;
  if (state_->running > 0) ::kill(-state_->running, SIGTERM);
}

server::InitReport InitScripts::report() const {
  const std::scoped_lock lock(state_->mutex);
  server::InitReport report{.completed = state_->completed};
  for (const State::Script& script : state_->scripts)
    report.scripts.push_back({server::init_stages.at(script.stage), script.path.filename(), script.state});
  return report;
}

RunningScripts::RunningScripts(const InitScripts& scripts, InitScripts::Variables variables)
    : scripts_(scripts),
      variables_(std::move(variables)),
      ready_([this] { scripts_.run(InitScripts::ready, variables_); }) {}

RunningScripts::~RunningScripts() {
  scripts_.cancel();
  ready_.join();
  scripts_.run(InitScripts::shutdown, variables_);
}

}  // namespace partsmith::cli
