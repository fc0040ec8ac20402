#include "operations/completion_document.h"

#include <algorithm>
#include <charconv>

#include "operations/answers.h"
#include "operations/listed_texts.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

/// A number beyond those that parts may have is that of a part which isn't there (reported: versitygw#1072).
S3Result<std::int64_t> listed_number(const std::string& text) {
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
    return std::unexpected(S3Error(ErrorCode::MalformedXML));
  }
  if (number < 1) return invalid_argument("PartNumber must be >= 1", "PartNumber", text);
  return number;
}

/// The checksums listed with a part. Of the wrong form or more than one: InvalidArgument (versitygw's table
/// of S3's errors).
S3Result<std::vector<Checksum>> listed_checksums(const ListedTexts& texts) {
  std::vector<Checksum> checksums;
  for (const auto& [algorithm, text] : texts.checksums) {
    const bool base64 = from_base64(text).has_value();
    if (!base64 || !checksums.empty()) {
      return invalid_argument("Invalid Base64 or multiple checksums present in request", "Checksum", text);
    }
    auto checksum = Checksum::from_base64(algorithm, text);
    // A value of another length can't be any part's: it is kept empty, and found wrong beside the part.
    checksums.push_back(checksum ? *std::move(checksum) : Checksum{algorithm, {}});
  }
  return checksums;
}

S3Result<ListedPart> listed_part(const ListedTexts& texts) {
  if (!texts.number || !texts.etag) return std::unexpected(S3Error(ErrorCode::MalformedXML));
  const auto number = listed_number(*texts.number);
  if (!number) return std::unexpected(number.error());

  auto checksums = listed_checksums(texts);
  if (!checksums) return std::unexpected(std::move(checksums.error()));
  return ListedPart{*number, ETag::from_client(*texts.etag), *std::move(checksums)};
}

}  // namespace

S3Result<std::vector<ListedPart>> completion_document(std::string_view text) {
  if (text.empty()) return invalid_request("You must specify at least one part");
  auto listed = plain_listed_texts(text);
  if (!listed) listed = listed_texts(text);
  if (!listed) return std::unexpected(S3Error(ErrorCode::MalformedXML));
  std::vector<ListedPart> parts;
  parts.reserve(std::min(listed->size(), std::size_t{limits::max_part_number}));
  for (const ListedTexts& texts : *listed) {
    auto part = listed_part(texts);
    if (!part) return std::unexpected(std::move(part.error()));
    parts.push_back(*std::move(part));
  }
  if (parts.empty() || parts.size() > limits::max_part_number) {
    return std::unexpected(S3Error(ErrorCode::MalformedXML));
  }
  return parts;
}

}  // namespace partsmith::server
