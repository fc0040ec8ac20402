#include "forms/form_fields.h"

#include <algorithm>
#include <array>
#include <set>

#include <partsmith/protocol/field_syntax.h>
#include <partsmith/protocol/xml.h>
#include <partsmith/protocol/xml_bounds.h>

#include "operations/answers.h"
#include "operations/stored_headers.h"
#include "tags.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

/// Fields that are headers of other operations under another name.
constexpr auto renamed = std::to_array<std::pair<std::string_view, std::string_view>>({{"acl", "x-amz-acl"}});

bool counts_for_nothing(std::string_view lower_name) { return lower_name.starts_with("x-ignore-"); }

/// Fields that say nothing about the object.
bool is_of_the_form(std::string_view lower_name) {
  constexpr auto names = std::to_array<std::string_view>(
      {"key", "policy", "signature", "awsaccesskeyid", "tagging", "bucket", "success_action_status",
       "success_action_redirect", "redirect", "x-amz-algorithm", "x-amz-credential", "x-amz-date",
       "x-amz-signature", "x-amz-security-token", "content-length"});
  return std::ranges::find(names, lower_name) != names.end() || counts_for_nothing(lower_name);
}

/// In lower case, and under the name of the header that the field stands for.
std::string header_name(std::string_view field) {
  std::string lower = protocol::lower_case(field);
  const auto* const other =
      std::ranges::find(renamed, lower, &std::pair<std::string_view, std::string_view>::first);
  return other == renamed.end() ? lower : std::string(other->second);
}

/// A form is UTF-8, a header Latin-1.
std::string latin1_with_spaces(std::string_view utf8) {
  std::string text;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto continues = [&](std::size_t at) {
      return at < utf8.size() && (static_cast<unsigned char>(utf8[at]) & 0xC0U) == 0x80U;
    };
    std::size_t end = i + 1;
    while (static_cast<unsigned char>(utf8[i]) >= 0x80 && continues(end)) ++end;
    text += protocol::to_latin1(utf8.substr(i, end - i)).value_or(" ");
    i = end;
  }
  return text;
}

}  // namespace

std::optional<std::string_view> form_field(const FormFields& fields, std::string_view name) {
  const auto found = std::ranges::find_if(
      fields, [&](const auto& field) { return protocol::equal_ignoring_case(field.first, name); });
  if (found == fields.end()) return std::nullopt;
  return found->second;
}

S3Result<void> check_each_field_once(const FormFields& fields) {
  std::set<std::string> seen;
  for (const auto& [name, value] : fields) {
    std::string header = header_name(name);
    if (counts_for_nothing(header) || seen.insert(std::move(header)).second) continue;
    return invalid_argument("Bucket POST must contain each field at most once.", name, value);
  }
  return {};
}

S3Result<void> insert_file_name(FormFields& fields, std::string_view filename) {
  constexpr std::string_view variable = "${filename}";
  std::size_t bytes = 0;
  for (auto& [name, value] : fields) {
    if (protocol::equal_ignoring_case(name, "policy")) continue;
    std::string text;
    std::string_view rest = value;
    for (std::size_t at = rest.find(variable); at != std::string_view::npos; at = rest.find(variable)) {
      text.append(rest.substr(0, at)).append(filename);
      rest.remove_prefix(at + variable.size());
      if (bytes + text.size() > limits::max_form_bytes_before_file)
        return std::unexpected(too_much_before_file());
    }
    text += rest;
    bytes += text.size();
    value = std::move(text);
  }
  return {};
}

S3Result<protocol::Headers> headers_of(const FormFields& fields) {
  protocol::Headers headers;
  for (const auto& [field, value] : fields) {
    const std::string name = header_name(field);
    if (is_of_the_form(name)) continue;
    const bool metadata = is_user_metadata(name);
    std::string text = metadata ? value : latin1_with_spaces(value);
    if (auto ok = check_field(name, text, metadata ? FieldText::encoded : FieldText::plain); !ok) {
      return std::unexpected(std::move(ok.error()));
    }
    headers.add(name, std::move(text));
  }
  return headers;
}

S3Result<storage::NameValues> form_tags(const FormFields& fields) {
  storage::NameValues tags;
  const auto text = form_field(fields, "tagging");
  if (!text) return tags;
  constexpr protocol::XmlLimits most{.bytes = limits::max_form_bytes_before_file, .nodes = 1'000};
  const auto root = protocol::parse_xml(*text, most);
  if (!root) return std::unexpected(S3Error(ErrorCode::MalformedXML));
  const protocol::XmlElement* set = root->child("TagSet");
  if (set == nullptr) return tags;
  for (const protocol::XmlElement& tag : set->children) {
    const protocol::XmlElement* key = tag.child("Key");
    const protocol::XmlElement* value = tag.child("Value");
    if (key == nullptr || value == nullptr) return std::unexpected(S3Error(ErrorCode::MalformedXML));
    tags.emplace_back(key->text, value->text);
  }
  if (auto ok = check_tags(tags, object_tag_rules); !ok) return std::unexpected(std::move(ok.error()));
  return tags;
}

S3Error too_much_before_file() {
  return S3Error(ErrorCode::MaxPostPreDataLengthExceeded)
      .with("MaxPostPreDataLengthBytes", std::to_string(limits::max_form_bytes_before_file));
}

}  // namespace partsmith::server
