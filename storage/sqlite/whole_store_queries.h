#pragma once
/// Statements that look through the whole store on purpose: what a snapshot keeps and gives back, and what
/// the store is counted by.

#include <array>

#include "sqlite/connection.h"

namespace partsmith::storage::queries {

using sqlite::Query;

inline constexpr Query snapshots{"SELECT id, name, taken_ms FROM snapshots ORDER BY name"};
inline constexpr Query find_snapshot{"SELECT id FROM snapshots WHERE name = ?1"};
inline constexpr Query insert_snapshot{"INSERT INTO snapshots(name, taken_ms) VALUES(?1, ?2)"};
inline constexpr Query delete_snapshot{"DELETE FROM snapshots WHERE id = ?1"};
inline constexpr Query count_uploads{"SELECT count(*) FROM uploads"};

// Each copies what the store has into what the snapshot ?1 keeps, or deletes the one or the other, or copies
// back: in the order of these lists, for some look at what others have copied.
#define PARTSMITH_BUCKETS "id, name, region, created_ms, versioning"
#define PARTSMITH_DOCUMENTS "bucket, kind, document"
#define PARTSMITH_OBJECTS                                                                              \
  "manifest, bucket, key, size, etag, checksum_algorithm, checksum, checksum_type, checksum_parts, " \
  "modified_ms, attributes, part_count, upload_id, version_id, latest, marker"
#define PARTSMITH_UPLOADS \
  "manifest, upload_id, bucket, key, initiated_ms, attributes, checksum_algorithm, checksum_type, key_deleted"
#define PARTSMITH_PARTS                                                                                  \
  "manifest, part_number, revision, start, size, etag, checksum_algorithm, checksum, modified_ms"
#define PARTSMITH_SEGMENTS "manifest, revision, start, length, blob, blob_offset"

/// What is to be freed isn't kept: manifests without object or upload, replaced parts, parts that an object
/// left out, and their segments.
inline constexpr std::array keep{
    Query{"INSERT INTO kept_buckets SELECT ?1, " PARTSMITH_BUCKETS " FROM buckets"},
    Query{"INSERT INTO kept_bucket_documents SELECT ?1, " PARTSMITH_DOCUMENTS " FROM bucket_documents"},
    Query{"INSERT INTO kept_objects SELECT ?1, " PARTSMITH_OBJECTS " FROM objects"},
    Query{"INSERT INTO kept_uploads SELECT ?1, " PARTSMITH_UPLOADS " FROM uploads"},
    Query{"INSERT INTO kept_manifests SELECT ?1, id, revisions FROM manifests "
          "WHERE id IN (SELECT manifest FROM objects) OR id IN (SELECT manifest FROM uploads)"},
    Query{"INSERT INTO kept_parts SELECT ?1, " PARTSMITH_PARTS " FROM parts WHERE "
          "(start IS NOT NULL AND manifest IN (SELECT manifest FROM objects)) "
          "OR (part_number > 0 AND manifest IN (SELECT manifest FROM uploads))"},
    Query{"INSERT INTO kept_segments SELECT ?1, s.manifest, s.revision, s.start, s.length, s.blob, "
          "s.blob_offset FROM kept_parts p JOIN segments s ON s.manifest = p.manifest AND s.revision = "
          "p.revision WHERE p.snapshot = ?1"},
};
/// For each segment that the snapshot ?1 keeps.
inline constexpr Query add_kept_references{
    "UPDATE blobs SET refs = refs + k.n FROM (SELECT blob, count(*) AS n FROM kept_segments WHERE snapshot = "
    "?1 GROUP BY blob) AS k WHERE blobs.id = k.blob"};
inline constexpr Query kept_blobs{"SELECT blob FROM kept_segments WHERE snapshot = ?1"};
inline constexpr Query blobs_in_use{"SELECT blob FROM segments"};

inline constexpr std::array forget_kept{
    Query{"DELETE FROM kept_buckets WHERE snapshot = ?1"},
    Query{"DELETE FROM kept_bucket_documents WHERE snapshot = ?1"},
    Query{"DELETE FROM kept_objects WHERE snapshot = ?1"},
    Query{"DELETE FROM kept_uploads WHERE snapshot = ?1"},
    Query{"DELETE FROM kept_manifests WHERE snapshot = ?1"},
    Query{"DELETE FROM kept_parts WHERE snapshot = ?1"},
    Query{"DELETE FROM kept_segments WHERE snapshot = ?1"},
};

/// The revisions of a manifest's parts are never given out twice, also after a restoration.
inline constexpr Query keep_greater_revisions{
    "UPDATE kept_manifests SET revisions = max(kept_manifests.revisions, m.revisions) FROM manifests AS m "
    "WHERE kept_manifests.snapshot = ?1 AND m.id = kept_manifests.id"};
inline constexpr std::array empty_store{
    Query{"DELETE FROM buckets"},   Query{"DELETE FROM bucket_documents"}, Query{"DELETE FROM objects"},
    Query{"DELETE FROM uploads"},   Query{"DELETE FROM manifests"},        Query{"DELETE FROM parts"},
    Query{"DELETE FROM segments"},
};
inline constexpr std::array give_back{
    Query{"INSERT INTO buckets(" PARTSMITH_BUCKETS ") SELECT " PARTSMITH_BUCKETS
          " FROM kept_buckets WHERE snapshot = ?1"},
    Query{"INSERT INTO bucket_documents(" PARTSMITH_DOCUMENTS ") SELECT " PARTSMITH_DOCUMENTS
          " FROM kept_bucket_documents WHERE snapshot = ?1"},
    Query{"INSERT INTO objects(" PARTSMITH_OBJECTS ") SELECT " PARTSMITH_OBJECTS
          " FROM kept_objects WHERE snapshot = ?1"},
    Query{"INSERT INTO uploads(" PARTSMITH_UPLOADS ") SELECT " PARTSMITH_UPLOADS
          " FROM kept_uploads WHERE snapshot = ?1"},
    Query{
        "INSERT INTO manifests(id, revisions) SELECT id, revisions FROM kept_manifests WHERE snapshot = ?1"},
    Query{"INSERT INTO parts(" PARTSMITH_PARTS ") SELECT " PARTSMITH_PARTS
          " FROM kept_parts WHERE snapshot = ?1"},
    Query{"INSERT INTO segments(" PARTSMITH_SEGMENTS ") SELECT " PARTSMITH_SEGMENTS
          " FROM kept_segments WHERE snapshot = ?1"},
};

#undef PARTSMITH_BUCKETS
#undef PARTSMITH_DOCUMENTS
#undef PARTSMITH_OBJECTS
#undef PARTSMITH_UPLOADS
#undef PARTSMITH_PARTS
#undef PARTSMITH_SEGMENTS

}  // namespace partsmith::storage::queries
