/// Whether a store stays as fast when it is full: makes one with many objects and open uploads, and times the
/// same operations in it and in an empty one. Rows are made by SQL, as the store would make them; their bytes
/// are in the database, one blob for all parts.
///
///   partsmith_bench_store [OBJECTS [UPLOADS [PARTS]]]        (1000000 10000 1000)
///
/// prints the table of docs/storage.md, "Scale".

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <partsmith/storage/fsck.h>
#include <partsmith/storage/local_store.h>

#include "sqlite/connection.h"

namespace {

using namespace partsmith;
using namespace partsmith::storage;
using Milliseconds = std::chrono::duration<double, std::milli>;

template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

template <typename Work>
double milliseconds(Work work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return Milliseconds(std::chrono::steady_clock::now() - begin).count();
}

struct Size {
  std::uint64_t objects = 1'000'000;
  std::uint64_t uploads = 10'000;
  std::uint64_t parts = 1'000;
};

const BucketName bucket = BucketName::parse("the-bucket").value();
const SystemClock system_clock;

ObjectKey key(const std::string& text) {
  return ObjectKey::parse(text).value();
}
PartNumber number(std::uint64_t value) {
  return PartNumber::from(static_cast<std::int64_t>(value)).value();
}

std::unique_ptr<Store> open(const std::filesystem::path& folder) {
  auto store = open_local_store({.folder = folder, .clock = &system_clock});
  if (!store) throw std::runtime_error(store.error());
  return std::move(*store);
}

Content small(Store& store) {
  auto writer = must(store.new_blob(5));
  must(writer->write(as_bytes("hello")));
  return Content::written(std::move(writer));
}
ObjectDraft draft() {
  ObjectDraft made;
  made.etag = ETag::of(md5(as_bytes("hello")));
  return made;
}
UploadRef begin(Store& store, const std::string& name) {
  const UploadInfo info = must(store.create_upload(bucket, key(name), {}, {}, {}));
  return {info.bucket, info.key, info.id};
}

/// Rows like those of one object and one upload that the store itself made, so many times.
void fill(const std::filesystem::path& folder, const Size& size) {
  {
    auto store = open(folder);
    must(store->create_bucket(bucket, "us-east-1"));
    must(store->put_object(bucket, key("model"), small(*store), draft()));
    must(store->put_part(begin(*store, "model"), number(1), small(*store), {draft().etag, {}}));
  }
  auto connection = sqlite::Connection::open(folder / "partsmith.db", sqlite::Connection::Mode::write);
  if (!connection) throw std::runtime_error(connection.error().detail);
  const std::string count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) ";
  const std::vector<std::string> steps{
      "PRAGMA synchronous=OFF; PRAGMA cache_size=-500000; BEGIN",
      fmt::format(fmt::runtime(count + "INSERT INTO manifests(id, revisions) SELECT i + 100, 1 FROM n"),
                  size.objects + size.uploads),
      fmt::format(fmt::runtime(count + "INSERT INTO blobs(id, size, refs) SELECT i + 100, 5, 1 FROM n"),
                  size.objects),
      fmt::format(fmt::runtime(count + "INSERT INTO blob_bytes SELECT i + 100, CAST('hello' AS BLOB) FROM n"),
                  size.objects),
      fmt::format(fmt::runtime(count + "INSERT INTO segments SELECT i + 100, 1, 0, 5, i + 100, 0 FROM n"),
                  size.objects),
      fmt::format(
          fmt::runtime(count + "INSERT INTO parts SELECT i + 100, 1, 1, 0, 5, etag, NULL, NULL, modified_ms "
                               "FROM n, objects WHERE key = 'model'"),
          size.objects),
      fmt::format(
          fmt::runtime(count + "INSERT INTO objects SELECT i + 100, bucket, printf('folder-%03d/%09d', "
                               "i / 10000, i), size, etag, NULL, NULL, NULL, NULL, modified_ms, "
                               "attributes, 1, NULL, NULL, 1, 0 FROM n, objects WHERE key = 'model'"),
          size.objects),
      fmt::format(fmt::runtime(count + "INSERT INTO uploads SELECT i + {}, upload_id || i, bucket, "
                                       "printf('upload/%09d', i), initiated_ms, attributes, NULL, NULL, 0 "
                                       "FROM n, uploads WHERE key = 'model'"),
                  size.uploads, 100 + size.objects),
      fmt::format(
          fmt::runtime(count +
                       "INSERT INTO parts SELECT u.manifest, i, i, (i - 1) * 5, 5, p.etag, NULL, NULL, "
                       "p.modified_ms FROM uploads u, n, parts p WHERE u.manifest > 100 AND "
                       "p.manifest = 1"),
          size.parts),
      fmt::format(
          fmt::runtime(count + "INSERT INTO segments SELECT u.manifest, i, 0, 5, 1, 0 FROM uploads u, n "
                               "WHERE u.manifest > 100"),
          size.parts),
      fmt::format("UPDATE blobs SET refs = refs + {} WHERE id = 1", size.uploads * size.parts),
      fmt::format("UPDATE totals SET bytes = bytes + {}", size.objects * 5),
      "COMMIT"};
  for (const std::string& step : steps) {
    if (auto done = connection->run(step); !done) throw std::runtime_error(done.error().detail);
  }
}

/// The median of some runs, in milliseconds.
template <typename Work>
double median(Work work) {
  std::vector<double> times;
  for (int run = 0; run < 9; ++run) times.push_back(milliseconds(work));
  std::ranges::sort(times);
  return times[times.size() / 2];
}

UploadRef with_parts(Store& store, const std::string& name, std::uint64_t parts) {
  const UploadRef upload = begin(store, name);
  for (std::uint64_t n = 1; n <= parts; ++n) {
    must(store.put_part(upload, number(n), small(store), {draft().etag, {}}));
  }
  return upload;
}

std::vector<Store::PartRevision> named_parts(Store& store, const UploadRef& upload) {
  std::vector<Store::PartRevision> named;
  for (const PartInfo& part : must(store.parts(upload, 0, limits::max_part_number)).parts) {
    named.push_back({part.number, part.revision});
  }
  return named;
}

/// What was timed, in the order of docs/storage.md; of some also the slowest put meanwhile.
struct Timing {
  std::string what;
  std::vector<double> milliseconds;
};

/// Times operations in one store.
class Measurement {
 public:
  explicit Measurement(const std::filesystem::path& folder) : folder_(folder) {}

  std::vector<Timing> run() {
    add("start", milliseconds([&] { store_ = open(folder_); }));
    time_listings();
    time_small_writes();
    time_uploads_of_1000_parts();
    time_uploads_of_10000_parts();
    time_shared_segments();
    time_delete_bucket();
    store_.reset();
    add("fsck", milliseconds([&] {
          const auto looked = fsck_local_store({.folder = folder_});
          if (!looked || looked->problems > 0) throw std::runtime_error("fsck finds the store wrong");
        }));
    return std::move(timings_);
  }

 private:
  void add(std::string what, double time) { timings_.push_back({std::move(what), {time}}); }

  void time_listings() {
    add("list 1,000 objects, from the first key", median([&] { must(store_->list_objects(bucket, {})); }));
    const ObjectQuery middle{.prefix = {}, .delimiter = {}, .start_after = "folder-050/000500000"};
    add("list 1,000 objects, in the middle", median([&] { must(store_->list_objects(bucket, middle)); }));
    const ObjectQuery grouped{.prefix = {}, .delimiter = "/", .start_after = {}};
    add("list with delimiter (100 groups)", median([&] { must(store_->list_objects(bucket, grouped)); }));
    add("list 1,000 versions, in the middle", median([&] {
          must(store_->list_versions(
              bucket,
              {.prefix = {}, .delimiter = {}, .key_marker = middle.start_after, .version_marker = {}}));
        }));
    add("list 1,000 uploads", median([&] { must(store_->list_uploads(bucket, {})); }));
  }

  void time_small_writes() {
    add("put an object", median([&] { put("folder-050/new"); }));
    add("create an upload", median([&] { begin(*store_, "upload/new"); }));
  }

  void time_uploads_of_1000_parts() {
    constexpr int runs = 3;
    double complete = 0;
    double abort = 0;
    for (int run = 0; run < runs; ++run) {
      const UploadRef done = with_parts(*store_, "done", 1000);
      const auto named = named_parts(*store_, done);
      complete += milliseconds([&] { must(store_->complete(done, named, draft())); }) / runs;
      const UploadRef gone = with_parts(*store_, "gone", 1000);
      abort += milliseconds([&] { must(store_->abort(gone)); }) / runs;
    }
    add("complete 1,000 parts", complete);
    add("abort 1,000 parts", abort);
  }

  void time_uploads_of_10000_parts() {
    const UploadRef whole = with_parts(*store_, "most", 10'000);
    const auto all = named_parts(*store_, whole);
    meanwhile("complete 10,000 parts", [&] { must(store_->complete(whole, all, draft())); });
    const UploadRef one = with_parts(*store_, "one", 10'000);
    const std::vector last{named_parts(*store_, one).back()};
    meanwhile("complete 1 of 10,000 parts", [&] { must(store_->complete(one, last, draft())); });
    const UploadRef gone = with_parts(*store_, "gone", 10'000);
    meanwhile("abort 10,000 parts", [&] { must(store_->abort(gone)); });
  }

  /// Of the object that has been made of 10,000 parts.
  void time_shared_segments() {
    const UploadRef upload = begin(*store_, "with a copied part");
    const auto source = [&] { return must(store_->open_object(bucket, key("most"))); };
    const auto share = [](ObjectLease& lease) { return Content::shared(lease, 0, lease.info().size); };
    meanwhile("copy an object of 10,000 parts", [&] {
      const auto lease = source();
      must(store_->put_object(bucket, key("copy"), share(*lease), draft()));
    });
    {
      const auto lease = source();
      must(store_->put_part(upload, number(1), share(*lease), {draft().etag, {}}));
    }
    meanwhile("replace a part copied from it",
              [&] { must(store_->put_part(upload, number(1), small(*store_), {draft().etag, {}})); });
    meanwhile("overwrite the copy", [&] { put("copy"); });
    meanwhile("delete the object of 10,000 parts",
              [&] { must(store_->delete_object(bucket, key("most"), {})); });
    must(store_->abort(upload));
  }

  void time_delete_bucket() {
    const BucketName other = BucketName::parse("other-bucket").value();
    must(store_->create_bucket(other, "us-east-1"));
    for (int n = 0; n < 5'000; ++n) must(store_->create_upload(other, key("upload"), {}, {}, {}));
    meanwhile("delete a bucket with 5,000 uploads", [&] { must(store_->delete_bucket(other)); });
  }

  void put(const std::string& name) { must(store_->put_object(bucket, key(name), small(*store_), draft())); }

  /// Times the work, and the puts of somebody else until it has ended.
  template <typename Work>
  void meanwhile(std::string what, Work work) {
    std::atomic<bool> ended = false;
    double slowest = 0;
    std::jthread other([&] {
      while (!ended) slowest = std::max(slowest, milliseconds([&] { put("meanwhile"); }));
    });
    const double time = milliseconds(work);
    ended = true;
    other.join();
    timings_.push_back({std::move(what) + "; the slowest put meanwhile", {time, slowest}});
  }

  std::filesystem::path folder_;
  std::unique_ptr<Store> store_;
  std::vector<Timing> timings_;
};

std::string told(const Timing& timing) {
  std::vector<std::string> texts;
  for (const double time : timing.milliseconds) {
    texts.push_back(time < 10 ? fmt::format("{:.2f}", time) : fmt::format("{:.0f}", time));
  }
  return fmt::format("{}", fmt::join(texts, "; "));
}

}  // namespace

int main(int argc, char** argv) {
  Size size;
  std::uint64_t* const values[] = {&size.objects, &size.uploads, &size.parts};
  for (int i = 1; i < argc && i <= 3; ++i) {
    const std::string_view text = argv[i];
    std::from_chars(text.data(), text.data() + text.size(), *values[i - 1]);
  }
  std::string pattern = (std::filesystem::temp_directory_path() / "partsmith-bench-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) return EXIT_FAILURE;
  const std::filesystem::path folder = pattern;
  int status = EXIT_SUCCESS;
  try {
    fill(folder / "empty", {1, 1, 1});
    fmt::print("filled in {:.0f} ms\n\n", milliseconds([&] { fill(folder / "full", size); }));
    const auto empty = Measurement(folder / "empty").run();
    const auto full = Measurement(folder / "full").run();
    fmt::print("| milliseconds | empty | full |\n|---|---|---|\n");
    for (std::size_t n = 0; n < empty.size(); ++n) {
      fmt::print("| {} | {} | {} |\n", empty[n].what, told(empty[n]), told(full[n]));
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    status = EXIT_FAILURE;
  }
  std::filesystem::remove_all(folder);
  return status;
}
