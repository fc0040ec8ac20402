#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "fsck/checkup.h"
#include "fsck/fsck_queries.h"

namespace partsmith::storage::fsck {

using sqlite::Query;
using sqlite::Rows;

namespace {

/// A stream of rows with the manifest in column 0, in its order.
class Stream {
 public:
  Stream(sqlite::Session& db, const Query& query) : rows_(db.query(query)), there_(rows_.next()) {}

  static constexpr std::int64_t end = std::numeric_limits<std::int64_t>::max();
  std::int64_t manifest() const { return there_ ? rows_.integer(0) : end; }
  bool is_at(ManifestId manifest) const { return there_ && rows_.id<ManifestId>(0) == manifest; }
  const Rows& row() const { return rows_; }
  void advance() { there_ = rows_.next(); }

 private:
  Rows rows_;
  bool there_;
};

std::string name_of(const char* what, const Rows& row) {
  return fmt::format("{} {}/{}", what, row.is_null(1) ? "(no bucket)" : row.text(1), row.text(2));
}

class Walk {
 public:
  explicit Walk(Checkup& checkup)
      : checkup_(checkup),
        manifests_(checkup.db, queries::manifests),
        objects_(checkup.db, queries::objects),
        uploads_(checkup.db, queries::uploads),
        parts_(checkup.db, queries::parts),
        segments_(checkup.db, queries::segments) {}

  void run() {
    while (!checkup_.db.failed()) {
      const std::int64_t next = std::min({manifests_.manifest(), objects_.manifest(), uploads_.manifest(),
                                          parts_.manifest(), segments_.manifest()});
      if (next == Stream::end) return;
      ManifestFacts facts = gather(static_cast<ManifestId>(next));
      const std::uint64_t lost = compare_segments(facts);
      compare(facts, lost);
      if (checkup_.options.deep && ((facts.is_object && !facts.is_marker) || facts.is_upload))
        check_content(checkup_, facts);
    }
  }

 private:
  ManifestFacts gather(ManifestId id) {
    ManifestFacts facts;
    facts.id = id;
    facts.name = fmt::format("manifest {}", static_cast<std::int64_t>(id));
    if (manifests_.is_at(id)) {
      facts.has_row = true;
      facts.release = static_cast<Release>(manifests_.row().integer(1));
      manifests_.advance();
    }
    if (uploads_.is_at(id)) {
      facts.is_upload = true;
      facts.has_bucket = !uploads_.row().is_null(1);
      facts.name = name_of("upload of", uploads_.row());
      ++checkup_.summary.uploads;
      uploads_.advance();
    }
    if (objects_.is_at(id)) {
      facts.is_object = true;
      facts.has_bucket = !objects_.row().is_null(1);
      facts.name = name_of("object", objects_.row());
      facts.size = checkup_.size(objects_.row(), 3, facts.name);
      facts.part_count = checkup_.size(objects_.row(), 4, facts.name);
      facts.is_marker = objects_.row().integer(5) != 0;
      ++checkup_.summary.objects;
      objects_.advance();
    }
    for (; parts_.is_at(id); parts_.advance()) {
      const Rows& row = parts_.row();
      if (facts.release == Release::surplus && (row.integer(1) < 0 || (facts.is_object && row.is_null(3)))) {
        facts.surplus.push_back(checkup_.size(row, 2, facts.name));
        continue;
      }
      PartSlot part{.number = static_cast<std::uint32_t>(row.integer(1)),
                    .revision = checkup_.size(row, 2, facts.name),
                    .start = {},
                    .size = checkup_.size(row, 4, facts.name)};
      if (!row.is_null(3)) part.start = checkup_.size(row, 3, facts.name);
      facts.parts.push_back(part);
      ++checkup_.summary.parts;
    }
    return facts;
  }

  /// Whether the segments tile each part; returns how many belong to none.
  std::uint64_t compare_segments(ManifestFacts& facts) {
    std::vector<PartSlot*> by_revision;
    for (PartSlot& part : facts.parts) by_revision.push_back(&part);
    const auto revision = [](const PartSlot* part) { return part->revision; };
    std::ranges::sort(by_revision, {}, revision);
    std::ranges::sort(facts.surplus);
    std::uint64_t lost = 0;
    for (; segments_.is_at(facts.id); segments_.advance()) {
      const Rows& row = segments_.row();
      const std::uint64_t wanted = checkup_.size(row, 1, facts.name);
      const auto found = std::ranges::lower_bound(by_revision, wanted, {}, revision);
      if (found == by_revision.end() || (*found)->revision != wanted) {
        if (!std::ranges::binary_search(facts.surplus, wanted)) ++lost;
        continue;
      }
      if (!facts.is_object && !facts.is_upload) continue;  // it may be half freed
      PartSlot& part = **found;
      const std::uint64_t start = checkup_.size(row, 2, facts.name);
      const std::uint64_t length = checkup_.size(row, 3, facts.name);
      if (start != part.covered) {
        tell(facts, fmt::format("part {}: its segments do not follow each other at byte {}", part.number,
                                part.covered));
      }
      part.covered = start + length;
      if (row.is_null(6) || checkup_.size(row, 5, facts.name) + length > checkup_.size(row, 6, facts.name)) {
        tell(facts, fmt::format("part {}: a segment lies outside blob {}", part.number, row.integer(4)));
      }
    }
    return lost;
  }

  void compare(const ManifestFacts& facts, std::uint64_t lost) {
    const bool owned = facts.is_object || facts.is_upload;
    const bool being_read = checkup_.in_use() && facts.release == Release::released;
    if (!owned && !being_read) {
      checkup_.tell_repairable(FsckKind::unreferenced,
                               fmt::format("{} belongs to no object and no upload", facts.name));
    } else if (lost > 0) {
      checkup_.tell_repairable(FsckKind::unreferenced,
                               fmt::format("{}: {} segments belong to no part", facts.name, lost));
    }
    if (!owned) return;
    if (!facts.has_row) tell(facts, "it has no manifest");
    if (facts.release != Release::none && facts.release != Release::surplus) {
      tell(facts, "its manifest is marked as released");
    }
    if (facts.release == Release::surplus && !checkup_.in_use()) {
      checkup_.tell_repairable(FsckKind::unreferenced, fmt::format("{}: {} parts await being freed",
                                                                   facts.name, facts.surplus.size()));
    }
    if (facts.is_object && facts.is_upload) tell(facts, "it is also an open upload");
    if (!facts.has_bucket) tell(facts, "its bucket is not there");
    std::uint64_t start = 0;
    for (const PartSlot& part : facts.parts) {
      if (part.covered != part.size) {
        tell(facts,
             fmt::format("part {} has {} bytes, its segments have {}", part.number, part.size, part.covered));
      }
      if (facts.is_object && part.start != start) {
        tell(facts, fmt::format("part {} does not begin at byte {}", part.number, start));
      }
      start += part.size;
    }
    if (!facts.is_object) return;
    if (facts.size != start) tell(facts, fmt::format("it has {} bytes, its parts {}", facts.size, start));
    if (facts.part_count != facts.parts.size()) {
      tell(facts,
           fmt::format("it has {} parts, of which {} are there", facts.part_count, facts.parts.size()));
    }
  }

  void tell(const ManifestFacts& facts, const std::string& what) {
    checkup_.tell(FsckKind::rows, fmt::format("{}: {}", facts.name, what));
  }

  Checkup& checkup_;
  Stream manifests_;
  Stream objects_;
  Stream uploads_;
  Stream parts_;
  Stream segments_;
};

void check_versions(Checkup& checkup) {
  Rows rows = checkup.db.query(queries::wrong_versions);
  while (rows.next()) {
    checkup.tell(FsckKind::rows,
                 name_of("object", rows) + ": which of its versions is the latest is not returned");
  }
}

}  // namespace

void check_manifests(Checkup& checkup) {
  const std::uint64_t repaired = checkup.summary.repaired;
  Walk(checkup).run();
  check_versions(checkup);
  if (checkup.summary.repaired == repaired) return;
  checkup.db.execute(queries::delete_manifests);
  checkup.db.execute(queries::delete_parts);
  checkup.db.execute(queries::delete_surplus_of_objects);
  checkup.db.execute(queries::delete_replaced_parts);
  checkup.db.execute(queries::end_surplus);
  checkup.db.execute(queries::delete_segments);
}

}  // namespace partsmith::storage::fsck
