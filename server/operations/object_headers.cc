#include "operations/object_headers.h"

#include <algorithm>
#include <array>
#include <set>

#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/field_syntax.h>

#include "access.h"
#include "configuration/bucket_encryption.h"
#include "operations/answers.h"
#include "operations/encoded_words.h"
#include "operations/listing_parameters.h"
#include "operations/object_lock.h"
#include "operations/stored_headers.h"
#include "tags.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::Headers;
using protocol::S3Error;

constexpr auto storage_classes =
    std::to_array<std::string_view>({"STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA",
                                     "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE", "GLACIER_IR"});

S3Result<storage::NameValues> user_metadata(const Headers& headers, MetadataForm form) {
  storage::NameValues metadata;
  std::size_t bytes = 0;
  for (const auto& [name, value] : headers) {
    const std::string lower = protocol::lower_case(name);
    if (!is_user_metadata(lower)) continue;
    const std::string short_name = lower.substr(user_metadata_prefix.size());
    const std::string text =
        form == MetadataForm::text ? value : metadata_from_header(protocol::trimmed(value));
    bytes += short_name.size() + text.size();
    if (bytes > limits::max_user_metadata_bytes) continue;  // refused, and only their size counts
    const auto same = std::ranges::find(metadata, short_name, &storage::NameValues::value_type::first);
    if (same != metadata.end()) {
      same->second += ',' + text;
    } else {
      metadata.emplace_back(short_name, text);
    }
  }
  if (bytes > limits::max_user_metadata_bytes) {
    return std::unexpected(S3Error(ErrorCode::MetadataTooLarge)
                               .with("Size", std::to_string(bytes))
                               .with("MaxSizeAllowed", std::to_string(limits::max_user_metadata_bytes)));
  }
  return metadata;
}

S3Result<storage::NameValues> tags(const Headers& headers) {
  storage::NameValues result;
  const auto header = headers.get("x-amz-tagging");
  if (!header) return result;
  const auto malformed = [&] {
    return invalid_argument(
        "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without "
        "tag name "
        "duplicates.",
        "x-amz-tagging", std::string(*header));
  };
  // A comma would be encoded in a URL's query; here it stands where & belongs (recorded:
  // object-tagging-missing-bucket-or-key-and-bad-header).
  if (header->find(',') != std::string_view::npos) return malformed();
  const auto query = protocol::Query::parse(*header);
  if (!query) return malformed();
  std::set<std::string> names;
  for (const auto& tag : query->parameters()) {
    if (tag.name.empty() || !names.insert(tag.name).second) return malformed();
    result.emplace_back(tag.name, tag.value);
  }
  if (auto ok = check_tags(result, object_tag_rules); !ok) return std::unexpected(std::move(ok.error()));
  return result;
}

/// Of the key that S3 takes when none is named: one for all buckets of the account (recorded:
/// kms-default-key).
constexpr std::string_view default_kms_key = "5f0cd7a2-3a87-4c4e-9b1e-6d1c2f7d0a35";

/// A key is told by its ARN, also when it was named by its ID alone (recorded: multipart-upload-sse-kms).
std::string kms_key_arn(const Visit& visit, std::string_view key) {
  if (key.starts_with("arn:") || key.starts_with("alias/")) return std::string(key);
  return "arn:aws:kms:" + visit.principal().region + ':' + account_number + ":key/" +
         std::string(key.empty() ? default_kms_key : key);
}

/// "arn:aws:kms:us-east-1:000000000000:key/ID", "key/ID" and "ID" name one key.
std::string_view name_within_arn(std::string_view key) {
  key.remove_prefix(key.rfind(':') + 1);
  if (key.starts_with("key/")) key.remove_prefix(4);
  return key;
}

/// "eu-west-1" of "arn:aws:kms:eu-west-1:…"; nothing of other names.
std::string_view region_of_arn(std::string_view key) {
  constexpr std::string_view beginning = "arn:aws:kms:";
  if (!key.starts_with(beginning)) return {};
  key.remove_prefix(beginning.size());
  return key.substr(0, key.find(':'));
}

/// What KMS says of a key that it hasn't. Texts: adobe/S3Mock's tests on Amazon S3, apache/hadoop's
/// documentation; docs/kinds/known-keys.md.
std::string unknown_key_text(const Visit& visit, std::string_view key) {
  const std::string_view region = region_of_arn(key);
  if (!region.empty() && region != visit.principal().region) return "Invalid arn " + std::string(region);
  if (!region.empty()) return "Key '" + std::string(key) + "' does not exist";
  return "Invalid keyId '" + std::string(key) + '\'';
}

/// Of a server that was told which keys there are (--kms-key). AWS's own is there in every account.
S3Result<void> check_kms_key(const Visit& visit, std::string_view key) {
  const auto& known = visit.world().kms_keys;
  if (known.empty() || key.empty() || name_within_arn(key) == "alias/aws/s3") return {};
  const std::string_view region = region_of_arn(key);
  const bool is_elsewhere = !region.empty() && region != visit.principal().region;
  const bool is_known = std::ranges::any_of(
      known, [&](const std::string& one) { return name_within_arn(one) == name_within_arn(key); });
  if (is_known && !is_elsewhere) return {};
  return after_bucket(visit, S3Error(ErrorCode::KmsNotFoundException, unknown_key_text(visit, key)));
}

S3Result<storage::Encryption> encryption(const Visit& visit, const std::optional<CustomerKey>& key) {
  const Headers& headers = visit.headers();
  const auto of_bucket = bucket_encryption(visit);
  if (!of_bucket) return std::unexpected(of_bucket.error());
  if (key) {
    if (of_bucket->blocks_customer_keys) return std::unexpected(S3Error(ErrorCode::AccessDenied));
    return storage::CustomerKeyEncryption{key->md5};
  }
  const auto algorithm = headers.get("x-amz-server-side-encryption");
  if (algorithm && *algorithm != "AES256" && *algorithm != "aws:kms" && *algorithm != "aws:kms:dsse") {
    return invalid_argument("The encryption method specified is not supported",
                            "x-amz-server-side-encryption", std::string(*algorithm));
  }
  const std::string_view of_request = headers.value("x-amz-server-side-encryption-aws-kms-key-id");
  if (!of_request.empty() && (!algorithm || *algorithm == "AES256")) {  // aws-cli#1431, aws-cli#1660
    return invalid_argument(
        "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : "
        "aws:kms",
        "x-amz-server-side-encryption", std::string(algorithm.value_or("null")));
  }
  storage::KmsEncryption result{.algorithm = std::string(algorithm.value_or(of_bucket->algorithm))};
  if (result.algorithm == "AES256") return storage::S3Encryption{};
  const bool default_key = of_request.empty() && result.algorithm == of_bucket->algorithm;
  const std::string_view key_named = default_key ? std::string_view(of_bucket->kms_key_id) : of_request;
  if (auto ok = check_kms_key(visit, key_named); !ok) return std::unexpected(std::move(ok.error()));
  result.key_id = kms_key_arn(visit, key_named);
  result.context = headers.value("x-amz-server-side-encryption-context");
  const auto bucket_key = headers.get("x-amz-server-side-encryption-bucket-key-enabled");
  result.bucket_key_enabled =
      bucket_key ? protocol::equal_ignoring_case(*bucket_key, "true") : of_bucket->bucket_key_enabled;
  if (auto ok = check_signed_for(visit, result); !ok) return std::unexpected(std::move(ok.error()));
  return result;
}

}  // namespace

S3Result<void> check_signed_for(const Visit& visit, const storage::Encryption& encryption) {
  if (!std::holds_alternative<storage::KmsEncryption>(encryption) || visit.principal().by_version_4)
    return {};
  return invalid_argument(
      "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.",
      "Authorization", std::string(visit.request.headers.get("authorization").value_or("null")));
}

S3Result<storage::ObjectAttributes> attributes_from(const Visit& visit, const std::optional<CustomerKey>& key,
                                                    MetadataForm form) {
  const Headers& headers = visit.headers();
  if (headers.has("x-amz-write-offset-bytes")) {
    return std::unexpected(S3Error(ErrorCode::NotImplemented).with("Header", "x-amz-write-offset-bytes"));
  }
  const auto lock = lock_headers(visit);
  if (!lock) return std::unexpected(lock.error());

  storage::ObjectAttributes attributes;
  attributes.retention = lock->retention;
  attributes.legal_hold = lock->legal_hold;
  auto acl = requested_acl(visit);
  if (!acl) return std::unexpected(std::move(acl.error()));
  attributes.acl = *std::move(acl);
  auto stored = stored_headers_from(headers);
  if (!stored) return std::unexpected(std::move(stored.error()));
  attributes.headers = *std::move(stored);
  auto metadata = user_metadata(headers, form);
  if (!metadata) return std::unexpected(std::move(metadata.error()));
  attributes.user_metadata = std::move(*metadata);

  auto object_tags = tags(headers);
  if (!object_tags) return std::unexpected(std::move(object_tags.error()));
  attributes.tags = std::move(*object_tags);

  if (const auto storage_class = headers.get("x-amz-storage-class")) {
    if (std::ranges::find(storage_classes, *storage_class) == storage_classes.end()) {
      return std::unexpected(
          S3Error(ErrorCode::InvalidStorageClass).with("StorageClassRequested", std::string(*storage_class)));
    }
    attributes.storage_class = *storage_class;
  }
  auto encrypted = encryption(visit, key);
  if (!encrypted) return std::unexpected(std::move(encrypted.error()));
  attributes.encryption = std::move(*encrypted);
  return attributes;
}

S3Result<VersionId> version_from(std::string_view text, std::string_view argument) {
  if (auto version = VersionId::parse(text)) return *std::move(version);
  return invalid_argument("Invalid version id specified", std::string(argument), std::string(text));
}

S3Result<std::optional<VersionId>> named_version(const Visit& visit) {
  const auto text = visit.query().get("versionId");
  if (!text) return std::nullopt;
  if (text->empty()) return invalid_argument("Version id cannot be the empty string", "versionId", "");
  auto version = version_from(*text, "versionId");
  if (!version) return after_bucket(visit, std::move(version.error()));
  return *std::move(version);
}

void add_version(Headers& headers, const storage::ObjectInfo& object) {
  if (object.versioning != storage::Versioning::unversioned) {
    headers.add("x-amz-version-id", object.version.text());
  }
}

void add_encryption(Headers& headers, const storage::Encryption& encryption) {
  if (const auto* customer = std::get_if<storage::CustomerKeyEncryption>(&encryption)) {
    headers.add("x-amz-server-side-encryption-customer-algorithm", "AES256");
    headers.add("x-amz-server-side-encryption-customer-key-MD5", protocol::field_value(customer->key_md5));
    return;
  }
  headers.add("x-amz-server-side-encryption", protocol::field_value(algorithm_of(encryption)));
  const auto* kms = std::get_if<storage::KmsEncryption>(&encryption);
  if (kms == nullptr) return;
  if (!kms->key_id.empty()) {
    headers.add("x-amz-server-side-encryption-aws-kms-key-id", protocol::field_value(kms->key_id));
  }
  if (!kms->context.empty())
    headers.add("x-amz-server-side-encryption-context", protocol::field_value(kms->context));
  if (kms->bucket_key_enabled) headers.add("x-amz-server-side-encryption-bucket-key-enabled", "true");
}

void add_checksum(Headers& headers, const ObjectChecksum& checksum) {
  headers.add(std::string(traits(checksum.checksum.algorithm).header), checksum.text());
  headers.add("x-amz-checksum-type", std::string(to_string(checksum.type)));
}

void describe_object(Headers& headers, const storage::ObjectInfo& object) {
  const storage::ObjectAttributes& attributes = object.attributes;
  headers.add("Last-Modified", protocol::http_date(object.modified));
  headers.add("ETag", object.etag.quoted());
  add_encryption(headers, attributes.encryption);
  add_version(headers, object);
  if (attributes.storage_class != "STANDARD") {
    headers.add("x-amz-storage-class", protocol::field_value(attributes.storage_class));
  }
  if (!attributes.tags.empty()) headers.add("x-amz-tagging-count", std::to_string(attributes.tags.size()));
  headers.add("Accept-Ranges", "bytes");
  add_stored(headers, attributes);
}

}  // namespace partsmith::server
