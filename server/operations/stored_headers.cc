#include "operations/stored_headers.h"

#include <algorithm>
#include <functional>
#include <iterator>

#include <partsmith/protocol/field_syntax.h>

#include "operations/answers.h"
#include "operations/encoded_words.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::Headers;
using protocol::S3Error;

constexpr std::string_view default_content_type = "binary/octet-stream";
/// Source: S3 API reference, PutObject.
constexpr std::size_t longest_redirect = 2 * limits::kib;

/// What is kept stands as it came: "foo, aws-chunked, bar" is "foo, bar" (openstack/swift's tests of Amazon
/// S3).
std::string without_aws_chunked(std::string_view value) {
  std::string kept;
  for (std::size_t comma = 0; comma != std::string_view::npos;) {
    comma = value.find(',');
    const std::string_view item = value.substr(0, comma);
    const std::string_view coding = protocol::trimmed(item);
    if (!coding.empty() && !protocol::equal_ignoring_case(coding, "aws-chunked")) {
      kept += kept.empty() ? std::string(coding) : "," + std::string(item);
    }
    if (comma != std::string_view::npos) value.remove_prefix(comma + 1);
  }
  return std::string(protocol::trimmed(kept));
}

/// Source: aws-cli#1130, scality/Arsenal#212, which quote Amazon S3.
S3Result<void> check_redirect(std::string_view value) {
  const bool fits = value.starts_with('/') || value.starts_with("http://") || value.starts_with("https://");
  if (!fits) return std::unexpected(S3Error(ErrorCode::InvalidRedirectLocation));
  if (value.size() <= longest_redirect) return {};
  return std::unexpected(S3Error(
      ErrorCode::InvalidRedirectLocation,
      "The length of website redirect location cannot exceed " + std::to_string(longest_redirect) + "."));
}

}  // namespace

S3Result<storage::NameValues> stored_headers_from(const Headers& headers) {
  storage::NameValues stored;
  const bool streamed = headers.value("x-amz-content-sha256").starts_with("STREAMING-");
  for (const StoredHeader& row : stored_headers) {
    std::string value(headers.value(row.name));
    if (row.value == StoredHeader::Value::encodings && streamed) value = without_aws_chunked(value);
    if (value.empty() && row.name == "content-type") value = default_content_type;
    if (value.empty()) continue;
    if (row.value == StoredHeader::Value::redirect) {
      if (auto ok = check_redirect(value); !ok) return std::unexpected(std::move(ok.error()));
    }
    stored.emplace_back(row.name, std::move(value));
  }
  return stored;
}

storage::NameValues copied_headers(const storage::NameValues& of_source,
                                   const storage::NameValues& of_request) {
  const auto is_copied = [](const auto& header) {
    const auto* const row = std::ranges::find(stored_headers, header.first, &StoredHeader::name);
    return row == stored_headers.end() || row->copied;
  };
  storage::NameValues headers;
  std::ranges::copy_if(of_source, std::back_inserter(headers), is_copied);
  std::ranges::copy_if(of_request, std::back_inserter(headers), std::not_fn(is_copied));
  return headers;
}

void add_stored(Headers& answer, const storage::ObjectAttributes& attributes) {
  std::size_t missing = 0;
  for (const auto& [name, value] : attributes.user_metadata) {
    if (!protocol::is_token(name)) {
      ++missing;
    } else {
      answer.add(std::string(user_metadata_prefix) + name, metadata_to_header(value));
    }
  }
  if (missing != 0) answer.add("x-amz-missing-meta", std::to_string(missing));
  for (const auto& [name, value] : attributes.headers) {
    if (!protocol::is_token(name)) continue;
    answer.add(name, protocol::field_value(value));
  }
}

S3Result<void> check_field(std::string_view name, std::string_view value, FieldText text) {
  if (!protocol::is_token(name)) {
    return invalid_argument("A header's name may have only letters, digits and !#$%&'*+-.^_`|~.",
                            std::string(name), std::string(value));
  }
  if (text == FieldText::plain && !protocol::is_field_value(value)) {
    return invalid_argument("A header's value may not have control characters.", std::string(name),
                            std::string(value));
  }
  return {};
}

S3Result<std::string> header_from_parameter(std::string_view parameter, std::string_view utf8) {
  auto value = protocol::to_latin1(utf8);
  if (!value) {
    return invalid_argument("Header value cannot be represented using ISO-8859-1.", std::string(parameter),
                            std::string(utf8));
  }
  if (auto ok = check_field(parameter, *value, FieldText::plain); !ok)
    return std::unexpected(std::move(ok.error()));
  return *std::move(value);
}

}  // namespace partsmith::server
