#pragma once
/// Scripts that the server's owner has it run: those of LocalStack's folder `init`, in boot.d and start.d
/// before it listens, in ready.d once it does, in shutdown.d before it ends. They are files of that folder
/// and nothing else: no request names, adds or changes one.

#include <array>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <partsmith/server/init_report.h>

namespace partsmith::cli {

class InitScripts {
 public:
  enum Stage : std::size_t { boot, start, ready, shutdown };  ///< as server::init_stages has them

  /// Finds the scripts in `folder`: `.sh` and `.py` files, those of a folder before those of its folders,
  /// each in the order of their names. An empty path: there are none. `say` tells what fails. The error is
  /// one line.
  static std::expected<InitScripts, std::string> in(const std::filesystem::path& folder,
                                                    std::function<void(std::string_view)> say);

  /// What scripts find in their environment beside this process's: name and value.
  using Variables = std::vector<std::pair<std::string, std::string>>;

  /// Runs a stage's scripts, one after the other; one that fails doesn't keep the next from running. A stage
  /// that was cut short by cancel() is not completed.
  void run(Stage stage, const Variables& variables = {}) const;

  /// Ends the script that is running, and what it has started, and runs no other but shutdown's.
  void cancel() const;

  /// From any thread.
  server::InitReport report() const;

 private:
  struct State;
  explicit InitScripts(std::shared_ptr<State> state) : state_(std::move(state)) {}

  std::shared_ptr<State> state_;
};

/// Runs the scripts of ready.d while the server serves. At the end of this value those that are left are
/// cancelled, and those of shutdown.d are run.
class RunningScripts {
 public:
  RunningScripts(const InitScripts& scripts, InitScripts::Variables variables);
  ~RunningScripts();
  RunningScripts(const RunningScripts&) = delete;
  RunningScripts& operator=(const RunningScripts&) = delete;

 private:
  const InitScripts& scripts_;
  InitScripts::Variables variables_;
  std::jthread ready_;
};

}  // namespace partsmith::cli
