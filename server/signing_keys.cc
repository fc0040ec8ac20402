#include "signing_keys.h"

namespace partsmith::server {

Sha256 SigningKeys::key_of(std::string_view secret_key, const protocol::sigv4::Scope& scope) {
  std::string name = scope.text();
  if (name.size() > longest_kept) return protocol::sigv4::signing_key(secret_key, scope);
  {
    const std::scoped_lock lock(mutex_);
    if (const auto found = kept_.find(name); found != kept_.end()) return found->second;
  }
  const Sha256 key = protocol::sigv4::signing_key(secret_key, scope);
  const std::scoped_lock lock(mutex_);
  if (kept_.size() >= most_kept) kept_.clear();
  kept_.emplace(std::move(name), key);
  return key;
}

}  // namespace partsmith::server
