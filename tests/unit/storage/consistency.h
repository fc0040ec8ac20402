#pragma once
/// Looks at a closed store's folder from outside: every byte has a row, every row its bytes, every reference
/// its segment.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "sqlite/connection.h"
#include "sqlite/session.h"
#include "temporary_folder.h"

namespace partsmith::storage::testing {

using test::files_below;

namespace consistency_queries {
using sqlite::Query;
inline constexpr Query blobs{
    "SELECT b.id, b.name, b.size, b.refs, (SELECT count(*) FROM segments s WHERE s.blob = b.id), "
    "(SELECT length(bytes) FROM blob_bytes WHERE blob = b.id) FROM blobs b"};
inline constexpr Query orphan_segments{
    "SELECT count(*) FROM segments s WHERE NOT EXISTS (SELECT 1 FROM parts p WHERE p.manifest = s.manifest "
    "AND p.revision = s.revision) OR NOT EXISTS (SELECT 1 FROM blobs b WHERE b.id = s.blob "
    "AND s.blob_offset + s.length <= b.size)"};
inline constexpr Query orphan_parts{
    "SELECT count(*) FROM parts WHERE manifest NOT IN (SELECT id FROM manifests)"};
inline constexpr Query orphan_manifests{
    "SELECT count(*) FROM manifests WHERE id NOT IN (SELECT manifest FROM objects) "
    "AND id NOT IN (SELECT manifest FROM uploads)"};
inline constexpr Query orphan_bytes{
    "SELECT count(*) FROM blob_bytes WHERE blob NOT IN (SELECT id FROM blobs WHERE name IS NULL)"};
inline constexpr Query partly_covered{
    "SELECT count(*) FROM parts p WHERE p.size <> (SELECT coalesce(sum(length), 0) FROM segments s "
    "WHERE s.manifest = p.manifest AND s.revision = p.revision)"};
inline constexpr Query wrong_latest{
    "SELECT count(*) FROM objects o WHERE o.latest <> (o.manifest = (SELECT max(manifest) FROM objects n "
    "WHERE n.bucket = o.bucket AND n.key = o.key))"};
inline constexpr Query second_nulls{
    "SELECT count(*) FROM (SELECT 1 FROM objects WHERE version_id IS NULL GROUP BY bucket, key "
    "HAVING count(*) > 1)"};
inline constexpr Query wrong_objects{
    "SELECT count(*) FROM objects o WHERE o.size <> (SELECT coalesce(sum(size), 0) FROM parts WHERE manifest "
    "= "
    "o.manifest) "
    "OR o.part_count <> (SELECT count(*) FROM parts WHERE manifest = o.manifest) "
    "OR EXISTS (SELECT 1 FROM parts p WHERE p.manifest = o.manifest AND p.start IS NOT (SELECT "
    "coalesce(sum(size), 0) "
    "FROM parts q WHERE q.manifest = o.manifest AND q.part_number < p.part_number))"};
}  // namespace consistency_queries

/// What is wrong with the folder, one line each. `settled`: nothing awaits the next start, as after a clean
/// end.
inline std::vector<std::string> inconsistencies(const std::filesystem::path& folder, bool settled = true) {
  namespace q = consistency_queries;
  std::vector<std::string> wrong;
  auto connection = sqlite::Connection::open(folder / "partsmith.db", sqlite::Connection::Mode::write);
  if (!connection) return {connection.error().detail};
  sqlite::Session db(*connection);

  std::set<std::string> unclaimed = files_below(folder / "blobs");
  for (const auto& file : files_below(folder / "incoming")) wrong.push_back("incoming/" + file);
  auto rows = db.query(q::blobs);
  while (rows.next()) {
    const std::string id = "blob " + std::to_string(rows.integer(0));
    if (rows.integer(3) != rows.integer(4)) wrong.push_back(id + " counts its references wrongly");
    if (settled && rows.integer(3) == 0) wrong.push_back(id + " has no references");
    if (rows.is_null(1)) {
      if (rows.is_null(5) || rows.integer(5) != rows.integer(2)) wrong.push_back(id + " has not its bytes");
      continue;
    }
    const std::string name(rows.text(1));
    const std::string file = name.substr(0, 2) + "/" + name;
    if (rows.integer(3) > 0 && unclaimed.erase(file) == 0) {
      wrong.push_back(id + " has no file");
    } else if (rows.integer(3) > 0 && std::filesystem::file_size(folder / "blobs" / file) != rows.size(2)) {
      wrong.push_back(id + " has a file of another size");
    }
  }
  for (const auto& file : unclaimed) wrong.push_back("no row needs blobs/" + file);
  const std::vector<std::pair<const sqlite::Query*, std::string>> counts{
      {&q::orphan_segments, "segments without part or blob"},
      {&q::orphan_parts, "parts without manifest"},
      {&q::orphan_manifests, "manifests without object or upload"},
      {&q::orphan_bytes, "bytes without blob"},
      {&q::partly_covered, "parts that their segments do not cover"},
      {&q::wrong_objects, "objects unlike their parts"},
      {&q::wrong_latest, "versions that are told to be the latest and are not, or the other way round"},
      {&q::second_nulls, "keys with two null versions"}};
  for (const auto& [query, what] : counts) {
    if (const auto count = db.integer(*query); count.value_or(0) != 0) {
      wrong.push_back(std::to_string(*count) + " " + what);
    }
  }
  if (db.failed()) wrong.push_back(db.failure()->detail);
  return wrong;
}

}  // namespace partsmith::storage::testing
