#include <fmt/format.h>

#include <algorithm>

#include <partsmith/client/object_copier.h>
#include <partsmith/client/object_likeness.h>

#include "giving_up.h"
#include "parallel.h"
#include "set_all.h"

namespace partsmith::client {
namespace {

class Copy {
 public:
  Copy(S3Client& client, const S3Url& from, const ObjectFacts& facts, const S3Url& to,
       const CopyOptions& options)
      : client_(client), from_(from), facts_(facts), to_(to), options_(options) {}

  std::expected<StoredObject, UploadTrouble> run() {
    return facts_.size <= options_.threshold ? at_once() : in_parts();
  }

 private:
  static std::unexpected<UploadTrouble> trouble(ClientError error) {
    return std::unexpected(UploadTrouble{std::move(error), {}, std::nullopt});
  }

  std::expected<StoredObject, UploadTrouble> at_once() {
    auto request = copy_object(from_.bucket, from_.key, to_.bucket, to_.key);
    set_all(request.headers, options_.headers);
    set_all(request.headers, options_.key_headers);
    set_all(request.headers, options_.conditions);
    request.header("x-amz-metadata-directive", options_.replace_metadata ? "REPLACE" : "COPY");
    if (options_.replace_tags) request.header("x-amz-tagging-directive", "REPLACE");
    request.header("x-amz-copy-source-if-match", facts_.etag.quoted());
    const auto answer = call(client_, request, options_.call_policy);
    if (!answer) return trouble(answer.error());
    if (options_.progress) options_.progress(facts_.size);
    return look_at_copy(0);
  }

  /// CopyObject takes the metadata along by itself; an upload gets it told.
  Result<protocol::Headers> creation_headers() {
    protocol::Headers headers;
    if (!options_.replace_metadata) {
      headers = described_headers(facts_);
      headers.remove("x-amz-website-redirect-location");  // CopyObject doesn't take it along either
    }
    if (!options_.replace_tags) {
      auto tags = tags_of({client_, from_}, facts_, options_.call_policy);
      if (!tags) return std::unexpected(tags.error());
      if (!tags->empty()) headers.set("x-amz-tagging", *tags);
    }
    set_all(headers, options_.headers);
    for (const auto& [name, value] : options_.key_headers) {
      if (!name.starts_with("x-amz-copy-source-")) headers.set(name, value);
    }
    const auto algorithm = declared();
    headers.set("x-amz-checksum-algorithm", std::string(traits(algorithm).name));
    headers.set("x-amz-checksum-type", std::string(to_string(ChecksumType::full_object)));
    return headers;
  }

  /// The source's, where that can be had of an upload, so that the two can be compared.
  ChecksumAlgorithm declared() const {
    const bool comparable =
        facts_.full_checksum && traits(facts_.full_checksum->algorithm).full_object_allowed;
    return comparable ? facts_.full_checksum->algorithm : ChecksumAlgorithm::crc64nvme;
  }

  std::expected<StoredObject, UploadTrouble> in_parts() {
    const auto headers = creation_headers();
    if (!headers) return trouble(headers.error());
    auto creation = create_multipart_upload(to_.bucket, to_.key);
    creation.headers = *headers;
    const auto created = persist(options_.call_policy, [&] { return create_upload(client_, creation); });
    if (!created) return trouble(created.error());
    upload_ = created->address;

    auto parts = copy_parts();
    if (!parts) return std::unexpected(give_up(std::move(parts.error())));
    auto completion = complete_multipart_upload(upload_, *parts);
    completion.headers = options_.conditions;
    for (const auto& [name, value] : options_.key_headers) {
      if (!name.starts_with("x-amz-copy-source-")) completion.header(name, value);
    }
    const auto completed =
        persist(options_.call_policy, [&] { return complete_upload(client_, completion); });
    if (!completed) return std::unexpected(give_up(completed.error()));
    return look_at_copy(static_cast<std::uint32_t>(parts->size()));
  }

  Result<std::vector<ListedPart>> copy_parts() {
    const auto size = std::clamp(std::max(options_.part_size, facts_.size / limits::max_part_number + 1),
                                 limits::min_part_size, limits::max_part_size);
    const auto count = (facts_.size + size - 1) / size;
    std::vector<ListedPart> parts(static_cast<std::size_t>(count));
    std::mutex mutex;
    std::uint64_t done = 0;
    const auto copied = for_each_index(
        count, options_.workers, options_.slots, options_.call_policy.stop,
        [&](std::uint64_t index) -> Result<void> {
          const auto length = std::min(size, facts_.size - index * size);
          auto request = upload_part_copy(upload_, std::to_string(index + 1), from_.bucket, from_.key,
                                          byte_range(index * size, length));
          request.header("x-amz-copy-source-if-match", facts_.etag.quoted());
          request.stop = options_.call_policy.stop;
          set_all(request.headers, options_.key_headers);
          const auto part = persist(options_.call_policy, [&] { return put_part(client_, request); });
          if (!part) return std::unexpected(part.error());
          parts[static_cast<std::size_t>(index)] = {std::to_string(index + 1), part->etag.quoted(), {}};
          const std::scoped_lock lock(mutex);
          done += length;
          if (options_.progress) options_.progress(done);
          return {};
        });
    if (!copied) return std::unexpected(copied.error());
    return parts;
  }

  UploadTrouble give_up(ClientError error) {
    return client::give_up(client_, upload_, std::move(error), options_.call_policy.retries,
                           options_.abort_on_failure);
  }

  std::expected<StoredObject, UploadTrouble> look_at_copy(std::uint32_t parts) {
    auto head = head_object(to_.bucket, to_.key);
    for (const auto& [name, value] : options_.key_headers) {
      if (!name.starts_with("x-amz-copy-source-")) head.header(name, value);
    }
    const auto copy = object_facts(client_, head, options_.call_policy);
    if (!copy) return trouble(copy.error());
    StoredObject stored{copy->size, parts, 0, copy->etag, copy->full_checksum, Proof::size};
    if (copy->size != facts_.size) {
      return trouble({ErrorKind::damaged,
                      fmt::format("{} bytes were to be copied, and {} lie there", facts_.size, copy->size)});
    }
    const bool comparable = copy->full_checksum && facts_.full_checksum &&
                            copy->full_checksum->algorithm == facts_.full_checksum->algorithm;
    if (comparable) {
      if (copy->full_checksum != facts_.full_checksum)
        return trouble(
            {ErrorKind::damaged, fmt::format("the copy has the checksum {}, its source {}",
                                             copy->full_checksum->base64(), facts_.full_checksum->base64())});
      stored.proof = Proof::checksum;
    } else if (copy->etag == facts_.etag && copy->etag_is_md5()) {
      stored.proof = Proof::etag;
    }
    return stored;
  }

  S3Client& client_;
  const S3Url& from_;
  const ObjectFacts& facts_;
  const S3Url& to_;
  const CopyOptions& options_;
  UploadAddress upload_;
};

}  // namespace

std::expected<StoredObject, UploadTrouble> copy_object_to(S3Client& client, const S3Url& from,
                                                          const ObjectFacts& facts, const S3Url& to,
                                                          const CopyOptions& options) {
  return Copy(client, from, facts, to, options).run();
}

}  // namespace partsmith::client
