#include "recovery.h"

#include <fmt/format.h>

#include <cstdint>

#include "sqlite/queries.h"

namespace partsmith::storage {

using sqlite::Rows;
using sqlite::Session;

namespace {

constexpr std::uint32_t page = 1000;

/// Going on would never end.
std::unexpected<StoreError> out_of_order() {
  return std::unexpected(StoreError{StoreErrorCode::damaged, "an index of the database is out of order"});
}

Result<void> free_what_was_released(Engine& engine) {
  std::int64_t after = 0;
  for (;;) {
    auto next = engine.read([&](Session& db) -> Result<std::optional<std::int64_t>> {
      return db.integer(queries::next_to_free, after);
    });
    if (!next) return std::unexpected(std::move(next.error()));
    if (!*next) return {};
    if (**next <= after) return out_of_order();
    after = **next;
    engine.reclaim({static_cast<ManifestId>(after)});
  }
}

Result<void> sort_incoming_files(Engine& engine) {
  auto names = engine.blobs().incoming_names();
  if (!names) return std::unexpected(std::move(names.error()));
  std::size_t in_flight = 0;
  std::size_t published = 0;
  for (const std::string& entry : *names) {
    const auto name = BlobName::parse(entry);
    if (!name) {
      engine.log("recovery: incoming/ has something that is none of partsmith's making; it stays");
      continue;
    }
    ++in_flight;
    const auto needed = engine.read([&](Session& db) -> Result<bool> {
      Rows rows = db.query(queries::blob_by_name, name->text());
      return rows.next() && rows.integer(1) > 0;
    });
    if (!needed) return std::unexpected(needed.error());
    if (*needed) ++published;
    if (auto done = *needed ? engine.blobs().publish(*name) : engine.blobs().remove(*name); !done) {
      engine.log("recovery: a file stays in incoming/: " + done.error().detail);  // readable there as well
    }
  }
  if (in_flight > 0) {
    engine.log(fmt::format(
        "recovery: {} files were in flight: {} were acknowledged or complete and are kept, {} removed",
        in_flight, published, in_flight - published));
  }
  return {};
}

Result<void> remove_free_files(Engine& engine) {
  std::int64_t after = 0;
  for (;;) {
    auto files = engine.read([&](Session& db) -> Result<std::vector<FreedFile>> {
      std::vector<FreedFile> found;
      Rows rows = db.query(queries::free_blobs, after, page);
      while (rows.next()) found.push_back({rows.id<BlobId>(0), BlobName::parse(rows.text(1))});
      return found;
    });
    if (!files) return std::unexpected(std::move(files.error()));
    if (files->empty()) return {};
    if (static_cast<std::int64_t>(files->back().blob) <= after) return out_of_order();
    after = static_cast<std::int64_t>(files->back().blob);
    engine.remove_files(*files);
  }
}

}  // namespace

Result<void> recover(Engine& engine) {
  if (auto done = free_what_was_released(engine); !done) return done;
  if (auto done = sort_incoming_files(engine); !done) return done;
  return remove_free_files(engine);
}

}  // namespace partsmith::storage
