#pragma once
/// What is told of wrong usage: one line that says what is wrong with the arguments and what would be right.

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

namespace partsmith::cli {

/// Of arguments that `program` has refused. `words`: the arguments after the program's name, in order.
std::string what_is_wrong(const CLI::App& program, const CLI::ParseError& error,
                          const std::vector<std::string>& words);

/// An option of the command asked for that has an empty value, as `--endpoint "$URL"` leaves it where the
/// variable isn't set: its default would be another thing than what was meant.
std::optional<std::string> empty_value(const CLI::App& program);

}  // namespace partsmith::cli
