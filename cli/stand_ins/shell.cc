/// `sh -c` of start commands and health checks (shell_script.h says what it understands). What it runs is the
/// program itself, under whichever name, or what lies in the image beside it.

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>
#include <thread>

#include "stand_ins/numbers.h"
#include "stand_ins/shell_script.h"
#include "stand_ins/stand_ins.h"
#include "standard_streams.h"
#include "word_pointers.h"

namespace partsmith::cli {
namespace {

// As shells have them.
constexpr int misused = 2;
constexpr int cannot_run = 126;
constexpr int not_found = 127;
constexpr int killed = 128;

int fail(int code, std::string_view message) {
  tell_line(fmt::format("sh: {}", message));
  return code;
}

/// bash's `/dev/tcp/HOST/PORT`: a connection. -1: none.
int connected(std::string_view place) {
  const auto slash = place.find('/');
  if (slash == std::string_view::npos) return -1;
  addrinfo* found = nullptr;
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  if (getaddrinfo(std::string(place.substr(0, slash)).c_str(), std::string(place.substr(slash + 1)).c_str(),
                  &wanted, &found) != 0)
    return -1;
  int result = -1;
  for (const addrinfo* at = found; at != nullptr && result < 0; at = at->ai_next) {
    result = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
    if (result >= 0 && connect(result, at->ai_addr, at->ai_addrlen) != 0) {
      close(result);
      result = -1;
    }
  }
  freeaddrinfo(found);
  return result;
}

int opened(const Redirection& redirection) {
  using enum Redirection::Kind;
  constexpr std::string_view network = "/dev/tcp/";
  constexpr mode_t for_all = 0666;
  if (redirection.target.starts_with(network))
    return connected(std::string_view(redirection.target).substr(network.size()));
  if (redirection.kind == read) return open(redirection.target.c_str(), O_RDONLY | O_CLOEXEC);
  return open(redirection.target.c_str(),
              O_WRONLY | O_CREAT | O_CLOEXEC | (redirection.kind == append ? O_APPEND : O_TRUNC), for_all);
}

bool redirect(const Redirection& redirection) {
  if (redirection.kind == Redirection::Kind::duplicate) {
    const auto other = whole_number(redirection.target);
    return other && dup2(*other, redirection.descriptor) >= 0;
  }
  const int file = opened(redirection);
  if (file < 0) return false;
  const bool done = dup2(file, redirection.descriptor) >= 0;
  if (file != redirection.descriptor) close(file);
  return done;
}

/// Seconds of `sleep` and `timeout`: a number, then s, m, h or nothing.
std::optional<double> duration(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, text.data() + text.size());
  constexpr double longest = 24 * 3600;
  if (error != std::errc()) return std::nullopt;
  if (unit == "m") number *= 60;
  if (unit == "h") number *= 3600;
  if ((!unit.empty() && unit != "s" && unit != "m" && unit != "h") || !(number >= 0 && number <= longest))
    return std::nullopt;
  return number;
}

int make_folders(std::span<const std::string> words) {
  const bool parents = !words.empty() && words.front() == "-p";
  for (const std::string& word : words.subspan(parents ? 1 : 0)) {
    std::error_code error;
    if (word.starts_with('-')) return fail(misused, fmt::format("mkdir {} is not understood here", word));
    const bool made = parents ? std::filesystem::create_directories(word, error)
                              : std::filesystem::create_directory(word, error);
    if (!made && !parents && !error) error = std::make_error_code(std::errc::file_exists);
    if (error) return fail(1, fmt::format("mkdir {}: {}", word, error.message()));
  }
  return 0;
}

int replace_by_program(const std::vector<std::string>& words) {
  std::vector<std::string> own = words;
  const std::string name = std::filesystem::path(words.front()).filename();
  auto pointers = word_pointers(own);
  if (name == "partsmith" || is_stand_in(name)) {
    execv("/proc/self/exe", pointers.data());
    execv("/usr/bin/partsmith", pointers.data());  // where /proc isn't mounted
  } else {
    execvp(pointers.front(), pointers.data());
  }
  const int reason = errno;
  return fail(
      reason == ENOENT ? not_found : cannot_run,
      fmt::format("{}: {}; partsmith's image has no other programs", words.front(), std::strerror(reason)));
}

/// Ends as the command does, or becomes it.
int work(const std::vector<std::string>& words) {
  const std::string& name = words.front();
  const auto rest = std::span(words).subspan(1);
  if (name == ":" || name == "true") return 0;
  if (name == "false") return 1;
  if (name == "mkdir") return make_folders(rest);
  if (name == "echo") return print_text(fmt::format("{}\n", fmt::join(rest, " "))) ? 0 : 1;
  if (name == "exec" && !rest.empty()) return work({rest.begin(), rest.end()});
  if (name == "sleep" || name == "timeout") {
    const auto seconds = rest.empty() ? std::nullopt : duration(rest.front());
    if (!seconds || (name == "timeout") != (rest.size() > 1))
      return fail(misused, fmt::format("{}: a number of seconds is wanted{}", name,
                                       name == "sleep" ? "" : ", and a command"));
    if (name == "sleep") {
      std::this_thread::sleep_for(std::chrono::duration<double>(*seconds));
      return 0;
    }
    alarm(static_cast<unsigned>(std::ceil(*seconds)));  // stays with what this process becomes
    return work({rest.begin() + 1, rest.end()});
  }
  return replace_by_program(words);
}

int become(const ShellCommand& command) {
  for (const Redirection& redirection : command.redirections) {
    if (!redirect(redirection))
      return fail(1, fmt::format("{}: {}", redirection.target, std::strerror(errno)));
  }
  return work(command.words);
}

/// In a process of its own, of which it gives the exit code.
int run(const ShellCommand& command) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) return fail(cannot_run, std::strerror(errno));
  if (child == 0) {
    const int code = become(command);
    std::fflush(nullptr);
    _exit(code);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : killed + WTERMSIG(status);
}

/// `exit` ends the script, with the code of the command before unless it names one.
std::optional<int> exit_code(const ShellCommand& command, int before) {
  if (command.words.front() != "exit") return std::nullopt;
  const auto code = command.words.size() > 1 ? whole_number(command.words[1]) : before;
  if (!code) return fail(misused, fmt::format("exit {}: a number is wanted", command.words[1]));
  constexpr int largest = 0xFF;
  return *code & largest;
}

int run_all(std::span<const ShellCommand> commands, bool stop_at_failure) {
  using Join = ShellCommand::Join;
  int code = 0;
  for (std::size_t at = 0; at < commands.size(); ++at) {
    const ShellCommand& command = commands[at];
    if (command.join != Join::always && (command.join == Join::after_success) != (code == 0)) continue;
    if (const auto ends = exit_code(command, code)) return *ends;
    const bool last = at + 1 == commands.size();
    if (last || command.words.front() == "exec") return become(command);
    code = run(command);
    if (stop_at_failure && code != 0 && commands[at + 1].join == Join::always) return code;
  }
  return code;
}

}  // namespace

int shell(std::span<const std::string> arguments) {
  bool stop_at_failure = false;
  bool script = false;
  std::size_t at = 0;
  for (; at < arguments.size() && !script && arguments[at].starts_with('-'); ++at) {
    for (const char letter : std::string_view(arguments[at]).substr(1)) {
      if (std::string_view("celux").find(letter) == std::string_view::npos)
        return fail(misused, fmt::format("-{} is not understood here", letter));
      stop_at_failure = stop_at_failure || letter == 'e';
      script = script || letter == 'c';
    }
  }
  if (!script || at == arguments.size())
    return fail(misused,
                "partsmith's image has no shell; `sh -c` runs simple commands joined by &&, || and ;");
  const auto commands = parse_shell_script(arguments[at]);
  if (!commands) return fail(misused, commands.error());
  return run_all(*commands, stop_at_failure);
}

}  // namespace partsmith::cli
