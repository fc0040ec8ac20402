#pragma once
/// Looks a store's folder over: every byte on disk against the rows, every row against the others; deep, also
/// every byte against the ETag and the checksums that were answered for it.

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace partsmith::storage {

enum class FsckKind {
  database,       ///< SQLite finds its own file damaged
  rows,           ///< rows of an object or upload that contradict each other
  unreferenced,   ///< rows that no object and no upload needs
  references,     ///< a blob's count of references is not the number of segments that name it
  unused_blob,    ///< a blob without references that a crash left behind
  missing_bytes,  ///< a blob whose file, or bytes in the database, are not there or not of its size
  orphan_file,    ///< a file that no row names
  total,          ///< the store's running total of bytes is not the sum over its blobs
  content,        ///< bytes that are not those of their ETag or checksum, or that cannot be read (deep)
};
std::string_view to_string(FsckKind kind);  ///< "missing-bytes"

struct FsckProblem {
  FsckKind kind{};
  std::string what;       ///< one line: which object, file or row, and what is wrong with it
  bool repaired = false;  ///< counts once fsck_local_store() has returned a summary
};

struct FsckOptions {
  std::filesystem::path folder;
  bool deep = false;    ///< read every byte again
  bool repair = false;  ///< remove what nothing needs, put counts right; no object, upload or part is touched
  /// Receives each problem as it is found, in the calling thread.
  std::function<void(const FsckProblem&)> tell = [](const FsckProblem&) {};
};

struct FsckSummary {
  bool in_use = false;  ///< a server has the store open: what is on its way was left out
  std::uint64_t objects = 0;
  std::uint64_t uploads = 0;
  std::uint64_t parts = 0;  ///< of objects and uploads
  std::uint64_t blobs = 0;
  std::uint64_t bytes = 0;  ///< of blobs
  std::uint64_t problems = 0;
  std::uint64_t repaired = 0;
};

/// Works on one snapshot of a store in use, which goes on serving; `repair` needs the store for itself. Takes
/// memory for one object's parts at a time, whatever the size of the store. The error is one line for a
/// person: no store there, in use (repair), another format, not readable; then nothing was repaired but for
/// files that no row names.
std::expected<FsckSummary, std::string> fsck_local_store(const FsckOptions& options);

}  // namespace partsmith::storage
