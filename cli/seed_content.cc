#include "seed_content.h"

#include <algorithm>
#include <fstream>

namespace partsmith::cli {
namespace {

constexpr std::size_t run = 256 * limits::kib;

}  // namespace

std::expected<SeedContent, std::string> SeedContent::begin(storage::Store& store,
                                                           ChecksumAlgorithm algorithm) {
  auto blob = store.new_blob(std::nullopt);
  if (!blob) return std::unexpected(std::move(blob.error().detail));
  return SeedContent(*std::move(blob), algorithm);
}

std::expected<void, std::string> SeedContent::add(ByteView bytes) {
  md5_.update(bytes);
  checksum_.update(bytes);
  if (auto written = blob_->write(bytes); !written) return std::unexpected(std::move(written.error().detail));
  return {};
}

std::expected<void, std::string> SeedContent::add_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return std::unexpected("it can't be read");
  std::string buffer(run, '\0');
  while (stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || stream.gcount() > 0) {
    const auto read = static_cast<std::size_t>(stream.gcount());
    if (auto added = add(as_bytes(std::string_view(buffer).substr(0, read))); !added) return added;
  }
  if (stream.bad()) return std::unexpected("it can't be read to its end");
  return {};
}

std::expected<void, std::string> SeedContent::add_zeros(std::uint64_t size) {
  const std::string zeros(run, '\0');
  while (size > 0) {
    const auto piece = std::min<std::uint64_t>(size, run);
    if (auto added = add(as_bytes(std::string_view(zeros).substr(0, piece))); !added) return added;
    size -= piece;
  }
  return {};
}

std::expected<void, std::string> put_seed(storage::Store& store, const BucketName& bucket,
                                          const ObjectKey& key, SeedContent content,
                                          storage::ObjectAttributes attributes) {
  const storage::ObjectDraft draft{
      .attributes = std::move(attributes),
      .etag = content.etag(),
      .checksum = ObjectChecksum{content.checksum(), ChecksumType::full_object, 0},
      .condition = {}};
  auto put = store.put_object(bucket, key, content.content(), draft);
  if (!put) return std::unexpected(std::move(put.error().detail));
  return {};
}

}  // namespace partsmith::cli
