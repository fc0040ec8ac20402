#include "bucket_requests.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include <partsmith/server/locked_buckets.h>
#include <partsmith/server/open_buckets.h>
#include <partsmith/values/bucket_naming.h>

namespace partsmith::cli {
namespace {

struct BucketRequest {
  BucketName name;
  bool versioned = false;
  bool locked = false;
  std::optional<server::Opening> open = {};
};

struct Flag {
  std::string_view name;
  void (*set)(BucketRequest&);
};
constexpr auto flags = std::to_array<Flag>({
    {"versioned", [](BucketRequest& bucket) { bucket.versioned = true; }},
    {"locked", [](BucketRequest& bucket) { bucket.locked = true; }},
    {"public-read", [](BucketRequest& bucket) { bucket.open = {.reads = true}; }},
    {"public-write", [](BucketRequest& bucket) { bucket.open = {.writes = true}; }},
    {"public-read-write", [](BucketRequest& bucket) { bucket.open = {.reads = true, .writes = true}; }},
});

std::expected<BucketRequest, std::string> parse(std::string_view text) {
  const auto colon = text.find(':');
  const std::string name(text.substr(0, colon));
  const auto parsed = BucketName::parse(name);
  if (!parsed) return std::unexpected(*fault_of_bucket_name(name));
  BucketRequest request{*parsed};
  text.remove_prefix(std::min(colon, text.size()));
  while (!text.empty()) {
    text.remove_prefix(1);
    const std::string_view flag = text.substr(0, text.find(':'));
    const auto* known = std::ranges::find(flags, flag, &Flag::name);
    if (known == flags.end()) {
      std::vector<std::string_view> names;
      std::ranges::transform(flags, std::back_inserter(names), &Flag::name);
      return std::unexpected(
          fmt::format("there is no '{}' for a bucket to be: {}", flag, fmt::join(names, ", ")));
    }
    known->set(request);
    text.remove_prefix(flag.size());
  }
  return request;
}

std::expected<void, storage::StoreError> make(const BucketRequest& request, const std::string& region,
                                              storage::Store& store) {
  const auto made = store.create_bucket(request.name, region);
  if (!made && made.error().code != storage::StoreErrorCode::bucket_exists)
    return std::unexpected(made.error());
  if (request.open) {
    if (auto opened = server::open_to_everyone(store, request.name, *request.open); !opened) return opened;
  }
  if (request.locked) return server::lock_bucket(store, request.name);
  if (request.versioned) return store.set_versioning(request.name, storage::Versioning::enabled);
  return {};
}

}  // namespace

std::expected<void, std::string> make_buckets(const std::vector<std::string>& requests,
                                              const std::string& region, storage::Store& store) {
  for (const std::string& text : requests) {
    const auto request = parse(text);
    if (!request) return std::unexpected(fmt::format("--bucket {}: {}", text, request.error()));
    if (const auto made = make(*request, region, store); !made)
      return std::unexpected(fmt::format("--bucket {}: {}", text, made.error().detail));
  }
  return {};
}

}  // namespace partsmith::cli
