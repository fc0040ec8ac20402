#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include <partsmith/client/object_likeness.h>
#include <partsmith/protocol/uri.h>

namespace partsmith::client {
namespace {

constexpr std::array<std::string_view, 7> kept_headers{"cache-control",
                                                       "content-disposition",
                                                       "content-encoding",
                                                       "content-language",
                                                       "content-type",
                                                       "expires",
                                                       "x-amz-website-redirect-location"};
constexpr std::string_view metadata_prefix = "x-amz-meta-";

bool is_described(std::string_view lower) {
  return std::ranges::find(kept_headers, lower) != kept_headers.end() || lower.starts_with(metadata_prefix);
}

std::string shown(std::string_view value) {
  return value.empty() ? "none" : fmt::format("'{}'", value);
}

std::string sorted_tags(std::string_view tags) {
  std::vector<std::string_view> pairs;
  while (!tags.empty()) {
    const auto end = std::min(tags.find('&'), tags.size());
    pairs.push_back(tags.substr(0, end));
    tags.remove_prefix(std::min(end + 1, tags.size()));
  }
  std::ranges::sort(pairs);
  return fmt::format("{}", fmt::join(pairs, "&"));
}

class Comparison {
 public:
  Comparison(const ObjectFacts& source, const protocol::Headers& headers, const ObjectFacts& found)
      : source_(source), headers_(headers), found_(found) {}

  std::vector<std::string> run(const std::string& found_tags) {
    if (source_.size != found_.size) note("size", std::to_string(source_.size), std::to_string(found_.size));
    content();
    described();
    const std::string_view class_told = headers_.value("x-amz-storage-class");
    const std::string_view class_found = found_.headers.value("x-amz-storage-class");
    compare("storage class", class_told.empty() ? "STANDARD" : class_told,
            class_found.empty() ? "STANDARD" : class_found);
    compare("tags", sorted_tags(headers_.value("x-amz-tagging")), sorted_tags(found_tags));
    return std::move(lines_);
  }

 private:
  void note(std::string_view what, std::string_view wanted, std::string_view found) {
    lines_.push_back(fmt::format("{}: {} and {}", what, shown(wanted), shown(found)));
  }
  void compare(std::string_view what, std::string_view wanted, std::string_view found) {
    if (wanted != found) note(what, wanted, found);
  }

  void content() {
    bool comparable = source_.size == 0 && found_.size == 0;
    if (source_.etag_is_md5() && found_.etag_is_md5() && !source_.etag.text().empty()) {
      comparable = true;
      compare("ETag", source_.etag.text(), found_.etag.text());
    }
    for (const auto& row : checksum_table()) {
      const auto wanted = source_.headers.get(row.header);
      const auto told = found_.headers.get(row.header);
      if (!wanted || !told) continue;
      comparable = true;
      compare(row.name, *wanted, *told);
    }
    if (!comparable) lines_.emplace_back("bytes: neither ETags nor checksums tell whether they are the same");
  }

  void described() {
    std::map<std::string, std::pair<std::string_view, std::string_view>> fields;
    for (const auto& [name, value] : headers_) {
      if (const auto lower = protocol::lower_case(name); is_described(lower)) fields[lower].first = value;
    }
    for (const auto& [name, value] : found_.headers) {
      if (const auto lower = protocol::lower_case(name); is_described(lower)) fields[lower].second = value;
    }
    for (const auto& [name, values] : fields) {
      // A service gives an object without a type one of its own.
      if (name == "content-type" && values.first.empty()) continue;
      compare(name, values.first, values.second);
    }
  }

  const ObjectFacts& source_;
  const protocol::Headers& headers_;
  const ObjectFacts& found_;
  std::vector<std::string> lines_;
};

}  // namespace

S3Request ObjectAt::addressed(S3Request request) const {
  request.bucket = url.bucket;
  request.key = url.key;
  if (!version_id.empty()) request.parameter("versionId", version_id);
  for (const auto& [name, value] : key_headers) request.header(name, value);
  return request;
}

protocol::Headers described_headers(const ObjectFacts& facts) {
  protocol::Headers headers;
  for (const auto& [name, value] : facts.headers) {
    if (is_described(protocol::lower_case(name))) headers.add(name, value);
  }
  return headers;
}

Result<std::string> tags_of(const ObjectAt& object, const ObjectFacts& facts, const CallPolicy& call_policy) {
  if (!facts.headers.has("x-amz-tagging-count")) return {};
  auto request = get_object_tagging(object.url.bucket, object.url.key);
  if (!object.version_id.empty()) request.parameter("versionId", object.version_id);
  const auto answer = call(object.client, request, call_policy);
  if (!answer) {
    auto error = answer.error();
    error.detail = fmt::format("the tags cannot be read, to be copied or compared: {}", error.detail);
    return std::unexpected(std::move(error));
  }
  const auto document = answer->document();
  const auto* set = document ? document->child("TagSet") : nullptr;
  if (set == nullptr)
    return std::unexpected(ClientError(ErrorKind::malformed, "the answer is no Tagging document"));
  std::string tags;
  for (const auto& tag : set->children) {
    tags += fmt::format("{}{}={}", tags.empty() ? "" : "&",
                        protocol::uri_encode(tag.child_text("Key").value_or(""), protocol::Slash::encode),
                        protocol::uri_encode(tag.child_text("Value").value_or(""), protocol::Slash::encode));
  }
  return tags;
}

std::vector<std::string> differences(const ObjectFacts& source, const protocol::Headers& headers,
                                     const ObjectFacts& found, const std::string& found_tags) {
  return Comparison(source, headers, found).run(found_tags);
}

}  // namespace partsmith::client
