#include <fmt/format.h>

#include <deque>

#include <partsmith/client/object_uploader.h>
#include <partsmith/values/digest.h>
#include <partsmith/values/limits.h>

#include "refused_checksum.h"

namespace partsmith::client {
namespace {

/// The first parts again, then the others.
class LookedAhead final : public PartSource {
 public:
  explicit LookedAhead(PartSource& source) : source_(source) {}

  std::expected<void, std::string> look() {
    auto part = source_.next();
    if (!part) return std::unexpected(part.error());
    if (*part) ahead_.push_back(**std::move(part));
    ended_ = !*part;
    return {};
  }
  std::size_t ahead() const { return ahead_.size(); }

  std::expected<std::optional<Body>, std::string> next() override {
    if (ahead_.empty() && ended_) return std::nullopt;
    if (ahead_.empty()) return source_.next();
    auto part = std::move(ahead_.front());
    ahead_.pop_front();
    return part;
  }
  std::optional<std::uint64_t> size() const override { return source_.size(); }

 private:
  PartSource& source_;
  std::deque<Body> ahead_;
  bool ended_ = false;
};

S3Request head_of(const std::string& bucket, const std::string& key, const MultipartUploadOptions& options) {
  auto head = head_object(bucket, key);
  for (const auto& [name, value] : options.part_headers) head.header(name, value);
  return head;
}

Result<Proof> proof_by_head(S3Client& client, const std::string& bucket, const std::string& key,
                            StoredObject& stored, const Checksum& content, bool parts_proven,
                            const MultipartUploadOptions& options) {
  const auto facts = object_facts(client, head_of(bucket, key, options), {options.retries, options.stop});
  if (!facts) return std::unexpected(facts.error());
  if (facts->size != stored.bytes) {
    return std::unexpected(ClientError(
        ErrorKind::damaged, fmt::format("{} bytes were sent, and {} lie there", stored.bytes, facts->size)));
  }
  if (facts->full_checksum && facts->full_checksum->algorithm == content.algorithm) {
    stored.checksum = facts->full_checksum;
    if (*facts->full_checksum == content) return Proof::checksum;
    return std::unexpected(ClientError(
        ErrorKind::damaged,
        fmt::format("the {} of what was sent is {}, of what lies there {}", traits(content.algorithm).name,
                    content.base64(), facts->full_checksum->base64())));
  }
  return parts_proven ? Proof::etag : Proof::size;
}

struct Digests {
  Checksum content;  ///< CRC64NVME
  std::optional<Checksum> stated;
  std::string md5;
};

std::expected<Digests, std::string> digests_of(const Body& body, std::optional<ChecksumAlgorithm> algorithm) {
  Checksummer content(ChecksumAlgorithm::crc64nvme);
  Checksummer stated(algorithm.value_or(ChecksumAlgorithm::crc64nvme));
  Digest md5(DigestKind::md5);
  const auto read = read_whole(body, [&](ByteView bytes) {
    content.update(bytes);
    if (algorithm) stated.update(bytes);
    md5.update(bytes);
  });
  if (!read) return std::unexpected(read.error());
  return Digests{content.finish(), algorithm ? std::optional(stated.finish()) : std::nullopt,
                 to_hex(md5.finish())};
}

std::expected<StoredObject, UploadTrouble> put_whole(S3Client& client, const std::string& bucket,
                                                     const std::string& key, Body body,
                                                     const MultipartUploadOptions& options) {
  StoredObject stored;
  stored.bytes = body.length();
  const auto whole = digests_of(body, options.checksum);
  if (!whole) return std::unexpected(UploadTrouble{{ErrorKind::source, whole.error()}, {}, std::nullopt});
  auto request = put_object(bucket, key, std::move(body));
  request.headers = options.headers;
  for (const auto& [name, value] : options.completion_headers) {
    if (!request.headers.has(name)) request.header(name, value);
  }
  const auto plain = request;
  const auto& sent = whole->stated;
  if (sent) {
    request.header(std::string(traits(sent->algorithm).header), sent->base64());
  }
  const CallPolicy call_policy{options.retries, options.stop};
  auto answer = call(client, request, call_policy);
  if (!answer && sent && refuses_checksum(answer.error())) answer = call(client, plain, call_policy);
  if (!answer) return std::unexpected(UploadTrouble{answer.error(), {}, std::nullopt});

  if (options.progress) options.progress(stored.bytes);
  stored.etag = ETag::from_client(answer->headers.value("etag"));
  if (sent) {
    if (const auto told = answer->headers.get(traits(sent->algorithm).header)) {
      stored.checksum = Checksum::from_base64(sent->algorithm, *told);
      stored.proof = Proof::checksum;
      if (stored.checksum == sent) return stored;
      return std::unexpected(UploadTrouble{
          {ErrorKind::damaged, fmt::format("the {} of what was sent is {}, and the service has {}",
                                           traits(sent->algorithm).name, sent->base64(), *told)},
          {},
          std::nullopt});
    }
  }
  const bool same_md5 = stored.etag.text() == whole->md5;
  const auto proof = proof_by_head(client, bucket, key, stored, whole->content, same_md5, options);
  if (!proof) return std::unexpected(UploadTrouble{proof.error(), {}, std::nullopt});
  stored.proof = *proof;
  return stored;
}

/// The checksum that Complete told of the whole.
std::optional<Checksum> told_of_whole(const CompletedUpload& completed) {
  for (const auto& [element, value] : completed.checksums) {
    for (const auto& row : checksum_table()) {
      if (row.element == element && completed.checksum_type != to_string(ChecksumType::composite))
        return Checksum::from_base64(row.algorithm, value);
    }
  }
  return std::nullopt;
}

}  // namespace

std::expected<StoredObject, UploadTrouble> store_object(S3Client& client, const std::string& bucket,
                                                        const std::string& key, PartSource& source,
                                                        const MultipartUploadOptions& options) {
  LookedAhead ahead(source);
  if (!options.begun) {
    // Parts are few enough to be looked at before a slot is taken; a plain object is stored under one.
    for (int i = 0; i < 2; ++i) {
      if (const auto looked = ahead.look(); !looked) {
        const auto kind = options.stop.stop_requested() ? ErrorKind::stopped : ErrorKind::source;
        return std::unexpected(UploadTrouble{{kind, looked.error()}, {}, std::nullopt});
      }
    }
    if (ahead.ahead() < 2) {
      const auto whole = ahead.next();
      return put_whole(client, bucket, key, *whole ? **whole : Body(), options);
    }
  }
  auto uploaded = upload_in_parts(client, bucket, key, ahead, options);
  if (!uploaded && uploaded.error().upload_id.empty() && options.checksum &&
      refuses_checksum(uploaded.error().error)) {
    auto without = options;
    without.checksum.reset();
    uploaded = upload_in_parts(client, bucket, key, ahead, without);
  }
  if (!uploaded) return std::unexpected(uploaded.error());

  StoredObject stored{uploaded->bytes, uploaded->parts, uploaded->kept, uploaded->completed.etag, {}, {}};
  stored.checksum = told_of_whole(uploaded->completed);
  if (stored.checksum == uploaded->content) {
    stored.proof = Proof::checksum;
    return stored;
  }
  const auto proof =
      proof_by_head(client, bucket, key, stored, uploaded->content, uploaded->parts_proven, options);
  if (!proof) return std::unexpected(UploadTrouble{proof.error(), {}, std::nullopt});
  stored.proof = *proof;
  return stored;
}

Result<BegunUpload> begun_upload(S3Client& client, const UploadAddress& upload,
                                 MultipartUploadOptions& options) {
  auto listed =
      persist(CallPolicy{options.retries, options.stop}, [&] { return all_parts_page(client, upload); });
  if (!listed) return std::unexpected(listed.error());
  // What its creation declared is what its parts must have.
  options.checksum = listed->algorithm;
  return BegunUpload{upload.upload_id, std::move(listed->parts),
                     listed->checksum_type == to_string(ChecksumType::composite)};
}

}  // namespace partsmith::client
