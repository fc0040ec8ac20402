#pragma once
/// Customer keys (SSE-C): keys that come with every request and are never kept. Of a key the store has the
/// MD5 alone. Source: S3 user guide, "Using server-side encryption with customer-provided keys"; recordings
/// put-object-sse-c-errors, get-object-sse-c-errors, multipart-upload-sse-c-errors.

#include <optional>
#include <string>

#include <partsmith/storage/types.h>
#include <partsmith/values/encoding.h>

#include "visit.h"

namespace partsmith::server {

struct CustomerKey {
  static constexpr std::size_t size = 32;  ///< of a key that encrypts, in bytes

  Bytes bytes;      ///< of a request that reads, of any size: a key of another size is just a wrong one
  std::string md5;  ///< of the bytes, in base64, as the client gave it and as answers tell it
};

enum class KeyPurpose {
  write,             ///< of the object, upload or part that is made
  read,              ///< of the object that is read
  read_copy_source,  ///< the same in the headers of a copy's source
};

/// The key that the request brings, if it brings one. InvalidArgument (beside another encryption, without
/// algorithm, key or MD5, not of that MD5; to write also: not of 32 bytes), InvalidEncryptionAlgorithmError.
S3Result<std::optional<CustomerKey>> customer_key(const Visit& visit, KeyPurpose purpose);

/// Whether this is the key that the object was made with. InvalidRequest when it is missing or not wanted,
/// AccessDenied when it is another.
S3Result<void> check_key_of_object(const storage::Encryption& encryption,
                                   const std::optional<CustomerKey>& key);

/// Whether this is the key that the upload was created with: InvalidRequest otherwise.
S3Result<void> check_key_of_upload(const storage::Encryption& encryption,
                                   const std::optional<CustomerKey>& key);

}  // namespace partsmith::server
