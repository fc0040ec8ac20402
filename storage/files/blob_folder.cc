#include "files/blob_folder.h"

#include <fmt/format.h>

#include <cerrno>
#include <set>

namespace partsmith::storage {
namespace {

constexpr const char* incoming = "incoming";
constexpr const char* blobs = "blobs";

std::string incoming_path(const BlobName& name) {
  return fmt::format("{}/{}", incoming, name.text());
}
std::string blob_folder(const BlobName& name) {
  return fmt::format("{}/{}", blobs, name.folder());
}
std::string blob_path(const BlobName& name) {
  return fmt::format("{}/{}/{}", blobs, name.folder(), name.text());
}

template <typename T>
bool is_missing(const FileResult<T>& result) {
  return !result && result.error().number == ENOENT;
}

std::expected<void, StoreError> to_store_result(const FileResult<void>& result) {
  if (!result) return std::unexpected(result.error().to_store_error());
  return {};
}

}  // namespace

IncomingFile::IncomingFile(Folder& root, BlobName name, std::unique_ptr<WritableFile> file)
    : root_(root), name_(std::move(name)), file_(std::move(file)) {}

IncomingFile::~IncomingFile() {
  if (kept_) return;
  file_.reset();
  // A failure cannot be answered by anyone here; the next start removes the file.
  static_cast<void>(root_.remove(incoming_path(name_)));
}

BlobFolder::BlobFolder(Folder& root, Durability durability, FillRandom random)
    : root_(root), durability_(durability), random_(std::move(random)), room_(root) {}

std::expected<void, StoreError> BlobFolder::prepare() {
  for (const char* folder : {incoming, blobs}) {
    if (auto made = root_.make_folder(folder); !made) return to_store_result(made);
  }
  return sync_when_asked("");
}

std::expected<void, StoreError> BlobFolder::sync_when_asked(std::string_view folder) {
  if (durability_ != Durability::disk) return {};
  return to_store_result(root_.sync_folder(folder));
}

std::expected<std::unique_ptr<IncomingFile>, StoreError> BlobFolder::create() {
  BlobName name = BlobName::make(random_);
  auto file = root_.create(incoming_path(name));
  if (!file) return std::unexpected(file.error().to_store_error());
  return std::make_unique<IncomingFile>(root_, std::move(name), std::move(*file));
}

std::expected<void, StoreError> BlobFolder::sync(IncomingFile& file) {
  if (durability_ == Durability::disk) {
    if (auto synced = file.file().sync(); !synced) return to_store_result(synced);
  }
  file.close();
  return sync_when_asked(incoming);
}

std::expected<void, StoreError> BlobFolder::publish(const BlobName& name) {
  auto moved = root_.rename(incoming_path(name), blob_path(name));
  if (is_missing(moved)) {  // the file, or its new folder
    if (auto made = root_.make_folder(blob_folder(name)); !made) return to_store_result(made);
    if (auto synced = sync_when_asked(blobs); !synced) return synced;
    moved = root_.rename(incoming_path(name), blob_path(name));
  }
  if (is_missing(moved)) return {};
  return to_store_result(moved);
}

std::expected<std::unique_ptr<ReadableFile>, StoreError> BlobFolder::open(const BlobName& name) {
  auto file = root_.open(blob_path(name));
  if (is_missing(file)) file = root_.open(incoming_path(name));
  if (is_missing(file)) file = root_.open(blob_path(name));  // it moved between the two looks
  if (file) return std::move(*file);
  StoreError error = file.error().to_store_error();
  if (is_missing(file)) error.code = StoreErrorCode::damaged;
  return std::unexpected(std::move(error));
}

std::optional<std::uint64_t> BlobFolder::size(const BlobName& name) {
  auto facts = root_.look(blob_path(name));
  if (!facts) facts = root_.look(incoming_path(name));
  if (!facts) facts = root_.look(blob_path(name));  // it moved between the two looks
  if (!facts || facts->kind != FileFacts::Kind::file) return std::nullopt;
  return facts->size;
}

std::expected<void, StoreError> BlobFolder::remove(const BlobName& name) {
  auto removed = root_.remove(blob_path(name));
  if (is_missing(removed)) removed = root_.remove(incoming_path(name));
  if (is_missing(removed)) removed = root_.remove(blob_path(name));  // it moved between the two looks
  if (is_missing(removed)) return {};
  return to_store_result(removed);
}

std::expected<void, StoreError> BlobFolder::settle_removed(std::span<const BlobName> names) {
  if (durability_ != Durability::disk) return {};
  std::set<std::string> folders;
  for (const BlobName& name : names) folders.insert(blob_folder(name));
  for (const auto& folder : folders) {
    const auto synced = root_.sync_folder(folder);
    if (!synced && !is_missing(synced)) return to_store_result(synced);  // a file may never have come so far
  }
  return {};
}

std::expected<std::vector<std::string>, StoreError> BlobFolder::incoming_names() {
  auto names = root_.list(incoming);
  if (!names) return std::unexpected(names.error().to_store_error());
  return std::move(*names);
}

}  // namespace partsmith::storage
