#include "query_headers.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "operations/answers.h"
#include "operations/encoded_words.h"
#include "operations/stored_headers.h"

namespace partsmith::server {
namespace {

bool counts_as_header(std::string_view name) {
  constexpr auto conditions = std::to_array<std::string_view>(
      {"if-match", "if-none-match", "if-modified-since", "if-unmodified-since"});
  if (std::ranges::find(conditions, name) != conditions.end()) return true;
  if (!name.starts_with("x-amz-") || name.starts_with("x-amz-checksum-") ||
      name == "x-amz-sdk-checksum-algorithm") {
    return false;
  }
  constexpr auto of_the_signature = std::to_array<std::string_view>(
      {"x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-signedheaders",
       "x-amz-signature", "x-amz-security-token", "x-amz-content-sha256"});
  return std::ranges::find(of_the_signature, name) == of_the_signature.end();
}

/// A query carries any text, a header only what it can say (recorded: presigned-put-non-ascii-metadata).
S3Result<std::string> header_value(const std::string& name, const std::string& text) {
  const bool metadata = is_user_metadata(name);
  if (auto ok = check_field(name, text, metadata ? FieldText::encoded : FieldText::plain); !ok) {
    return std::unexpected(std::move(ok.error()));
  }
  if (metadata) return metadata_to_header(text);
  const bool answered = std::ranges::find(stored_headers, name, &StoredHeader::name) != stored_headers.end();
  return answered ? header_from_parameter(name, text) : text;
}

}  // namespace

S3Result<std::optional<protocol::Headers>> headers_with_query(const protocol::Headers& sent,
                                                              const protocol::Query& query) {
  std::optional<protocol::Headers> all;
  std::map<std::string, std::string> there;  // by lower-case name; a look-up in the headers walks them all
  for (const auto& parameter : query.parameters()) {
    std::string name = protocol::lower_case(parameter.name);
    if (!counts_as_header(name)) continue;
    auto value = header_value(name, parameter.value);
    if (!value) return std::unexpected(std::move(value.error()));
    if (there.empty()) {
      for (const auto& [field, text] : sent) there.emplace(protocol::lower_case(field), text);
    }
    const auto [first, added] = there.emplace(name, *value);
    if (added) {
      if (!all) all = sent;
      all->add(std::move(name), *std::move(value));
    } else if (first->second != *value) {
      return invalid_argument("A parameter contradicts the header of the same name, or another parameter.",
                              std::move(name), parameter.value);
    }
  }
  return all;
}

}  // namespace partsmith::server
