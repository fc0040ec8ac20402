#include <algorithm>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include <partsmith/client/multipart_uploader.h>
#include <partsmith/values/limits.h>

namespace partsmith::client {
namespace {

/// The parts on their way: workers take one at a time from the source and send it.
class Transfer {
 public:
  Transfer(S3Client& client, const UploadAddress& upload, PartSource& source,
           const MultipartUploadOptions& options)
      : client_(client), upload_(upload), source_(source), options_(options) {}

  Result<std::vector<ListedPart>> run() {
    {
      std::vector<std::jthread> workers;
      for (unsigned i = 0; i < std::max(options_.workers, 1U); ++i) workers.emplace_back([this] { work(); });
    }
    if (failure_) return std::unexpected(*std::move(failure_));
    std::vector<ListedPart> parts;
    for (auto& [number, part] : done_) parts.push_back(std::move(part));
    return parts;
  }

  std::uint64_t bytes() const { return bytes_; }

 private:
  struct Part {
    std::uint32_t number;
    std::string bytes;
  };

  void work() {
    while (auto part = take()) {
      const auto size = part->bytes.size();
      const auto number = part->number;
      auto listed = send(*std::move(part));
      const std::scoped_lock lock(mutex_);
      if (!listed) {
        fail(std::move(listed.error()));
        return;
      }
      done_.emplace(number, *std::move(listed));
      bytes_ += size;
      if (options_.progress) options_.progress(bytes_);
    }
  }

  std::optional<Part> take() {
    const std::scoped_lock reading(source_mutex_);
    {
      const std::scoped_lock lock(mutex_);
      if (failure_ || ended_) return std::nullopt;
      if (options_.stop.stop_requested()) {
        fail(ClientError(ErrorKind::stopped, "stopped"));
        return std::nullopt;
      }
    }
    auto bytes = source_.next();
    const std::scoped_lock lock(mutex_);
    if (!bytes) {
      fail(ClientError(ErrorKind::source, bytes.error()));
      return std::nullopt;
    }
    if (!*bytes) {
      ended_ = true;
      if (taken_ > 0) return std::nullopt;
      return Part{++taken_, {}};
    }
    if (taken_ == limits::max_part_number) {
      fail(ClientError(ErrorKind::source, "the source needs more than 10,000 parts: use larger ones"));
      return std::nullopt;
    }
    return Part{++taken_, **std::move(bytes)};
  }

  Result<ListedPart> send(Part part) {
    auto request = upload_part(upload_, std::to_string(part.number), std::move(part.bytes));
    ListedPart listed{std::to_string(part.number), {}, {}};
    if (options_.checksum) {
      const auto& row = traits(*options_.checksum);
      const auto value = checksum_of(*options_.checksum, as_bytes(*request.body.text())).base64();
      request.header(std::string(row.header), value);
      listed.checksums.emplace_back(row.element, value);
    }
    const auto uploaded =
        with_retries(options_.retries, options_.stop, [&] { return put_part(client_, request); });
    if (!uploaded) return std::unexpected(uploaded.error());
    listed.etag = uploaded->etag.quoted();
    return listed;
  }

  /// With the mutex held. The first failure counts.
  void fail(ClientError error) {
    if (!failure_) failure_ = std::move(error);
  }

  S3Client& client_;
  const UploadAddress& upload_;
  PartSource& source_;
  const MultipartUploadOptions& options_;

  std::mutex source_mutex_;  ///< taken before mutex_
  std::mutex mutex_;         ///< guards what follows
  std::map<std::uint32_t, ListedPart> done_;
  std::optional<ClientError> failure_;
  std::uint32_t taken_ = 0;
  std::uint64_t bytes_ = 0;
  bool ended_ = false;
};

S3Request creation(std::string bucket, std::string key, const MultipartUploadOptions& options) {
  auto request = create_multipart_upload(std::move(bucket), std::move(key));
  request.headers = options.headers;
  if (options.checksum)
    request.header("x-amz-checksum-algorithm", std::string(traits(*options.checksum).name));
  return request;
}

UploadTrouble give_up(S3Client& client, const UploadAddress& upload, ClientError error,
                      const MultipartUploadOptions& options) {
  UploadTrouble trouble{std::move(error), upload.upload_id, std::nullopt};
  if (!options.abort_on_failure) return trouble;
  // The caller's stop is no reason to leave the parts behind.
  const auto aborted = with_retries(options.retries, {}, [&] { return abort_upload(client, upload); });
  if (!aborted) trouble.abort = aborted.error();
  return trouble;
}

}  // namespace

std::expected<UploadedObject, UploadTrouble> upload_in_parts(S3Client& client, std::string bucket,
                                                             std::string key, PartSource& source,
                                                             const MultipartUploadOptions& options) {
  const auto request = creation(std::move(bucket), std::move(key), options);
  const auto created =
      with_retries(options.retries, options.stop, [&] { return create_upload(client, request); });
  if (!created) return std::unexpected(UploadTrouble{created.error(), {}, std::nullopt});
  const UploadAddress& upload = created->address;

  Transfer transfer(client, upload, source, options);
  auto parts = transfer.run();
  if (!parts) return std::unexpected(give_up(client, upload, std::move(parts.error()), options));

  const auto completion = complete_multipart_upload(upload, *parts);
  auto completed =
      with_retries(options.retries, options.stop, [&] { return complete_upload(client, completion); });
  if (!completed) return std::unexpected(give_up(client, upload, std::move(completed.error()), options));
  return UploadedObject{*std::move(completed), upload.upload_id, static_cast<std::uint32_t>(parts->size()),
                        transfer.bytes()};
}

}  // namespace partsmith::client
