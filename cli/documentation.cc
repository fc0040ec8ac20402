#include "documentation.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "flags_of.h"
#include "option_values.h"

namespace partsmith::cli {
namespace {

/// A command as it is typed: `conform diff`.
struct Command {
  std::string words;
  const CLI::App* app;
};

void gather(const CLI::App& app, const std::string& before, std::vector<Command>& into) {
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    const std::string words = before.empty() ? command->get_name() : before + ' ' + command->get_name();
    into.push_back({words, command});
    gather(*command, words, into);
  }
}

std::vector<Command> commands_of(const CLI::App& program) {
  std::vector<Command> all;
  gather(program, "", all);
  return all;
}

bool takes_value(const CLI::Option& option) {
  return option.get_items_expected_max() > 0;
}

std::vector<const CLI::Option*> options_of(const CLI::App& app) {
  return app.get_options([](const CLI::Option* option) { return option->nonpositional(); });
}

/// The values of an option that has few, as its type says them: `text|json`.
std::vector<std::string> values_of(const CLI::Option& option) {
  std::vector<std::string> values;
  std::string type = option.get_type_name();
  if (type.find('|') == std::string::npos) return values;
  type = type.substr(0, type.find(':'));
  for (std::size_t at = 0; at <= type.size();) {
    const auto end = std::min(type.find('|', at), type.size());
    values.push_back(type.substr(at, end - at));
    at = end + 1;
  }
  std::erase_if(values, [](const std::string& value) {
    return std::ranges::any_of(value, [](unsigned char c) { return std::isupper(c) != 0; });
  });
  return values;
}

// --- man(7)

std::string in_roff(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\') result += "\\e";
    else if (c == '-') result += "\\-";
    else result += c;
  }
  // A line that begins with one of these would be a request.
  for (std::size_t at = 0; at < result.size(); ++at) {
    if ((at == 0 || result[at - 1] == '\n') && (result[at] == '.' || result[at] == '\''))
      result.insert(at++, "\\&");
  }
  return result;
}

std::string option_in_roff(const CLI::Option& option) {
  std::string text =
      fmt::format(".TP\n\\fB{}\\fR", in_roff(fmt::format("{}", fmt::join(flags_of(option), ", "))));
  if (takes_value(option) && !option.get_type_name().empty())
    text += fmt::format(" \\fI{}\\fR", in_roff(option.get_type_name()));
  text += fmt::format("\n{}", in_roff(option.get_description()));
  if (!option.get_default_str().empty() && takes_value(option))
    text += fmt::format(" (default: {})", in_roff(option.get_default_str()));
  text += ".\n";
  if (!option.get_envname().empty())
    text += fmt::format("Environment: \\fB{}\\fR.\n", in_roff(option.get_envname()));
  return text;
}

std::string arguments_of(const CLI::App& app) {
  std::string text;
  for (const CLI::Option* option :
       app.get_options([](const CLI::Option* o) { return !o->nonpositional(); })) {
    const bool many = option->get_items_expected_max() > 1;
    const std::string name = option->get_type_name().empty() ? option->get_name() : option->get_type_name();
    text += option->get_required() ? fmt::format(" {}{}", name, many ? "…" : "") : fmt::format(" [{}]", name);
  }
  return text;
}

std::string command_in_roff(const Command& command) {
  std::string text = fmt::format(".SS \"partsmith {} [OPTIONS]{}\"\n{}.\n", command.words,
                                 arguments_of(*command.app), in_roff(command.app->get_description()));
  for (const CLI::Option* option : options_of(*command.app)) {
    if (option != command.app->get_help_ptr()) text += option_in_roff(*option);
  }
  if (!command.app->get_footer().empty())
    text += fmt::format(".PP\n.nf\n{}\n.fi\n", in_roff(command.app->get_footer()));
  return text;
}

// --- Shells

/// The words that may follow `words`: commands and flags.
std::vector<std::string> words_after(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    words.push_back(command->get_name());
  for (const CLI::Option* option : options_of(app)) {
    for (const std::string& flag : flags_of(*option)) words.push_back(flag);
  }
  return words;
}

/// `case` arms that set what bash offers: by command the words, by command and flag the values.
std::string bash_arms(const CLI::App& program) {
  std::string text = fmt::format("    '') words='{}' ;;\n", fmt::join(words_after(program), " "));
  for (const Command& command : commands_of(program))
    text +=
        fmt::format("    '{}') words='{}' ;;\n", command.words, fmt::join(words_after(*command.app), " "));
  return text;
}

std::string bash_values(const CLI::App& program) {
  std::string text;
  for (const Command& command : commands_of(program)) {
    for (const CLI::Option* option : options_of(*command.app)) {
      const auto values = values_of(*option);
      if (values.empty()) continue;
      for (const std::string& flag : flags_of(*option))
        text += fmt::format("    '{} {}') words='{}' ;;\n", command.words, flag, fmt::join(values, " "));
    }
  }
  return text;
}

std::string bash_flags_with_values(const CLI::App& program) {
  std::string text;
  for (const Command& command : commands_of(program)) {
    for (const CLI::Option* option : options_of(*command.app)) {
      if (!takes_value(*option) || !values_of(*option).empty()) continue;
      for (const std::string& flag : flags_of(*option))
        text += fmt::format("    '{} {}') return ;;\n", command.words, flag);
    }
  }
  return text;
}

/// Works in zsh, too, by its bashcompinit.
std::string for_bash(const CLI::App& program) {
  std::string nested;
  for (const Command& command : commands_of(program)) {
    if (command.words.find(' ') != std::string::npos)
      nested += fmt::format("      '{}') command=\"$both\" ;;\n", command.words);
  }
  return fmt::format(
      R"sh(# Completion of partsmith for bash: source it, or put it into the folder of completions.
_partsmith() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}" command='' both words='' at
  COMPREPLY=()
  for ((at = 1; at < COMP_CWORD; ++at)); do
    [[ ${{COMP_WORDS[at]}} != -* ]] || continue
    if [[ -z $command ]]; then command="${{COMP_WORDS[at]}}"; continue; fi
    both="$command ${{COMP_WORDS[at]}}"
    case "$both" in
{}    esac
    break
  done
  case "$command $before" in
{}{}  esac
  if [[ -z $words ]]; then
    case "$command" in
{}    esac
  fi
  if [[ $current == -* || -z $command || $before == --* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}}
complete -o default -F _partsmith partsmith
)sh",
      nested.empty() ? "      *) ;;\n" : nested, bash_values(program), bash_flags_with_values(program),
      bash_arms(program));
}

std::string quoted_for_zsh(std::string text) {
  std::string result;
  for (const char c : text) {
    if (c == '\'') result += "'\\''";
    else if (c == '[' || c == ']' || c == ':' || c == '\\') result += std::string("\\") + c;
    else result += c;
  }
  return result;
}

std::string zsh_option(const CLI::Option& option, const std::string& flag) {
  const std::string what = quoted_for_zsh(option.get_description());
  if (!takes_value(option)) return fmt::format("        '*{}[{}]' \\\n", flag, what);
  const auto values = values_of(option);
  const std::string action = values.empty() ? "_files" : fmt::format("({})", fmt::join(values, " "));
  return fmt::format("        '*{}[{}]:value:{}' \\\n", flag, what, action);
}

std::string for_zsh(const CLI::App& program) {
  std::string commands;
  std::string arms;
  for (const Command& command : commands_of(program)) {
    if (command.words.find(' ') != std::string::npos) continue;
    commands += fmt::format("    '{}:{}'\n", command.words, quoted_for_zsh(command.app->get_description()));
    arms += fmt::format("    {})\n      _arguments \\\n", command.words);
    for (const CLI::Option* option : options_of(*command.app)) {
      for (const std::string& flag : flags_of(*option)) arms += zsh_option(*option, flag);
    }
    arms += "        '*:file:_files'\n      ;;\n";
  }
  return fmt::format(R"sh(#compdef partsmith
# Completion of partsmith for zsh: put it into a folder of $fpath as _partsmith.
_partsmith() {{
  local -a commands
  commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
{}  esac
}}
if [ "$funcstack[1]" = "_partsmith" ]; then
  _partsmith "$@"
else
  compdef _partsmith partsmith
fi
)sh",
                     commands, arms);
}

std::string quoted_for_fish(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string fish_option(const Command& command, const CLI::Option& option) {
  std::string text =
      fmt::format("complete -c partsmith -n '__fish_seen_subcommand_from {}'", command.app->get_name());
  for (const std::string& name : option.get_snames()) text += fmt::format(" -s {}", name);
  for (const std::string& name : option.get_lnames()) text += fmt::format(" -l {}", name);
  if (takes_value(option)) {
    const auto values = values_of(option);
    text += values.empty() ? std::string(" -r") : fmt::format(" -x -a '{}'", fmt::join(values, " "));
  }
  return text + fmt::format(" -d '{}'\n", quoted_for_fish(option.get_description()));
}

std::string for_fish(const CLI::App& program) {
  std::string text =
      "# Completion of partsmith for fish: put it into ~/.config/fish/completions/partsmith.fish.\n";
  for (const Command& command : commands_of(program)) {
    if (command.words.find(' ') == std::string::npos) {
      text += fmt::format("complete -c partsmith -f -n __fish_use_subcommand -a {} -d '{}'\n", command.words,
                          quoted_for_fish(command.app->get_description()));
    }
    for (const CLI::Option* option : options_of(*command.app)) text += fish_option(command, *option);
  }
  return text;
}

}  // namespace

DocumentationCommands add_documentation(CLI::App& program, DocumentationOptions& options) {
  CLI::App* man =
      program.add_subcommand("man", "Print the manual page, for man(1): partsmith man | man -l -");
  CLI::App* completion = program.add_subcommand(
      "completion", "Print what a shell needs to complete partsmith's commands and options");
  completion->add_option("shell", options.shell, "The shell")
      ->required()
      ->type_name("bash|zsh|fish")
      ->check(one_of({"bash", "zsh", "fish"}));
  completion->footer("For this session: source <(partsmith completion bash)");
  return {man, completion};
}

std::string man_page(const CLI::App& program, const std::string& version) {
  std::string text = fmt::format(
      ".TH PARTSMITH 1 \"\" \"partsmith {}\" \"User Commands\"\n.SH NAME\npartsmith \\- {}\n"
      ".SH SYNOPSIS\n\\fBpartsmith\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n.SH COMMANDS\n",
      version, in_roff(program.get_description()));
  for (const Command& command : commands_of(program)) text += command_in_roff(command);
  return text;
}

std::string completion(const CLI::App& program, const std::string& shell) {
  if (shell == "zsh") return for_zsh(program);
  if (shell == "fish") return for_fish(program);
  return for_bash(program);
}

}  // namespace partsmith::cli
