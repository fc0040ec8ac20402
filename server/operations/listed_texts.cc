#include "operations/listed_texts.h"

#include <algorithm>

#include <partsmith/protocol/xml.h>
#include <partsmith/values/limits.h>

namespace partsmith::server {
namespace {

constexpr std::string_view white_space = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(white_space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

ListedTexts texts_of(const protocol::XmlElement& part) {
  ListedTexts texts{part.child_text("PartNumber"), part.child_text("ETag"), {}};
  for (const ChecksumTraits& row : checksum_table()) {
    auto checksum = part.child_text(row.element);
    if (checksum && !checksum->empty()) texts.checksums.emplace_back(row.algorithm, *std::move(checksum));
  }
  return texts;
}

class PlainReader {
 public:
  explicit PlainReader(std::string_view document) : left_(document) {}

  std::optional<std::vector<ListedTexts>> read() {
    // As botocore, the SDKs for Go, Java and JavaScript, and tests write it.
    if (left_.starts_with("<?") && !take(R"(<?xml version="1.0" encoding="UTF-8"?>)") &&
        !take(R"(<?xml version="1.0" encoding="utf-8"?>)")) {
      return std::nullopt;
    }
    skip_space();
    if (!take("<CompleteMultipartUpload>") &&
        !take(R"(<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">)")) {
      return std::nullopt;
    }
    std::vector<ListedTexts> parts;
    for (skip_space(); !take("</CompleteMultipartUpload>"); skip_space()) {
      if (parts.size() == limits::max_part_number || !take("<Part>")) return std::nullopt;
      auto part = read_part();
      if (!part) return std::nullopt;
      parts.push_back(*std::move(part));
    }
    skip_space();
    if (!left_.empty()) return std::nullopt;
    return parts;
  }

 private:
  bool take(std::string_view literal) {
    if (!left_.starts_with(literal)) return false;
    left_.remove_prefix(literal.size());
    return true;
  }

  void skip_space() { left_.remove_prefix(std::min(left_.find_first_not_of(white_space), left_.size())); }

  std::optional<ListedTexts> read_part() {
    ListedTexts part;
    for (skip_space(); !take("</Part>"); skip_space()) {
      const auto name = take_name();
      auto text = take_text(name);
      if (!text) return std::nullopt;
      if (name == "PartNumber" && !part.number) {
        part.number = std::move(text);
      } else if (name == "ETag" && !part.etag) {
        part.etag = std::move(text);
      } else if (!take_checksum(name, *std::move(text), part)) {
        return std::nullopt;
      }
    }
    if (!part.number || !part.etag) return std::nullopt;
    return part;
  }

  std::string_view take_name() {
    if (!take("<")) return {};
    const auto name = left_.substr(0, left_.find('>'));
    left_.remove_prefix(std::min(name.size() + 1, left_.size()));
    return name;
  }

  /// And the closing tag. Nothing for whatever needs more than this to be read.
  std::optional<std::string> take_text(std::string_view name) {
    const auto text = left_.substr(0, left_.find('<'));
    left_.remove_prefix(text.size());
    if (name.empty() || !take("</") || !take(name) || !take(">")) return std::nullopt;
    // Blanks alone are what a reader may drop or keep.
    const auto kept = trimmed(text);
    return kept.empty() && !text.empty() ? std::nullopt : plain_text(kept);
  }

  static std::optional<std::string> plain_text(std::string_view text) {
    constexpr std::string_view quote = "&quot;";
    // Of an ETag, of base64 and of a number.
    const auto stands_for_itself = [](char c) { return c > ' ' && c < 0x7f && c != '&'; };
    std::string plain;
    while (!text.empty()) {
      const auto* end = std::ranges::find_if_not(text, stands_for_itself);
      const auto count = static_cast<std::size_t>(end - text.begin());
      plain.append(text.substr(0, count));
      text.remove_prefix(count);
      if (text.empty()) break;
      if (!text.starts_with(quote)) return std::nullopt;
      plain += '"';
      text.remove_prefix(quote.size());
    }
    return plain;
  }

  /// One at most: more have an order.
  static bool take_checksum(std::string_view name, std::string text, ListedTexts& part) {
    const auto row = std::ranges::find(checksum_table(), name, &ChecksumTraits::element);
    if (row == checksum_table().end() || text.empty() || !part.checksums.empty()) return false;
    part.checksums.emplace_back(row->algorithm, std::move(text));
    return true;
  }

  std::string_view left_;
};

}  // namespace

std::optional<std::vector<ListedTexts>> listed_texts(std::string_view document) {
  const auto root = protocol::parse_xml(document);
  if (!root || root->name != "CompleteMultipartUpload") return std::nullopt;
  std::vector<ListedTexts> parts;
  for (const protocol::XmlElement& element : root->children) {
    parts.push_back(element.name == "Part" ? texts_of(element) : ListedTexts{});
  }
  return parts;
}

std::optional<std::vector<ListedTexts>> plain_listed_texts(std::string_view document) {
  return PlainReader(document).read();
}

}  // namespace partsmith::server
