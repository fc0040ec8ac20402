#include <algorithm>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include <partsmith/client/multipart_uploader.h>
#include <partsmith/client/objects.h>
#include <partsmith/values/digest.h>
#include <partsmith/values/limits.h>

#include "giving_up.h"

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
    for (auto& [number, part] : done_) parts.push_back(part.listed);
    return parts;
  }

  std::uint64_t bytes() const { return bytes_; }
  std::uint32_t kept() const { return kept_; }
  bool proven() const {
    return std::ranges::all_of(done_, [](const auto& part) { return part.second.proven; });
  }
  /// Of the whole, by the algorithm sent with the parts; nothing when it can't be put together from theirs.
  std::optional<Checksum> stated() const {
    if (!options_.checksum || !traits(*options_.checksum).full_object_allowed) return std::nullopt;
    return combined(*options_.checksum, &Done::stated);
  }
  Checksum content() const { return combined(ChecksumAlgorithm::crc64nvme, &Done::content); }

 private:
  struct Part {
    std::uint32_t number;
    Body body;
  };

  struct Done {
    ListedPart listed;
    SizedChecksum content;
    SizedChecksum stated;
    bool proven = false;
    bool kept = false;
  };

  void work() {
    while (true) {
      if (options_.slots) options_.slots->acquire();
      const bool more = work_on_one();
      if (options_.slots) options_.slots->release();
      if (!more) return;
    }
  }

  bool work_on_one() {
    auto part = take();
    if (!part) return false;
    const auto size = part->body.length();
    const auto number = part->number;
    auto done = send(*std::move(part));
    const std::scoped_lock lock(mutex_);
    if (!done) {
      fail(std::move(done.error()));
      return false;
    }
    if (done->kept) ++kept_;
    done_.emplace(number, *std::move(done));
    bytes_ += size;
    if (options_.progress) options_.progress(bytes_);
    return true;
  }

  Checksum combined(ChecksumAlgorithm algorithm, SizedChecksum Done::* which) const {
    std::vector<SizedChecksum> parts;
    for (const auto& [number, part] : done_) parts.push_back(part.*which);
    return combined_checksum(algorithm, parts);
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
    auto body = source_.next();
    const std::scoped_lock lock(mutex_);
    if (!body) {
      fail({options_.stop.stop_requested() ? ErrorKind::stopped : ErrorKind::source, body.error()});
      return std::nullopt;
    }
    if (!*body) {
      ended_ = true;
      if (taken_ > 0) return std::nullopt;
      return Part{++taken_, {}};
    }
    if (taken_ == limits::max_part_number) {
      fail(ClientError(ErrorKind::source, "the source needs more than 10,000 parts: use larger ones"));
      return std::nullopt;
    }
    return Part{++taken_, **std::move(body)};
  }

  Result<Done> send(Part part) {
    Done done;
    done.listed.number = std::to_string(part.number);
    if (auto computed = compute(part.body, done); !computed)
      return std::unexpected(std::move(computed.error()));
    const auto kept = keeps(part, done);
    if (!kept) return std::unexpected(kept.error());
    if (*kept) return done;

    auto request = upload_part(upload_, done.listed.number, std::move(part.body));
    request.headers = options_.part_headers;
    request.stop = options_.stop;
    if (options_.checksum) {
      const auto& row = traits(*options_.checksum);
      const auto value = done.stated.checksum.base64();
      request.header(std::string(row.header), value);
      done.listed.checksums.emplace_back(row.element, value);
    }
    const auto uploaded =
        with_retries(options_.retries, options_.stop, [&] { return put_part(client_, request); });
    if (!uploaded) return std::unexpected(uploaded.error());
    done.listed.etag = uploaded->etag.quoted();
    done.proven = uploaded->checksum && uploaded->checksum == done.stated.checksum;
    if (done.proven) return done;
    const auto same = has_md5(request.body, uploaded->etag);
    if (!same) return std::unexpected(same.error());
    done.proven = *same;
    return done;
  }

  /// The checksums of the part.
  Result<void> compute(const Body& body, Done& done) const {
    Checksummer content(ChecksumAlgorithm::crc64nvme);
    const bool another = options_.checksum && *options_.checksum != ChecksumAlgorithm::crc64nvme;
    Checksummer stated(another ? *options_.checksum : ChecksumAlgorithm::crc64nvme);
    const auto read = read_whole(body, [&](ByteView bytes) {
      content.update(bytes);
      if (another) stated.update(bytes);
    });
    if (!read) return std::unexpected(ClientError(ErrorKind::source, read.error()));
    done.content = {content.finish(), body.length()};
    done.stated = another ? SizedChecksum{stated.finish(), body.length()} : done.content;
    return {};
  }

  static Result<bool> has_md5(const Body& body, const ETag& etag) {
    Digest digest(DigestKind::md5);
    const auto read = read_whole(body, [&](ByteView bytes) { digest.update(bytes); });
    if (!read) return std::unexpected(ClientError(ErrorKind::source, read.error()));
    return etag.text() == to_hex(digest.finish());
  }

  /// Whether the upload that was begun has these bytes as this part; then that is what is listed.
  Result<bool> keeps(const Part& part, Done& done) const {
    if (!options_.begun) return false;
    const auto found = std::ranges::find(options_.begun->parts, part.number, &PartInList::number);
    if (found == options_.begun->parts.end() || found->size != part.body.length()) return false;
    const auto element = traits(done.stated.checksum.algorithm).element;
    const auto told =
        std::ranges::find(found->checksums, element, &std::pair<std::string, std::string>::first);
    const auto same = told != found->checksums.end()
                          ? Result<bool>(told->second == done.stated.checksum.base64())
                          : has_md5(part.body, found->etag);
    if (!same || !*same) return same;
    done.listed.etag = found->etag.quoted();
    done.listed.checksums = found->checksums;
    done.proven = done.kept = true;
    return true;
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
  std::map<std::uint32_t, Done> done_;
  std::optional<ClientError> failure_;
  std::uint32_t taken_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint32_t kept_ = 0;
  bool ended_ = false;
};

S3Request creation(std::string bucket, std::string key, const MultipartUploadOptions& options) {
  auto request = create_multipart_upload(std::move(bucket), std::move(key));
  request.headers = options.headers;
  if (options.checksum)
    request.header("x-amz-checksum-algorithm", std::string(traits(*options.checksum).name));
  return request;
}

/// Those that are of the whole by themselves; the others are composite unless an upload was begun otherwise.
bool wants_full_object(ChecksumAlgorithm algorithm, const MultipartUploadOptions& options) {
  return options.begun || traits(algorithm).default_type == ChecksumType::full_object;
}

Result<UploadAddress> begin_upload(S3Client& client, UploadAddress address,
                                   const MultipartUploadOptions& options) {
  if (options.begun) {
    address.upload_id = options.begun->upload_id;
    return address;
  }
  const auto request = creation(std::move(address.bucket), std::move(address.key), options);
  auto created = with_retries(options.retries, options.stop, [&] { return create_upload(client, request); });
  if (!created) return std::unexpected(std::move(created.error()));
  return std::move(created->address);
}

/// The object, when an earlier attempt to complete the upload had made it and only its answer was lost.
/// Amazon S3 answers a second completion like the first; others have forgotten the upload by then.
std::optional<CompletedUpload> completed_earlier(S3Client& client, const UploadAddress& upload,
                                                 const std::vector<ListedPart>& parts,
                                                 const Checksum& content,
                                                 const MultipartUploadOptions& options) {
  auto head = head_object(upload.bucket, upload.key);
  for (const auto& [name, value] : options.part_headers) head.header(name, value);
  const auto facts = object_facts(client, head, {options.retries, options.stop});
  if (!facts) return std::nullopt;
  std::vector<ETag> etags;
  for (const auto& part : parts) etags.push_back(ETag::from_client(part.etag));
  const bool md5s = std::ranges::all_of(etags, [](const ETag& etag) {
    return etag.text().size() == 2 * Md5{}.size() && from_hex(etag.text());
  });
  const bool same = facts->full_checksum == content || (md5s && facts->etag == ETag::of_parts(etags));
  if (!same) return std::nullopt;
  return CompletedUpload{facts->etag, {}, upload.bucket, upload.key, {}, {}};
}

}  // namespace

std::expected<UploadedObject, UploadTrouble> upload_in_parts(S3Client& client, std::string bucket,
                                                             std::string key, PartSource& source,
                                                             const MultipartUploadOptions& options) {
  auto begun = begin_upload(client, {std::move(bucket), std::move(key), {}}, options);
  if (!begun) return std::unexpected(UploadTrouble{begun.error(), {}, std::nullopt});
  const UploadAddress& upload = *begun;

  Transfer transfer(client, upload, source, options);
  auto parts = transfer.run();
  if (!parts)
    return std::unexpected(
        give_up(client, upload, std::move(parts.error()), options.retries, options.abort_on_failure));

  auto completion = complete_multipart_upload(upload, *parts);
  completion.headers = options.completion_headers;
  const bool composite = options.begun && options.begun->composite;
  if (const auto whole = transfer.stated();
      whole && !composite && wants_full_object(*options.checksum, options)) {
    completion.header(std::string(traits(whole->algorithm).header), whole->base64());
    completion.header("x-amz-checksum-type", std::string(to_string(ChecksumType::full_object)));
  }
  int attempts = 0;
  auto completed = with_retries(options.retries, options.stop, [&] {
    ++attempts;
    return complete_upload(client, completion);
  });
  if (!completed && attempts > 1 && completed.error().failure &&
      completed.error().failure->code == "NoSuchUpload") {
    if (auto earlier = completed_earlier(client, upload, *parts, transfer.content(), options))
      completed = *earlier;
  }
  if (!completed)
    return std::unexpected(
        give_up(client, upload, std::move(completed.error()), options.retries, options.abort_on_failure));
  return UploadedObject{*std::move(completed), upload.upload_id, static_cast<std::uint32_t>(parts->size()),
                        transfer.kept(),       transfer.bytes(), transfer.content(),
                        transfer.proven()};
}

}  // namespace partsmith::client
