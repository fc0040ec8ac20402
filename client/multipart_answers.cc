#include <fmt/format.h>

#include <charconv>

#include <partsmith/client/multipart.h>

#include "answer_document.h"

namespace partsmith::client {
namespace {

using protocol::XmlElement;
using Checksums = std::vector<std::pair<std::string, std::string>>;

Result<std::string> required(const XmlElement& element, std::string_view name) {
  auto text = element.child_text(name);
  if (!text) return malformed_answer(fmt::format("{} has no {}", element.name, name));
  return *std::move(text);
}

template <class Number>
Result<Number> required_number(const XmlElement& element, std::string_view name) {
  const auto text = required(element, name);
  if (!text) return std::unexpected(text.error());
  Number value{};
  const auto parsed = std::from_chars(text->data(), text->data() + text->size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text->data() + text->size()) {
    return malformed_answer(fmt::format("{} is '{}', no number", name, *text));
  }
  return value;
}

Checksums checksums_of(const XmlElement& element) {
  Checksums checksums;
  for (const auto& row : checksum_table()) {
    if (auto text = element.child_text(row.element)) checksums.emplace_back(row.element, *std::move(text));
  }
  return checksums;
}

Result<PartInList> read_part(const XmlElement& element) {
  PartInList part;
  const auto number = required_number<std::uint32_t>(element, "PartNumber");
  if (!number) return std::unexpected(number.error());
  const auto size = required_number<std::uint64_t>(element, "Size");
  if (!size) return std::unexpected(size.error());
  const auto etag = required(element, "ETag");
  if (!etag) return std::unexpected(etag.error());
  part.number = *number;
  part.size = *size;
  part.etag = ETag::from_client(*etag);
  part.last_modified = element.child_text("LastModified").value_or("");
  part.checksums = checksums_of(element);
  return part;
}

Result<UploadInList> read_upload(const XmlElement& element) {
  auto key = required(element, "Key");
  if (!key) return std::unexpected(key.error());
  auto id = required(element, "UploadId");
  if (!id) return std::unexpected(id.error());
  return UploadInList{*std::move(key), *std::move(id), element.child_text("Initiated").value_or("")};
}

}  // namespace

Result<CreatedUpload> read_created_upload(const S3Answer& answer, std::string bucket, std::string key) {
  const auto document = answer_document(answer, "InitiateMultipartUploadResult");
  if (!document) return std::unexpected(document.error());
  auto id = required(*document, "UploadId");
  if (!id) return std::unexpected(id.error());
  if (id->empty()) return malformed_answer("UploadId is empty");
  return CreatedUpload{{std::move(bucket), std::move(key), *std::move(id)}, answer.headers};
}

Result<UploadedPart> read_uploaded_part(const S3Answer& answer) {
  if (auto failure = answer.failure()) return std::unexpected(ClientError(*std::move(failure)));
  const auto etag = answer.headers.get("etag");
  if (!etag) return malformed_answer("the answer to a part has no ETag");
  UploadedPart part{ETag::from_client(*etag), std::nullopt};
  for (const auto& row : checksum_table()) {
    if (const auto text = answer.headers.get(row.header))
      part.checksum = Checksum::from_base64(row.algorithm, *text);
  }
  return part;
}

Result<UploadedPart> read_copied_part(const S3Answer& answer) {
  const auto document = answer_document(answer, "CopyPartResult");
  if (!document) return std::unexpected(document.error());
  const auto etag = required(*document, "ETag");
  if (!etag) return std::unexpected(etag.error());
  UploadedPart part{ETag::from_client(*etag), std::nullopt};
  for (const auto& row : checksum_table()) {
    if (const auto text = document->child_text(row.element)) {
      part.checksum = Checksum::from_base64(row.algorithm, *text);
    }
  }
  return part;
}

Result<CompletedUpload> read_completed_upload(const S3Answer& answer) {
  const auto document = answer_document(answer, "CompleteMultipartUploadResult");
  if (!document) return std::unexpected(document.error());
  const auto etag = required(*document, "ETag");
  if (!etag) return std::unexpected(etag.error());
  const auto text = [&](std::string_view name) { return document->child_text(name).value_or(""); };
  return CompletedUpload{ETag::from_client(*etag), text("Location"),       text("Bucket"), text("Key"),
                         text("ChecksumType"),     checksums_of(*document)};
}

Result<PartsPage> read_parts_page(const S3Answer& answer) {
  const auto document = answer_document(answer, "ListPartsResult");
  if (!document) return std::unexpected(document.error());
  PartsPage page;
  page.algorithm = checksum_algorithm_by_name(document->child_text("ChecksumAlgorithm").value_or(""));
  page.checksum_type = document->child_text("ChecksumType").value_or("");
  for (const auto& child : document->children) {
    if (child.name != "Part") continue;
    auto part = read_part(child);
    if (!part) return std::unexpected(part.error());
    page.parts.push_back(*std::move(part));
  }
  page.truncated = document->child_text("IsTruncated") == "true";
  if (!page.truncated) return page;
  const auto next = required_number<std::uint32_t>(*document, "NextPartNumberMarker");
  if (!next) return std::unexpected(next.error());
  page.next_marker = *next;
  return page;
}

Result<UploadsPage> read_uploads_page(const S3Answer& answer) {
  const auto document = answer_document(answer, "ListMultipartUploadsResult");
  if (!document) return std::unexpected(document.error());
  UploadsPage page;
  for (const auto& child : document->children) {
    if (child.name == "CommonPrefixes")
      page.common_prefixes.push_back(child.child_text("Prefix").value_or(""));
    if (child.name != "Upload") continue;
    auto upload = read_upload(child);
    if (!upload) return std::unexpected(upload.error());
    page.uploads.push_back(*std::move(upload));
  }
  page.truncated = document->child_text("IsTruncated") == "true";
  page.next_key_marker = document->child_text("NextKeyMarker").value_or("");
  page.next_upload_id_marker = document->child_text("NextUploadIdMarker").value_or("");
  return page;
}

}  // namespace partsmith::client
