#include "bucket_requests.h"

#include <fmt/format.h>

#include <partsmith/values/bucket_naming.h>

namespace partsmith::cli {
namespace {

struct BucketRequest {
  BucketName name;
  bool versioned = false;
};

std::expected<BucketRequest, std::string> parse(std::string_view text) {
  const auto colon = text.find(':');
  const std::string name(text.substr(0, colon));
  const auto parsed = BucketName::parse(name);
  if (!parsed) return std::unexpected(*fault_of_bucket_name(name));
  if (colon == std::string_view::npos) return BucketRequest{*parsed};
  const std::string_view flag = text.substr(colon + 1);
  if (flag == "versioned") return BucketRequest{*parsed, true};
  return std::unexpected(fmt::format("there is no '{}' for a bucket to be: 'versioned' alone", flag));
}

std::expected<void, storage::StoreError> make(const BucketRequest& request, const std::string& region,
                                              storage::Store& store) {
  const auto made = store.create_bucket(request.name, region);
  if (!made && made.error().code != storage::StoreErrorCode::bucket_exists)
    return std::unexpected(made.error());
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
