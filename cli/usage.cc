#include "usage.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <ranges>
#include <string_view>
#include <utility>

#include "flags_of.h"

namespace partsmith::cli {
namespace {

/// The command that was asked for, as deep as it was named: `conform diff`; else the program.
const CLI::App& asked(const CLI::App& program) {
  const CLI::App* command = &program;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  return *command;
}

/// As it is typed: `partsmith conform diff`.
std::string typed(const CLI::App& command) {
  const CLI::App* const parent = command.get_parent();
  return parent == nullptr ? command.get_name() : typed(*parent) + ' ' + command.get_name();
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

std::vector<const CLI::Option*> options_of(const CLI::App& app) {
  return app.get_options([](const CLI::Option*) { return true; });
}

std::vector<std::string> flags_of_all(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : options_of(app))
    std::ranges::copy(flags_of(*option), std::back_inserter(flags));
  return flags;
}

/// How many letters have to be put in, left out or changed to make one of the other.
std::size_t distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < one.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < other.size(); ++j) {
      const std::size_t changed = diagonal + (one[i] == other[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

/// Of what there is the one that `word` was meant to be: it is a letter or two off, or begins as the other
/// does.
std::string nearest(std::string_view word, const std::vector<std::string>& there) {
  std::size_t least = std::clamp<std::size_t>(word.size() / 3, 1, 3) + 1;
  std::string found;
  for (const std::string& name : there) {
    const std::size_t away = distance(word, name);
    if (away >= least || away * 2 >= name.size()) continue;
    least = away;
    found = name;
  }
  constexpr std::size_t telling = 5;  // letters that say what was meant, of "--" the first two
  for (const std::string& name : there) {
    if (!found.empty()) break;
    if (std::min(name.size(), word.size()) >= telling && (name.starts_with(word) || word.starts_with(name)))
      found = name;
  }
  return found;
}

/// Behind what there isn't.
std::string suggestion(std::string_view word, const std::vector<std::string>& there) {
  const std::string meant = nearest(word, there);
  return meant.empty() ? "" : fmt::format(": did you mean {}?", meant);
}

bool is_flag(std::string_view word) {
  return word.size() > 1 && word.front() == '-';
}

/// What nothing of `command` takes.
std::string about_extra(const CLI::App& command, const std::vector<std::string>& left) {
  const auto flag = std::ranges::find_if(left, is_flag);
  if (flag != left.end()) {
    const std::string name = flag->substr(0, flag->find('='));
    const auto flags = flags_of_all(command);
    if (std::ranges::find(flags, name) != flags.end())
      return fmt::format("{0} comes after the command: {1} {0}", name, typed(command));
    return fmt::format("there is no option '{}'{}", name, suggestion(name, flags));
  }
  const std::string& word = left.front();
  const auto commands = commands_of(command);
  if (!nearest(word, commands).empty())
    return fmt::format("there is no command '{}'{}", word, suggestion(word, commands));
  return fmt::format("'{}' is one argument more than {} takes", word, typed(command));
}

/// What an option or argument takes, as the help has it.
std::string taken_by(const CLI::Option& option) {
  return option.get_type_name().empty() ? option.get_name() : option.get_type_name();
}

std::string about_missing(const CLI::App& command, const std::vector<std::string>& words) {
  const auto commands = commands_of(command);
  for (const CLI::Option* option : options_of(command)) {
    if (option->get_required() && option->count() == 0)
      return fmt::format("{} is missing: {}", taken_by(*option), option->get_description());
  }
  const auto left = command.remaining();
  if (!left.empty() && !is_flag(left.front())) {
    const std::string said =
        command.get_parent() == nullptr ? left.front() : command.get_name() + ' ' + left.front();
    const std::string meant = suggestion(left.front(), commands);
    if (!meant.empty() || command.get_parent() == nullptr)
      return fmt::format("there is no command '{}'{}", said, meant);
    return fmt::format("there is no command '{}': it is one of {}", said, fmt::join(commands, ", "));
  }
  if (!left.empty()) return about_extra(command, left);
  if (words.empty()) return "a command is missing, as in partsmith serve";
  return fmt::format("a command is missing after {}: one of {}", typed(command), fmt::join(commands, ", "));
}

/// The option that CLI11's text is about, which has its name before the first colon or equals sign.
const CLI::Option* named_in(const CLI::App& command, std::string_view text) {
  for (const CLI::Option* option : options_of(command)) {
    const std::string name = option->get_name();
    if (text.starts_with(name) &&
        (text.size() == name.size() || std::string_view(": =").contains(text[name.size()])))
      return option;
  }
  return nullptr;
}

std::string about_count(const CLI::Option& option) {
  const std::size_t given = option.count();
  const auto least = static_cast<std::size_t>(std::max(option.get_items_expected_min(), 0));
  if (option.get_positional() && given < least)
    return fmt::format("{} wants {} or more, and {} is there", taken_by(option), least, given);
  if (given < std::max<std::size_t>(least, 1))
    return fmt::format("{} wants {} after it", option.get_name(), taken_by(option));
  return fmt::format("{} is given {} times: once is enough", option.get_name(), given);
}

/// Where the option's value came from: its flag, or the environment variable beside it.
std::string source_of(const CLI::Option& option, const std::vector<std::string>& words) {
  const auto flags = flags_of(option);
  const bool is_said = std::ranges::any_of(words, [&](const std::string& word) {
    return std::ranges::any_of(flags, [&](const std::string& flag) { return word.starts_with(flag); });
  });
  const std::string variable = option.get_envname();
  return is_said || variable.empty() || std::getenv(variable.c_str()) == nullptr ? option.get_name()
                                                                                 : variable;
}

/// What isn't a number, or neither true nor false.
std::string about_value(const CLI::Option& option, const std::string& source) {
  const auto values = option.results();
  const std::string value = values.empty() ? "" : values.back();
  const bool is_flag = option.get_items_expected_max() == 0;
  return fmt::format("{}: '{}' is {}", source, value,
                     is_flag ? "neither true nor false" : fmt::format("no {}", taken_by(option)));
}

std::string without(std::string_view text, std::string_view beginning) {
  return std::string(text.substr(text.starts_with(beginning) ? beginning.size() : 0));
}

/// What is wrong, without where to read more.
std::string told(const CLI::App& command, const CLI::ParseError& error, const std::vector<std::string>& words,
                 const std::vector<std::string>& left) {
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) return about_missing(command, words);
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !left.empty())
    return about_extra(command, left);
  const std::string text = without(error.what(), "Could not convert: ");
  const CLI::Option* const option = named_in(command, text);
  if (option == nullptr) return error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) return about_count(*option);
  if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr)
    return about_value(*option, source_of(*option, words));
  if (dynamic_cast<const CLI::ValidationError*>(&error) != nullptr)
    return source_of(*option, words) + text.substr(option->get_name().size());
  constexpr std::string_view excludes = " excludes ";
  constexpr std::string_view requires_it = " requires ";
  if (const auto at = text.find(excludes); at != std::string::npos)
    return fmt::format("{} and {} exclude each other: give one of them", text.substr(0, at),
                       text.substr(at + excludes.size()));
  if (const auto at = text.find(requires_it); at != std::string::npos)
    return fmt::format("{} needs {} beside it", text.substr(0, at), text.substr(at + requires_it.size()));
  return error.what();
}

}  // namespace

std::string what_is_wrong(const CLI::App& program, const CLI::ParseError& error,
                          const std::vector<std::string>& words) {
  const CLI::App& command = asked(program);
  return fmt::format("{} (see {} --help)", told(command, error, words, program.remaining(true)),
                     typed(command));
}

std::optional<std::string> empty_value(const CLI::App& program) {
  const CLI::App& command = asked(program);
  for (const CLI::App* app = &command; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : options_of(*app)) {
      if (option->get_positional() || option->get_items_expected_max() == 0) continue;
      const auto values = option->results();
      if (std::ranges::find(values, "") == values.end()) continue;
      return fmt::format("{0} has nothing after it: give {1}, or leave {0} out (see {2} --help)",
                         option->get_name(), taken_by(*option), typed(command));
    }
  }
  return std::nullopt;
}

}  // namespace partsmith::cli
