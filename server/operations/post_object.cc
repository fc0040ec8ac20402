/// The browser's form: an object from multipart/form-data, allowed by a signed policy in it. The file's bytes
/// go to disk as they come. Source: S3 API reference, "POST Object" and "Browser-Based Uploads Using POST";
/// recordings post-*.

#include <partsmith/values/digest.h>

#include "configuration/lifecycle.h"
#include "content.h"
#include "forms/posted_form.h"
#include "operations/answers.h"
#include "operations/object_headers.h"
#include "operations/object_lock.h"
#include "operations/operations.h"
#include "payload_digests.h"

namespace partsmith::server {
namespace {

/// Puts the file into the world's store.
class LocalForm final : public FormStore {
 public:
  explicit LocalForm(Visit& visit) : visit_(visit) {}

  S3Result<void> prepare() override {
    const auto bucket = visit_.store().bucket(visit_.bucket());
    if (!bucket) return refused(bucket.error(), visit_);
    return {};
  }
  S3Result<void> begin(const FormFields& fields, const File& file) override;
  S3Result<void> take(ByteView bytes) override {
    digests_->update(bytes);
    return writer_->write(bytes);
  }
  Outcome end() override;

 private:
  Response answer(const storage::ObjectInfo& object) const;

  Visit& visit_;
  storage::ObjectAttributes attributes_;
  std::optional<CustomerKey> customer_key_;
  PayloadDeclaration declaration_;
  std::optional<PayloadDigests> digests_;
  std::optional<ContentWriter> writer_;
};

S3Result<void> LocalForm::begin(const FormFields& fields, const File&) {
  auto customer = customer_key(visit_, KeyPurpose::write);
  if (!customer) return std::unexpected(std::move(customer.error()));
  customer_key_ = std::move(*customer);
  auto attributes = attributes_from(visit_, customer_key_, MetadataForm::text);
  if (!attributes) return std::unexpected(std::move(attributes.error()));
  attributes_ = std::move(*attributes);
  auto tags = form_tags(fields);
  if (!tags) return std::unexpected(std::move(tags.error()));
  attributes_.tags = std::move(*tags);
  auto declaration = declared_digests(visit_.headers());
  if (!declaration) return std::unexpected(std::move(declaration.error()));
  declaration_ = *std::move(declaration);
  digests_.emplace(visit_.world().md5_lanes, declaration_,
                   declaration_.algorithm().value_or(ChecksumAlgorithm::crc64nvme));

  auto writer = ContentWriter::open(visit_, std::nullopt, customer_key_);
  if (!writer) return std::unexpected(std::move(writer.error()));
  writer_ = std::move(*writer);
  return {};
}

Outcome LocalForm::end() {
  const ReceivedPayload received = digests_->finish();
  if (auto ok = check_md5(declaration_, received, Md5Echo::hex); !ok)
    return std::unexpected(std::move(ok.error()));
  if (declaration_.checksum) {
    if (auto ok = check_checksum(*declaration_.checksum, received); !ok)
      return std::unexpected(std::move(ok.error()));
  }
  const storage::ObjectDraft draft{
      .attributes = attributes_,
      .etag = writer_->etag(attributes_.encryption, received.md5),
      .checksum = ObjectChecksum{*received.computed, ChecksumType::full_object, 0},
      .condition = {},
      .default_retention = default_retention(visit_)};
  const auto object =
      visit_.store().put_object(visit_.bucket(), visit_.key(), std::move(*writer_).content(), draft);
  if (!object) return refused(object.error(), visit_);
  return answer(*object);
}

Response LocalForm::answer(const storage::ObjectInfo& object) const {
  Response response = empty_answer(200);
  if (!object.version.is_null()) add_version(response.headers, object);
  response.headers.add("ETag", object.etag.quoted());
  add_encryption(response.headers, object.attributes.encryption);
  add_checksum(response.headers, *object.checksum);
  add_expiration(response, visit_, object);
  return response;
}

}  // namespace

Outcome post_object(Visit& visit) {
  LocalForm form(visit);
  return receive_form(visit, form);
}

}  // namespace partsmith::server
