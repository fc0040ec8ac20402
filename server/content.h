#pragma once
/// Between an object's bytes and the store's: as they are, or encrypted with the customer's key
/// (AES-256-CTR). The store sees the same sizes either way.
///
/// Under a customer key the ETag of an object or part is random, as on S3, and is the cipher's nonce too: it
/// is stored with each part already, differs for each, and stays with the part when the upload completes. So
/// encrypted bytes can't be shared by two ETags: a copy from or to a customer key writes its bytes anew.

#include <memory>
#include <optional>

#include <partsmith/storage/store.h>
#include <partsmith/values/cipher.h>

#include "customer_key.h"
#include "visit.h"

namespace partsmith::server {

/// Receives the bytes of one object or part. Nothing is visible before the content is given to the store.
class ContentWriter {
 public:
  /// `key` is one to write with: of 32 bytes.
  static S3Result<ContentWriter> open(const Visit& visit, std::optional<std::uint64_t> expected_size,
                                      const std::optional<CustomerKey>& key);

  S3Result<void> write(ByteView bytes);
  /// The ETag of what was written: the MD5 of its bytes, but under KMS and customer keys it tells nothing of
  /// them (recorded: multipart-upload-sse-kms, multipart-upload-sse-c).
  ETag etag(const storage::Encryption& encryption, ByteView md5) const;
  storage::Content content() &&;

 private:
  struct Encrypting {
    CounterCipher::Nonce nonce;
    CounterCipher cipher;
    Bytes buffer;
  };

  ContentWriter(const Visit& visit, std::unique_ptr<storage::BlobWriter> blob)
      : visit_(&visit), blob_(std::move(blob)) {}

  const Visit* visit_;
  std::unique_ptr<storage::BlobWriter> blob_;
  std::optional<Encrypting> encrypting_;
};

/// The ETag of bytes that no customer key encrypts.
ETag content_etag(const storage::Encryption& encryption, ByteView md5);

/// Reads a held object. One thread at a time.
class ContentReader {
 public:
  /// `key` has passed check_key_of_object().
  ContentReader(std::unique_ptr<storage::ObjectLease> lease, std::optional<CustomerKey> key);

  const storage::ObjectInfo& info() const { return lease_->info(); }
  /// The stored bytes, which may be shared only when they aren't encrypted().
  storage::ObjectLease& lease() { return *lease_; }
  bool encrypted() const { return key_.has_value(); }
  /// As ObjectLease::read().
  storage::Result<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> into);
  storage::Result<std::optional<std::size_t>> read(std::uint64_t offset, BytePipe& into, std::size_t wanted);

 private:
  /// One part's place in the object, with its cipher.
  struct Part {
    std::uint64_t begin;
    std::uint64_t end;
    CounterCipher cipher;
  };

  storage::Result<void> decrypt(std::uint64_t offset, std::span<std::uint8_t> bytes);
  storage::Result<void> go_to_part_at(std::uint64_t offset);
  storage::Result<storage::ObjectLease::PartRange> part_range(std::uint32_t ordinal) const;

  std::unique_ptr<storage::ObjectLease> lease_;
  std::optional<CounterCipher::Key> key_;
  std::optional<Part> part_;  ///< the part last read
};

}  // namespace partsmith::server
