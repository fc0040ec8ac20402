// A disk that fills up: what does not fit is refused, what is there can be read, nothing leaks, and as soon
// as there is room again everything works, without a restart. On a small file system of its own where one may
// be mounted, else on a folder whose files are refused beyond a size.

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <atomic>

#include <partsmith/storage/fsck.h>

#include "consistency.h"
#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace {

constexpr std::uint64_t disk_size = 8 * limits::mib;

/// A file system of 8 MiB; ended with this object.
class SmallDisk {
 public:
  explicit SmallDisk(bool mount) {
    if (!mount) return;
    const std::string options = "size=" + std::to_string(disk_size);
    mounted_ = ::mount("partsmith-test", folder_.path().c_str(), "tmpfs", 0, options.c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.path().c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  std::filesystem::path store_folder() const { return folder_.path() / "store"; }

  /// Takes all room that is left, until free_room().
  void fill() {
    if (!mounted_) return static_cast<void>(full_ = true);
    const int file = ::open(ballast().c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    REQUIRE(file >= 0);
    for (std::string block(64 * limits::kib, 'x'); !block.empty();) {
      if (::write(file, block.data(), block.size()) < 0) block.resize(block.size() / 2);
    }
    ::close(file);
  }
  void free_room() {
    full_ = false;
    std::filesystem::remove(ballast());
  }
  /// Where nothing can be mounted: files fail as they would.
  void stand_in(FailingFiles& files) {
    if (mounted_) return;
    files.fail_when([this](const std::string& call, const auto&) {
      const bool full =
          full_ || bytes_below(store_folder() / "blobs") + bytes_below(store_folder() / "incoming") >
                       disk_size - limits::mib;
      return full && (call == "write" || call == "create") ? ENOSPC : 0;
    });
  }

 private:
  std::filesystem::path ballast() const { return folder_.path() / "ballast"; }

  TemporaryFolder folder_;
  bool mounted_ = false;
  std::atomic<bool> full_ = false;
};

class StoreOnDisk {
 public:
  explicit StoreOnDisk(SmallDisk& disk) : folder_(disk.store_folder()) {
    disk.stand_in(*files_);
    Seams seams = system_seams();
    seams.files = files_;
    auto engine = Engine::open({.folder = folder_, .clock = &clock_}, std::move(seams));
    if (!engine) throw std::runtime_error(engine.error());
    store_ = std::make_unique<LocalStore>(std::move(*engine));
    must(store_->create_bucket(bucket, "us-east-1"));
  }
  Store* operator->() { return store_.get(); }
  void close() {
    store_.reset();
    files_->work_again();
    CHECK(inconsistencies(folder_) == std::vector<std::string>{});
    const auto looked = fsck_local_store({.folder = folder_, .deep = true});
    REQUIRE(looked);
    CHECK(looked->problems == 0);
  }

  Result<Content> written(const std::string& text) {
    auto writer = store_->new_blob(std::nullopt);
    if (!writer) return std::unexpected(writer.error());
    if (auto done = (*writer)->write(as_bytes(text)); !done) return std::unexpected(done.error());
    return Content::written(std::move(*writer));
  }
  Result<ObjectInfo> put(const std::string& key, const std::string& text) {
    auto content = written(text);
    if (!content) return std::unexpected(content.error());
    return store_->put_object(bucket, object_key(key), std::move(*content), StoreFixture::draft(text));
  }
  Result<PartInfo> part(const UploadRef& upload, std::int64_t number, const std::string& text) {
    auto content = written(text);
    if (!content) return std::unexpected(content.error());
    return store_->put_part(upload, part_number(number), std::move(*content), {etag_of(text), {}});
  }
  std::string read(const std::string& key) {
    return StoreFixture::read_all(*must(store_->open_object(bucket, object_key(key))));
  }
  std::size_t files_there() const {
    return files_below(folder_ / "blobs").size() + files_below(folder_ / "incoming").size();
  }

  BucketName bucket = bucket_name("the-bucket");

 private:
  std::filesystem::path folder_;
  StoppedClock clock_;
  std::shared_ptr<FailingFiles> files_ = std::make_shared<FailingFiles>();
  std::unique_ptr<Store> store_;
};

}  // namespace

TEST_CASE("objects are taken until the disk is full, and again when one is deleted") {
  SmallDisk disk(GENERATE(true, false));
  StoreOnDisk store(disk);
  const std::string text = big('x', limits::mib);
  std::vector<std::string> taken;
  std::optional<StoreErrorCode> refused;
  while (!refused && taken.size() < 16) {
    const std::string key = "k" + std::to_string(taken.size());
    refused = refusal(store.put(key, text));
    if (!refused) taken.push_back(key);
  }
  CHECK(refused == StoreErrorCode::out_of_space);
  REQUIRE(taken.size() > 2);
  CHECK(store.files_there() == taken.size());
  for (int again = 0; again < 3; ++again) {
    CHECK(refusal(store.put("more", text)) == StoreErrorCode::out_of_space);
    CHECK(store.files_there() == taken.size());
  }
  must(store->delete_object(store.bucket, object_key(taken.back()), {}));
  must(store.put("more", text));
  CHECK(store.read("more") == text);
  for (std::size_t i = 0; i + 1 < taken.size(); ++i) CHECK(store.read(taken[i]) == text);
  store.close();
}

TEST_CASE("a write that lacks room only because the log has it gets it") {
  auto store = StoreFixture::with_bucket();
  for (int i = 0; i < 50; ++i) must(store->put("k" + std::to_string(i), std::string(4'000, 'x')));
  const auto log = std::filesystem::file_size(store->folder() / "partsmith.db-wal");
  REQUIRE(log > 100'000);
  store->files().say_room(2 * limits::mib + log + 1'000);
  must(store->put("more", big('y', 50'000)));
  CHECK(std::filesystem::file_size(store->folder() / "partsmith.db-wal") < log);
  store->files().say_room(2 * limits::mib + 1'000);
  CHECK(refusal((*store)->new_blob(50'000)) == StoreErrorCode::out_of_space);
}

TEST_CASE("a small write takes the pages that others have left in the database") {
  auto store = StoreFixture::with_bucket();
  for (int i = 0; i < 50; ++i) must(store->put("k" + std::to_string(i), std::string(8'000, 'x')));
  store->files().say_room(2 * limits::mib + 1'000);
  CHECK(refusal((*store)->new_blob(8'000)) == StoreErrorCode::out_of_space);
  for (int i = 0; i < 50; ++i)
    must((*store)->delete_object(store->bucket, object_key("k" + std::to_string(i)), {}));
  must(store->put("small", std::string(8'000, 'y')));
  CHECK(refusal((*store)->new_blob(9'000)) == StoreErrorCode::out_of_space);
}

TEST_CASE("on a disk without a byte left reading goes on, writing is refused, and room heals it") {
  SmallDisk disk(GENERATE(true, false));
  StoreOnDisk store(disk);
  const std::string text = big('a', 200'000);
  must(store.put("k", text));
  const UploadInfo info = must(store->create_upload(store.bucket, object_key("u"), {}, {}, {}));
  const UploadRef upload{info.bucket, info.key, info.id};
  must(store.part(upload, 1, text));
  for (int round = 0; round < 3; ++round) {
    CAPTURE(round, disk.mounted());
    disk.fill();
    CHECK(refusal(store.put("k", big('b', 200'000))) == StoreErrorCode::out_of_space);
    CHECK(refusal(store.part(upload, 1, big('b', 200'000))) == StoreErrorCode::out_of_space);
    CHECK(store.read("k") == text);
    CHECK(must(store->parts(upload, 0, 10)).parts.size() == (round == 0 ? 1 : 2));
    CHECK(store.files_there() == 2);
    if (disk.mounted()) {
      // The database has no room either: sooner or later its log is full.
      std::optional<StoreErrorCode> refused;
      for (int n = 0; n < 5000 && !refused; ++n) refused = refusal(store.put("small", big('s', 4000)));
      CHECK(refused == StoreErrorCode::out_of_space);
      CHECK(store.read("k") == text);
    }
    disk.free_room();
    must(store.put("later", text));
    must(store.part(upload, 2, text));
    must(store->delete_object(store.bucket, object_key("later"), {}));
    must(store->delete_object(store.bucket, object_key("small"), {}));
    must(store.part(upload, 2, "x"));
    CHECK(store.files_there() == 2);
  }
  must(store->abort(upload));
  CHECK(store.files_there() == 1);
  store.close();
}
