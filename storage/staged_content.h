#pragma once
/// Content on its way into a transaction: bytes that are completely written, or a range of a leased object.

#include <cstdint>

#include <partsmith/storage/store.h>

#include "blob_writer.h"
#include "manifests.h"
#include "object_lease.h"

namespace partsmith::storage {

class StagedContent {
 public:
  /// Finishes the writer. Content of another store is a bug and throws.
  static Result<StagedContent> stage(Content content, Engine& engine);

  std::uint64_t size() const;
  /// In the transaction: makes the content the whole of a part.
  void insert(WriteTransaction& transaction, ManifestId manifest, std::uint64_t revision) const;
  /// The commit is done: the store's total has the bytes, which count as arriving no more.
  void counted() noexcept;
  /// After the commit: a new file takes its place. Succeeds or is left to the next start, which the log
  /// tells.
  void publish(Engine& engine);
  /// Nobody knows whether the commit will show after a crash: a new file stays for the next start to decide
  /// on.
  void keep();

 private:
  explicit StagedContent(Content content) : content_(std::move(content)) {}

  Content content_;  // its writer removes the file of content that was never published
  LocalBlobWriter* writer_ = nullptr;
  const LocalObjectLease* source_ = nullptr;
};

}  // namespace partsmith::storage
