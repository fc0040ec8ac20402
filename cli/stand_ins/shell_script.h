#pragma once
/// What the image's `sh -c` understands: simple commands joined by `&&`, `||` and `;`, quotes, `$NAME`,
/// redirections. Anything else of a shell is refused before the first command is run.

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace partsmith::cli {

struct Redirection {
  enum class Kind { read, write, append, duplicate };
  int descriptor;
  Kind kind;
  std::string target;  ///< a path, or for `duplicate` the other descriptor's number
};

struct ShellCommand {
  enum class Join { always, after_success, after_failure };
  Join join;  ///< when it is run, by how the one before ended
  std::vector<std::string> words;
  std::vector<Redirection> redirections;
};

/// Variables are looked up in the environment. The error is one line: what of the script isn't understood.
std::expected<std::vector<ShellCommand>, std::string> parse_shell_script(std::string_view script);

}  // namespace partsmith::cli
