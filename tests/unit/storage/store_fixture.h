#pragma once
/// A store in a temporary folder, and short ways to say what tests say often.

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/storage/local_store.h>

#include "catch.h"
#include "engine.h"
#include "failing_database.h"
#include "failing_files.h"
#include "local_store.h"
#include "temporary_folder.h"

namespace partsmith::storage::testing {

using test::bytes_below;
using test::files_below;
using test::TemporaryFolder;
using test::write_file;

/// A clock that moves only when told.
class StoppedClock final : public Clock {
 public:
  TimePoint now() const override {
    const std::scoped_lock lock(mutex_);
    return now_;
  }
  void advance(std::chrono::milliseconds by) {
    const std::scoped_lock lock(mutex_);
    now_ += by;
  }

 private:
  mutable std::mutex mutex_;
  TimePoint now_{std::chrono::milliseconds(1'790'000'000'123)};
};

/// The value, or the test ends with the store's own words.
template <typename T>
T must(Result<T> result) {
  if (!result) {
    throw std::runtime_error(std::string(to_string(result.error().code)) + ": " + result.error().detail);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// Why it was refused; nothing when it was not.
template <typename T>
std::optional<StoreErrorCode> refusal(const Result<T>& result) {
  if (result) return std::nullopt;
  return result.error().code;
}

inline BucketName bucket_name(std::string_view text) {
  return BucketName::parse(text).value();
}
inline ObjectKey object_key(std::string_view text) {
  return ObjectKey::parse(text).value();
}
inline PartNumber part_number(std::int64_t number) {
  return PartNumber::from(number).value();
}
inline ETag etag_of(std::string_view text) {
  return ETag::of(md5(as_bytes(text)));
}

/// Text that is too long to be kept in the database.
inline std::string big(char fill, std::size_t size = 100'000) {
  return std::string(size, fill);
}

class StoreFixture {
 public:
  /// `power`: told what would survive its failure. `rows_freed_at_once`: what a transaction frees at most.
  explicit StoreFixture(Durability durability = Durability::process, PowerFailure* power = nullptr,
                        std::size_t rows_freed_at_once = system_seams().rows_freed_at_once)
      : durability_(durability),
        rows_freed_at_once_(rows_freed_at_once),
        database_(power),
        files_(std::make_shared<FailingFiles>(power)) {
    open();
  }

  Store& store() { return *store_; }
  Store* operator->() { return store_.get(); }
  StoppedClock& clock() { return clock_; }
  const std::filesystem::path& folder() const { return folder_.path(); }
  std::vector<std::string> log() const {
    const std::scoped_lock lock(log_mutex_);
    return log_;
  }

  void close() { store_.reset(); }
  // From the next open() on.
  void set_quota(std::optional<std::uint64_t> quota) { quota_ = quota; }
  void set_large_object(LargeObject large) { large_object_ = large; }
  void set_log_limits(LogLimits limits) { log_limits_ = limits; }
  void open() {
    auto opened = try_open();
    if (!opened) throw std::runtime_error(opened.error());
    store_ = std::move(*opened);
  }
  void reopen() {
    close();
    open();
  }
  std::expected<std::unique_ptr<Store>, std::string> try_open() {
    Seams seams = system_seams();
    seams.files = files_;
    seams.vfs = database_.vfs();
    seams.rows_freed_at_once = rows_freed_at_once_;
    seams.large_object = large_object_;
    seams.log = log_limits_;
    auto engine = Engine::open(
        {.folder = folder(), .durability = durability_, .clock = &clock_, .quota = quota_, .log = logger()},
        std::move(seams));
    if (!engine) return std::unexpected(std::move(engine.error()));
    return std::make_unique<LocalStore>(std::move(*engine));
  }
  /// Waits until what was given up has been freed.
  void catch_up() { dynamic_cast<LocalStore&>(*store_).catch_up(); }
  FailingFiles& files() { return *files_; }
  FailingDatabase& database() { return database_; }
  std::function<void(std::string_view)> logger() {
    return [this](std::string_view line) {
      const std::scoped_lock lock(log_mutex_);
      log_.emplace_back(line);
    };
  }

  /// Files that hold bytes of parts and objects, published or not.
  std::set<std::string> blob_files() const { return files_below(folder() / "blobs"); }
  std::set<std::string> incoming_files() const { return files_below(folder() / "incoming"); }
  std::uint64_t stored_bytes() const {
    return bytes_below(folder() / "blobs") + bytes_below(folder() / "incoming");
  }

  Content content(std::string_view text) {
    auto writer = must(store().new_blob(text.size()));
    must(writer->write(as_bytes(text)));
    return Content::written(std::move(writer));
  }

  static ObjectDraft draft(std::string_view text) {
    return {.attributes = {}, .etag = etag_of(text), .checksum = {}, .condition = {}};
  }

  Result<ObjectInfo> put(std::string_view key, std::string_view text, const WriteCondition& condition = {}) {
    ObjectDraft wanted = draft(text);
    wanted.condition = condition;
    return store().put_object(bucket, object_key(key), content(text), wanted);
  }

  UploadRef begin(std::string_view key) {
    const UploadInfo upload = must(store().create_upload(bucket, object_key(key), {}, {}, {}));
    return {upload.bucket, upload.key, upload.id};
  }
  Result<PartInfo> part(const UploadRef& upload, std::int64_t number, std::string_view text) {
    return store().put_part(upload, part_number(number), content(text),
                            {.etag = etag_of(text), .checksum = {}});
  }
  /// Completes with all parts that are there.
  Result<ObjectInfo> complete(const UploadRef& upload, const WriteCondition& condition = {}) {
    auto page = store().parts(upload, 0, limits::max_part_number);
    if (!page) return std::unexpected(page.error());
    std::vector<Store::PartRevision> named;
    for (const PartInfo& one : page->parts) named.push_back({one.number, one.revision});
    ObjectDraft wanted = draft("multipart");
    wanted.condition = condition;
    return store().complete(upload, named, wanted);
  }
  /// An object of parts with these texts, numbered from 1.
  ObjectInfo put_multipart(std::string_view key, const std::vector<std::string>& texts) {
    const UploadRef upload = begin(key);
    std::int64_t number = 0;
    for (const auto& text : texts) must(part(upload, ++number, text));
    return must(complete(upload));
  }

  std::unique_ptr<ObjectLease> lease(std::string_view key) {
    return must(store().open_object(bucket, object_key(key)));
  }
  std::string read(std::string_view key) { return read_all(*lease(key)); }
  static std::string read_all(ObjectLease& lease, std::uint64_t offset = 0) {
    std::string text(static_cast<std::size_t>(lease.info().size - offset), '\0');
    const auto into = std::span(reinterpret_cast<std::uint8_t*>(text.data()), text.size());
    const std::size_t count = must(lease.read(offset, into));
    if (count != text.size()) throw std::runtime_error("fewer bytes than the object has");
    return text;
  }

  BucketName bucket = bucket_name("the-bucket");

  /// A fixture whose bucket exists.
  static std::unique_ptr<StoreFixture> with_bucket(Durability durability = Durability::process) {
    auto made = std::make_unique<StoreFixture>(durability);
    must((*made)->create_bucket(made->bucket, "eu-central-1"));
    return made;
  }

 private:
  TemporaryFolder folder_;
  Durability durability_;
  std::size_t rows_freed_at_once_;
  std::optional<std::uint64_t> quota_;
  LargeObject large_object_;
  LogLimits log_limits_;
  StoppedClock clock_;
  FailingDatabase database_;
  std::shared_ptr<FailingFiles> files_;
  mutable std::mutex log_mutex_;
  std::vector<std::string> log_;
  std::unique_ptr<Store> store_;
};

}  // namespace partsmith::storage::testing
