#include "told_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <regex>
#include <utility>

#include <partsmith/protocol/dates.h>

namespace partsmith::conformance {
namespace {

/// What a server makes up; the rest of an answer follows from what was sent.
constexpr auto headers_made = std::to_array<std::string_view>(
    {"etag", "last-modified", "x-amz-version-id", "x-amz-copy-source-version-id", "x-amz-request-id",
     "x-amz-id-2", "x-amz-abort-date"});
constexpr auto elements_made = std::to_array<std::string_view>(
    {"UploadId", "VersionId", "DeleteMarkerVersionId", "ETag", "LastModified", "Initiated",
     "NextContinuationToken", "NextUploadIdMarker", "NextVersionIdMarker", "ContinuationToken", "ID",
     "RequestId", "HostId"});
/// Names of what was stored, which the next request takes from the answer.
constexpr auto markers = std::to_array<std::string_view>({"NextMarker", "NextKeyMarker"});
/// A shorter one may stand anywhere by chance.
constexpr std::size_t shortest = 6;
/// Of one value so many names beside the first are remembered.
constexpr std::size_t most_others = 8;
/// Bodies beyond this are content.
constexpr std::size_t longest = 64 * 1024;
/// A time that is further away was written down, rather than computed.
constexpr auto near = std::chrono::hours(24 * 7);

/// Whether there was any.
bool replace_all(std::string& text, std::string_view from, std::string_view to) {
  bool found = false;
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
    found = true;
  }
  return found;
}

/// "abc-2" is another ETag than "abc". Whether there was any.
bool replace_whole(std::string& text, std::string_view from, std::string_view to) {
  const auto goes_on = [&](std::size_t at) {
    return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '-');
  };
  bool found = false;
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    if (goes_on(at + from.size()) || (at > 0 && goes_on(at - 1))) {
      at += from.size();
    } else {
      text.replace(at, from.size(), to);
      at += to.size();
      found = true;
    }
  }
  return found;
}

bool is_checksum(std::string_view header) {
  return header.starts_with("x-amz-checksum-") && header != "x-amz-checksum-type";
}

/// An ETag or a checksum: of what was sent last, another server may tell it from the former's.
bool is_of_bytes_sent(std::string_view name) {
  return name.starts_with("{header etag:") || name.starts_with("{header x-amz-checksum-");
}

bool is_of_bytes(std::string_view name) {
  return is_of_bytes_sent(name) || name.starts_with("{ETag:");
}

/// Not a time: of those two may be the same by chance.
bool is_told_once(std::string_view name) {
  return is_of_bytes(name) || name.starts_with("{UploadId:") || name.starts_with("{VersionId:") ||
         name.starts_with("{DeleteMarkerVersionId:") || name.starts_with("{header x-amz-version-id:");
}

bool is_one_of(const auto& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

/// Whether the value may be part of another text that means something else.
bool stands_whole(std::string_view name) {
  return is_of_bytes(name) || std::ranges::any_of(markers, [&](std::string_view marker) {
           return name.starts_with(fmt::format("{{{}:", marker));
         });
}

/// In the order of the document, as a program that walks through it meets them.
void each_element(const protocol::XmlElement& element, const auto& told) {
  told(element);
  for (const auto& child : element.children) each_element(child, told);
}

/// A time in a text, and its form's name in scripts.
struct FoundTime {
  std::optional<TimePoint> time;
  const char* form;
};

/// Times near `now` become placeholders; those that are further away stay.
template <typename Read>
std::string near_times_told(const std::string& text, TimePoint now, const std::regex& times,
                            const Read& read) {
  std::string told;
  auto begin = text.cbegin();
  for (std::sregex_iterator at(text.cbegin(), text.cend(), times), end; at != end; ++at) {
    const auto [time, form] = read(at->str());
    told.append(begin, (*at)[0].first);
    begin = (*at)[0].second;
    if (time && *time > now - near && *time < now + near) {
      const auto seconds = std::chrono::round<std::chrono::seconds>(*time - now).count();
      told += fmt::format("{{{}:{}}}", form, seconds);
    } else {
      told += at->str();
    }
  }
  return told.append(begin, text.cend());
}

}  // namespace

void ToldText::learn(std::string value, std::string name, bool of_part) {
  if (value.size() > 1 && value.front() == '"' && value.back() == '"')
    value = value.substr(1, value.size() - 2);
  if (value.size() < shortest || value.find(bucket_) != std::string::npos) return;
  if (const auto known = std::ranges::find(names_, value, &Name::value); known != names_.end()) {
    if (is_of_bytes_sent(name) || (of_part && is_of_bytes(name))) std::swap(known->name, name);
    if (is_told_once(name) && known->others.size() < most_others) known->others.push_back(std::move(name));
    return;
  }
  const auto place =
      std::ranges::find_if(names_, [&](const Name& other) { return other.value.size() < value.size(); });
  names_.insert(place, {std::move(value), std::move(name)});
}

void ToldText::learn(std::uint64_t step, const client::S3Answer& answer, bool of_part) {
  std::map<std::string, int> seen;
  const auto note = [&](const std::string& name, const std::string& value, bool made) {
    const int count = ++seen[name];
    if (made)
      learn(value, fmt::format("{{{}:{}{}}}", name, step, count > 1 ? fmt::format(":{}", count) : ""),
            of_part);
  };
  for (const auto& [name, value] : answer.headers) {
    const auto lower = protocol::lower_case(name);
    note("header " + lower, value, is_one_of(headers_made, lower) || is_checksum(lower));
  }
  if (answer.body.size() > longest) return;
  const auto document = answer.document();
  if (!document) return;
  each_element(*document, [&](const protocol::XmlElement& element) {
    if (!element.text.empty())
      note(element.name, element.text,
           is_one_of(elements_made, element.name) || is_one_of(markers, element.name));
  });
}

std::string ToldText::with_times_told(std::string text) const {
  static const std::regex times(
      "[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT|"
      "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
  return near_times_told(text, now_, times, [](const std::string& found) -> FoundTime {
    if (found.ends_with("GMT")) return {protocol::parse_http_date(found), "http_date"};
    const bool has_fraction = found.find('.') != std::string::npos;
    return {protocol::parse_iso8601(found), has_fraction ? "iso_date" : "iso_seconds"};
  });
}

std::string ToldText::with_amz_dates_told(std::string text) const {
  static const std::regex dates("\\d{8}T\\d{6}Z");
  return near_times_told(text, now_, dates, [](const std::string& found) -> FoundTime {
    return {protocol::parse_amz_date(found), "amz_time"};
  });
}

std::string ToldText::told(std::string_view text) {
  std::string result(text);
  if (result.size() > longest) return result;
  replace_all(result, bucket_, "{bucket}");
  for (auto& name : names_) {
    const bool replaced = stands_whole(name.name) ? replace_whole(result, name.value, name.name)
                                                  : replace_all(result, name.value, name.name);
    name.was_used |= replaced;
  }
  return result.size() >= 20 ? with_times_told(std::move(result)) : result;
}

std::vector<std::vector<std::string>> ToldText::take_doubts() {
  std::vector<std::vector<std::string>> doubts;
  for (auto& name : names_) {
    if (!std::exchange(name.was_used, false) || name.others.empty()) continue;
    doubts.push_back({name.name});
    doubts.back().insert(doubts.back().end(), name.others.begin(), name.others.end());
  }
  return doubts;
}

}  // namespace partsmith::conformance
