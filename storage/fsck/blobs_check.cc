#include <fmt/format.h>

#include "fsck/checkup.h"
#include "fsck/fsck_queries.h"
#include "sqlite/queries.h"

namespace partsmith::storage::fsck {

using sqlite::Rows;

namespace {

void check_bytes(Checkup& checkup, const Rows& row, std::uint64_t size) {
  if (row.is_null(1)) {
    if (row.is_null(5) || row.integer(5) != static_cast<std::int64_t>(size)) {
      checkup.tell(FsckKind::missing_bytes,
                   fmt::format("blob {} has {} bytes, the database holds {}", row.integer(0), size,
                               row.is_null(5) ? "none" : std::to_string(row.integer(5))));
    }
    return;
  }
  const auto name = BlobName::parse(row.text(1));
  if (!name) {
    return checkup.tell(FsckKind::missing_bytes,
                        fmt::format("blob {} is in a file with a name that partsmith doesn't make: {}",
                                    row.integer(0), row.text(1)));
  }
  const auto found = checkup.blobs.size(*name);
  if (found == size || !checkup.still_needed(*name)) return;
  checkup.tell(FsckKind::missing_bytes,
               found ? fmt::format("file {} has {} bytes and should have {}", name->text(), *found, size)
                     : fmt::format("file {} of {} bytes is not there", name->text(), size));
}

void check_blob(Checkup& checkup, const Rows& row) {
  const std::int64_t refs = row.integer(3);
  const std::int64_t counted = row.integer(4);
  if (refs != counted) {
    checkup.tell_repairable(FsckKind::references, fmt::format("blob {} counts {} references and has {}",
                                                              row.integer(0), refs, counted));
  }
  if (counted > 0) {
    ++checkup.summary.blobs;
    const std::uint64_t size = checkup.size(row, 2, fmt::format("blob {}", row.integer(0)));
    checkup.summary.bytes += size;
    check_bytes(checkup, row, size);
  } else if (refs == 0 && !checkup.in_use()) {
    checkup.tell_repairable(FsckKind::unused_blob, fmt::format("blob {} is needed no more", row.integer(0)));
  }
}

/// After the blobs, whose bytes have been counted.
void check_total(Checkup& checkup) {
  const auto sum = static_cast<std::int64_t>(checkup.summary.bytes);
  const auto kept = checkup.db.integer(storage::queries::total_bytes);
  if (checkup.db.failed() || kept == sum) return;
  checkup.tell_repairable(FsckKind::total,
                          fmt::format("the total says {} bytes, the blobs have {}", kept.value_or(0), sum));
  if (checkup.options.repair) checkup.db.execute(queries::set_total, sum);
}

}  // namespace

void check_blobs(Checkup& checkup) {
  sqlite::Session& db = checkup.db;
  db.execute(queries::make_counts);
  db.execute(queries::count_references);
  {
    Rows rows = db.query(queries::blobs);
    while (rows.next()) check_blob(checkup, rows);
  }
  {
    Rows rows = db.query(queries::stray_bytes);
    while (rows.next()) {
      checkup.tell_repairable(FsckKind::unreferenced,
                              fmt::format("the database holds bytes of no blob ({})", rows.integer(0)));
    }
  }
  if (checkup.options.repair) {
    db.execute(queries::set_references);
    db.execute(queries::delete_unused);
    db.execute(queries::delete_stray_bytes);
  }
  check_total(checkup);
}

}  // namespace partsmith::storage::fsck
