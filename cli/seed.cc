#include "seed.h"

#include <fmt/format.h>

#include <fstream>

#include <partsmith/client/content_type.h>
#include <partsmith/values/bucket_naming.h>
#include <partsmith/values/checksum.h>
#include <partsmith/values/digest.h>

#include "verbs/folder_walk.h"

namespace partsmith::cli {
namespace {

namespace fs = std::filesystem;
using Done = std::expected<void, std::string>;

Done put_file(const fs::path& file, const BucketName& bucket, const ObjectKey& key, storage::Store& store) {
  constexpr std::size_t run = 256 * limits::kib;
  const auto wrong = [&](std::string_view why) {
    return std::unexpected(fmt::format("--seed: {}: {}", file.string(), why));
  };
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return wrong("it can't be read");
  auto blob = store.new_blob(std::nullopt);
  if (!blob) return wrong(blob.error().detail);
  Digest md5(DigestKind::md5);
  Checksummer checksum(ChecksumAlgorithm::crc64nvme);
  std::string buffer(run, '\0');
  while (stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || stream.gcount() > 0) {
    const ByteView bytes =
        as_bytes(std::string_view(buffer).substr(0, static_cast<std::size_t>(stream.gcount())));
    md5.update(bytes);
    checksum.update(bytes);
    if (const auto written = (*blob)->write(bytes); !written) return wrong(written.error().detail);
  }
  if (stream.bad()) return wrong("it can't be read to its end");
  storage::ObjectDraft draft{.attributes = {},
                             .etag = ETag::from_stored(to_hex(md5.finish())),
                             .checksum = ObjectChecksum{checksum.finish(), ChecksumType::full_object, 0},
                             .condition = {}};
  draft.attributes.headers = {
      {"content-type", std::string(client::content_type_of(file.filename().string()))}};
  const auto put = store.put_object(bucket, key, storage::Content::written(*std::move(blob)), draft);
  if (!put) return wrong(put.error().detail);
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

}  // namespace

Done seed_buckets(const fs::path& seed, const std::string& region, storage::Store& store) {
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

}  // namespace partsmith::cli
