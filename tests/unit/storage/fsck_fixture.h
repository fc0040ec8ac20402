#pragma once
/// A store with one of each kind of thing, its damage by SQL, and what fsck finds.

#include <expected>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/storage/fsck.h>

#include "consistency.h"
#include "store_fixture.h"

namespace partsmith::storage::testing {

struct Found {
  std::expected<FsckSummary, std::string> summary;
  std::vector<FsckProblem> problems;

  std::set<std::string_view> kinds() const {
    std::set<std::string_view> kinds;
    for (const auto& problem : problems) kinds.insert(to_string(problem.kind));
    return kinds;
  }
  std::string text() const {
    std::string text = summary ? "" : summary.error();
    for (const auto& problem : problems)
      text += std::string(to_string(problem.kind)) + ": " + problem.what + "\n";
    return text;
  }
};

inline Found look(const std::filesystem::path& folder, bool deep = true, bool repair = false) {
  std::vector<FsckProblem> problems;
  auto summary = fsck_local_store(
      {.folder = folder, .deep = deep, .repair = repair, .tell = [&](const FsckProblem& problem) {
         problems.push_back(problem);
       }});
  return {std::move(summary), std::move(problems)};
}

inline void run_sql(const std::filesystem::path& folder, const std::string& sql) {
  auto connection = sqlite::Connection::open(folder / "partsmith.db", sqlite::Connection::Mode::write);
  REQUIRE(connection);
  REQUIRE(connection->run(sql));
}

/// Completes with the ETag that the parts have.
inline void complete_truly(StoreFixture& store, const UploadRef& upload) {
  const PartPage page = must(store->parts(upload, 0, limits::max_part_number));
  std::vector<Store::PartRevision> named;
  std::vector<ETag> etags;
  for (const PartInfo& one : page.parts) {
    named.push_back({one.number, one.revision});
    etags.push_back(one.etag);
  }
  ObjectDraft draft = StoreFixture::draft("");
  draft.etag = ETag::of_parts(etags);
  must(store->complete(upload, named, draft));
}

/// A store with one of each kind of thing, closed.
inline std::unique_ptr<StoreFixture> varied_store() {
  auto store = StoreFixture::with_bucket();
  must(store->put("small", "tiny"));
  must(store->put("empty", ""));
  must(store->put("big", big('b')));
  const UploadRef done = store->begin("multi");
  must(store->part(done, 1, big('1')));
  must(store->part(done, 4, "four"));
  must(store->part(done, 9, big('9')));
  complete_truly(*store, done);
  const auto source = store->lease("multi");
  const std::string copied = StoreFixture::read_all(*source).substr(50'000, 100'000);
  must((*store)->put_object(store->bucket, object_key("copy"), Content::shared(*source, 50'000, 100'000),
                            StoreFixture::draft(copied)));
  const UploadRef open = store->begin("open");
  must(store->part(open, 1, big('o')));
  must(store->part(open, 2, "two"));
  return store;
}

inline std::filesystem::path first_blob(const StoreFixture& store) {
  return store.folder() / "blobs" / *store.blob_files().begin();
}

}  // namespace partsmith::storage::testing
