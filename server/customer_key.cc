#include "customer_key.h"

#include <partsmith/values/digest.h>

#include "operations/answers.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

/// Every error about a key names this argument, also those about other headers (recorded).
constexpr const char* argument = "x-amz-server-side-encryption";

std::unexpected<S3Error> refused_key(std::string message) {
  return std::unexpected(
      S3Error(ErrorCode::InvalidArgument, std::move(message)).with("ArgumentName", argument));
}

/// The three headers of one key, of an object or of a copy's source.
struct KeyHeaders {
  std::optional<std::string_view> algorithm;
  std::optional<std::string_view> key;
  std::optional<std::string_view> md5;

  static KeyHeaders of(const protocol::Headers& headers, KeyPurpose purpose) {
    const std::string prefix = purpose == KeyPurpose::read_copy_source
                                   ? "x-amz-copy-source-server-side-encryption-customer-"
                                   : "x-amz-server-side-encryption-customer-";
    return {headers.get(prefix + "algorithm"), headers.get(prefix + "key"), headers.get(prefix + "key-md5")};
  }
  bool any() const { return algorithm || key || md5; }
};

}  // namespace

S3Result<std::optional<CustomerKey>> customer_key(const Visit& visit, KeyPurpose purpose) {
  const KeyHeaders given = KeyHeaders::of(visit.headers(), purpose);
  if (!given.any()) return std::nullopt;
  if (const auto other = visit.headers().get(argument); other && purpose == KeyPurpose::write) {
    return invalid_argument(
        "Server Side Encryption with Customer provided key is incompatible with the encryption method "
        "specified",
        argument, std::string(*other));
  }
  if (!given.algorithm) {
    return refused_key(
        "Requests specifying Server Side Encryption with Customer provided keys must provide a valid "
        "encryption "
        "algorithm.");
  }
  if (*given.algorithm != "AES256") {
    return std::unexpected(S3Error(ErrorCode::InvalidEncryptionAlgorithmError)
                               .with("ArgumentName", argument)
                               .with("ArgumentValue", std::string(*given.algorithm)));
  }
  if (!given.key) {
    return refused_key(
        "Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate "
        "secret "
        "key.");
  }
  auto bytes = from_base64(*given.key);
  if (!bytes || (purpose == KeyPurpose::write && bytes->size() != CustomerKey::size)) {
    return refused_key("The secret key was invalid for the specified algorithm.");
  }
  if (!given.md5) {
    return refused_key(
        "Requests specifying Server Side Encryption with Customer provided keys must provide the client "
        "calculated MD5 "
        "of the secret key.");
  }
  CustomerKey key{*std::move(bytes), std::string(*given.md5)};
  if (to_base64(md5(key.bytes)) != key.md5) {
    return refused_key("The calculated MD5 hash of the key did not match the hash that was provided.");
  }
  return key;
}

S3Result<void> check_key_of_object(const storage::Encryption& encryption,
                                   const std::optional<CustomerKey>& key) {
  const auto* customer = std::get_if<storage::CustomerKeyEncryption>(&encryption);
  if (customer == nullptr) {
    if (!key) return {};
    return invalid_request("The encryption parameters are not applicable to this object.");
  }
  if (!key) {
    return invalid_request(
        "The object was stored using a form of Server Side Encryption. The correct parameters must be "
        "provided to "
        "retrieve the object.");
  }
  if (key->bytes.size() == CustomerKey::size && key->md5 == customer->key_md5) return {};
  return std::unexpected(
      S3Error(ErrorCode::AccessDenied,
              "Requests specifying Server Side Encryption with Customer provided keys must provide "
              "the correct secret key."));
}

S3Result<void> check_key_of_upload(const storage::Encryption& encryption,
                                   const std::optional<CustomerKey>& key) {
  // The same text for a key that is missing and for one that isn't wanted (recorded:
  // multipart-upload-sse-c-errors).
  const auto* customer = std::get_if<storage::CustomerKeyEncryption>(&encryption);
  if (key.has_value() != (customer != nullptr)) {
    return invalid_request(
        "The multipart upload initiate requested encryption. Subsequent part requests must include the "
        "appropriate "
        "encryption parameters.");
  }
  if (!key || key->md5 == customer->key_md5) return {};
  return invalid_request("The provided encryption parameters did not match the ones used originally.");
}

}  // namespace partsmith::server
