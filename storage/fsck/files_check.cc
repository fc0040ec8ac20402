#include <fmt/format.h>

#include "fsck/checkup.h"
#include "sqlite/queries.h"

namespace partsmith::storage::fsck {

using sqlite::Session;

namespace {

namespace fs = std::filesystem;

class Files {
 public:
  Files(Checkup& checkup, sqlite::Connection& present) : checkup_(checkup), present_(present) {}

  /// The files in one folder. `prefix`: with what their names must begin to be found there.
  void check(const fs::path& folder, const std::string& prefix) {
    each_entry(folder, [&](const fs::path& entry) { check_file(entry, prefix); });
  }
  void check_published(const fs::path& folder) {
    each_entry(folder, [&](const fs::path& entry) {
      std::error_code error;
      if (fs::is_directory(entry, error)) {
        check(entry, entry.filename().string());
      } else {
        orphan(entry);
      }
    });
  }

 private:
  template <typename Look>
  void each_entry(const fs::path& folder, Look look) {
    std::error_code error;
    fs::directory_iterator entry(folder, error);
    while (!error && entry != fs::directory_iterator()) {
      const fs::path path = entry->path();
      entry.increment(error);
      if (!checkup_.db.failed()) look(path);
    }
    if (error && error != std::errc::no_such_file_or_directory) {
      checkup_.db.fail({StoreErrorCode::io, fmt::format("list {}: {}", folder.string(), error.message())});
    }
  }

  void check_file(const fs::path& path, const std::string& prefix) {
    const std::string name = path.filename().string();
    if (!name.starts_with(prefix)) return orphan(path);
    Session now(present_);
    const auto row = now.integer(queries::blob_by_name, name);
    if (now.failed()) return checkup_.db.fail(*now.failure());
    if (!row) orphan(path);  // else the row tells what is wrong
  }

  void orphan(const fs::path& path) {
    std::error_code error;
    if (!fs::exists(fs::symlink_status(path, error))) return;  // removed meanwhile
    std::string what =
        fmt::format("no row names {}", fs::relative(path, checkup_.options.folder, error).string());
    if (!checkup_.options.repair) return checkup_.tell(FsckKind::orphan_file, std::move(what));
    if (fs::is_directory(path, error) || !fs::remove(path, error)) {
      return checkup_.tell(FsckKind::orphan_file,
                           what + (error ? ": cannot be removed: " + error.message() : ": is a folder"));
    }
    checkup_.tell_repairable(FsckKind::orphan_file, std::move(what));
  }

  Checkup& checkup_;
  sqlite::Connection& present_;
};

}  // namespace

void check_files(Checkup& checkup, sqlite::Connection& present) {
  Files files(checkup, present);
  files.check_published(checkup.options.folder / "blobs");
  // While a server runs these are on their way; whatever does not arrive goes at its next start.
  if (!checkup.in_use()) files.check(checkup.options.folder / "incoming", "");
}

}  // namespace partsmith::storage::fsck
