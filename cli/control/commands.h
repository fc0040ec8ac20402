#pragma once
/// The commands that steer a running server: faults, clock, journal, worlds.

#include <functional>
#include <vector>

#include "control/control_client.h"

namespace partsmith::cli {

/// A bad argument or a server that refuses or doesn't answer. An expectation that doesn't hold is 1.
inline constexpr int control_trouble = 2;

class ControlCommands {
 public:
  explicit ControlCommands(CLI::App& program);

  /// Whether one of the commands was asked for; then run() does it.
  bool asked() const;
  /// Whether one of them, or the word before them, stands among the arguments: `faults`, `faults add`.
  bool named() const;
  /// The exit code. What went wrong was told in one line.
  int run() const;

 private:
  using Work = std::function<std::expected<int, std::string>(ControlClient&)>;
  struct Command {
    CLI::App* app;
    Work work;
  };

  /// `work` gets a client when the command is run.
  void add(CLI::App* app, Work work);
  void add_faults(CLI::App& program);
  void add_clock(CLI::App& program);
  void add_journal(CLI::App& program);
  void add_world(CLI::App& program);

  ControlTarget target_;
  std::vector<Command> commands_;
};

}  // namespace partsmith::cli
