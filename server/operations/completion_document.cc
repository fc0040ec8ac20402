#include "operations/completion_document.h"

#include <charconv>

#include "operations/answers.h"

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
S3Result<std::vector<Checksum>> listed_checksums(const protocol::XmlElement& element) {
  std::vector<Checksum> checksums;
  for (const ChecksumTraits& row : checksum_table()) {
    const auto text = element.child_text(row.element);
    if (!text || text->empty()) continue;
    const bool base64 = from_base64(*text).has_value();
    if (!base64 || !checksums.empty()) {
      return invalid_argument("Invalid Base64 or multiple checksums present in request", "Checksum", *text);
    }
    auto checksum = Checksum::from_base64(row.algorithm, *text);
    // A value of another length can't be any part's: it is kept empty, and found wrong beside the part.
    checksums.push_back(checksum ? *std::move(checksum) : Checksum{row.algorithm, {}});
  }
  return checksums;
}

S3Result<ListedPart> listed_part(const protocol::XmlElement& element) {
  const auto number_text = element.child_text("PartNumber");
  const auto etag = element.child_text("ETag");
  if (!number_text || !etag) return std::unexpected(S3Error(ErrorCode::MalformedXML));
  const auto number = listed_number(*number_text);
  if (!number) return std::unexpected(number.error());

  auto checksums = listed_checksums(element);
  if (!checksums) return std::unexpected(std::move(checksums.error()));
  return ListedPart{*number, ETag::from_client(*etag), *std::move(checksums)};
}

}  // namespace

S3Result<std::vector<ListedPart>> completion_document(std::string_view text) {
  if (text.empty()) return invalid_request("You must specify at least one part");
  const auto root = protocol::parse_xml(text);
  if (!root || root->name != "CompleteMultipartUpload")
    return std::unexpected(S3Error(ErrorCode::MalformedXML));
  std::vector<ListedPart> parts;
  for (const protocol::XmlElement& element : root->children) {
    if (element.name != "Part") return std::unexpected(S3Error(ErrorCode::MalformedXML));
    auto part = listed_part(element);
    if (!part) return std::unexpected(std::move(part.error()));
    parts.push_back(*std::move(part));
  }
  if (parts.empty() || parts.size() > limits::max_part_number) {
    return std::unexpected(S3Error(ErrorCode::MalformedXML));
  }
  return parts;
}

}  // namespace partsmith::server
