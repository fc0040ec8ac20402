#include <partsmith/client/multipart.h>

namespace partsmith::client {
namespace {

/// A server whose pages never end would keep us for ever.
constexpr int max_pages = 10'000;

std::unexpected<ClientError> endless() {
  return std::unexpected(ClientError(ErrorKind::malformed, "the listing's pages do not advance"));
}

}  // namespace

Result<CreatedUpload> create_upload(S3Client& client, const S3Request& request) {
  const auto answer = client.send(request);
  if (!answer) return std::unexpected(answer.error());
  return read_created_upload(*answer, request.bucket, request.key);
}

Result<UploadedPart> put_part(S3Client& client, const S3Request& request) {
  const auto answer = client.send(request);
  if (!answer) return std::unexpected(answer.error());
  return request.headers.has("x-amz-copy-source") ? read_copied_part(*answer) : read_uploaded_part(*answer);
}

Result<CompletedUpload> complete_upload(S3Client& client, const S3Request& request) {
  const auto answer = client.send(request);
  if (!answer) return std::unexpected(answer.error());
  return read_completed_upload(*answer);
}

Result<void> abort_upload(S3Client& client, const UploadAddress& upload) {
  const auto answer = client.send(abort_multipart_upload(upload));
  if (!answer) return std::unexpected(answer.error());
  if (auto failure = answer->failure()) return std::unexpected(ClientError(*std::move(failure)));
  return {};
}

Result<std::vector<PartInList>> all_parts(S3Client& client, const UploadAddress& upload) {
  auto all = all_parts_page(client, upload);
  if (!all) return std::unexpected(std::move(all.error()));
  return std::move(all->parts);
}

Result<PartsPage> all_parts_page(S3Client& client, const UploadAddress& upload) {
  std::vector<PartInList> parts;
  std::uint32_t marker = 0;
  for (int pages = 0; pages < max_pages; ++pages) {
    auto request = list_parts(upload);
    if (marker > 0) request.parameter("part-number-marker", std::to_string(marker));
    const auto answer = client.send(request);
    if (!answer) return std::unexpected(answer.error());
    auto page = read_parts_page(*answer);
    if (!page) return std::unexpected(page.error());
    parts.insert(parts.end(), std::make_move_iterator(page->parts.begin()),
                 std::make_move_iterator(page->parts.end()));
    if (!page->truncated) {
      page->parts = std::move(parts);
      return page;
    }
    if (page->next_marker <= marker) return endless();
    marker = page->next_marker;
  }
  return endless();
}

Result<std::vector<UploadInList>> all_uploads(S3Client& client, const std::string& bucket,
                                              const std::string& prefix) {
  std::vector<UploadInList> uploads;
  UploadsPage last;
  for (int pages = 0; pages < max_pages; ++pages) {
    auto request = list_multipart_uploads(bucket);
    request.parameter("prefix", prefix);
    if (pages > 0) {
      request.parameter("key-marker", last.next_key_marker)
          .parameter("upload-id-marker", last.next_upload_id_marker);
    }
    const auto answer = client.send(request);
    if (!answer) return std::unexpected(answer.error());
    auto page = read_uploads_page(*answer);
    if (!page) return std::unexpected(page.error());
    uploads.insert(uploads.end(), page->uploads.begin(), page->uploads.end());
    if (!page->truncated) return uploads;
    const bool advances = page->next_key_marker != last.next_key_marker ||
                          page->next_upload_id_marker != last.next_upload_id_marker;
    if (!advances) return endless();
    last = *std::move(page);
  }
  return endless();
}

}  // namespace partsmith::client
