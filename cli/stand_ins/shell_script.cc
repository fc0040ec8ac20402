#include "stand_ins/shell_script.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <utility>

namespace partsmith::cli {
namespace {

using Join = ShellCommand::Join;
using Result = std::expected<void, std::string>;

constexpr std::array<std::string_view, 17> other_syntax{"if",    "then",     "else", "elif", "fi",   "for",
                                                        "while", "until",    "do",   "done", "case", "esac",
                                                        "!",     "function", "{",    "}",    "[["};

std::unexpected<std::string> not_understood(std::string_view what) {
  return std::unexpected(
      fmt::format("{} is not understood here: simple commands joined by &&, || and ; are", what));
}

bool is_name(char letter) {
  return letter == '_' || std::isalnum(static_cast<unsigned char>(letter)) != 0;
}

class Parser {
 public:
  explicit Parser(std::string_view script) : rest_(script) {}

  std::expected<std::vector<ShellCommand>, std::string> parse() {
    while (!rest_.empty()) {
      if (auto taken = take(); !taken) return std::unexpected(taken.error());
    }
    if (auto ended = end_command(Join::always); !ended) return std::unexpected(ended.error());
    if (command_.join != Join::always) return not_understood("an end after && or ||");
    return std::move(commands_);
  }

 private:
  Result take() {
    const char next = rest_.front();
    if (next == ' ' || next == '\t') return skip(1);
    if (next == '#') return skip(std::min(rest_.find('\n'), rest_.size()));
    if (next == ';' || next == '\n') return join(1, Join::always);
    if (rest_.starts_with("&&")) return join(2, Join::after_success);
    if (rest_.starts_with("||")) return join(2, Join::after_failure);
    const auto digits = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    if (digits < rest_.size() && digits < 2 && (rest_[digits] == '<' || rest_[digits] == '>'))
      return redirection(digits);
    if (std::string_view("&|()<>").find(next) != std::string_view::npos)
      return not_understood(fmt::format("'{}'", next));
    auto word = take_word();
    if (!word) return std::unexpected(word.error());
    if (command_.words.empty() && !word->empty() &&
        std::ranges::find(other_syntax, word->front()) != other_syntax.end())
      return not_understood(fmt::format("'{}'", word->front()));
    std::ranges::move(*word, std::back_inserter(command_.words));
    return {};
  }

  Result skip(std::size_t length) {
    rest_.remove_prefix(length);
    return {};
  }

  Result join(std::size_t length, Join with_next) {
    rest_.remove_prefix(length);
    return end_command(with_next);
  }

  Result end_command(Join with_next) {
    if (command_.words.empty() && command_.redirections.empty()) {
      if (with_next != Join::always) return not_understood("&& or || without a command before it");
      return {};
    }
    if (command_.words.empty()) command_.words.emplace_back(":");
    if (const auto& first = command_.words.front(); first.find('=') != std::string::npos)
      return not_understood(fmt::format("'{}', which sets a variable,", first));
    commands_.push_back(std::exchange(command_, {.join = with_next, .words = {}, .redirections = {}}));
    return {};
  }

  Result redirection(std::size_t digits) {
    Redirection made{
        .descriptor = rest_[digits] == '<' ? 0 : 1, .kind = Redirection::Kind::read, .target = {}};
    if (digits == 1) made.descriptor = rest_.front() - '0';
    rest_.remove_prefix(digits);
    if (rest_.starts_with("<<")) return not_understood("'<<'");
    if (rest_.starts_with(">>")) {
      made.kind = Redirection::Kind::append;
      rest_.remove_prefix(2);
    } else {
      made.kind = rest_.front() == '<' ? Redirection::Kind::read : Redirection::Kind::write;
      rest_.remove_prefix(1);
    }
    if (rest_.starts_with('&')) {
      made.kind = Redirection::Kind::duplicate;
      rest_.remove_prefix(1);
    }
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
    auto target = take_word();
    if (!target) return std::unexpected(target.error());
    if (target->size() != 1) return not_understood("a redirection without one target");
    made.target = std::move(target->front());
    command_.redirections.push_back(std::move(made));
    return {};
  }

  /// One word, or as many as an unquoted variable's value has.
  std::expected<std::vector<std::string>, std::string> take_word() {
    std::vector<std::string> words;
    std::optional<std::string> word;
    while (!rest_.empty() && std::string_view(" \t\n;&|()<>").find(rest_.front()) == std::string_view::npos) {
      const char next = rest_.front();
      if (next == '`') return not_understood("'`'");
      if (next == '\'') {
        const auto end = rest_.find('\'', 1);
        if (end == std::string_view::npos) return not_understood("a quote without its end");
        word = word.value_or("") + std::string(rest_.substr(1, end - 1));
        rest_.remove_prefix(end + 1);
      } else if (next == '"') {
        auto text = take_quoted();
        if (!text) return std::unexpected(text.error());
        word = word.value_or("") + *text;
      } else if (next == '\\') {
        word = word.value_or("");
        if (rest_.size() > 1 && rest_[1] != '\n') *word += rest_[1];
        rest_.remove_prefix(std::min<std::size_t>(2, rest_.size()));
      } else if (next == '$') {
        const auto value = take_variable();
        if (!value) return std::unexpected(value.error());
        for (const char letter : *value) {
          if (letter != ' ' && letter != '\t' && letter != '\n') {
            word = word.value_or("") + letter;
          } else if (word) {
            words.push_back(*std::exchange(word, std::nullopt));
          }
        }
      } else {
        word = word.value_or("") + next;
        rest_.remove_prefix(1);
      }
    }
    if (word) words.push_back(*std::move(word));
    return words;
  }

  std::expected<std::string, std::string> take_quoted() {
    std::string text;
    rest_.remove_prefix(1);
    while (!rest_.starts_with('"')) {
      if (rest_.empty()) return not_understood("a quote without its end");
      if (rest_.front() == '`') return not_understood("'`'");
      if (rest_.front() == '$') {
        const auto value = take_variable();
        if (!value) return std::unexpected(value.error());
        text += *value;
        continue;
      }
      const bool escaped = rest_.front() == '\\' && rest_.size() > 1 &&
                           std::string_view("\\\"$`\n").find(rest_[1]) != std::string_view::npos;
      if (escaped) rest_.remove_prefix(1);
      if (!escaped || rest_.front() != '\n') text += rest_.front();
      rest_.remove_prefix(1);
    }
    rest_.remove_prefix(1);
    return text;
  }

  /// `$NAME` or `${NAME}`; a dollar before anything else but syntax is itself.
  std::expected<std::string, std::string> take_variable() {
    rest_.remove_prefix(1);
    const bool braces = rest_.starts_with('{');
    if (braces) rest_.remove_prefix(1);
    const auto end = static_cast<std::size_t>(std::ranges::find_if_not(rest_, is_name) - rest_.begin());
    const std::string name(rest_.substr(0, end));
    rest_.remove_prefix(end);
    if (braces ? !rest_.starts_with('}')
               : name.empty() && !rest_.empty() &&
                     std::string_view("({?$!@*#-").find(rest_.front()) != std::string_view::npos)
      return not_understood(
          fmt::format("'${}{}'", braces ? "{" : "", name.empty() ? rest_.substr(0, 1) : name));
    if (braces) rest_.remove_prefix(1);
    if (name.empty()) return "$";
    if (std::isdigit(static_cast<unsigned char>(name.front())) != 0)
      return not_understood(fmt::format("'${}'", name));
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? "" : value;
  }

  std::string_view rest_;
  ShellCommand command_{.join = Join::always, .words = {}, .redirections = {}};
  std::vector<ShellCommand> commands_;
};

}  // namespace

std::expected<std::vector<ShellCommand>, std::string> parse_shell_script(std::string_view script) {
  return Parser(script).parse();
}

}  // namespace partsmith::cli
