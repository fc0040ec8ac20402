#pragma once
/// The verbs on the command line.

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "connection_options.h"
#include "verbs/verbs.h"

namespace CLI {
class App;
}

namespace partsmith::cli {

class Verbs {
 public:
  explicit Verbs(CLI::App& program);

  /// Whether one of the verbs was asked for; then run() does it.
  bool asked() const;
  /// The exit code. What went wrong was told in one line.
  int run() const;

 private:
  using Work = std::function<VerbResult(Session&)>;
  struct Verb {
    CLI::App* command;
    Work work;
  };

  template <class Options>
  void add(CLI::App& program, const char* name, const char* description, const char* manual,
           VerbResult (*work)(const Options&, Session&), void (*add_options)(CLI::App&, Options&));
  const Verb* chosen() const;

  ConnectionOptions connection_;
  int attempts_ = 5;
  std::vector<Verb> verbs_;
};

}  // namespace partsmith::cli
