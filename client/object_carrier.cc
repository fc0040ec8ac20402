#include <fmt/format.h>

#include <algorithm>

#include <partsmith/client/object_body.h>
#include <partsmith/client/object_carrier.h>

#include "giving_up.h"
#include "parallel.h"
#include "part_boundaries.h"
#include "refused_checksum.h"
#include "set_all.h"

namespace partsmith::client {
namespace {

constexpr std::size_t hex_md5 = 32;

/// What the source has, as it would be declared of an upload.
struct DeclaredChecksum {
  ChecksumAlgorithm algorithm{};
  ChecksumType type = ChecksumType::full_object;
};

std::optional<DeclaredChecksum> declared_by(const ObjectFacts& facts) {
  for (const auto& row : checksum_table()) {
    const auto value = facts.headers.get(row.header);
    if (!value) continue;
    const auto told = checksum_type_by_name(facts.headers.value("x-amz-checksum-type"));
    const bool over_parts = value->find('-') != std::string_view::npos;
    return DeclaredChecksum{row.algorithm,
                            told.value_or(over_parts ? ChecksumType::composite : ChecksumType::full_object)};
  }
  return std::nullopt;
}

class Carrying {
 public:
  Carrying(const ObjectAt& from, const ObjectFacts& facts, S3Client& client, const S3Url& to,
           const CarryOptions& options)
      : from_(from),
        facts_(facts),
        client_(client),
        to_(to),
        options_(options),
        declared_(declared_by(facts)),
        get_(from.addressed(get_object({}, {}))) {}

  std::expected<StoredObject, UploadTrouble> run() {
    auto parts = parts_of_object(
        from_, facts_, {options_.part_size, options_.workers, options_.call_policy, options_.slots});
    if (!parts) return trouble(parts.error());
    parts_ = *std::move(parts);
    return parts_.empty() ? at_once() : in_parts();
  }

 private:
  static std::unexpected<UploadTrouble> trouble(ClientError error) {
    return std::unexpected(UploadTrouble{std::move(error), {}, std::nullopt});
  }

  std::expected<StoredObject, UploadTrouble> at_once() {
    ContentWitness::Expected expected{facts_.full_checksum};
    if (facts_.etag_is_md5() && facts_.etag.text().size() == hex_md5) expected.md5 = facts_.etag.text();
    const auto witness = std::make_shared<ContentWitness>(std::move(expected));
    auto request =
        put_object(to_.bucket, to_.key,
                   object_body(from_.client, get_, facts_, {0, facts_.size}, options_.call_policy, witness));
    set_all(request.headers, options_.headers);
    set_all(request.headers, options_.key_headers);
    set_all(request.headers, options_.conditions);
    const auto plain = request;
    const auto& checksum = facts_.full_checksum;
    if (checksum) request.header(std::string(traits(checksum->algorithm).header), checksum->base64());
    auto answer = call(client_, request, options_.call_policy);
    if (!answer && checksum && refuses_checksum(answer.error()))
      answer = call(client_, plain, options_.call_policy);
    if (!answer) return trouble(answer.error());
    if (options_.progress) options_.progress(facts_.size);
    const auto etag = ETag::from_client(answer->headers.value("etag"));
    const bool proven = etag.text() == witness->md5();
    if (!proven) return look(0, false);
    const bool told =
        checksum && answer->headers.value(traits(checksum->algorithm).header) == checksum->base64();
    return StoredObject{facts_.size, 0, 0, etag, checksum, told ? Proof::checksum : Proof::etag};
  }

  std::expected<StoredObject, UploadTrouble> in_parts() {
    if (auto begun = begin(); !begun) return trouble(std::move(begun.error()));
    auto listed = send_parts();
    if (!listed) return std::unexpected(give_up(std::move(listed.error())));
    auto completion = complete_multipart_upload(upload_, *listed);
    set_all(completion.headers, options_.key_headers);
    set_all(completion.headers, options_.conditions);
    if (accepted_ && declared_->type == ChecksumType::full_object && facts_.full_checksum) {
      completion.header(std::string(traits(declared_->algorithm).header), facts_.full_checksum->base64());
      completion.header("x-amz-checksum-type", std::string(to_string(ChecksumType::full_object)));
    }
    int attempts = 0;
    const auto completed = persist(options_.call_policy, [&] {
      ++attempts;
      return complete_upload(client_, completion);
    });
    // What an attempt did whose answer was lost shows below.
    const bool perhaps_done = !completed && attempts > 1 && completed.error().failure &&
                              completed.error().failure->code == "NoSuchUpload";
    if (!completed && !perhaps_done) return std::unexpected(give_up(completed.error()));
    auto stored = look(static_cast<std::uint32_t>(parts_.size()), completed && proven_);
    if (stored && !completed && stored->proof == Proof::size) return trouble(completed.error());
    return stored;
  }

  Result<void> begin() {
    auto creation = create_multipart_upload(to_.bucket, to_.key);
    set_all(creation.headers, options_.headers);
    set_all(creation.headers, options_.key_headers);
    const auto plain = creation;
    if (declared_) {
      creation.header("x-amz-checksum-algorithm", std::string(traits(declared_->algorithm).name));
      creation.header("x-amz-checksum-type", std::string(to_string(declared_->type)));
    }
    const auto create = [&](const S3Request& request) {
      return persist(options_.call_policy, [&] { return create_upload(client_, request); });
    };
    auto created = create(creation);
    if (!created && declared_ && refuses_checksum(created.error())) created = create(plain);
    if (!created) return std::unexpected(created.error());
    upload_ = created->address;
    accepted_ = declared_ && created->headers.has("x-amz-checksum-algorithm");
    return {};
  }

  Result<std::vector<ListedPart>> send_parts() {
    std::vector<ListedPart> listed(parts_.size());
    std::uint64_t done = 0;
    const auto sent = for_each_index(parts_.size(), options_.workers, options_.slots,
                                     options_.call_policy.stop, [&](std::uint64_t index) -> Result<void> {
                                       auto part = send(static_cast<std::size_t>(index));
                                       if (!part) return std::unexpected(std::move(part.error()));
                                       const std::scoped_lock lock(mutex_);
                                       listed[static_cast<std::size_t>(index)] = *std::move(part);
                                       done += parts_[static_cast<std::size_t>(index)].span.length;
                                       if (options_.progress) options_.progress(done);
                                       return {};
                                     });
    if (!sent) return std::unexpected(sent.error());
    return listed;
  }

  Result<ListedPart> send(std::size_t index) {
    const auto& part = parts_[index];
    ListedPart listed{std::to_string(index + 1), {}, {}};
    const auto witness = std::make_shared<ContentWitness>(ContentWitness::Expected{part.checksum});
    auto request =
        upload_part(upload_, listed.number,
                    object_body(from_.client, get_, facts_, part.span, options_.call_policy, witness));
    request.stop = options_.call_policy.stop;
    set_all(request.headers, options_.key_headers);
    if (accepted_ && part.checksum && part.checksum->algorithm == declared_->algorithm) {
      request.header(std::string(traits(declared_->algorithm).header), part.checksum->base64());
    } else if (accepted_) {
      request.payload = Payload::unsigned_trailer;
      request.trailer = declared_->algorithm;
    }
    const auto uploaded = persist(options_.call_policy, [&] { return put_part(client_, request); });
    if (!uploaded) return std::unexpected(uploaded.error());
    listed.etag = uploaded->etag.quoted();
    if (uploaded->checksum && accepted_ && declared_->type == ChecksumType::composite)
      listed.checksums.emplace_back(traits(uploaded->checksum->algorithm).element,
                                    uploaded->checksum->base64());
    if (uploaded->etag.text() != witness->md5()) {
      const std::scoped_lock lock(mutex_);
      proven_ = false;
    }
    return listed;
  }

  UploadTrouble give_up(ClientError error) {
    return client::give_up(client_, upload_, std::move(error), options_.call_policy.retries,
                           options_.abort_on_failure);
  }

  /// `proven`: ETags showed that what was stored are the bytes that came.
  std::expected<StoredObject, UploadTrouble> look(std::uint32_t parts, bool proven) {
    auto head = head_object(to_.bucket, to_.key);
    set_all(head.headers, options_.key_headers);
    const auto copy = object_facts(client_, head, options_.call_policy);
    if (!copy) return trouble(copy.error());
    StoredObject stored{copy->size, parts, 0, copy->etag, copy->full_checksum, Proof::size};
    if (copy->size != facts_.size) {
      return trouble({ErrorKind::damaged,
                      fmt::format("{} bytes were to be copied, and {} lie there", facts_.size, copy->size)});
    }
    if (declared_) {
      const auto header = traits(declared_->algorithm).header;
      const auto told = copy->headers.get(header);
      if (told && *told != facts_.headers.value(header)) {
        return trouble({ErrorKind::damaged, fmt::format("the copy has the checksum {}, its source {}", *told,
                                                        facts_.headers.value(header))});
      }
      if (told) stored.proof = Proof::checksum;
    }
    const bool same_etag = copy->etag == facts_.etag && copy->etag_is_md5() && facts_.etag_is_md5();
    if (stored.proof == Proof::size && (same_etag || (proven && copy->etag_is_md5())))
      stored.proof = Proof::etag;
    return stored;
  }

  const ObjectAt& from_;
  const ObjectFacts& facts_;
  S3Client& client_;
  const S3Url& to_;
  const CarryOptions& options_;
  const std::optional<DeclaredChecksum> declared_;
  const S3Request get_;
  std::vector<PartOfObject> parts_;
  UploadAddress upload_;
  bool accepted_ = false;  ///< the service keeps the checksum that was declared
  std::mutex mutex_;       ///< guards what follows
  bool proven_ = true;
};

}  // namespace

std::expected<StoredObject, UploadTrouble> carry_object(const ObjectAt& from, const ObjectFacts& facts,
                                                        S3Client& client, const S3Url& to,
                                                        const CarryOptions& options) {
  return Carrying(from, facts, client, to, options).run();
}

}  // namespace partsmith::client
