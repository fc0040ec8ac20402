// Opening a data folder: what is made, and what is refused in one line.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sqlite/schema.h"
#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace {

const SystemClock system_clock;

std::expected<std::unique_ptr<Store>, std::string> open_in(const std::filesystem::path& folder) {
  return open_local_store({.folder = folder, .clock = &system_clock});
}

/// The one line for a person; fails the test when the folder opens.
std::string refusal_of(const std::filesystem::path& folder) {
  auto opened = open_in(folder);
  REQUIRE_FALSE(opened);
  CAPTURE(opened.error());
  CHECK(opened.error().find('\n') == std::string::npos);
  CHECK(opened.error().find(folder.string()) != std::string::npos);
  return opened.error();
}

void run_sql(const std::filesystem::path& folder, const std::string& sql) {
  auto connection = sqlite::Connection::open(folder / "partsmith.db", sqlite::Connection::Mode::write);
  REQUIRE(connection);
  REQUIRE(connection->run(sql));
}

}  // namespace

TEST_CASE("a missing folder is made with its parents, for its owner alone") {
  const TemporaryFolder temporary;
  const auto folder = temporary.path() / "a" / "b";
  REQUIRE(open_in(folder));
  struct ::stat facts{};
  REQUIRE(::stat(folder.c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0700);
  CHECK(std::filesystem::exists(folder / "partsmith.db"));
}

TEST_CASE("a folder that ends with a slash, or is relative, is a folder too") {
  const TemporaryFolder temporary;
  REQUIRE(open_in(temporary.path() / "store" / ""));
  REQUIRE(open_in(temporary.path() / "." / "store"));
}

TEST_CASE("a folder in use is refused, and free again when its store ends") {
  const TemporaryFolder temporary;
  {
    auto first = open_in(temporary.path());
    REQUIRE(first);
    CHECK(refusal_of(temporary.path()).find("in use") != std::string::npos);
  }
  CHECK(open_in(temporary.path()));
}

TEST_CASE("a folder used by another process is refused until that process ends, even by a kill") {
  const TemporaryFolder temporary;
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const ::pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const auto folder = system_files()->open_folder(temporary.path());
    const bool held = folder && (*folder)->lock().has_value();
    const auto kept = (*folder)->lock();
    const char told = held && kept ? 'y' : 'n';
    if (::write(ready[1], &told, 1) != 1) ::_exit(1);
    ::pause();
    ::_exit(0);
  }
  char told = 'n';
  CHECK(::read(ready[0], &told, 1) == 1);
  CHECK(told == 'y');
  CHECK(refusal_of(temporary.path()).find("in use") != std::string::npos);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(ready[0]);
  ::close(ready[1]);
  CHECK(open_in(temporary.path()));
}

TEST_CASE("two stores live side by side in one process") {
  auto first = StoreFixture::with_bucket();
  auto second = StoreFixture::with_bucket();
  must(first->put("k", "first"));
  must(second->put("k", "second"));
  CHECK(first->read("k") == "first");
  CHECK(second->read("k") == "second");
}

TEST_CASE("what is not a folder is refused") {
  const TemporaryFolder temporary;
  write_file(temporary.path() / "file", "text");
  refusal_of(temporary.path() / "file");
  refusal_of(temporary.path() / "file" / "below");
  refusal_of("/proc/no-such-place");
}

TEST_CASE("a database that is damaged, foreign or newer is refused and not touched") {
  const TemporaryFolder temporary;
  const auto folder = temporary.path() / "store";
  REQUIRE(open_in(folder));
  const auto database = folder / "partsmith.db";
  struct Case {
    std::string what;
    std::string told;
    std::function<void()> happen;
  };
  const std::vector<Case> cases{
      {"garbage", "damaged", [&] { write_file(database, big('x', 8'192)); }},
      {"a table is missing", "damaged", [&] { run_sql(folder, "DROP TABLE segments"); }},
      {"a column is missing", "damaged", [&] { run_sql(folder, "ALTER TABLE parts DROP COLUMN etag"); }},
      {"a newer format", "format", [&] { run_sql(folder, "PRAGMA user_version=99"); }},
      {"another program's", "not a partsmith database", [&] { run_sql(folder, "PRAGMA application_id=7"); }},
  };
  for (const Case& one : cases) {
    CAPTURE(one.what);
    std::filesystem::remove_all(folder);
    REQUIRE(open_in(folder));
    one.happen();
    const auto size = std::filesystem::file_size(database);
    CHECK(refusal_of(folder).find(one.told) != std::string::npos);
    CHECK(std::filesystem::file_size(database) == size);
  }
}

TEST_CASE("a folder with blobs and no database is refused, for nothing would ever free them") {
  auto store = StoreFixture::with_bucket();
  must(store->put("k", big('x')));
  store->close();
  std::filesystem::remove(store->folder() / "partsmith.db");
  CHECK(refusal_of(store->folder()).find("no partsmith.db") != std::string::npos);
}

TEST_CASE("a start that was cut off before the tables were made is taken up again") {
  const TemporaryFolder temporary;
  write_file(temporary.path() / "partsmith.db", "");
  std::filesystem::create_directory(temporary.path() / "incoming");
  CHECK(open_in(temporary.path()));
}

TEST_CASE("a folder that cannot be written is refused") {
  const TemporaryFolder temporary;
  for (const std::string call : {"lock", "make_folder", "sync_folder"}) {
    CAPTURE(call);
    auto files = std::make_shared<FailingFiles>();
    files->fail(call, EROFS);
    Seams seams = system_seams();
    seams.files = files;
    auto opened = Engine::open(
        {.folder = temporary.path(), .durability = Durability::disk, .clock = &system_clock}, seams);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().find("Read-only file system") != std::string::npos);
  }
}

TEST_CASE("a store needs a clock") {
  CHECK_THROWS(open_local_store({.folder = "/nowhere", .clock = nullptr}));
}
