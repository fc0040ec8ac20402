#include "blob_writer.h"

#include <algorithm>

namespace partsmith::storage {
namespace {

constexpr std::uint64_t buffer_size = 64 * limits::kib;

}  // namespace

LocalBlobWriter::LocalBlobWriter(BlobFolder& folder, Quota& quota, std::optional<std::uint64_t> expected_size)
    : folder_(folder), quota_(quota) {
  buffer_.reserve(std::min(expected_size.value_or(0), buffer_size));
}

Result<void> LocalBlobWriter::write(ByteView bytes) {
  if (failure_) return std::unexpected(*failure_);
  auto written = append(bytes);
  if (!written) failure_ = written.error();
  return written;
}

Result<void> LocalBlobWriter::append(ByteView bytes) {
  if (auto room = quota_.reserve(bytes.size()); !room) return room;
  reserved_ += bytes.size();
  size_ += bytes.size();
  if (buffer_.size() + bytes.size() > buffer_size) {
    if (auto flushed = flush(); !flushed) return flushed;
    if (bytes.size() >= buffer_size) return write_to_file(bytes);
  }
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  return {};
}

Result<void> LocalBlobWriter::flush() {
  if (buffer_.empty()) return {};
  auto written = write_to_file(buffer_);
  buffer_.clear();
  return written;
}

Result<void> LocalBlobWriter::write_to_file(ByteView bytes) {
  if (auto room = folder_.room().check(bytes.size()); !room) return room;
  if (!file_) {
    auto file = folder_.create();
    if (!file) return std::unexpected(std::move(file.error()));
    file_ = std::move(*file);
  }
  if (auto written = file_->file().write(bytes); !written) {
    return std::unexpected(written.error().to_store_error());
  }
  return {};
}

Result<void> LocalBlobWriter::finish() {
  if (failure_) return std::unexpected(*failure_);
  if (size_ <= inline_limit) return {};
  if (auto flushed = flush(); !flushed) return flushed;
  return folder_.sync(*file_);
}

}  // namespace partsmith::storage
