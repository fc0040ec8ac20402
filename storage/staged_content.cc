#include "staged_content.h"

#include <stdexcept>

#include "engine.h"

namespace partsmith::storage {

Result<StagedContent> StagedContent::stage(Content content, Engine& engine) {
  if (auto room = engine.require_room(0); !room) return std::unexpected(std::move(room.error()));
  StagedContent staged(std::move(content));
  if (staged.content_.source != nullptr) {
    staged.source_ = dynamic_cast<const LocalObjectLease*>(staged.content_.source);
    if (staged.source_ == nullptr || !staged.source_->belongs_to(engine)) {
      throw std::logic_error("content shared from another store");
    }
    return staged;
  }
  staged.writer_ = dynamic_cast<LocalBlobWriter*>(staged.content_.writer.get());
  if (staged.writer_ == nullptr || !staged.writer_->belongs_to(engine.blobs())) {
    throw std::logic_error("content written to another store");
  }
  if (auto finished = staged.writer_->finish(); !finished)
    return std::unexpected(std::move(finished.error()));
  return staged;
}

std::uint64_t StagedContent::size() const {
  return source_ != nullptr ? content_.length : writer_->size();
}

void StagedContent::insert(WriteTransaction& transaction, ManifestId manifest, std::uint64_t revision) const {
  if (size() == 0) return;  // an empty part has no segment
  if (source_ != nullptr) {
    if (auto stale = source_->staleness()) return transaction.db.fail(*std::move(stale));
    share_segments(transaction.db, manifest, revision, source_->manifest(), content_.offset, content_.length);
  } else if (const IncomingFile* file = writer_->file()) {
    add_file_segment(transaction, manifest, revision, file->name(), size());
  } else {
    add_inline_segment(transaction, manifest, revision, writer_->inline_bytes());
  }
}

void StagedContent::counted() noexcept {
  if (writer_ != nullptr) writer_->counted();
}

void StagedContent::publish(Engine& engine) {
  if (writer_ == nullptr || writer_->file() == nullptr) return;
  writer_->file()->keep();
  if (auto moved = engine.blobs().publish(writer_->file()->name()); !moved) {
    engine.log("a file stays in incoming/ until the next start: " + moved.error().detail);
  }
}

void StagedContent::keep() {
  if (writer_ != nullptr && writer_->file() != nullptr) writer_->file()->keep();
}

}  // namespace partsmith::storage
