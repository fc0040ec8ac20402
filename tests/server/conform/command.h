#pragma once
/// `partsmith conform` as a program of its own.

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "temporary_folder.h"

namespace partsmith::test {

struct Ended {
  int code = -1;
  std::string out;
  std::string err;
};

/// The program, started with arguments and these variables only.
class Command {
 public:
  Command(std::vector<std::string> arguments, std::vector<std::string> environment = {}) {
    arguments.insert(arguments.begin(), {PARTSMITH_BINARY, "conform"});
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, out().c_str(), O_CREAT | O_WRONLY, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, err().c_str(), O_CREAT | O_WRONLY, 0600);
    const int failed = ::posix_spawn(&pid_, PARTSMITH_BINARY, &actions, nullptr, pointers(arguments).data(),
                                     pointers(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) throw std::runtime_error("cannot start " PARTSMITH_BINARY);
  }

  void signal(int number) const { ::kill(pid_, number); }
  Ended wait() const {
    int status = 0;
    if (::waitpid(pid_, &status, 0) != pid_) throw std::runtime_error("the program is lost");
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(out()), read(err())};
  }

 private:
  static std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (auto& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
  }
  static std::string read(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  std::string out() const { return folder_.path() / "out"; }
  std::string err() const { return folder_.path() / "err"; }

  TemporaryFolder folder_;
  pid_t pid_ = -1;
};

inline Ended conform(std::vector<std::string> arguments, std::vector<std::string> environment = {}) {
  return Command(std::move(arguments), std::move(environment)).wait();
}

inline std::string url_of(std::uint16_t port) {
  return "http://127.0.0.1:" + std::to_string(port);
}

inline std::vector<std::string> at(std::uint16_t port, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"--endpoint", url_of(port),   "--access-key",
                                     "test",       "--secret-key", "test"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

}  // namespace partsmith::test
