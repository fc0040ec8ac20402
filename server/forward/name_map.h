#pragma once
/// Which bucket of the upstream a bucket is, and back.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/server/server.h>

namespace partsmith::server {

struct UpstreamPlace {
  std::string bucket;
  std::string key_prefix = {};  ///< what every key begins with there
};

/// Pure functions of what it is made of.
class NameMap {
 public:
  /// `by_access_key`: each key's buckets begin, at the upstream, with a digest of the key.
  NameMap(std::vector<UpstreamBucket> rows, bool by_access_key)
      : rows_(std::move(rows)), by_access_key_(by_access_key) {}

  /// Nothing: there is no such bucket.
  std::optional<UpstreamPlace> place(std::string_view access_key, std::string_view bucket) const;
  /// The names under which clients know a bucket of the upstream.
  std::vector<std::string> names_of(std::string_view access_key, std::string_view upstream_bucket) const;
  /// Whether every bucket is there under its own name.
  bool is_identity() const { return rows_.empty() && !by_access_key_; }
  bool is_by_access_key() const { return by_access_key_; }

 private:
  std::vector<UpstreamBucket> rows_;
  bool by_access_key_;
};

/// A key as the upstream has it, and back; nothing for a key that isn't below the prefix.
std::string upstream_key(const UpstreamPlace& place, std::string_view key);
std::optional<std::string> local_key(const UpstreamPlace& place, std::string_view upstream_key);

}  // namespace partsmith::server
