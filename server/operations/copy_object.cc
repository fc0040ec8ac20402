#include <partsmith/protocol/dates.h>

#include "configuration/bucket_configurations.h"
#include "configuration/lifecycle.h"
#include "operations/answers.h"
#include "operations/conditions.h"
#include "operations/copy_source.h"
#include "operations/object_headers.h"
#include "operations/object_lock.h"
#include "operations/operations.h"
#include "operations/stored_headers.h"
#include "operations/uploads.h"

namespace partsmith::server {
namespace {

/// COPY (also when absent) or REPLACE of `what`. InvalidArgument otherwise.
S3Result<bool> replaces(const Visit& visit, std::string_view header, std::string_view what) {
  const auto directive = visit.headers().get(header);
  if (!directive || *directive == "COPY") return false;
  if (*directive == "REPLACE") return true;
  return invalid_argument("Unknown " + std::string(what) + " directive.", std::string(header),
                          std::string(*directive));
}

/// A copy onto itself must change something; naming a storage class is enough, an ACL is not (recorded:
/// copy-object-in-place). A customer key on either side is a change too, for the bytes are encrypted anew.
/// So is a bucket that has an encryption configuration of its own (recorded:
/// copy-in-place-bucket-encryption). Copying an object with a KMS key onto itself takes the key away, unless
/// the bucket has one (recorded: copy-in-place-kms); of the source that is known later.
bool changes_something(const Visit& visit, bool replaces_metadata) {
  const protocol::Headers& headers = visit.headers();
  const auto encryption = visit.world().configurations->encryption(visit.bucket());
  return replaces_metadata || (encryption && *encryption) || headers.has("x-amz-storage-class") ||
         headers.has("x-amz-website-redirect-location") || headers.has("x-amz-server-side-encryption") ||
         headers.has("x-amz-server-side-encryption-customer-algorithm") ||
         headers.has("x-amz-copy-source-server-side-encryption-customer-algorithm");
}

S3Result<storage::ObjectAttributes> copied_attributes(const Visit& visit,
                                                      const std::optional<CustomerKey>& key,
                                                      const storage::ObjectInfo& source,
                                                      bool replaces_metadata) {
  const auto replaces_tags = replaces(visit, "x-amz-tagging-directive", "tagging");
  if (!replaces_tags) return std::unexpected(replaces_tags.error());
  auto attributes = attributes_from(visit, key);
  if (!attributes) return std::unexpected(std::move(attributes.error()));
  if (!replaces_metadata) {
    attributes->headers = copied_headers(source.attributes.headers, attributes->headers);
    attributes->user_metadata = source.attributes.user_metadata;
  }
  if (!*replaces_tags) attributes->tags = source.attributes.tags;
  return attributes;
}

std::unexpected<protocol::S3Error> changes_nothing() {
  return invalid_request(
      "This copy request is illegal because it is trying to copy an object to itself without changing the "
      "object's "
      "metadata, storage class, website redirect location or encryption attributes.");
}

/// The copy's checksum has the algorithm asked for, else the source's, and is always of the full object.
S3Result<ChecksumAlgorithm> copied_algorithm(const Visit& visit, const storage::ObjectInfo& source) {
  if (const auto name = visit.headers().get("x-amz-checksum-algorithm")) {
    if (const auto algorithm = checksum_algorithm_by_name(*name)) return *algorithm;
    return invalid_request(
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, "
        "CRC32C, "
        "CRC64NVME, SHA1, SHA256]");
  }
  return source.checksum ? source.checksum->checksum.algorithm : ChecksumAlgorithm::crc64nvme;
}

}  // namespace

Outcome copy_object(Visit& visit) {
  if (auto ok = refuse_half_of_a_part(visit); !ok) return std::unexpected(std::move(ok.error()));
  if (auto ok = refuse_body_of_copy(visit); !ok) return std::unexpected(std::move(ok.error()));
  const auto replaces_metadata = replaces(visit, "x-amz-metadata-directive", "metadata");
  if (!replaces_metadata) return std::unexpected(replaces_metadata.error());
  const auto key = customer_key(visit, KeyPurpose::write);
  if (!key) return std::unexpected(key.error());
  const auto source_name = copy_source(visit);
  if (!source_name) return std::unexpected(source_name.error());
  // A version that is named, be it the current one, is brought back by such a copy (reported: moto#7303,
  // versitygw#2418).
  const bool idle = source_name->bucket == visit.bucket() && source_name->key == visit.key() &&
                    !source_name->version && !changes_something(visit, *replaces_metadata);
  if (const auto bucket = visit.store().bucket(visit.bucket()); !bucket)
    return refused(bucket.error(), visit);
  auto source = open_copy_source(visit, *source_name);
  if (!source) return std::unexpected(source.error());
  const storage::ObjectInfo& original = source->info();
  const auto attributes = copied_attributes(visit, *key, original, *replaces_metadata);
  if (!attributes) return std::unexpected(attributes.error());
  // Another encryption is a change (recorded: copy-in-place-kms, from aws:kms to what the bucket has).
  if (idle && algorithm_of(attributes->encryption) == algorithm_of(original.attributes.encryption)) {
    return changes_nothing();
  }
  const auto condition = write_condition(visit);
  if (!condition) return std::unexpected(condition.error());
  if (original.size > limits::max_put_size) {
    return invalid_request(
        "The specified copy source is larger than the maximum allowable size for a copy source: " +
        std::to_string(limits::max_put_size));
  }
  const auto algorithm = copied_algorithm(visit, original);
  if (!algorithm) return std::unexpected(algorithm.error());

  auto copy = copy_of(visit, *source, ByteRange{0, original.size}, *algorithm, attributes->encryption, *key);
  if (!copy) return std::unexpected(copy.error());
  const storage::ObjectDraft draft{.attributes = *attributes,
                                   .etag = copy->etag,
                                   .checksum = ObjectChecksum{copy->checksum, ChecksumType::full_object, 0},
                                   .condition = *condition,
                                   .default_retention = default_retention(visit)};
  const auto object = visit.store().put_object(visit.bucket(), visit.key(), std::move(copy->content), draft);
  if (!object) return refused(object.error(), visit);

  protocol::XmlWriter document("CopyObjectResult");
  document.element("LastModified", protocol::iso8601(object->modified))
      .element("ETag", object->etag.quoted())
      .element("ChecksumType", to_string(object->checksum->type))
      .element(traits(object->checksum->checksum.algorithm).element, object->checksum->text());
  Response response = xml_answer(document);
  add_version(response.headers, *object);
  add_source_version(response.headers, original);
  add_encryption(response.headers, object->attributes.encryption);
  add_expiration(response, visit, *object);
  return response;
}

}  // namespace partsmith::server
