#include <fmt/format.h>

#include <cerrno>

#include "fsck/checkup.h"
#include "sqlite/queries.h"

namespace partsmith::storage::fsck {

using sqlite::Session;

namespace {

/// What lies in blobs/ and incoming/. Nothing is followed: of a link only the name is looked at, and removed.
class Files {
 public:
  Files(Checkup& checkup, sqlite::Connection& present) : checkup_(checkup), present_(present) {}

  /// The files in one folder. `prefix`: with what their names must begin to be found there.
  void check(const std::string& folder, const std::string& prefix) {
    each_entry(folder, [&](const std::string& name) { check_file(folder, name, prefix); });
  }
  void check_published(const std::string& folder) {
    each_entry(folder, [&](const std::string& name) {
      const std::string inside = fmt::format("{}/{}", folder, name);
      const auto facts = checkup_.folder.look(inside);
      if (facts && facts->kind == FileFacts::Kind::folder) {
        check(inside, name);
      } else {
        orphan(inside);
      }
    });
  }

 private:
  template <typename Look>
  void each_entry(const std::string& folder, Look look) {
    const auto names = checkup_.folder.list(folder);
    if (!names) {
      if (names.error().number != ENOENT) checkup_.db.fail(names.error().to_store_error());
      return;
    }
    for (const std::string& name : *names) {
      if (!checkup_.db.failed()) look(name);
    }
  }

  void check_file(const std::string& folder, const std::string& name, const std::string& prefix) {
    const std::string inside = fmt::format("{}/{}", folder, name);
    if (!BlobName::parse(name) || !name.starts_with(prefix)) return orphan(inside);
    Session now(present_);
    const auto row = now.integer(queries::blob_by_name, name);
    if (now.failed()) return checkup_.db.fail(*now.failure());
    if (!row) orphan(inside);  // else the row tells what is wrong
  }

  void orphan(const std::string& inside) {
    const auto facts = checkup_.folder.look(inside);
    if (!facts && facts.error().number == ENOENT) return;  // removed meanwhile
    const std::string what = fmt::format("no row names {}", inside);
    if (!checkup_.options.repair) return checkup_.tell(FsckKind::orphan_file, what);
    if (facts && facts->kind == FileFacts::Kind::folder) {
      return checkup_.tell(FsckKind::orphan_file, what + ": is a folder");
    }
    if (const auto removed = checkup_.folder.remove(inside); !removed) {
      return checkup_.tell(FsckKind::orphan_file,
                           what + ": cannot be removed: " + removed.error().to_store_error().detail);
    }
    checkup_.tell_repairable(FsckKind::orphan_file, what);
  }

  Checkup& checkup_;
  sqlite::Connection& present_;
};

}  // namespace

void check_files(Checkup& checkup, sqlite::Connection& present) {
  Files files(checkup, present);
  files.check_published("blobs");
  // While a server runs these are on their way; whatever does not arrive goes at its next start.
  if (!checkup.in_use()) files.check("incoming", "");
}

}  // namespace partsmith::storage::fsck
