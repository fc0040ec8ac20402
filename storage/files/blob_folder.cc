#include "files/blob_folder.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <set>

namespace partsmith::storage {
namespace {

constexpr std::size_t name_bytes = 16;

template <typename T>
bool is_missing(const FileResult<T>& result) {
  return !result && result.error().number == ENOENT;
}

std::expected<void, StoreError> to_store_result(const FileResult<void>& result) {
  if (!result) return std::unexpected(result.error().to_store_error());
  return {};
}

}  // namespace

IncomingFile::IncomingFile(FileSystem& files, std::filesystem::path path, std::unique_ptr<WritableFile> file)
    : files_(files), path_(std::move(path)), file_(std::move(file)) {}

IncomingFile::~IncomingFile() {
  if (kept_) return;
  file_.reset();
  // A failure cannot be answered by anyone here; the next start removes the file.
  static_cast<void>(files_.remove(path_));
}

BlobFolder::BlobFolder(FileSystem& files, std::filesystem::path root, Durability durability,
                       FillRandom random)
    : files_(files),
      root_(std::move(root)),
      durability_(durability),
      random_(std::move(random)),
      room_(files, root_) {}

std::expected<void, StoreError> BlobFolder::prepare() {
  for (const auto& folder : {incoming(), root_ / "blobs"}) {
    if (auto made = files_.make_folder(folder); !made) return to_store_result(made);
  }
  return sync_when_asked(root_);
}

std::expected<void, StoreError> BlobFolder::sync_when_asked(const std::filesystem::path& folder) {
  if (durability_ != Durability::disk) return {};
  return to_store_result(files_.sync_folder(folder));
}

std::expected<std::unique_ptr<IncomingFile>, StoreError> BlobFolder::create() {
  std::array<std::uint8_t, name_bytes> bytes{};
  random_(bytes);
  const auto path = incoming_path(to_hex(bytes));
  auto file = files_.create(path);
  if (!file) return std::unexpected(file.error().to_store_error());
  return std::make_unique<IncomingFile>(files_, path, std::move(*file));
}

std::expected<void, StoreError> BlobFolder::settle(IncomingFile& file) {
  if (durability_ == Durability::disk) {
    if (auto synced = file.file().sync(); !synced) return to_store_result(synced);
  }
  file.close();
  return sync_when_asked(incoming());
}

std::expected<void, StoreError> BlobFolder::publish(const std::string& name) {
  auto moved = files_.rename(incoming_path(name), blob_path(name));
  if (is_missing(moved)) {  // the file, or its new folder
    if (auto made = files_.make_folder(blob_folder(name)); !made) return to_store_result(made);
    if (auto synced = sync_when_asked(root_ / "blobs"); !synced) return synced;
    moved = files_.rename(incoming_path(name), blob_path(name));
  }
  if (is_missing(moved)) return {};
  return to_store_result(moved);
}

std::expected<std::unique_ptr<ReadableFile>, StoreError> BlobFolder::open(const std::string& name) {
  auto file = files_.open(blob_path(name));
  if (is_missing(file)) file = files_.open(incoming_path(name));
  if (is_missing(file)) file = files_.open(blob_path(name));  // it moved between the two looks
  if (file) return std::move(*file);
  StoreError error = file.error().to_store_error();
  if (is_missing(file)) error.code = StoreErrorCode::damaged;
  return std::unexpected(std::move(error));
}

std::expected<void, StoreError> BlobFolder::remove(const std::string& name) {
  auto removed = files_.remove(blob_path(name));
  if (is_missing(removed)) removed = files_.remove(incoming_path(name));
  if (is_missing(removed)) removed = files_.remove(blob_path(name));  // it moved between the two looks
  if (is_missing(removed)) return {};
  return to_store_result(removed);
}

std::expected<void, StoreError> BlobFolder::settle_removed(std::span<const std::string> names) {
  std::set<std::filesystem::path> folders;
  for (const std::string& name : names) folders.insert(blob_folder(name));
  if (durability_ != Durability::disk) return {};
  for (const auto& folder : folders) {
    const auto synced = files_.sync_folder(folder);
    if (!synced && !is_missing(synced)) return to_store_result(synced);  // a file may never have come so far
  }
  return {};
}

std::expected<std::vector<std::string>, StoreError> BlobFolder::incoming_names() {
  auto names = files_.list(incoming());
  if (!names) return std::unexpected(names.error().to_store_error());
  return std::move(*names);
}

}  // namespace partsmith::storage
