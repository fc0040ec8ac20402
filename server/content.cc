#include "content.h"

#include <algorithm>
#include <stdexcept>

#include <partsmith/values/random.h>

#include "operations/answers.h"

namespace partsmith::server {
namespace {

CounterCipher::Key cipher_key(const CustomerKey& key) {
  CounterCipher::Key bytes{};
  if (key.bytes.size() != bytes.size())
    throw std::logic_error("a customer key of another size was let through");
  std::ranges::copy(key.bytes, bytes.begin());
  return bytes;
}

std::unexpected<storage::StoreError> damaged(const char* what) {
  return std::unexpected(storage::StoreError{storage::StoreErrorCode::damaged, what});
}

storage::Result<CounterCipher::Nonce> nonce_of(const ETag& etag) {
  CounterCipher::Nonce nonce{};
  const auto bytes = from_hex(etag.text());
  if (!bytes || bytes->size() != nonce.size()) return damaged("the ETag of an encrypted part is no nonce");
  std::ranges::copy(*bytes, nonce.begin());
  return nonce;
}

}  // namespace

S3Result<ContentWriter> ContentWriter::open(const Visit& visit, std::optional<std::uint64_t> expected_size,
                                            const std::optional<CustomerKey>& key) {
  auto blob = visit.store().new_blob(expected_size);
  if (!blob) return refused(blob.error(), visit);
  ContentWriter writer(visit, std::move(*blob));
  if (key) {
    CounterCipher::Nonce nonce{};
    fill_random(nonce);
    writer.encrypting_.emplace(Encrypting{nonce, CounterCipher(cipher_key(*key), nonce), {}});
  }
  return writer;
}

S3Result<void> ContentWriter::write(ByteView bytes) {
  if (encrypting_) {
    encrypting_->buffer.assign(bytes.begin(), bytes.end());
    encrypting_->cipher.apply(blob_->size(), encrypting_->buffer);
    bytes = encrypting_->buffer;
  }
  if (const auto written = blob_->write(bytes); !written) return refused(written.error(), *visit_);
  return {};
}

ETag ContentWriter::etag(const storage::Encryption& encryption, ByteView md5) const {
  return encrypting_ ? ETag::from_stored(to_hex(encrypting_->nonce)) : content_etag(encryption, md5);
}

storage::Content ContentWriter::content() && {
  return storage::Content::written(std::move(blob_));
}

ETag content_etag(const storage::Encryption& encryption, ByteView md5) {
  return ETag::from_stored(is_under_kms(encryption) ? random_hex(md5.size()) : to_hex(md5));
}

ContentReader::ContentReader(std::unique_ptr<storage::ObjectLease> lease, std::optional<CustomerKey> key)
    : lease_(std::move(lease)) {
  if (key) key_ = cipher_key(*key);
}

storage::Result<std::size_t> ContentReader::read(std::uint64_t offset, std::span<std::uint8_t> into) {
  const auto got = lease_->read(offset, into);
  if (!got || !key_) return got;
  if (auto ok = decrypt(offset, into.first(*got)); !ok) return std::unexpected(std::move(ok.error()));
  return got;
}

storage::Result<std::optional<std::size_t>> ContentReader::read(std::uint64_t offset, BytePipe& into,
                                                                std::size_t wanted) {
  if (key_) return std::nullopt;
  return lease_->read(offset, into, wanted);
}

/// The bytes may be of several parts.
storage::Result<void> ContentReader::decrypt(std::uint64_t offset, std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    if (auto ok = go_to_part_at(offset); !ok) return ok;
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), part_->end - offset));
    part_->cipher.apply(offset - part_->begin, bytes.first(piece));
    offset += piece;
    bytes = bytes.subspan(piece);
  }
  return {};
}

storage::Result<void> ContentReader::go_to_part_at(std::uint64_t offset) {
  if (part_ && part_->begin <= offset && offset < part_->end) return {};
  // The last part that begins at or before the offset.
  std::uint32_t first = 1;
  std::uint32_t last = info().part_count;
  while (first < last) {
    const std::uint32_t middle = last - (last - first) / 2;
    const auto range = part_range(middle);
    if (!range) return std::unexpected(range.error());
    if (range->offset <= offset) {
      first = middle;
    } else {
      last = middle - 1;
    }
  }
  const auto found = part_range(first);
  if (!found) return std::unexpected(found.error());
  const std::uint64_t end = found->offset + found->part.size;
  if (offset < found->offset || offset >= end) return damaged("no part holds the byte that was read");
  const auto nonce = nonce_of(found->part.etag);
  if (!nonce) return std::unexpected(nonce.error());
  part_.emplace(Part{found->offset, end, CounterCipher(*key_, *nonce)});
  return {};
}

storage::Result<storage::ObjectLease::PartRange> ContentReader::part_range(std::uint32_t ordinal) const {
  auto range = lease_->part(ordinal);
  if (!range) return std::unexpected(std::move(range.error()));
  if (!*range) return damaged("an object has fewer parts than it counts");
  return std::move(**range);
}

}  // namespace partsmith::server
