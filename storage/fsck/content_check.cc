#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <partsmith/values/digest.h>

#include "attributes_json.h"
#include "files/blob_folder.h"
#include "fsck/checkup.h"
#include "fsck/fsck_queries.h"
#include "rows.h"
#include "sqlite/queries.h"

namespace partsmith::storage::fsck {

using sqlite::Rows;
using sqlite::Session;

namespace {

constexpr std::uint32_t page = 256;
constexpr std::size_t buffer_size = 256 * limits::kib;

struct Expected {
  bool md5_etags = true;  ///< under KMS an ETag tells nothing of the bytes
  bool as_sent = true;    ///< under a customer's key the bytes on disk are not those of ETag and checksums
  ETag etag;
  std::optional<ObjectChecksum> checksum;
  bool multipart = false;
};

class Content {
 public:
  Content(Checkup& checkup, const ManifestFacts& facts)
      : checkup_(checkup), facts_(facts), db_(checkup.db.connection()) {}

  void check() {
    if (!read_facts()) return tell_failure();
    Digest whole_md5(DigestKind::md5);
    std::optional<Checksummer> whole;
    if (!expected_.as_sent) expected_.checksum.reset();
    if (expected_.checksum && expected_.checksum->type == ChecksumType::full_object) {
      whole.emplace(expected_.checksum->checksum.algorithm);
    }
    std::vector<ETag> etags;
    std::vector<SizedChecksum> checksums;
    std::uint32_t after = 0;
    for (;;) {
      const std::vector<PartInfo> parts = next_parts(after);
      if (db_.failed()) return tell_failure();
      if (parts.empty()) break;
      for (const PartInfo& part : parts) {
        if (!check_part(part, whole_md5, whole)) return;
        etags.push_back(part.etag);
        if (part.checksum) checksums.push_back({*part.checksum, part.size});
      }
      after = parts.back().number.value();
    }
    if (facts_.is_object) check_object(etags, checksums, whole_md5, whole);
  }

 private:
  bool read_facts() {
    std::string attributes;
    if (facts_.is_object) {
      Rows row = db_.query(queries::object_facts, facts_.id);
      if (!row.next()) return false;
      attributes = row.text(0);
      expected_.etag = ETag::from_stored(std::string(row.text(1)));
      if (!row.is_null(2)) {
        const auto algorithm = checksum_algorithm_by_name(row.text(2));
        const auto type = checksum_type_by_name(row.text(4));
        const ByteView value = row.bytes(3);
        if (!algorithm || !type) return fail("its checksum is none");
        expected_.checksum = ObjectChecksum{{*algorithm, Bytes(value.begin(), value.end())}, *type, 0};
      }
      expected_.multipart = !row.is_null(5);
    } else {
      Rows row = db_.query(queries::upload_facts, facts_.id);
      if (!row.next()) return false;
      attributes = row.text(0);
    }
    const auto parsed = attributes_from_json(attributes);
    if (!parsed) return fail("its attributes cannot be read");
    expected_.as_sent = !is_under_customer_key(parsed->encryption);
    expected_.md5_etags = expected_.as_sent && !is_under_kms(parsed->encryption);
    return true;
  }

  std::vector<PartInfo> next_parts(std::uint32_t after) {
    std::vector<PartInfo> parts;
    Rows rows =
        db_.query(facts_.is_object ? storage::queries::list_object_parts : storage::queries::list_parts,
                  facts_.id, after, page);
    while (rows.next()) {
      if (auto part = read_part(db_, rows)) append_part(db_, parts, std::move(part->info), after);
    }
    return parts;
  }

  /// False when the bytes could not be read: no digest of the whole can be had.
  bool check_part(const PartInfo& part, Digest& whole_md5, std::optional<Checksummer>& whole) {
    Digest digest(DigestKind::md5);
    std::optional<Checksummer> summer;
    if (part.checksum && expected_.as_sent) summer.emplace(part.checksum->algorithm);
    const auto take = [&](ByteView bytes) {
      digest.update(bytes);
      if (!expected_.multipart && facts_.is_object) whole_md5.update(bytes);
      if (summer) summer->update(bytes);
      if (whole) whole->update(bytes);
    };
    if (auto read = read_part_bytes(part, take); !read) {
      if (checkup_.still_there(facts_.id))
        tell(fmt::format("part {}: {}", part.number.value(), read.error()));
      return false;
    }
    if (expected_.md5_etags && part.etag.text() != to_hex(digest.finish())) {
      tell(fmt::format("part {} has not the bytes of its ETag", part.number.value()));
    }
    if (summer && summer->finish() != *part.checksum) {
      tell(fmt::format("part {} has not the bytes of its checksum", part.number.value()));
    }
    return true;
  }

  void check_object(const std::vector<ETag>& etags, const std::vector<SizedChecksum>& checksums,
                    Digest& whole_md5, std::optional<Checksummer>& whole) {
    const auto is_md5 = [](const ETag& etag) {
      const auto digest = from_hex(etag.text());
      return digest && digest->size() == Md5{}.size();
    };
    if (expected_.md5_etags && (!expected_.multipart || std::ranges::all_of(etags, is_md5))) {
      const std::string etag =
          expected_.multipart ? ETag::of_parts(etags).text() : to_hex(whole_md5.finish());
      if (expected_.etag.text() != etag) tell("its ETag is not that of its bytes");
    }
    if (!expected_.checksum) return;
    const Checksum& wanted = expected_.checksum->checksum;
    if (whole) {
      if (whole->finish() != wanted) tell("it has not the bytes of its checksum");
      return;
    }
    const bool all =
        checksums.size() == etags.size() && std::ranges::all_of(checksums, [&](const SizedChecksum& one) {
          return one.checksum.algorithm == wanted.algorithm;
        });
    if (!all || composite_checksum(wanted.algorithm, checksums) != wanted) {
      tell("its checksum is not that of its parts' checksums");
    }
  }

  template <typename Take>
  std::expected<void, std::string> read_part_bytes(const PartInfo& part, Take take) {
    struct Segment {
      std::uint64_t start, length;
      BlobId blob;
      std::uint64_t offset;
      bool has_file;
      std::optional<BlobName> file;
    };
    std::uint64_t from = 0;
    while (from < part.size) {
      std::vector<Segment> segments;
      {
        Rows rows = db_.query(storage::queries::segments_of_part, facts_.id, part.revision, from, page);
        while (rows.next()) {
          segments.push_back(
              {rows.size(0), rows.size(1), rows.id<BlobId>(2), rows.size(3), !rows.is_null(4), {}});
          if (segments.back().has_file) segments.back().file = BlobName::parse(rows.text(4));
        }
      }
      if (db_.failed()) return std::unexpected(db_.failure()->detail);
      if (segments.empty()) return std::unexpected("its segments end too early");
      for (const Segment& segment : segments) {
        if (segment.start < from) return std::unexpected("its segments are out of order");
        if (segment.has_file && !segment.file) return std::unexpected("its file's name is none");
        auto read = segment.file ? read_file(*segment.file, segment.offset, segment.length, take)
                                 : read_row(segment.blob, segment.offset, segment.length, take);
        if (!read) return read;
        from = segment.start + std::max<std::uint64_t>(segment.length, 1);
      }
    }
    return {};
  }

  template <typename Take>
  std::expected<void, std::string> read_file(const BlobName& name, std::uint64_t offset, std::uint64_t length,
                                             Take take) {
    auto file = checkup_.blobs.open(name);
    if (!file) return std::unexpected(file.error().detail);
    while (length > 0) {
      const auto piece = std::span(buffer_).first(std::min<std::size_t>(buffer_.size(), length));
      const auto count = (*file)->read(offset, piece);
      if (!count) return std::unexpected(count.error().to_store_error().detail);
      if (*count < piece.size()) return std::unexpected(fmt::format("file {} is too short", name.text()));
      take(ByteView(piece));
      offset += *count;
      length -= *count;
    }
    return {};
  }

  template <typename Take>
  std::expected<void, std::string> read_row(BlobId blob, std::uint64_t offset, std::uint64_t length,
                                            Take take) {
    Rows row = db_.query(storage::queries::blob_bytes, blob);
    if (!row.next()) return std::unexpected("a blob's bytes are missing from the database");
    const ByteView bytes = row.bytes(0);
    if (offset > bytes.size() || length > bytes.size() - offset) {
      return std::unexpected("a blob in the database is too short");
    }
    take(bytes.subspan(offset, length));
    return {};
  }

  bool fail(std::string why) {
    db_.fail({StoreErrorCode::damaged, std::move(why)});
    return false;
  }
  void tell_failure() {
    if (db_.failed()) tell(db_.failure()->detail);
  }
  void tell(const std::string& what) {
    checkup_.tell(FsckKind::content, fmt::format("{}: {}", facts_.name, what));
  }

  Checkup& checkup_;
  const ManifestFacts& facts_;
  Session db_;  // a damaged row of this object must not end the walk over the others
  Expected expected_;
  Bytes buffer_ = Bytes(buffer_size);
};

}  // namespace

void check_content(Checkup& checkup, const ManifestFacts& facts) {
  Content(checkup, facts).check();
}

}  // namespace partsmith::storage::fsck
