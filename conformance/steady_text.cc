#include "steady_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <vector>

namespace partsmith::conformance {
namespace {

struct Rule {
  std::regex pattern;
  const char* by;
};

const std::vector<Rule>& rules() {
  static const std::vector<Rule> table = [] {
    const std::string ids =
        "UploadId|VersionId|VersionIdMarker|UploadIdMarker|NextUploadIdMarker|NextVersionIdMarker|RequestId|"
        "HostId|"
        "ContinuationToken|NextContinuationToken|ServerTime|RequestTime|SignatureProvided|StringToSign|"
        "StringToSignBytes|CanonicalRequest|CanonicalRequestBytes";
    const std::string headers =
        "x-amz-request-id|x-amz-id-2|x-amz-version-id|x-amz-copy-source-version-id|date|last-modified";
    std::vector<Rule> made;
    const auto add = [&made](const std::string& pattern, const char* by) {
      made.push_back({std::regex(pattern, std::regex::ECMAScript | std::regex::optimize), by});
    };
    add("partsmith-conform-[0-9a-f]{24}", "{bucket}");
    add("partsmith-conform(/|%2F)[0-9a-f]{24}", "partsmith-conform/{run}");
    add("[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT", "{date}");
    add("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)", "{date}");
    add("\\d{8}T\\d{6}Z", "{date}");
    add("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "{id}");
    add("<(" + ids + ")>[^<]*", "<$1>{id}");
    add("((?:" + ids + ")(?:\\[\\d+\\])?) '[^']*'", "$1 '{id}'");
    made.push_back({std::regex("((?:" + headers + ")): .+", std::regex::icase), "$1: {id}"});
    add("\\b1[6-9]\\d{8,17}\\b", "{time}");
    return made;
  }();
  return table;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  if (from.empty()) return;
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

bool is_of_token(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '+' ||
         c == '-' || c == '~';
}

/// Random letters and digits. Digests in hexadecimal digits or base64 follow from the content: they stay.
bool is_made_up(std::string_view token) {
  constexpr std::size_t shortest = 16;
  if (token.size() < shortest) return false;
  const bool digit = std::ranges::any_of(token, [](char c) { return c >= '0' && c <= '9'; });
  const bool upper = std::ranges::any_of(token, [](char c) { return c >= 'A' && c <= 'Z'; });
  return digit && upper;
}

std::string without_made_up_tokens(const std::string& text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_of_token(text[end])) ++end;
    if (end == at) {
      result += text[at++];
      continue;
    }
    const auto token = std::string_view(text).substr(at, end - at);
    const bool is_base64 = end < text.size() && text[end] == '=';
    result += !is_base64 && is_made_up(token) ? "{id}" : std::string(token);
    at = end;
  }
  return result;
}

/// A body that holds an id has now this length, now that.
std::string without_lengths(const std::string& text) {
  if (text.find('{') == std::string::npos) return text;
  static const std::regex length("\\d+ bytes");
  return std::regex_replace(text, length, "{n} bytes");
}

std::string authority_of(const std::string& url) {
  const auto scheme = url.find("://");
  return scheme == std::string::npos ? url : url.substr(scheme + 3);
}

std::vector<std::string_view> pieces_of(std::string_view text) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    std::size_t end = 0;
    while (end < text.size() && is_of_token(text[end])) ++end;
    end = std::max<std::size_t>(end, 1);
    pieces.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return pieces;
}

}  // namespace

std::string steady_text(std::string_view text, const RunResult& run) {
  std::string result(text);
  replace_all(result, authority_of(run.endpoint), "{endpoint}");
  replace_all(result, run.bucket, "{bucket}");
  for (const auto& [pattern, by] : rules()) result = std::regex_replace(result, pattern, by);
  return without_lengths(without_made_up_tokens(result));
}

std::string steady_actual(const Failure& failure, const RunResult& run) {
  const auto now = steady_text(failure.actual, run);
  if (failure.actual_before.empty()) return now;
  const auto before = steady_text(failure.actual_before, run);
  if (now == before) return now;
  const auto pieces = pieces_of(now);
  const auto others = pieces_of(before);
  std::string result;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces.size() != others.size() && (i >= others.size() || pieces[i] != others[i]))
      return result + "{varies}";
    result += pieces[i] == others[i] ? std::string(pieces[i]) : "{varies}";
  }
  return result;
}

}  // namespace partsmith::conformance
