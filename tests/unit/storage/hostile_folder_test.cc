// A data folder of somebody else's: nothing in it leads outside, makes a caller wait, or is taken for a file
// of the store's when it is none.

#include "hostile_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <thread>

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace fs = std::filesystem;

namespace {

/// Names of blobs that are none, as SQL. The first two lead to the victim from blobs/XX and from incoming/.
std::vector<std::string> names_that_are_none(const HostileFolder& folder) {
  return {"'../victim'",
          "'../../victim'",
          "'../../../victim'",
          "'" + folder.victim().string() + "'",
          "''",
          "'.'",
          "'..'",
          "'victim'",
          "'0123456789ABCDEF0123456789ABCDEF'",
          "'0123456789abcdef0123456789abcde'",
          "'0123456789abcdef0123456789abcdef0'",
          "'0123456789abcdef/123456789abcdef'",
          "'0123456789abcdef0123456789abcde' || char(0)",
          "'0123456789abcdef0123456789abcdef' || char(0) || '/../victim'",
          "'\n123456789abcdef0123456789abcdef'",
          "CAST(x'ff' AS TEXT)"};
}

int mode_of(const fs::path& path) {
  struct ::stat facts{};
  if (::lstat(path.c_str(), &facts) != 0) return -1;
  return static_cast<int>(facts.st_mode & 0777);
}

/// What may lie in a file's place. Whoever reads it reaches the victim, or waits for ever.
struct Impostor {
  std::string what;
  std::function<void(const HostileFolder&, const fs::path&)> make;
};
const std::vector<Impostor> impostors{
    {"a link", [](const auto& folder, const auto& path) { fs::create_symlink(folder.victim(), path); }},
    {"a second name of another file",
     [](const auto& folder, const auto& path) { fs::create_hard_link(folder.victim(), path); }},
    {"a pipe", [](const auto&, const auto& path) { REQUIRE(::mkfifo(path.c_str(), 0600) == 0); }},
    {"a folder", [](const auto&, const auto& path) { fs::create_directory(path); }},
    {"a socket",
     [](const auto&, const auto& path) {
       ::sockaddr_un address{};
       address.sun_family = AF_UNIX;
       REQUIRE(path.string().size() < sizeof(address.sun_path));
       path.string().copy(address.sun_path, path.string().size());
       const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
       REQUIRE(::bind(socket, reinterpret_cast<const ::sockaddr*>(&address), sizeof(address)) == 0);
       ::close(socket);
     }},
    {"a link to a device", [](const auto&, const auto& path) { fs::create_symlink("/dev/zero", path); }},
};

/// The rest of a rollback journal doesn't matter to SQLite when it looks for this.
std::string journal_naming(const std::string& super_journal) {
  const auto big_endian = [](std::uint32_t number) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
    return bytes;
  };
  std::uint32_t sum = 0;
  for (const char c : super_journal) sum += static_cast<std::uint32_t>(static_cast<signed char>(c));
  const std::string magic = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7";
  std::string header =
      magic + big_endian(0) + big_endian(0) + big_endian(1) + big_endian(512) + big_endian(4096);
  header.resize(512, '\0');
  return header + big_endian(0x40000000 / 4096 + 1) + super_journal +
         big_endian(static_cast<std::uint32_t>(super_journal.size())) + big_endian(sum) + magic;
}

}  // namespace

TEST_CASE("a blob's name that is none leads to no file, at the start, when it is read, deleted, or checked") {
  for (std::size_t i = 0;; ++i) {
    const HostileFolder folder;
    const auto names = names_that_are_none(folder);
    if (i == names.size()) break;
    CAPTURE(names[i]);
    const auto before = files_below(folder.path() / "blobs");
    folder.sql("UPDATE blobs SET name = " + names[i] +
               " WHERE id = (SELECT blob FROM segments s JOIN objects o "
               "ON o.manifest = s.manifest WHERE o.key = 'big'); "
               "INSERT OR IGNORE INTO blobs(name, size, refs) VALUES(" +
               names[i] + " || 'x', 8, 0)");
    const Found found = look(folder.path());
    CHECK(found.kinds().contains("missing-bytes"));
    {
      auto store = folder.open();
      REQUIRE(store);
      CHECK(read_object_of(**store, "big").second == StoreErrorCode::damaged);
      CHECK(read_object_of(**store, "multi").first.size() == 200'000);
      const BucketName bucket = bucket_name("the-bucket");
      const auto lease = (*store)->open_object(bucket, object_key("big"));
      REQUIRE(lease);
      CHECK(refusal((*store)->put_object(bucket, object_key("c"), Content::shared(**lease, 0, 10),
                                         StoreFixture::draft(""))) == StoreErrorCode::damaged);
      CHECK((*store)->delete_object(bucket, object_key("big"), {}));
    }
    CHECK(folder.victim_is_whole());
    const Found mended = look(folder.path(), true, true);
    CAPTURE(mended.text());
    CHECK(mended.summary);
    CHECK(folder.victim_is_whole());
    CHECK(files_below(folder.path() / "blobs").size() + 1 == before.size());  // the file that nothing names
  }
}

TEST_CASE("what lies in the place of a blob's file and is none is neither read nor waited for") {
  for (const Impostor& impostor : impostors) {
    for (const bool arrived : {true, false}) {
      CAPTURE(impostor.what, arrived);
      const HostileFolder folder;
      const fs::path published = folder.big_file();
      const fs::path place = arrived ? published : folder.path() / "incoming" / published.filename();
      fs::remove(published);
      impostor.make(folder, place);
      folder.sql("UPDATE blobs SET size = 8 WHERE name = '" + place.filename().string() + "'");
      CHECK(look(folder.path()).kinds().contains("missing-bytes"));
      {
        auto store = folder.open();
        REQUIRE(store);
        CHECK(read_object_of(**store, "big").second == StoreErrorCode::damaged);
        CHECK((*store)->delete_object(bucket_name("the-bucket"), object_key("big"), {}));
      }
      CHECK(look(folder.path(), true, true).summary);
      CHECK(folder.victim_is_whole());
    }
  }
}

TEST_CASE("a folder of blobs that is a link is not entered") {
  const HostileFolder folder;
  const fs::path outside = folder.path().parent_path() / "outside";
  const fs::path inner = folder.big_file().parent_path();
  fs::rename(inner, outside);
  write_file(outside / "0123456789abcdef0123456789abcdef", "another's");
  fs::create_directory_symlink(outside, inner);
  const auto before = files_below(outside);

  CHECK(look(folder.path()).kinds().contains("orphan-file"));
  {
    auto store = folder.open();
    REQUIRE(store);
    CHECK(read_object_of(**store, "big").second == StoreErrorCode::damaged);
    CHECK((*store)->delete_object(bucket_name("the-bucket"), object_key("big"), {}));
  }
  CHECK(files_below(outside) == before);
  CHECK(look(folder.path(), true, true).summary);
  CHECK(files_below(outside) == before);
  CHECK_FALSE(fs::exists(fs::symlink_status(inner)));
}

TEST_CASE("a link at blobs/ or incoming/ is refused") {
  for (const char* name : {"blobs", "incoming"}) {
    CAPTURE(name);
    const HostileFolder folder;
    const fs::path outside = folder.path().parent_path() / "outside";
    fs::rename(folder.path() / name, outside);
    fs::create_directory_symlink(outside, folder.path() / name);
    write_file(outside / "0123456789abcdef0123456789abcdef", "another's");
    const auto before = files_below(outside);
    CHECK_FALSE(folder.open());
    const Found found = look(folder.path(), true, true);
    REQUIRE_FALSE(found.summary);
    CHECK(found.summary.error().find(name) != std::string::npos);
    CHECK(files_below(outside) == before);
  }
}

TEST_CASE("what lies in incoming/ and is none of the store's making stays there") {
  const HostileFolder folder;
  write_file(folder.path() / "incoming" / "notes.txt", "mine");
  fs::create_symlink(folder.victim(), folder.path() / "incoming" / "link");
  REQUIRE(folder.open());
  CHECK(text_of(folder.path() / "incoming" / "notes.txt") == "mine");
  CHECK(fs::is_symlink(folder.path() / "incoming" / "link"));
  CHECK(look(folder.path()).kinds() == std::set<std::string_view>{"orphan-file"});
  CHECK(look(folder.path(), false, true).summary);
  CHECK(folder.victim_is_whole());
}

TEST_CASE("a database, log, index, journal or lock that is no plain file is refused, and not waited for") {
  for (const Impostor& impostor : impostors) {
    for (const char* name :
         {"partsmith.db", "partsmith.db-wal", "partsmith.db-shm", "partsmith.db-journal", "lock"}) {
      CAPTURE(impostor.what, name);
      const HostileFolder folder;
      fs::remove(folder.path() / name);
      impostor.make(folder, folder.path() / name);
      const auto store = folder.open();
      REQUIRE_FALSE(store);
      CHECK(store.error().find(folder.path().string()) != std::string::npos);
      CHECK(store.error().find('\n') == std::string::npos);
      CHECK_FALSE(look(folder.path(), true, true).summary);
      CHECK(folder.victim_is_whole());
    }
  }
}

TEST_CASE("a journal that has SQLite delete another file is refused") {
  const HostileFolder folder;
  const std::string journal = journal_naming(folder.victim().string());
  write_file(folder.path() / "partsmith.db-journal", journal);
  CHECK_FALSE(folder.open());
  CHECK_FALSE(look(folder.path(), true, true).summary);
  CHECK(folder.victim_is_whole());
}

TEST_CASE("every file is its owner's alone from its first byte, whatever the process's mask is") {
  struct NoMask {
    ~NoMask() { ::umask(before); }
    ::mode_t before = ::umask(0);
  } const no_mask;
  const TemporaryFolder temporary;
  const fs::path folder = temporary.path() / "store";
  fs::create_directory(folder);  // as somebody made it, for everybody
  const SystemClock clock;
  auto store = open_local_store({.folder = folder, .clock = &clock});
  REQUIRE(store);
  const BucketName bucket = bucket_name("the-bucket");
  must((*store)->create_bucket(bucket, "r"));
  auto writer = must((*store)->new_blob(std::nullopt));
  must(writer->write(as_bytes(big('x'))));
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    CAPTURE(entry.path().string());
    CHECK(mode_of(entry.path()) == (entry.is_directory() ? 0700 : 0600));
  }
  must((*store)->put_object(bucket, object_key("k"), Content::written(std::move(writer)),
                            StoreFixture::draft("x")));
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    CAPTURE(entry.path().string());
    CHECK(mode_of(entry.path()) == (entry.is_directory() ? 0700 : 0600));
  }
  for (const char* name : {"partsmith.db", "partsmith.db-wal", "partsmith.db-shm", "lock"}) {
    CHECK(mode_of(folder / name) == 0600);
  }
}

TEST_CASE("a database that others could read, as earlier versions made it, becomes its owner's alone") {
  const HostileFolder folder;
  fs::permissions(folder.path() / "partsmith.db", static_cast<fs::perms>(0644));
  auto store = folder.open();
  REQUIRE(store);
  must((*store)->create_bucket(bucket_name("another"), "r"));
  for (const char* name : {"partsmith.db", "partsmith.db-wal", "partsmith.db-shm"}) {
    CAPTURE(name);
    CHECK(mode_of(folder.path() / name) == 0600);
  }
}

TEST_CASE("a folder stays in use when its lock's file is removed, or replaced") {
  const HostileFolder folder;
  auto store = folder.open();
  REQUIRE(store);
  for (const bool replaced : {false, true}) {
    fs::remove(folder.path() / "lock");
    if (replaced) write_file(folder.path() / "lock", "");
    const auto second = folder.open();
    REQUIRE_FALSE(second);
    CHECK(second.error().find("in use") != std::string::npos);
    const Found found = look(folder.path(), false, true);
    REQUIRE_FALSE(found.summary);
    CHECK(found.summary.error().find("in use") != std::string::npos);
  }
  store->reset();
  CHECK(folder.open());
}

TEST_CASE("the lock of an earlier version, which locks its file only, is respected") {
  const HostileFolder folder;
  const int lock = ::open((folder.path() / "lock").c_str(), O_RDWR | O_CREAT, 0600);
  REQUIRE(::flock(lock, LOCK_EX | LOCK_NB) == 0);
  const auto store = folder.open();
  REQUIRE_FALSE(store);
  CHECK(store.error().find("in use") != std::string::npos);
  ::close(lock);
  CHECK(folder.open());
}

TEST_CASE("a store whose folder is replaced by another doesn't read that one's database") {
  const HostileFolder folder;
  auto store = folder.open();
  REQUIRE(store);
  const auto held = read_object_of(**store, "small");  // one connection for reading is open
  CHECK(held.first == "tiny");
  const fs::path away = folder.path().parent_path() / "away";
  fs::rename(folder.path(), away);
  {
    auto second = folder.open();  // another folder, and free
    REQUIRE(second);
    must((*second)->create_bucket(bucket_name("another"), "r"));
  }
  std::vector<std::thread> readers;
  std::atomic<int> wrong = 0;
  for (int i = 0; i < 8; ++i) {
    readers.emplace_back([&] {
      for (int time = 0; time < 20; ++time) {
        const auto found = (*store)->bucket(bucket_name("another"));
        if (found || (found.error().code != StoreErrorCode::no_such_bucket &&
                      found.error().detail.find("replaced") == std::string::npos)) {
          ++wrong;
        }
      }
    });
  }
  for (auto& reader : readers) reader.join();
  CHECK(wrong == 0);
  CHECK(read_object_of(**store, "big").first == big('b'));  // by its own descriptor
}

TEST_CASE("a file that becomes shorter while it is read is damage, and ends nothing") {
  const HostileFolder folder;
  auto store = folder.open();
  REQUIRE(store);
  auto lease = must((*store)->open_object(bucket_name("the-bucket"), object_key("big")));
  std::uint8_t byte = 0;
  CHECK(must(lease->read(0, {&byte, 1})) == 1);
  fs::resize_file(folder.big_file(), 10);
  CHECK(refusal(lease->read(50'000, {&byte, 1})) == StoreErrorCode::damaged);
  fs::resize_file(folder.path() / "partsmith.db", 4'096);
  use(**store);
}
