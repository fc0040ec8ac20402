#include "tags.h"

#include <algorithm>
#include <set>

#include <partsmith/protocol/xml.h>

#include "operations/answers.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

constexpr std::size_t max_key = 128;
constexpr std::size_t max_value = 256;

/// UTF-16 units of a UTF-8 text, as S3 counts.
std::size_t utf16_units(std::string_view text) {
  std::size_t units = 0;
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if ((byte & 0xC0U) != 0x80U) units += byte >= 0xF0U ? 2 : 1;
  }
  return units;
}

/// Beyond ASCII everything is taken for a letter.
bool allowed(char character) {
  const auto byte = static_cast<unsigned char>(character);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z') ||
         std::string_view(" +-=._:/@").find(character) != std::string_view::npos;
}

bool valid(std::string_view text, std::size_t most) {
  return utf16_units(text) <= most && std::ranges::all_of(text, allowed);
}

S3Error invalid_tag(std::string_view message, const std::string& key) {
  return S3Error(ErrorCode::InvalidTag, std::string(message)).with("TagKey", key);
}

}  // namespace

S3Result<void> check_tags(const storage::NameValues& tags, const TagRules& rules) {
  if (tags.size() > rules.most) {
    return std::unexpected(S3Error(ErrorCode::BadRequest, std::string(rules.too_many)));
  }
  std::set<std::string> keys;
  for (const auto& [key, value] : tags) {
    if (!keys.insert(key).second) {
      return std::unexpected(invalid_tag("Cannot provide multiple Tags with the same key", key));
    }
    if (key.starts_with("aws:")) return std::unexpected(invalid_tag(rules.reserved, key));
    if (key.empty() || !valid(key, max_key)) {
      return std::unexpected(invalid_tag("The TagKey you have provided is invalid", key));
    }
    if (!valid(value, max_value)) {
      return std::unexpected(
          invalid_tag("The TagValue you have provided is invalid", key).with("TagValue", value));
    }
  }
  return {};
}

S3Result<storage::NameValues> parse_tags(const protocol::XmlElement& set, const TagRules& rules) {
  const auto malformed = [] { return std::unexpected(S3Error(ErrorCode::MalformedXML)); };
  storage::NameValues tags;
  for (const protocol::XmlElement& tag : set.children) {
    const auto* key = tag.child("Key");
    const auto* value = tag.child("Value");
    if (tag.name != "Tag" || key == nullptr || value == nullptr || tag.children.size() != 2) {
      return malformed();
    }
    tags.emplace_back(key->text, value->text);
  }
  if (auto ok = check_tags(tags, rules); !ok) return std::unexpected(std::move(ok.error()));
  return tags;
}

S3Result<storage::NameValues> parse_tagging(std::string_view document, const TagRules& rules) {
  const auto root = protocol::parse_xml(document);
  if (!root || root->name != "Tagging" || root->children.size() > 1 ||
      (root->children.size() == 1 && root->children.front().name != "TagSet")) {
    return std::unexpected(S3Error(ErrorCode::MalformedXML));
  }
  if (root->children.empty()) return storage::NameValues{};
  return parse_tags(root->children.front(), rules);
}

std::string tagging_document(const storage::NameValues& tags) {
  protocol::XmlWriter document("Tagging");
  document.open("TagSet");
  for (const auto& [key, value] : tags) {
    document.open("Tag").element("Key", key).element("Value", value).close();
  }
  return document.finish();
}

}  // namespace partsmith::server
