// Some bytes of a sound database are changed, by chance and the same each time: a store with it opens or is
// refused, is used, checked and repaired, and nothing outside of it is touched. ctest bounds the time; with
// sanitizers every false step of ours, or SQLite's, ends the test.

#include <random>

#include "hostile_folder.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace {

constexpr std::size_t page_size = 4'096;

/// One to eight changes, most of them where a page's structure is.
void mutate(std::string& bytes, std::mt19937& random) {
  for (auto changes = 1 + random() % 8; changes > 0; --changes) {
    const std::size_t page = random() % (bytes.size() / page_size) * page_size;
    const std::size_t in_page = random() % 3 == 0 ? random() % page_size
                                : random() % 2 == 0
                                    ? random() % 128  // header and cell pointers
                                    : page_size - 1 - random() % std::size_t{512};  // the newest cells
    const std::size_t at = page + in_page;
    switch (random() % 5) {
      case 0:
        bytes[at] = static_cast<char>(random());
        break;
      case 1:
        bytes[at] = static_cast<char>(bytes[at] ^ 1 << random() % 8);
        break;
      case 2:
        bytes[at] = random() % 2 == 0 ? '\xff' : '\0';
        break;
      case 3:
        bytes.replace(at, std::min<std::size_t>(8, bytes.size() - at),
                      std::min<std::size_t>(8, bytes.size() - at), '\x7f');
        break;
      default:  // a page in another's place, or cut off
        if (random() % 4 == 0) {
          bytes.resize(bytes.size() - random() % page_size);
          if (bytes.size() < page_size) bytes.resize(page_size);
        } else {
          const std::size_t other = random() % (bytes.size() / page_size) * page_size;
          bytes.replace(page, page_size, bytes.substr(other, page_size));
        }
    }
  }
}

void survive(std::uint32_t first, std::uint32_t last) {
  const HostileFolder folder;
  const auto database = folder.path() / "partsmith.db";
  const std::string sound = text_of(database);
  REQUIRE(sound.size() % page_size == 0);
  int opened = 0;
  for (std::uint32_t seed = first; seed < last; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    std::string bytes = sound;
    mutate(bytes, random);
    for (const char* name : {"partsmith.db-wal", "partsmith.db-shm", "partsmith.db-journal"}) {
      std::filesystem::remove(folder.path() / name);
    }
    write_file(database, bytes);
    if (const auto store = folder.open()) {
      ++opened;
      use(**store);
    }
    static_cast<void>(look(folder.path(), true, true));
    REQUIRE(folder.victim_is_whole());
  }
  CHECK(opened > 0);
}

}  // namespace

TEST_CASE("a database with changed bytes does no harm") {
  survive(0, 150);
}

TEST_CASE("long: a database with changed bytes does no harm", "[.][long]") {
  survive(150, 5'000);
}
