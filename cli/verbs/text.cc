#include "verbs/text.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <system_error>

#include <partsmith/protocol/dates.h>

namespace partsmith::cli {

bool StandardOutput::write(ByteView bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size()) return true;
  trouble_ = fmt::format("cannot write to stdout: {}", std::generic_category().message(errno));
  return false;
}

std::string human_size(std::uint64_t bytes) {
  static constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1023.95 && unit + 1 < units.size()) {
    value /= 1024;
    ++unit;
  }
  auto text = fmt::format("{:.1f}", value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return fmt::format("{} {}", text, units[unit]);
}

std::string human_time(std::chrono::seconds time) {
  struct Unit {
    std::int64_t seconds;
    char name;
  };
  static constexpr std::array units{Unit{86400, 'd'}, Unit{3600, 'h'}, Unit{60, 'm'}, Unit{1, 's'}};
  auto left = std::max<std::int64_t>(time.count(), 0);
  std::string text;
  int told = 0;
  for (const auto& [seconds, name] : units) {
    const auto count = left / seconds;
    left %= seconds;
    if (count == 0 && !(name == 's' && told == 0)) {
      if (told > 0) break;
      continue;
    }
    text += fmt::format("{}{}{}", told > 0 ? " " : "", count, name);
    if (++told == 2) break;
  }
  return text;
}

std::optional<std::chrono::seconds> age_of(std::string_view iso8601, TimePoint now) {
  const auto then = protocol::parse_iso8601(iso8601);
  if (!then) return std::nullopt;
  return std::chrono::floor<std::chrono::seconds>(now - *then);
}

std::string plain_time(std::string_view iso8601) {
  const auto time = protocol::parse_iso8601(iso8601);
  if (!time) return std::string(iso8601);
  auto text = protocol::iso8601_seconds(*time);
  text[10] = ' ';
  text.pop_back();
  return text;
}

void print_json(const nlohmann::ordered_json& value) {
  say("{}\n", value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::string printable(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
  }
  return result;
}

}  // namespace partsmith::cli
