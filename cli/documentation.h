#pragma once
/// `partsmith man` and `partsmith completion SHELL`: written from the very tables that read the command line.

#include <string>

namespace CLI {
class App;
}

namespace partsmith::cli {

struct DocumentationOptions {
  std::string shell;  ///< bash, zsh or fish
};

struct DocumentationCommands {
  CLI::App* man;
  CLI::App* completion;
};
DocumentationCommands add_documentation(CLI::App& program, DocumentationOptions& options);

/// partsmith(1), in the language of man(7).
std::string man_page(const CLI::App& program, const std::string& version);

/// What a shell reads to complete the commands and options of `program`. `shell` is one that `completion`
/// takes.
std::string completion(const CLI::App& program, const std::string& shell);

}  // namespace partsmith::cli
