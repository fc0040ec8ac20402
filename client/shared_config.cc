#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include <partsmith/client/shared_config.h>
#include <partsmith/protocol/headers.h>

namespace partsmith::client {
namespace {

using protocol::trimmed;

/// `[ profile   dev ]` → `profile dev`
std::optional<std::string> section_name(std::string_view line) {
  const auto end = line.find(']');
  if (end == std::string_view::npos) return std::nullopt;
  std::istringstream words{std::string(line.substr(1, end - 1))};
  std::string name;
  for (std::string word; words >> word;) name += (name.empty() ? "" : " ") + word;
  return name.empty() ? std::nullopt : std::optional(name);
}

}  // namespace

std::expected<SharedConfig, std::string> SharedConfig::parse(std::string_view text) {
  SharedConfig config;
  Section* section = nullptr;
  std::string parent;  // a setting without a value, below which indented ones may stand
  std::istringstream lines{std::string(text)};
  std::size_t number = 0;
  for (std::string raw; std::getline(lines, raw);) {
    ++number;
    if (raw.ends_with('\r')) raw.pop_back();
    const auto line = trimmed(raw);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      const auto name = section_name(line);
      if (!name) return std::unexpected(fmt::format("line {}: a section without an end", number));
      section = &config.sections_[*name];
      parent.clear();
      continue;
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0)
      return std::unexpected(fmt::format("line {}: neither [section] nor name = value", number));
    if (section == nullptr)
      return std::unexpected(fmt::format("line {}: before the first [section]", number));
    const auto name = protocol::lower_case(trimmed(line.substr(0, equals)));
    const auto value = trimmed(line.substr(equals + 1));
    const bool nested = (raw.front() == ' ' || raw.front() == '\t') && !parent.empty();
    if (nested) {
      (*section)[parent + '.' + name] = value;
      continue;
    }
    parent = value.empty() ? name : std::string();
    (*section)[name] = value;
  }
  return config;
}

std::expected<SharedConfig, std::string> SharedConfig::read(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return SharedConfig();
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
  if (!file && !file.eof()) return std::unexpected(fmt::format("cannot read {}", path.string()));
  auto config = parse(text.str());
  if (!config) return std::unexpected(fmt::format("{}: {}", path.string(), config.error()));
  return config;
}

const SharedConfig::Section* SharedConfig::section(std::string_view name) const {
  const auto found = sections_.find(name);
  return found == sections_.end() ? nullptr : &found->second;
}

const SharedConfig::Section* SharedConfig::profile(std::string_view name) const {
  if (const auto* found = section(fmt::format("profile {}", name))) return found;
  return section(name);
}

}  // namespace partsmith::client
