#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <partsmith/client/object_copier.h>
#include <partsmith/protocol/uri.h>

#include "parallel.h"

namespace partsmith::client {
namespace {

constexpr std::array<std::string_view, 6> kept_headers{"cache-control",    "content-disposition",
                                                       "content-encoding", "content-language",
                                                       "content-type",     "expires"};

void add_all(protocol::Headers& into, const protocol::Headers& headers) {
  for (const auto& [name, value] : headers) into.set(name, value);
}

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
    add_all(request.headers, options_.headers);
    add_all(request.headers, options_.key_headers);
    add_all(request.headers, options_.conditions);
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
      for (const auto& [name, value] : facts_.headers) {
        const auto lower = protocol::lower_case(name);
        const bool kept = std::ranges::find(kept_headers, lower) != kept_headers.end();
        if (kept || lower.starts_with("x-amz-meta-")) headers.add(name, value);
      }
    }
    if (!options_.replace_tags && facts_.headers.has("x-amz-tagging-count")) {
      auto tags = tags_of_source();
      if (!tags) return std::unexpected(tags.error());
      headers.set("x-amz-tagging", *tags);
    }
    add_all(headers, options_.headers);
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

  Result<std::string> tags_of_source() {
    const auto answer = call(client_, get_object_tagging(from_.bucket, from_.key), options_.call_policy);
    if (!answer) {
      auto error = answer.error();
      error.detail = fmt::format("the source's tags cannot be read, to be copied: {}", error.detail);
      return std::unexpected(std::move(error));
    }
    const auto document = answer->document();
    const auto* set = document ? document->child("TagSet") : nullptr;
    if (set == nullptr)
      return std::unexpected(ClientError(ErrorKind::malformed, "the answer is no Tagging document"));
    std::string tags;
    for (const auto& tag : set->children) {
      tags +=
          fmt::format("{}{}={}", tags.empty() ? "" : "&",
                      protocol::uri_encode(tag.child_text("Key").value_or(""), protocol::Slash::encode),
                      protocol::uri_encode(tag.child_text("Value").value_or(""), protocol::Slash::encode));
    }
    return tags;
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
          add_all(request.headers, options_.key_headers);
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
    UploadTrouble result{std::move(error), upload_.upload_id, std::nullopt};
    if (!options_.abort_on_failure) return result;
    const auto aborted =
        with_retries(options_.call_policy.retries, {}, [&] { return abort_upload(client_, upload_); });
    if (!aborted) result.abort = aborted.error();
    return result;
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
