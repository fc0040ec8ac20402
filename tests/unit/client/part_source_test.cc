#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include <partsmith/client/part_source.h>
#include <partsmith/values/limits.h>

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
    std::string& bytes = parts.emplace_back();
    const auto read =
        read_whole(**part, [&bytes](partsmith::ByteView piece) { bytes += partsmith::as_text(piece); });
    REQUIRE(read);
    CHECK(bytes.size() == (*part)->length());
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

TEST_CASE("A huge file comes in 10,000 parts at most, none of them held in memory") {
  using partsmith::limits::gib;
  for (const std::uint64_t size : {200 * gib, 1024 * gib}) {
    INFO(size);
    const TemporaryFile file("");
    std::filesystem::resize_file(file.path, size);
    auto source = FileSource::open(file.path, 8 * partsmith::limits::mib);
    REQUIRE(source);
    std::uint64_t sum = 0;
    std::uint32_t parts = 0;
    std::uint32_t in_memory = 0;
    while (const auto part = source->next().value()) {
      sum += part->length();
      in_memory += part->text() != nullptr && part->length() > FileSource::most_in_memory ? 1U : 0U;
      ++parts;
    }
    CHECK(sum == size);
    CHECK(parts <= partsmith::limits::max_part_number);
    CHECK(in_memory == 0);
  }
}

TEST_CASE("A part that lies in its file can be read again, and after the source has gone") {
  const std::uint64_t size = FileSource::most_in_memory + 1;
  std::string content(static_cast<std::size_t>(size) + 3, 'a');
  content.back() = 'z';
  const TemporaryFile file(content);
  std::optional<Body> first;
  {
    auto source = FileSource::open(file.path, size);
    REQUIRE(source);
    first = source->next().value();
    CHECK(*source->next().value()->text() == "aaz");
  }
  REQUIRE(first);
  CHECK(first->text() == nullptr);
  CHECK(first->repeatable());
  for (int reading = 0; reading < 2; ++reading) {
    std::string bytes;
    REQUIRE(read_whole(*first, [&bytes](partsmith::ByteView piece) { bytes += partsmith::as_text(piece); }));
    CHECK(bytes == content.substr(0, static_cast<std::size_t>(size)));
  }
  std::filesystem::resize_file(file.path, 100);
  CHECK_FALSE(read_whole(*first, [](partsmith::ByteView) {}));
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
