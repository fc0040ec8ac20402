#include "journal/expectation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <set>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "journal/entry_text.h"
#include "names.h"
#include "whole_number.h"

namespace partsmith::server {
namespace {

using Json = nlohmann::json;

constexpr auto filter_names =
    std::to_array<std::string_view>({"operation", "method", "bucket", "key", "upload_id", "part_number",
                                     "access_key", "error", "user_agent", "acted", "status", "after"});
constexpr auto distinct_names =
    std::to_array<std::string_view>({"part_number", "key", "bucket", "upload_id", "operation", "attempt"});

[[noreturn]] void refuse(std::string what) { throw std::invalid_argument(std::move(what)); }

[[noreturn]] void refuse_name(std::string_view what, std::string_view word,
                              std::span<const std::string_view> names) {
  refuse(unknown_name(what, word, names));
}

/// Query parameters are texts, JSON has both.
std::string text_of(std::string_view name, const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (const auto number = whole_number(value)) return std::to_string(*number);
  refuse(fmt::format("\"{}\" must be a text", name));
}

std::uint64_t number_of(std::string_view name, const Json& value) {
  const std::string text = text_of(name, value);
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size()) return number;
  refuse(fmt::format("\"{}\" must be a whole number", name));
}

bool take_filter(JournalFilter& filter, const std::string& name, const Json& value) {
  std::string* const texts[] = {&filter.operation,  &filter.method,      &filter.bucket,     &filter.key,
                                &filter.upload_id,  &filter.part_number, &filter.access_key, &filter.error,
                                &filter.user_agent, &filter.acted};
  const auto known = std::ranges::find(filter_names, name);
  if (known == filter_names.end()) return false;
  const auto at = static_cast<std::size_t>(known - filter_names.begin());
  if (at < std::size(texts)) {
    *texts[at] = text_of(name, value);
  } else if (name == "status") {
    const std::uint64_t status = number_of(name, value);
    if (status < 100 || status > 599) refuse("\"status\" is from 100 to 599");
    filter.status = static_cast<int>(status);
  } else {
    filter.after = number_of(name, value);
  }
  return true;
}

std::string value_of(const Journal::Entry& entry, const std::string& name) {
  const Json json = to_json(entry);
  const auto found = json.find(name);
  if (found == json.end()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string wanted_text(const Expectation& expectation) {
  if (expectation.count) return fmt::format("exactly {}", *expectation.count);
  std::string text;
  if (expectation.at_least) text = fmt::format("at least {}", *expectation.at_least);
  if (expectation.at_most)
    text += fmt::format("{}at most {}", text.empty() ? "" : " and ", *expectation.at_most);
  return text.empty() ? "at least 1" : text;
}

}  // namespace

std::expected<JournalFilter, std::string> parse_filter(const Json& object) {
  try {
    JournalFilter filter;
    for (const auto& [name, value] : object.items()) {
      if (!take_filter(filter, name, value)) refuse_name("filter", name, filter_names);
    }
    return filter;
  } catch (const std::invalid_argument& error) {
    return std::unexpected(error.what());
  }
}

std::expected<Expectation, std::string> parse_expectation(const Json& object) {
  try {
    if (!object.is_object()) refuse("an expectation is an object");
    Expectation expectation;
    std::vector<std::string_view> names(filter_names.begin(), filter_names.end());
    for (const std::string_view own : {"count", "at_least", "at_most", "distinct"}) names.push_back(own);
    for (const auto& [name, value] : object.items()) {
      if (take_filter(expectation.filter, name, value)) continue;
      if (name == "count") {
        expectation.count = number_of(name, value);
      } else if (name == "at_least") {
        expectation.at_least = number_of(name, value);
      } else if (name == "at_most") {
        expectation.at_most = number_of(name, value);
      } else if (name == "distinct") {
        expectation.distinct = text_of(name, value);
        if (std::ranges::find(distinct_names, expectation.distinct) == distinct_names.end())
          refuse_name("distinct", expectation.distinct, distinct_names);
      } else {
        refuse_name("expectation", name, names);
      }
    }
    return expectation;
  } catch (const std::invalid_argument& error) {
    return std::unexpected(error.what());
  }
}

Verdict judge(const Journal& journal, const Expectation& expectation) {
  constexpr std::size_t all = std::numeric_limits<std::size_t>::max();
  constexpr std::size_t most_shown = 50;
  const auto entries = journal.entries(expectation.filter, all);
  std::uint64_t found = entries.size();
  if (!expectation.distinct.empty()) {
    std::set<std::string> values;
    for (const auto& entry : entries) values.insert(value_of(entry, expectation.distinct));
    found = values.size();
  }
  const bool unbounded = !expectation.count && !expectation.at_least && !expectation.at_most;
  Verdict verdict{.found = found};
  verdict.holds = (!expectation.count || found == *expectation.count) &&
                  (!expectation.at_least || found >= *expectation.at_least) &&
                  (!expectation.at_most || found <= *expectation.at_most) && (!unbounded || found > 0);
  if (verdict.holds) return verdict;
  const std::string of =
      expectation.distinct.empty() ? "requests" : "different values of " + expectation.distinct;
  JournalFilter rest;
  rest.after = expectation.filter.after;
  auto shown = entries.empty() ? journal.entries(rest, all) : entries;
  const std::size_t left_out = shown.size() > most_shown ? shown.size() - most_shown : 0;
  shown.erase(shown.begin(), shown.begin() + static_cast<std::ptrdiff_t>(left_out));
  verdict.text = fmt::format("wanted {} {}, found {}\n{}{}", wanted_text(expectation), of, found,
                             entries.empty() ? "what there is instead:\n" : "", to_table(shown));
  if (left_out > 0) verdict.text += fmt::format("and {} before these\n", left_out);
  return verdict;
}

}  // namespace partsmith::server
