#include "configuration/bucket_tags.h"

#include <algorithm>
#include <set>

#include <partsmith/protocol/xml.h>

#include "operations/answers.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

constexpr std::size_t max_tags = 50;
constexpr std::size_t max_key = 128;
constexpr std::size_t max_value = 256;

/// Code points of a UTF-8 text.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::unexpected<S3Error> malformed() {
  return std::unexpected(S3Error(ErrorCode::MalformedXML));
}

std::unexpected<S3Error> invalid_tag(std::string message) {
  return std::unexpected(S3Error(ErrorCode::InvalidTag, std::move(message)));
}

S3Result<void> check(const storage::NameValues& tags) {
  if (tags.size() > max_tags) {
    return std::unexpected(S3Error(ErrorCode::BadRequest, "Bucket tag count cannot be greater than 50"));
  }
  std::set<std::string> keys;
  for (const auto& [key, value] : tags) {
    if (key.empty() || characters(key) > max_key)
      return invalid_tag("The TagKey you have provided is invalid");
    if (characters(value) > max_value) return invalid_tag("The TagValue you have provided is invalid");
    if (key.starts_with("aws:")) return invalid_tag("System tags cannot be added/updated by requester");
    if (!keys.insert(key).second) return invalid_tag("Cannot provide multiple Tags with the same key");
  }
  return {};
}

}  // namespace

S3Result<storage::NameValues> parse_bucket_tags(std::string_view document) {
  const auto root = protocol::parse_xml(document);
  const auto* set = root && root->name == "Tagging" ? root->child("TagSet") : nullptr;
  if (set == nullptr || root->children.size() != 1) return malformed();
  storage::NameValues tags;
  for (const protocol::XmlElement& tag : set->children) {
    const auto* key = tag.child("Key");
    const auto* value = tag.child("Value");
    if (tag.name != "Tag" || key == nullptr || value == nullptr || tag.children.size() != 2)
      return malformed();
    tags.emplace_back(key->text, value->text);
  }
  if (auto ok = check(tags); !ok) return std::unexpected(std::move(ok.error()));
  return tags;
}

std::string bucket_tags_document(const storage::NameValues& tags) {
  protocol::XmlWriter document("Tagging");
  document.open("TagSet");
  for (const auto& [key, value] : tags)
    document.open("Tag").element("Key", key).element("Value", value).close();
  return document.finish();
}

}  // namespace partsmith::server
