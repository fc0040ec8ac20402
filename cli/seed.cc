#include "seed.h"

#include <fmt/format.h>

#include <partsmith/client/content_type.h>
#include <partsmith/values/bucket_naming.h>

#include "seed_content.h"
#include "text_file.h"
#include "verbs/folder_walk.h"

namespace partsmith::cli {
namespace {

namespace fs = std::filesystem;
using Done = std::expected<void, std::string>;

Done put_file(const fs::path& file, const BucketName& bucket, const ObjectKey& key, storage::Store& store) {
  const auto wrong = [&](std::string_view why) {
    return std::unexpected(fmt::format("--seed: {}: {}", file.string(), why));
  };
  auto content = SeedContent::begin(store, ChecksumAlgorithm::crc64nvme);
  if (!content) return wrong(content.error());
  if (const auto read = content->add_file(file); !read) return wrong(read.error());
  storage::ObjectAttributes attributes;
  attributes.headers = {{"content-type", std::string(client::content_type_of(file.filename().string()))}};
  const auto put = put_seed(store, bucket, key, *std::move(content), std::move(attributes));
  if (!put) return wrong(put.error());
  return {};
}

Done fill_bucket(const fs::path& folder, const BucketName& bucket, storage::Store& store) {
  Done done;
  FolderWalk walk;
  walk.follow_links = false;
  walk.file = [&](const fs::path& file) {
    const std::string name = file.lexically_relative(folder).generic_string();
    if (const auto key = ObjectKey::parse(name)) {
      done = put_file(file, bucket, *key, store);
    } else {
      done = std::unexpected(fmt::format("--seed: {}: its path is no key", file.string()));
    }
    return done.has_value();
  };
  walk.refuse = [&](const fs::path& path, const std::string& why) {
    if (done) done = std::unexpected(fmt::format("--seed: {}: {}", path.string(), why));
  };
  if (auto walked = walk_folder(folder, walk); !walked) return walked;
  return done;
}

Done seed_from_folder(const fs::path& seed, const std::string& region, storage::Store& store) {
  std::error_code error;
  const fs::directory_iterator folders(seed, error);
  if (error) return std::unexpected(fmt::format("--seed {}: {}", seed.string(), error.message()));
  for (const auto& entry : folders) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_directory())
      return std::unexpected(
          fmt::format("--seed: {}: a folder for each bucket is wanted", entry.path().string()));
    const auto bucket = BucketName::parse(name);
    if (!bucket) return std::unexpected(fmt::format("--seed: {}: {}", name, *fault_of_bucket_name(name)));
    const auto made = store.create_bucket(*bucket, region);
    if (!made && made.error().code != storage::StoreErrorCode::bucket_exists) {
      return std::unexpected(fmt::format("--seed: {}: {}", name, made.error().detail));
    }
    if (auto filled = fill_bucket(entry.path(), *bucket, store); !filled) return filled;
  }
  return {};
}

}  // namespace

Done seed_store(const fs::path& seed, const std::string& region, storage::Store& store) {
  if (std::error_code error; !fs::is_regular_file(seed, error)) return seed_from_folder(seed, region, store);
  const auto text = read_text_file(seed);
  const auto wrong = [&](std::string_view why) {
    return std::unexpected(fmt::format("--seed {}: {}", seed.string(), why));
  };
  if (!text) return wrong(text.error());
  const auto done = seed_from_document(*text, seed.parent_path(), region, store);
  if (!done) return wrong(done.error());
  return {};
}

}  // namespace partsmith::cli
