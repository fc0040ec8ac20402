#include "forward/name_map.h"

#include <fmt/format.h>

#include <algorithm>

#include <partsmith/values/digest.h>
#include <partsmith/values/encoding.h>
#include <partsmith/values/names.h>

namespace partsmith::server {
namespace {

/// What the pattern's `*` stands for; an empty text where the pattern has none and is the name.
std::optional<std::string> match(std::string_view pattern, std::string_view name) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == name ? std::optional<std::string>("") : std::nullopt;
  const std::string_view before = pattern.substr(0, star);
  const std::string_view after = pattern.substr(star + 1);
  if (name.size() <= before.size() + after.size() || !name.starts_with(before) || !name.ends_with(after))
    return std::nullopt;
  return std::string(name.substr(before.size(), name.size() - before.size() - after.size()));
}

std::string filled(std::string_view pattern, std::string_view text) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return std::string(pattern);
  return std::string(pattern.substr(0, star)).append(text).append(pattern.substr(star + 1));
}

/// Eight digits of a digest: names of buckets are short, and anybody may read them.
std::string world_prefix(std::string_view access_key) {
  constexpr std::size_t digits = 8;
  return to_hex(sha256(as_bytes(access_key))).substr(0, digits) + '-';
}

bool could_be_a_name(std::string_view pattern) {
  const std::string one = filled(pattern, "abc");
  return one.find('*') == std::string::npos && BucketName::parse(one).has_value();
}

}  // namespace

std::expected<UpstreamBucket, std::string> UpstreamBucket::parse(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return std::unexpected(fmt::format("'{}': {}, as in films=prod-films/dev/ or *=team-*", text, why));
  };
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos)
    return wrong("a bucket, = and where it is at the upstream are wanted");
  UpstreamBucket row{.name = std::string(text.substr(0, equals)), .bucket = {}};
  const std::string_view there = text.substr(equals + 1);
  const std::size_t slash = there.find('/');
  row.bucket = there.substr(0, slash);
  if (slash != std::string_view::npos) row.key_prefix = there.substr(slash + 1);
  if (!could_be_a_name(row.name) || !could_be_a_name(row.bucket)) return wrong("buckets' names are wanted");
  if (row.name.contains('*') != row.bucket.contains('*'))
    return wrong("a * stands in both buckets' names or in none");
  return row;
}

std::optional<UpstreamPlace> NameMap::place(std::string_view access_key, std::string_view bucket) const {
  if (by_access_key_ && access_key.empty()) return std::nullopt;
  const std::string world = by_access_key_ ? world_prefix(access_key) : std::string();
  const auto named = [&](std::string name, std::string prefix) -> std::optional<UpstreamPlace> {
    std::string whole = world + std::move(name);
    if (!BucketName::parse(whole)) return std::nullopt;  // too long
    return UpstreamPlace{std::move(whole), std::move(prefix)};
  };
  if (rows_.empty()) return named(std::string(bucket), {});
  for (const UpstreamBucket& row : rows_) {
    if (const auto text = match(row.name, bucket)) return named(filled(row.bucket, *text), row.key_prefix);
  }
  return std::nullopt;
}

std::vector<std::string> NameMap::names_of(std::string_view access_key,
                                           std::string_view upstream_bucket) const {
  const std::string_view whole = upstream_bucket;
  if (by_access_key_) {
    const std::string world = world_prefix(access_key);
    if (access_key.empty() || !upstream_bucket.starts_with(world)) return {};
    upstream_bucket.remove_prefix(world.size());
  }
  if (rows_.empty()) return {std::string(upstream_bucket)};
  std::vector<std::string> names;
  for (const UpstreamBucket& row : rows_) {
    const auto text = match(row.bucket, upstream_bucket);
    if (!text) continue;
    std::string name = filled(row.name, *text);
    // An earlier row may have the name for another place.
    const auto found = place(access_key, name);
    const bool is_there = found && found->bucket == whole && found->key_prefix == row.key_prefix;
    if (is_there && std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  }
  return names;
}

std::string upstream_key(const UpstreamPlace& place, std::string_view key) {
  return std::string(place.key_prefix).append(key);
}

std::optional<std::string> local_key(const UpstreamPlace& place, std::string_view upstream_key) {
  if (!upstream_key.starts_with(place.key_prefix)) return std::nullopt;
  return std::string(upstream_key.substr(place.key_prefix.size()));
}

}  // namespace partsmith::server
