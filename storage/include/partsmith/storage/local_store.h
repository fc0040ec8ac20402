#pragma once
/// The local engine: blobs as files, facts in SQLite, one writer thread with group commit, many readers.

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <partsmith/storage/store.h>

namespace partsmith::storage {

/// What an acknowledged write survives.
enum class Durability {
  none,     ///< nothing: the folder ends with the server
  process,  ///< kill -9 of the server at any instant
  disk,     ///< power loss too: data and folders are synced before the commit
};

struct LocalStoreOptions {
  std::filesystem::path folder;  ///< made when missing
  Durability durability = Durability::process;
  const Clock* clock = nullptr;  ///< required; outlives the store
  /// The most bytes that objects and parts may have on disk, shared ones counted once, and those that are
  /// arriving: a write that would exceed it gets out_of_space. Nothing: as many as the disk takes.
  std::optional<std::uint64_t> quota{};
  /// Receives lines for the log (recovery, failed clean-up). Any thread.
  std::function<void(std::string_view)> log = [](std::string_view) {};
};

/// Opens or makes the store in the folder. The error is one line fit for a person: not writable, in use by
/// another process, damaged, of a newer format.
std::expected<std::unique_ptr<Store>, std::string> open_local_store(LocalStoreOptions options);

}  // namespace partsmith::storage
