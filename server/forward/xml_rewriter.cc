#include "forward/xml_rewriter.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <partsmith/protocol/uri.h>
#include <partsmith/protocol/xml.h>

namespace partsmith::server {
namespace {

/// Longer than a key of 1024 bytes with each of them escaped, and than a bucket's whole entry in a list.
constexpr std::size_t longest_name = 16 * 1024;
constexpr std::size_t longest_tag = 4 * 1024;
constexpr std::size_t deepest = 32;

enum class Naming : std::uint8_t {
  bucket,
  key,           ///< a key, or what keys begin with; url-encoded where the client asked for that
  plain_key,     ///< never encoded
  location,      ///< the object's URL
  resource,      ///< "/bucket/key"
  bucket_entry,  ///< the whole of a bucket in the list of buckets
};

struct NameRow {
  std::string_view root;
  std::string_view parent;  ///< the root itself, or what stands in it
  std::string_view name;
  Naming naming;
};

/// Source: S3 API reference, the answers of these operations; Error also with the fields of other engines.
constexpr auto name_rows = std::to_array<NameRow>({
    {"ListAllMyBucketsResult", "Buckets", "Bucket", Naming::bucket_entry},
    {"ListBucketResult", "ListBucketResult", "Name", Naming::bucket},
    {"ListBucketResult", "ListBucketResult", "Prefix", Naming::key},
    {"ListBucketResult", "ListBucketResult", "Marker", Naming::key},
    {"ListBucketResult", "ListBucketResult", "NextMarker", Naming::key},
    {"ListBucketResult", "ListBucketResult", "StartAfter", Naming::key},
    {"ListBucketResult", "Contents", "Key", Naming::key},
    {"ListBucketResult", "CommonPrefixes", "Prefix", Naming::key},
    {"ListVersionsResult", "ListVersionsResult", "Name", Naming::bucket},
    {"ListVersionsResult", "ListVersionsResult", "Prefix", Naming::key},
    {"ListVersionsResult", "ListVersionsResult", "KeyMarker", Naming::key},
    {"ListVersionsResult", "ListVersionsResult", "NextKeyMarker", Naming::key},
    {"ListVersionsResult", "Version", "Key", Naming::key},
    {"ListVersionsResult", "DeleteMarker", "Key", Naming::key},
    {"ListVersionsResult", "CommonPrefixes", "Prefix", Naming::key},
    {"ListMultipartUploadsResult", "ListMultipartUploadsResult", "Bucket", Naming::bucket},
    {"ListMultipartUploadsResult", "ListMultipartUploadsResult", "Prefix", Naming::key},
    {"ListMultipartUploadsResult", "ListMultipartUploadsResult", "KeyMarker", Naming::key},
    {"ListMultipartUploadsResult", "ListMultipartUploadsResult", "NextKeyMarker", Naming::key},
    {"ListMultipartUploadsResult", "Upload", "Key", Naming::key},
    {"ListMultipartUploadsResult", "CommonPrefixes", "Prefix", Naming::key},
    {"ListPartsResult", "ListPartsResult", "Bucket", Naming::bucket},
    {"ListPartsResult", "ListPartsResult", "Key", Naming::plain_key},
    {"InitiateMultipartUploadResult", "InitiateMultipartUploadResult", "Bucket", Naming::bucket},
    {"InitiateMultipartUploadResult", "InitiateMultipartUploadResult", "Key", Naming::plain_key},
    {"CompleteMultipartUploadResult", "CompleteMultipartUploadResult", "Location", Naming::location},
    {"CompleteMultipartUploadResult", "CompleteMultipartUploadResult", "Bucket", Naming::bucket},
    {"CompleteMultipartUploadResult", "CompleteMultipartUploadResult", "Key", Naming::plain_key},
    {"DeleteResult", "Deleted", "Key", Naming::plain_key},
    {"DeleteResult", "Error", "Key", Naming::plain_key},
    {"Error", "Error", "BucketName", Naming::bucket},
    {"Error", "Error", "Bucket", Naming::bucket},
    {"Error", "Error", "Key", Naming::plain_key},
    {"Error", "Error", "Resource", Naming::resource},
});

const NameRow* row_of(const std::vector<std::string>& path) {
  if (path.size() < 2) return nullptr;
  const auto is_it = [&](const NameRow& row) {
    return row.name == path.back() && row.root == path.front() && row.parent == path[path.size() - 2] &&
           (path.size() == 2) == (row.parent == row.root);
  };
  const auto* row = std::ranges::find_if(name_rows, is_it);
  return row == name_rows.end() ? nullptr : row;
}

void append_utf8(std::string& text, std::uint32_t point) {
  if (point < 0x80) {
    text += static_cast<char>(point);
  } else if (point < 0x800) {
    text += static_cast<char>(0xC0 | (point >> 6));
    text += static_cast<char>(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    text += static_cast<char>(0xE0 | (point >> 12));
    text += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (point & 0x3F));
  } else {
    text += static_cast<char>(0xF0 | (point >> 18));
    text += static_cast<char>(0x80 | ((point >> 12) & 0x3F));
    text += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (point & 0x3F));
  }
}

/// Character references and the five names of XML; anything else stays as it is.
std::string unescaped(std::string_view text) {
  constexpr auto named = std::to_array<std::pair<std::string_view, char>>(
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}});
  std::string result;
  while (!text.empty()) {
    const std::size_t at = text.find('&');
    result += text.substr(0, at);
    if (at == std::string_view::npos) break;
    text.remove_prefix(at);
    const std::size_t end = text.find(';');
    const std::string_view name =
        end == std::string_view::npos ? std::string_view() : text.substr(1, end - 1);
    const auto* found = std::ranges::find(named, name, &std::pair<std::string_view, char>::first);
    std::uint32_t point = 0;
    const bool hex = name.starts_with("#x");
    const std::string_view digits = name.starts_with('#') ? name.substr(hex ? 2 : 1) : std::string_view();
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), point, hex ? 16 : 10);
    const bool is_number = !digits.empty() && parsed.ec == std::errc() &&
                           parsed.ptr == digits.data() + digits.size() && point <= 0x10FFFF;
    if (found != named.end()) {
      result += found->second;
    } else if (is_number) {
      append_utf8(result, point);
    } else {
      result += '&';
      text.remove_prefix(1);
      continue;
    }
    text.remove_prefix(end + 1);
  }
  return result;
}

/// What follows the prefix in a text that is url-encoded, by whatever rules; nothing where the prefix isn't
/// there.
std::optional<std::string> encoded_after(std::string_view encoded, std::string_view prefix) {
  while (!prefix.empty()) {
    if (encoded.empty()) return std::nullopt;
    std::size_t taken = 1;
    std::string byte(encoded.substr(0, 1));
    if (encoded[0] == '%') {
      taken = 3;
      const auto decoded =
          protocol::percent_decode(encoded.substr(0, std::min<std::size_t>(3, encoded.size())));
      if (!decoded || decoded->size() != 1) return std::nullopt;
      byte = *decoded;
    } else if (encoded[0] == '+') {
      byte = " ";
    }
    if (byte[0] != prefix[0]) return std::nullopt;
    encoded.remove_prefix(taken);
    prefix.remove_prefix(1);
  }
  return std::string(encoded);
}

std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

/// `<Key attribute="…">` → `Key`; `</Key >` → `Key`.
std::string_view name_in(std::string_view tag) {
  tag.remove_prefix(tag.starts_with("</") ? 2 : 1);
  return local_name(tag.substr(0, tag.find_first_of(" \t\r\n/>")));
}

/// The text of the first element of that name, without what stands in it.
std::string_view text_of(std::string_view document, std::string_view name) {
  const std::string open = std::string("<").append(name).append(">");
  const std::size_t begin = document.find(open);
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = document.substr(begin + open.size());
  return rest.substr(0, rest.find('<'));
}

}  // namespace

std::string XmlRewriter::feed(std::string_view run) {
  std::string out;
  while (!run.empty() && !failed_) {
    if (pending_.empty()) {
      const std::size_t tag = run.find('<');
      pass(run.substr(0, tag), out);
      if (tag == std::string_view::npos) return out;
      run.remove_prefix(tag);
    }
    const std::size_t end = run.find('>');
    pending_ += run.substr(0, end == std::string_view::npos ? run.size() : end + 1);
    if (pending_.size() > longest_tag) failed_ = true;
    if (end == std::string_view::npos) return out;
    run.remove_prefix(end + 1);
    const std::string tag = std::exchange(pending_, {});
    take_tag(tag, out);
  }
  return out;
}

std::string XmlRewriter::finish() {
  failed_ = failed_ || gathering_ != 0;
  return std::exchange(pending_, {});
}

void XmlRewriter::pass(std::string_view text, std::string& out) {
  if (gathering_ == 0) {
    out += text;
    return;
  }
  gathered_ += text;
  if (gathered_.size() > longest_name) failed_ = true;
}

void XmlRewriter::take_tag(std::string_view tag, std::string& out) {
  if (tag.starts_with("<?") || tag.starts_with("<!")) return pass(tag, out);
  if (tag.starts_with("</")) return end(tag, out);
  begin(name_in(tag), tag, out);
}

void XmlRewriter::begin(std::string_view name, std::string_view tag, std::string& out) {
  path_.emplace_back(name);
  const bool is_empty = tag.ends_with("/>");
  const NameRow* row = gathering_ == 0 ? row_of(path_) : nullptr;
  const bool is_entry = row != nullptr && row->naming == Naming::bucket_entry;
  if (is_entry) gathering_ = path_.size();  // with its own tags
  pass(tag, out);
  if (row != nullptr && !is_entry && !is_empty) gathering_ = path_.size();
  if (is_empty) {
    path_.pop_back();
    if (is_entry) gathering_ = 0;
  }
  if (path_.size() > deepest) failed_ = true;
}

void XmlRewriter::end(std::string_view tag, std::string& out) {
  if (path_.empty() || path_.back() != name_in(tag)) {
    failed_ = true;
    return;
  }
  if (gathering_ == path_.size()) {
    const Naming naming = row_of(path_)->naming;
    if (naming == Naming::bucket_entry) gathered_ += tag;
    out += naming == Naming::bucket_entry ? listed_buckets() : renamed(gathered_);
    if (naming != Naming::bucket_entry) out += tag;
    gathered_.clear();
    gathering_ = 0;
  } else {
    pass(tag, out);
  }
  path_.pop_back();
}

std::string XmlRewriter::renamed(std::string_view text) const {
  const Naming naming = row_of(path_)->naming;
  const std::string plain = unescaped(text);
  const auto otherwise = [&](const std::optional<std::string>& name) {
    return name ? protocol::xml_escaped(*name) : std::string(text);
  };
  switch (naming) {
    case Naming::bucket:
      return plain == names_.place.bucket ? names_.bucket : std::string(text);
    case Naming::key:
      if (names_.keys_are_encoded) return otherwise(encoded_after(plain, names_.place.key_prefix));
      return otherwise(local_key(names_.place, plain));
    case Naming::plain_key:
      return otherwise(local_key(names_.place, plain));
    case Naming::location:
      return protocol::xml_escaped(names_.location);
    case Naming::resource: {
      std::string_view rest = plain;
      if (!rest.starts_with('/' + names_.place.bucket)) return std::string(text);
      rest.remove_prefix(1 + names_.place.bucket.size());
      if (rest.empty()) return protocol::xml_escaped('/' + names_.bucket);
      if (!rest.starts_with('/')) return std::string(text);
      const auto key = local_key(names_.place, rest.substr(1));
      return protocol::xml_escaped('/' + names_.bucket + '/' + key.value_or(std::string(rest.substr(1))));
    }
    case Naming::bucket_entry:
      break;
  }
  return std::string(text);
}

/// The entry of one bucket, once for each name that it has here.
std::string XmlRewriter::listed_buckets() const {
  const std::string_view there = text_of(gathered_, "Name");
  std::string all;
  for (const std::string& name : names_.map.names_of(names_.access_key, there)) {
    std::string entry = gathered_;
    const std::string whole = "<Name>" + std::string(there) + "</Name>";
    if (const std::size_t at = entry.find(whole); at != std::string::npos)
      entry.replace(at, whole.size(), "<Name>" + name + "</Name>");
    all += entry;
  }
  return all;
}

}  // namespace partsmith::server
