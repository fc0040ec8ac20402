#include "local_store.h"

#include <stdexcept>

#include "blob_writer.h"

namespace partsmith::storage {

std::expected<std::unique_ptr<Store>, std::string> open_local_store(LocalStoreOptions options) {
  if (options.clock == nullptr) throw std::invalid_argument("a store needs a clock");
  auto engine = Engine::open(std::move(options), system_seams());
  if (!engine) return std::unexpected(std::move(engine.error()));
  return std::make_unique<LocalStore>(std::move(*engine));
}

Result<std::unique_ptr<BlobWriter>> LocalStore::new_blob(std::optional<std::uint64_t> expected_size) {
  // A body that cannot fit is refused before its bytes are taken.
  if (auto room = engine_->quota().check(expected_size.value_or(0)); !room) {
    return std::unexpected(std::move(room.error()));
  }
  if (auto room = engine_->require_room(expected_size.value_or(0)); !room) {
    return std::unexpected(std::move(room.error()));
  }
  return std::make_unique<LocalBlobWriter>(engine_->blobs(), engine_->quota(), expected_size);
}

}  // namespace partsmith::storage
