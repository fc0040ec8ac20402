#include "ended_uploads.h"

#include <functional>
#include <string>

namespace partsmith::storage {
namespace {

/// An upload id has 96 bytes that nobody guesses: two uploads of one hash are another matter than wrong ids.
std::size_t hash_of(const UploadRef& upload) {
  return std::hash<std::string>()(upload.bucket.text() + '/' + upload.key.text() + '\0' + upload.id.text());
}

}  // namespace

void EndedUploads::remember(const UploadRef& upload) {
  const std::lock_guard lock(mutex_);
  const std::size_t hash = hash_of(upload);
  if (!hashes_.insert(hash).second) return;
  in_order_.push_back(hash);
  if (in_order_.size() <= most) return;
  hashes_.erase(in_order_.front());
  in_order_.pop_front();
}

bool EndedUploads::remembers(const UploadRef& upload) const {
  const std::lock_guard lock(mutex_);
  return hashes_.contains(hash_of(upload));
}

}  // namespace partsmith::storage
