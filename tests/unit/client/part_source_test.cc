#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include <partsmith/client/part_source.h>

#include "catch.h"

using namespace partsmith::client;

namespace {

class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view content) {
    std::string name = (std::filesystem::temp_directory_path() / "partsmith-part-XXXXXX").string();
    const int fd = mkstemp(name.data());
    REQUIRE(fd >= 0);
    ::close(fd);
    path = name;
    std::ofstream(path, std::ios::binary) << content;
  }
  ~TemporaryFile() { std::filesystem::remove(path); }

  std::filesystem::path path;
};

std::vector<std::string> all(PartSource& source) {
  std::vector<std::string> parts;
  while (true) {
    auto part = source.next();
    REQUIRE(part);
    if (!*part) return parts;
    parts.push_back(**std::move(part));
  }
}

using Parts = std::vector<std::string>;

}  // namespace

TEST_CASE("A file comes in parts of one size but the last") {
  struct Case {
    std::string content;
    Parts parts;
  };
  const Case cases[] = {{"", {}},
                        {"ab", {"ab"}},
                        {"abcd", {"abcd"}},
                        {"abcdef", {"abcd", "ef"}},
                        {"abcdefgh", {"abcd", "efgh"}}};
  for (const auto& one : cases) {
    INFO(one.content);
    const TemporaryFile file(one.content);
    auto source = FileSource::open(file.path, 4);
    REQUIRE(source);
    CHECK(source->size() == one.content.size());
    CHECK(all(*source) == one.parts);
  }
}

TEST_CASE("Parts grow when a file would need more than 10,000 of them") {
  const TemporaryFile file("");
  std::filesystem::resize_file(file.path, 10'000 * 4 + 1);
  const auto source = FileSource::open(file.path, 4);
  REQUIRE(source);
  CHECK(source->part_size() == 5);
}

TEST_CASE("A file that becomes shorter meanwhile is an error") {
  const TemporaryFile file("abcdefgh");
  auto source = FileSource::open(file.path, 4);
  REQUIRE(source);
  REQUIRE(source->next());
  std::filesystem::resize_file(file.path, 5);
  CHECK_FALSE(source->next());
}

TEST_CASE("What can't be read as a file is told by name") {
  const auto missing = FileSource::open("/nonexistent/file", 4);
  REQUIRE_FALSE(missing);
  CHECK(missing.error() == "/nonexistent/file: No such file or directory");
  CHECK_FALSE(FileSource::open(std::filesystem::temp_directory_path(), 4));
}

TEST_CASE("A stream comes in parts of one size, however its bytes arrive") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  std::thread writer([&] {
    for (const std::string piece : {"a", "bcde", "fg", "hij"})
      REQUIRE(::write(ends[1], piece.data(), piece.size()) > 0);
    ::close(ends[1]);
  });
  StreamSource source(ends[0], 4);
  CHECK(all(source) == Parts{"abcd", "efgh", "ij"});
  writer.join();
  ::close(ends[0]);
}

TEST_CASE("A stream that ends at a part's end has no part behind it") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  REQUIRE(::write(ends[1], "abcd", 4) == 4);
  ::close(ends[1]);
  StreamSource source(ends[0], 4);
  CHECK(all(source) == Parts{"abcd"});
  ::close(ends[0]);
}

TEST_CASE("A stream that can't be read is an error") {
  StreamSource source(-1, 4);
  CHECK_FALSE(source.next());
}
