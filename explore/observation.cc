#include "observation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace partsmith::explore {
namespace {

using protocol::XmlElement;

/// Headers whose values are compared; of those with a star all that begin so.
constexpr auto compared_headers = std::to_array<std::string_view>(
    {"cache-control", "content-disposition", "content-encoding", "content-language", "content-range", "etag",
     "expires", "x-amz-checksum-*", "x-amz-copy-source-version-id", "x-amz-delete-marker", "x-amz-meta-*",
     "x-amz-missing-meta", "x-amz-mp-parts-count", "x-amz-storage-class", "x-amz-tagging-count",
     "x-amz-version-id", "x-amz-website-redirect-location"});
/// Of objects alone: a document's are nobody's fact.
constexpr auto headers_of_bytes = std::to_array<std::string_view>({"accept-ranges", "content-type"});
constexpr auto dates = std::to_array<std::string_view>({"LastModified", "Initiated", "CreationDate"});
/// Who, where and in which words: not what.
constexpr auto left_out = std::to_array<std::string_view>(
    {"RequestId", "HostId", "Message", "Location", "Resource", "ChecksumAlgorithm", "DisplayName"});
/// Of whom only that they are told is compared.
constexpr auto people = std::to_array<std::string_view>({"Owner", "Initiator", "Grantee"});
/// Whose children stand in no order that S3 promises.
constexpr auto unordered = std::to_array<std::string_view>({"DeleteResult", "TagSet"});
/// Ids that servers make: elements and headers.
constexpr auto ids = std::to_array<std::string_view>(
    {"DeleteMarkerVersionId", "NextUploadIdMarker", "NextVersionIdMarker", "UploadId", "UploadIdMarker",
     "VersionId", "VersionIdMarker", "x-amz-copy-source-version-id", "x-amz-version-id"});
/// What only the server that made it can read.
constexpr auto opaque = std::to_array<std::string_view>({"ContinuationToken", "NextContinuationToken"});

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool is_compared(std::string_view lower) {
  return std::ranges::any_of(compared_headers, [&](std::string_view name) {
    return name.ends_with('*') ? lower.starts_with(name.substr(0, name.size() - 1)) : lower == name;
  });
}

bool reads_an_object(const Step& step) {
  return step.operation == "GetObject" || step.operation == "HeadObject";
}

std::string named(std::string_view name, std::string_view value, Minted& minted) {
  if (is_one_of(ids, name)) return minted.name_of_id(value);
  if (value == minted.bucket()) return "{bucket}";
  return minted.name_of(value).value_or(std::string(value));
}

void add_headers(Observation& seen, const Step& step, const client::S3Answer& answer, Minted& minted) {
  std::map<std::string, std::string> found;
  for (const auto& [name, value] : answer.headers) {
    const std::string lower = protocol::lower_case(name);
    const bool of_bytes = reads_an_object(step) && is_one_of(headers_of_bytes, lower);
    if (is_compared(lower) || of_bytes) found[lower] = named(lower, value, minted);
    if (lower == "last-modified" && reads_an_object(step)) found[lower] = "(date)";
  }
  for (auto& [name, value] : found) seen.emplace_back("header " + name, std::move(value));
}

void add_element(Observation& seen, const std::string& path, const XmlElement& element, Minted& minted) {
  if (is_one_of(dates, element.name)) return static_cast<void>(seen.emplace_back(path, "(date)"));
  if (is_one_of(opaque, element.name)) return static_cast<void>(seen.emplace_back(path, "(token)"));
  if (is_one_of(people, element.name)) return static_cast<void>(seen.emplace_back(path, "(someone)"));
  if (element.children.empty()) {
    seen.emplace_back(path, named(element.name, element.text, minted));
    return;
  }
  std::vector<XmlElement> children = element.children;
  if (is_one_of(unordered, element.name)) {
    const auto key = [](const XmlElement& child) { return child.child_text("Key").value_or(""); };
    std::ranges::stable_sort(children, {}, key);
  }
  std::map<std::string, int> counts;
  for (const XmlElement& child : children) {
    if (is_one_of(left_out, child.name)) continue;
    add_element(seen, fmt::format("{}/{}[{}]", path, child.name, ++counts[child.name]), child, minted);
  }
}

/// "xml A/B[2]/C[1]" → "xml A/B/C".
std::string without_indices(std::string_view aspect) {
  std::string kind;
  bool inside = false;
  for (const char c : aspect) {
    if (c == '[') inside = true;
    if (!inside) kind += c;
    if (c == ']') inside = false;
  }
  return kind;
}

std::string shown(std::string_view value) {
  constexpr std::size_t longest = 300;
  if (value.size() <= longest) return std::string(value);
  return fmt::format("{}… ({} bytes)", value.substr(0, longest), value.size());
}

}  // namespace

Observation observe(const Step& step, const client::S3Answer& answer, Minted& minted) {
  const auto document = answer.document();
  if (!answer.ok() || (document && document->name == "Error")) {
    const auto failure = answer.failure_even_in_200();
    const bool has_code = failure && !failure->code.empty();
    return {
        {"answer", fmt::format("{}{}{}", answer.status, has_code ? " " : "", has_code ? failure->code : "")}};
  }
  Observation seen{{"answer", std::to_string(answer.status)}};
  add_headers(seen, step, answer, minted);
  if (reads_an_object(step)) {
    seen.emplace_back("length", step.method == "HEAD" ? std::string(answer.headers.value("content-length"))
                                                      : std::to_string(answer.body.size()));
    seen.emplace_back("body", answer.body);
  } else if (document) {
    add_element(seen, "xml " + document->name, *document, minted);
  }
  return seen;
}

std::optional<Difference> compare(const Step& step, const Observation& expected, const Observation& actual) {
  const auto value_in = [](const Observation& seen, const std::string& aspect) -> const std::string* {
    const auto found = std::ranges::find(seen, aspect, &Observation::value_type::first);
    return found == seen.end() ? nullptr : &found->second;
  };
  const auto difference = [&](const std::string& aspect, const std::string* ours, const std::string* theirs) {
    // Of answers each two are a kind of their own.
    const std::string kind =
        aspect == "answer" ? fmt::format("answer {} -> {}", *ours, *theirs) : without_indices(aspect);
    return Difference{.id = fmt::format("{} {}", step.operation, kind),
                      .expected = ours == nullptr ? "" : shown(*ours),
                      .actual = theirs == nullptr ? "" : shown(*theirs)};
  };
  for (const auto& [aspect, value] : expected) {
    const std::string* theirs = value_in(actual, aspect);
    if (theirs == nullptr || *theirs != value) return difference(aspect, &value, theirs);
  }
  for (const auto& [aspect, value] : actual) {
    if (value_in(expected, aspect) == nullptr) return difference(aspect, nullptr, &value);
  }
  return std::nullopt;
}

}  // namespace partsmith::explore
