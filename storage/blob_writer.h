#pragma once
/// The local engine's BlobWriter: a few bytes stay in memory and go into the database, more become a file in
/// incoming/.

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include <partsmith/storage/store.h>

#include "files/blob_folder.h"
#include "quota.h"

namespace partsmith::storage {

class LocalBlobWriter final : public BlobWriter {
 public:
  static constexpr std::uint64_t inline_limit = 8 * limits::kib;  ///< up to this size a blob has no file

  LocalBlobWriter(BlobFolder& folder, Quota& quota, std::optional<std::uint64_t> expected_size);
  ~LocalBlobWriter() override { quota_.release(reserved_); }

  Result<void> write(ByteView bytes) override;
  std::uint64_t size() const override { return size_; }

  /// No more bytes will come: what there is becomes as durable as the store promises.
  Result<void> finish();
  /// The bytes are committed: the store's total has them.
  void counted() { quota_.release(std::exchange(reserved_, 0)); }
  bool belongs_to(const BlobFolder& folder) const { return &folder == &folder_; }
  /// When finished: the file, or nothing and the bytes are inline_bytes().
  IncomingFile* file() { return file_.get(); }
  ByteView inline_bytes() const { return buffer_; }

 private:
  Result<void> append(ByteView bytes);
  Result<void> write_to_file(ByteView bytes);
  Result<void> flush();

  BlobFolder& folder_;
  Quota& quota_;
  std::uint64_t reserved_ = 0;
  Bytes buffer_;  // not yet in the file; small writes are gathered
  std::unique_ptr<IncomingFile> file_;
  std::uint64_t size_ = 0;
  std::optional<StoreError> failure_;  // after one, the bytes are not whole
};

}  // namespace partsmith::storage
