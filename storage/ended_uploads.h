#pragma once
/// The uploads that ended of late, by whatever: for a while Amazon S3 answers AbortMultipartUpload of them as
/// if they were open (reported: minio#2250, openstack/swift's tests of Amazon S3). One per store; safe from
/// any thread.

#include <cstddef>
#include <deque>
#include <mutex>
#include <unordered_set>

#include <partsmith/storage/types.h>

namespace partsmith::storage {

class EndedUploads {
 public:
  /// How many are remembered: the latest.
  static constexpr std::size_t most = 10'000;

  void remember(const UploadRef& upload);
  bool remembers(const UploadRef& upload) const;

 private:
  mutable std::mutex mutex_;
  std::deque<std::size_t> in_order_;
  std::unordered_set<std::size_t> hashes_;
};

}  // namespace partsmith::storage
