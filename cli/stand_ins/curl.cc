/// `curl` of health checks: one URL is asked by GET or HEAD. A flag that isn't in the table is refused, so
/// that nothing is done otherwise than it says.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <expected>
#include <fstream>

#include <partsmith/client/endpoint.h>
#include <partsmith/client/http_client.h>

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

struct Flag {
  char letter;            ///< 0: none
  std::string_view name;  ///< without the dashes
  bool takes_value;
  std::expected<void, std::string> (*set)(Wish&, const std::string& value);
};

using Set = std::expected<void, std::string>;

Set patience(Wish& wish, const std::string& value) {
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), wish.seconds);
  if (error != std::errc() || end != value.data() + value.size() || wish.seconds < 1 || wish.seconds > 3600)
    return std::unexpected(fmt::format("a number of seconds from 1 to 3600 is wanted, not '{}'", value));
  return {};
}

Set nothing(Wish&, const std::string&) {
  return {};
}

const std::array<Flag, 11>& flags() {
  static constexpr std::array<Flag, 11> table{{
      {'f', "fail", false,
       [](Wish& wish, const std::string&) -> Set {
         wish.fail = true;
         return {};
       }},
      {'s', "silent", false,
       [](Wish& wish, const std::string&) -> Set {
         wish.silent = true;
         return {};
       }},
      {'S', "show-error", false,
       [](Wish& wish, const std::string&) -> Set {
         wish.show_error = true;
         return {};
       }},
      {'I', "head", false,
       [](Wish& wish, const std::string&) -> Set {
         wish.head = true;
         return {};
       }},
      {'k', "insecure", false,
       [](Wish& wish, const std::string&) -> Set {
         wish.insecure = true;
         return {};
       }},
      {'o', "output", true,
       [](Wish& wish, const std::string& value) -> Set {
         wish.output = value;
         return {};
       }},
      {'w', "write-out", true,
       [](Wish& wish, const std::string& value) -> Set {
         wish.write_out = value;
         return {};
       }},
      {'m', "max-time", true, patience},
      {'\0', "connect-timeout", true, patience},
      {'q', "disable", false, nothing},
      {'\0', "no-progress-meter", false, nothing},
  }};
  return table;
}

/// `-fsSo FILE`, `-fsSoFILE`: letters, of which the first that takes a value takes the rest or the next word.
Set take_letters(std::string_view letters, std::span<const std::string>& rest, Wish& wish) {
  for (std::size_t at = 0; at < letters.size(); ++at) {
    const auto flag = std::ranges::find(flags(), letters[at], &Flag::letter);
    if (flag == flags().end())
      return std::unexpected(fmt::format("-{} is none of the flags that this one has", letters[at]));
    std::string value;
    if (flag->takes_value) {
      value = letters.substr(at + 1);
      if (value.empty()) {
        if (rest.empty()) return std::unexpected(fmt::format("-{} needs a value", letters[at]));
        value = rest.front();
        rest = rest.subspan(1);
      }
      at = letters.size();
    }
    if (const auto set = flag->set(wish, value); !set) return std::unexpected(set.error());
  }
  return {};
}

Set take_name(const std::string& word, std::span<const std::string>& rest, Wish& wish) {
  const auto flag = std::ranges::find(flags(), std::string_view(word).substr(2), &Flag::name);
  if (flag == flags().end())
    return std::unexpected(fmt::format("{} is none of the flags that this one has", word));
  std::string value;
  if (flag->takes_value) {
    if (rest.empty()) return std::unexpected(fmt::format("{} needs a value", word));
    value = rest.front();
    rest = rest.subspan(1);
  }
  return flag->set(wish, value);
}

std::expected<Wish, std::string> parse(std::span<const std::string> arguments) {
  Wish wish{.url = {}, .output = "-", .write_out = {}};
  while (!arguments.empty()) {
    const std::string word = arguments.front();
    arguments = arguments.subspan(1);
    Set taken;
    if (word.starts_with("--")) {
      taken = take_name(word, arguments, wish);
    } else if (word.starts_with('-') && word.size() > 1) {
      taken = take_letters(std::string_view(word).substr(1), arguments, wish);
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
