#pragma once
/// A data folder as somebody else may hand it over: changed by any means, beside a file that is none of its
/// business.

#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "fsck_fixture.h"

namespace partsmith::storage::testing {

inline std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

/// As its owner can: SQLite without any of the store's precautions.
inline void write_sql(const std::filesystem::path& folder, const std::string& sql) {
  sqlite3* opened = nullptr;
  const int code = ::sqlite3_open((folder / "partsmith.db").c_str(), &opened);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> db(opened, ::sqlite3_close);
  char* said = nullptr;
  if (code != SQLITE_OK || ::sqlite3_exec(db.get(), sql.c_str(), nullptr, nullptr, &said) != SQLITE_OK) {
    const std::string why = said == nullptr ? "cannot be opened" : said;
    ::sqlite3_free(said);
    throw std::runtime_error(sql + ": " + why);
  }
}

/// A closed store with one of each kind of thing, made once.
inline const std::filesystem::path& sound_store() {
  static const std::unique_ptr<StoreFixture> made = [] {
    auto store = varied_store();
    store->close();
    return store;
  }();
  return made->folder();
}

/// A copy of it, and beside its folder a file that nothing may touch.
class HostileFolder {
 public:
  HostileFolder() {
    std::filesystem::copy(sound_store(), path(), std::filesystem::copy_options::recursive);
    write_file(victim(), secret);
  }

  std::filesystem::path path() const { return temporary_.path() / "store"; }
  std::filesystem::path victim() const { return temporary_.path() / "victim"; }
  bool victim_is_whole() const { return text_of(victim()) == secret; }
  /// The file of the object "big".
  std::filesystem::path big_file() const {
    for (const auto& name : files_below(path() / "blobs")) {
      if (text_of(path() / "blobs" / name) == big('b')) return path() / "blobs" / name;
    }
    throw std::runtime_error("no file has the bytes of the object");
  }
  void sql(const std::string& text) const { write_sql(path(), text); }

  std::expected<std::unique_ptr<Store>, std::string> open() const {
    return open_local_store({.folder = path(), .clock = &clock_});
  }

  static constexpr std::string_view secret_view = "precious";
  const std::string secret{secret_view};

 private:
  TemporaryFolder temporary_;
  SystemClock clock_;
};

/// What reading the object's bytes comes to; "" and the refusal when it fails.
inline std::pair<std::string, std::optional<StoreErrorCode>> read_object_of(Store& store,
                                                                            std::string_view key) {
  auto lease = store.open_object(bucket_name("the-bucket"), object_key(key));
  if (!lease) return {"", lease.error().code};
  std::string text(200'000, '\0');
  const auto count = (*lease)->read(0, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  if (!count) return {"", count.error().code};
  text.resize(*count);
  return {text, std::nullopt};
}

/// Does to a store whatever a client can, one call of each kind; the answers don't matter.
inline void use(Store& store) {
  const BucketName bucket = bucket_name("the-bucket");
  static_cast<void>(store.buckets("", "", 100));
  static_cast<void>(store.bucket_document(bucket, BucketDocument::cors));
  static_cast<void>(store.list_objects(bucket, {}));
  static_cast<void>(store.list_objects(bucket, {.prefix = {}, .delimiter = "i", .start_after = {}}));
  static_cast<void>(store.list_versions(bucket, {}));
  const auto uploads = store.list_uploads(bucket, {});
  for (const char* key : {"small", "empty", "big", "multi", "copy"}) {
    static_cast<void>(read_object_of(store, key));
    const auto lease = store.open_object(bucket, object_key(key));
    if (!lease) continue;
    for (const std::uint32_t ordinal : {1u, 2u, 3u}) static_cast<void>((*lease)->part(ordinal));
    static_cast<void>((*lease)->parts(0, 1'000));
    const std::uint64_t size = (*lease)->info().size;
    static_cast<void>(store.put_object(
        bucket, object_key("copied"), Content::shared(**lease, size / 2, size / 2), StoreFixture::draft("")));
  }
  if (uploads) {
    for (const UploadInfo& upload : uploads->uploads) {
      const UploadRef ref{bucket, upload.key, upload.id};
      const auto parts = store.parts(ref, 0, 1'000);
      auto writer = store.new_blob(9);
      if (writer && (*writer)->write(as_bytes("more text"))) {
        static_cast<void>(store.put_part(ref, part_number(1), Content::written(std::move(*writer)),
                                         {.etag = etag_of("more text"), .checksum = {}}));
      }
      std::vector<Store::PartRevision> named;
      if (parts) {
        for (const PartInfo& part : parts->parts) named.push_back({part.number, part.revision});
      }
      if (!named.empty()) static_cast<void>(store.complete(ref, named, StoreFixture::draft("x")));
      static_cast<void>(store.abort(ref));
    }
  }
  for (const char* key : {"small", "empty", "big", "multi", "copy", "copied"}) {
    static_cast<void>(store.delete_object(bucket, object_key(key), {}));
  }
  static_cast<void>(store.delete_bucket(bucket));
}

}  // namespace partsmith::storage::testing
