#include <fmt/format.h>

#include "fsck/checkup.h"
#include "fsck/fsck_queries.h"
#include "rows.h"

namespace partsmith::storage::fsck {

using sqlite::Rows;
using sqlite::Session;

namespace {

void check_rows(Checkup& checkup) {
  Rows rows = checkup.db.query(queries::buckets);
  while (rows.next()) {
    Session reading(checkup.db.connection());  // a damaged row must not end the look at the others
    if (read_bucket(reading, rows)) continue;
    checkup.tell(FsckKind::rows, fmt::format("bucket {}: {}", rows.text(0), reading.failure()->detail));
  }
}

/// They would be those of a later bucket that gets the same number.
void check_documents(Checkup& checkup) {
  {
    Rows rows = checkup.db.query(queries::stray_documents);
    while (rows.next()) {
      checkup.tell_repairable(FsckKind::unreferenced, fmt::format("the {} of bucket {} is that of no bucket",
                                                                  rows.text(1), rows.integer(0)));
    }
  }
  if (checkup.options.repair) checkup.db.execute(queries::delete_stray_documents);
}

}  // namespace

void check_buckets(Checkup& checkup) {
  check_rows(checkup);
  check_documents(checkup);
}

}  // namespace partsmith::storage::fsck
