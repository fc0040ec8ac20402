/// `curl` of health checks: one URL is asked by GET or HEAD. A flag that isn't in the table is refused, so
/// that nothing is done otherwise than it says.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <expected>
#include <fstream>
#include <utility>
#include <variant>

#include <partsmith/client/endpoint.h>
#include <partsmith/client/http_client.h>

#include "stand_ins/numbers.h"
#include "stand_ins/stand_ins.h"
#include "standard_streams.h"

namespace partsmith::cli {
namespace {

// The exit codes that curl(1) has.
enum Code : int {
  done = 0,
  misused = 2,
  bad_url = 3,
  no_connection = 7,
  not_ok = 22,
  not_written = 23,
  too_slow = 28,
  no_trust = 60
};

struct Wish {
  std::string url;
  std::string output;     ///< "-": stdout
  std::string write_out;  ///< of its variables http_code alone
  bool fail = false;
  bool silent = false;
  bool show_error = false;
  bool head = false;
  bool insecure = false;
  int seconds = 0;  ///< 0: as long as it takes
};

using Set = std::expected<void, std::string>;
using Field = std::variant<std::monostate, bool Wish::*, int Wish::*, std::string Wish::*>;

struct Flag {
  char letter;            ///< 0: none
  std::string_view name;  ///< without the dashes
  Field field;            ///< that it sets; none: it changes nothing here
};

constexpr std::array<Flag, 11> flags{{
    {'f', "fail", &Wish::fail},
    {'s', "silent", &Wish::silent},
    {'S', "show-error", &Wish::show_error},
    {'I', "head", &Wish::head},
    {'k', "insecure", &Wish::insecure},
    {'o', "output", &Wish::output},
    {'w', "write-out", &Wish::write_out},
    {'m', "max-time", &Wish::seconds},
    {'\0', "connect-timeout", &Wish::seconds},
    {'q', "disable", {}},
    {'\0', "no-progress-meter", {}},
}};

bool takes_value(const Flag& flag) {
  return !std::holds_alternative<std::monostate>(flag.field) &&
         !std::holds_alternative<bool Wish::*>(flag.field);
}

Set set(Wish& wish, const Flag& flag, const std::string& value) {
  if (const auto* toggle = std::get_if<bool Wish::*>(&flag.field)) wish.*(*toggle) = true;
  if (const auto* text = std::get_if<std::string Wish::*>(&flag.field)) wish.*(*text) = value;
  if (const auto* seconds = std::get_if<int Wish::*>(&flag.field)) {
    constexpr int longest = 3600;
    const auto number = whole_number(value);
    if (!number || *number < 1 || *number > longest)
      return std::unexpected(
          fmt::format("a number of seconds from 1 to {} is wanted, not '{}'", longest, value));
    wish.*(*seconds) = *number;
  }
  return {};
}

/// The flag whose letter or name that is. `attached` is what stands behind a letter in the same word: the
/// value of one that takes a value, or the next letters.
Set take(const Flag* flag, std::string_view word, std::string_view& attached,
         std::span<const std::string>& rest, Wish& wish) {
  if (flag == flags.end())
    return std::unexpected(fmt::format("{} is none of the flags that this one has", word));
  if (!takes_value(*flag)) return set(wish, *flag, {});
  std::string value(std::exchange(attached, {}));
  if (value.empty()) {
    if (rest.empty()) return std::unexpected(fmt::format("{} needs a value", word));
    value = rest.front();
    rest = rest.subspan(1);
  }
  return set(wish, *flag, value);
}

/// `--fail`, `-fsSo FILE`, `-fsSoFILE`: a name, or letters of which the first that takes a value ends them.
Set take_flags(std::string_view word, std::span<const std::string>& rest, Wish& wish) {
  std::string_view attached;
  if (word.starts_with("--"))
    return take(std::ranges::find(flags, word.substr(2), &Flag::name), word, attached, rest, wish);
  attached = word.substr(1);
  while (!attached.empty()) {
    const char letter = attached.front();
    attached.remove_prefix(1);
    const auto taken = take(std::ranges::find(flags, letter, &Flag::letter), fmt::format("-{}", letter),
                            attached, rest, wish);
    if (!taken) return taken;
  }
  return {};
}

std::expected<Wish, std::string> parse(std::span<const std::string> arguments) {
  Wish wish{.url = {}, .output = "-", .write_out = {}};
  while (!arguments.empty()) {
    const std::string word = arguments.front();
    arguments = arguments.subspan(1);
    Set taken;
    if (word.starts_with('-') && word.size() > 1) {
      taken = take_flags(word, arguments, wish);
    } else if (!wish.url.empty()) {
      taken = std::unexpected("one URL is wanted");
    } else {
      wish.url = word;
    }
    if (!taken) return std::unexpected(taken.error());
  }
  if (wish.url.empty()) return std::unexpected("a URL is wanted");
  return wish;
}

Code code_of(client::ErrorKind kind) {
  switch (kind) {
    case client::ErrorKind::timeout:
      return too_slow;
    case client::ErrorKind::tls:
      return no_trust;
    default:
      return no_connection;
  }
}

std::string written_out(std::string text, int status) {
  const auto replace = [&text](std::string_view what, const std::string& with) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
      text.replace(at, what.size(), with);
  };
  replace("%{http_code}", fmt::format("{:03}", status));
  replace("\\n", "\n");
  return text;
}

bool write(const std::string& path, const std::string& text) {
  if (path == "-") return print_text(text);
  std::ofstream file(path, std::ios::binary);
  file << text;
  return static_cast<bool>(file.flush());
}

/// What HEAD is told by, for a person.
std::string head_of(const client::HttpAnswer& answer) {
  std::string text = fmt::format("HTTP/1.1 {} {}\r\n", answer.status, answer.reason);
  for (const auto& [name, value] : answer.headers) text += fmt::format("{}: {}\r\n", name, value);
  return text + "\r\n";
}

}  // namespace

int curl(std::span<const std::string> arguments) {
  const auto wish = parse(arguments);
  const auto end = [&](Code code, const std::string& message) {
    if (!wish || !wish->silent || wish->show_error)
      tell_line(fmt::format("curl: ({}) {}", static_cast<int>(code), message));
    return code;
  };
  if (!wish) return end(misused, wish.error());
  const std::string url = wish->url.find("://") == std::string::npos ? "http://" + wish->url : wish->url;
  const auto path = std::min(url.find('/', url.find("://") + 3), url.size());
  const auto endpoint = client::Endpoint::parse(url.substr(0, path));
  if (!endpoint) return end(bad_url, endpoint.error());
  const std::chrono::seconds patience(wish->seconds);
  client::HttpOptions options{.total_timeout = patience, .verify_tls = !wish->insecure};
  if (wish->seconds > 0) options.connect_timeout = options.idle_timeout = patience;
  client::HttpClient http(options);
  const auto answer =
      http.send({.origin = endpoint->origin(),
                 .method = wish->head ? "HEAD" : "GET",
                 .target = path == url.size() ? "/" : url.substr(path, url.find('#', path) - path),
                 .headers = {},
                 .body = {}});
  const int status = answer ? answer->status : 0;
  const bool bad = answer && wish->fail && status >= 400;
  bool written = true;
  if (answer && !bad) written = write(wish->output, wish->head ? head_of(*answer) : answer->body);
  if (!wish->write_out.empty()) written = print_text(written_out(wish->write_out, status)) && written;
  if (!answer) return end(code_of(answer.error().kind), answer.error().detail);
  if (bad) return end(not_ok, fmt::format("{} answers {}", url, status));
  return written ? done : end(not_written, "what came can't be written");
}

}  // namespace partsmith::cli
