#include "option_values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

namespace partsmith::cli {
namespace {

std::optional<std::uint64_t> number_of(const std::string& text) {
  std::uint64_t number = 0;
  const char* const after = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), after, number);
  if (error != std::errc() || end != after || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  return number;
}

/// 5242880 as 5MiB, where it is whole.
std::string size_text(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> units = {"", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (bytes != 0 && bytes % 1024 == 0 && unit + 1 < units.size()) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{}{}", bytes, units[unit]);
}

/// What is wanted, as a range in words.
std::string between(const std::string& least, const std::string& most, bool is_open) {
  return is_open ? fmt::format("{} or more", least) : fmt::format("from {} to {}", least, most);
}

/// Writes what the number with its unit comes to, if it is one.
bool convert(CLI::Validator unit, std::string& text) {
  std::uint64_t digits = 0;  // CLI11 would take a sign, and the largest number for a larger one
  if (std::from_chars(text.data(), text.data() + text.size(), digits).ec != std::errc()) return false;
  std::string number = text;
  try {
    if (!unit(number).empty()) return false;
  } catch (const CLI::ValidationError&) {  // so it says some of what it finds
    return false;
  }
  text = std::move(number);
  return true;
}

}  // namespace

CLI::Validator one_of(std::vector<std::string> words) {
  return {[words = std::move(words)](std::string& text) -> std::string {
            if (std::ranges::find(words, text) != words.end()) return {};
            return fmt::format("'{}' is none of {}", text, fmt::join(words, ", "));
          },
          ""};
}

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
  return {[=](std::string& text) -> std::string {
            const auto number = number_of(text);
            if (number && *number >= least && *number <= most) return {};
            return fmt::format("'{}' won't do: a whole number is wanted, {}", text,
                               between(std::to_string(least), std::to_string(most), most == any_number));
          },
          ""};
}

CLI::Validator minutes_up_to(double most) {
  return {[=](std::string& text) -> std::string {
            double minutes = 0;
            const char* const after = text.data() + text.size();
            const auto [end, error] = std::from_chars(text.data(), after, minutes);
            if (error == std::errc() && end == after && minutes >= 0 && minutes <= most) return {};
            return fmt::format("'{}' won't do: a number of minutes is wanted, from 0 to {}", text, most);
          },
          ""};
}

CLI::Validator a_port() {
  return {[](std::string& text) -> std::string {
            const auto port = number_of(text);
            if (port && *port <= 65535) return {};
            return fmt::format("'{}' is no port: a number from 0 to 65535 is wanted", text);
          },
          ""};
}

CLI::Validator a_region() {
  return {[](std::string& text) -> std::string {
            const auto allowed = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; };
            if (!text.empty() && std::ranges::all_of(text, allowed)) return {};
            return fmt::format("'{}' is no region: a name is wanted, as in us-east-1", text);
          },
          ""};
}

CLI::Validator a_size(std::uint64_t least, std::uint64_t most) {
  return {[=](std::string& text) -> std::string {
            const std::string asked = text;
            if (!convert(CLI::AsSizeValue(false), text))
              return fmt::format("'{}' is no size: a number of bytes is wanted, as in 1000000 or 10GiB",
                                 asked);
            const auto bytes = number_of(text);
            if (bytes && *bytes >= least && *bytes <= most) return {};
            return fmt::format("'{}' won't do: a size {} is wanted", asked,
                               between(size_text(least), size_text(most), most == any_number));
          },
          ""};
}

CLI::Validator a_time() {
  static const std::map<std::string, std::int64_t> seconds = {
      {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800}};
  return {[](std::string& text) -> std::string {
            const std::string asked = text;
            if (convert(CLI::AsNumberWithUnit(seconds, CLI::AsNumberWithUnit::CASE_INSENSITIVE), text))
              return {};
            return fmt::format(
                "'{}' is no time: seconds are wanted, or a number with s, m, h, d or w, as in 12h", asked);
          },
          ""};
}

}  // namespace partsmith::cli
