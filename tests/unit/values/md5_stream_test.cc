#include <algorithm>
#include <random>
#include <vector>

#include <partsmith/values/md5_stream.h>

#include "catch.h"

namespace partsmith {
namespace {

using Random = std::mt19937_64;  // the default seed: every run sees the same bytes

Bytes random_bytes(Random& random, std::size_t size) {
  Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

Md5Width any_width() {
  const auto widths = md5_widths();
  return widths[GENERATE_REF(range(std::size_t{0}, widths.size()))];
}

/// Streams, and all the bytes that each was given.
class Streams {
 public:
  explicit Streams(std::size_t count) : streams_(count), given_(count) {}

  void add(std::size_t stream, const Bytes& bytes) {
    given_[stream].insert(given_[stream].end(), bytes.begin(), bytes.end());
    held_.push_back({stream, bytes});
  }
  void digest(Md5Width width) {
    std::vector<Md5Stream::Run> runs;
    for (const auto& [stream, bytes] : held_) runs.push_back({&streams_[stream], bytes});
    Md5Stream::update_together(runs, width);
    held_.clear();
  }
  void update_alone(std::size_t stream, const Bytes& bytes) {
    given_[stream].insert(given_[stream].end(), bytes.begin(), bytes.end());
    streams_[stream].update(bytes);
  }
  /// The first stream whose digest isn't that of OpenSSL's EVP; nothing if all are right.
  std::optional<std::size_t> first_wrong() {
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      if (streams_[i].finish() != md5(given_[i])) return i;
    }
    return std::nullopt;
  }

 private:
  struct Held {
    std::size_t stream;
    Bytes bytes;
  };
  std::vector<Md5Stream> streams_;
  std::vector<Bytes> given_;
  std::vector<Held> held_;
};

}  // namespace

TEST_CASE("Streams have the digests of RFC 1321, at every width") {
  const Md5Width width = any_width();
  const std::vector<std::pair<std::string, std::string>> published = {
      {"", "d41d8cd98f00b204e9800998ecf8427e"},
      {"a", "0cc175b9c0f1b6a831c399e269772661"},
      {"abc", "900150983cd24fb0d6963f7d28e17f72"},
      {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
      {"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
      {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"},
      {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
       "57edf4a22be3c955ac49da2e2107b67a"}};
  std::vector<Md5Stream> streams(published.size());
  std::vector<Md5Stream::Run> runs;
  for (std::size_t i = 0; i < published.size(); ++i)
    runs.push_back({&streams[i], as_bytes(published[i].first)});
  Md5Stream::update_together(runs, width);
  for (std::size_t i = 0; i < published.size(); ++i)
    CHECK(to_hex(streams[i].finish()) == published[i].second);
}

TEST_CASE("Together every short length is digested as alone, at every alignment") {
  const Md5Width width = any_width();
  const std::size_t count = static_cast<std::size_t>(width) + 1;
  Random random;
  for (std::size_t length = 0; length < 200; ++length) {
    Streams streams(count);
    for (std::size_t i = 0; i < count; ++i) {
      streams.update_alone(i, random_bytes(random, (7 * i + length) % 130));
      streams.add(i, random_bytes(random, length));
    }
    streams.digest(width);
    CAPTURE(static_cast<std::size_t>(width), length);
    CHECK(streams.first_wrong() == std::nullopt);
  }
}

TEST_CASE("Random runs of random streams have OpenSSL's digests however they are split") {
  const Md5Width width = any_width();
  Random random;
  for (int round = 0; round < 60; ++round) {
    const std::size_t count = 1 + random() % 19;
    Streams streams(count);
    const std::size_t longest = std::size_t{1} << (1 + random() % 15);
    for (int turn = 0; turn < 8; ++turn) {
      for (std::size_t i = 0; i < count; ++i) {
        const Bytes bytes = random_bytes(random, random() % longest);
        switch (random() % 4) {
          case 0:
            break;
          case 1:
            streams.update_alone(i, bytes);
            break;
          default:
            streams.add(i, bytes);
            break;
        }
      }
      streams.digest(width);
    }
    CAPTURE(static_cast<std::size_t>(width), round, count, longest);
    CHECK(streams.first_wrong() == std::nullopt);
  }
}

TEST_CASE("A lane counts bytes beyond four gigabits") {
  const Md5Width width = any_width();
  const Bytes megabytes(std::size_t{4} << 20U, 0x5a);
  Md5Stream one;
  Md5Stream other;
  Digest plain(DigestKind::md5);
  for (int i = 0; i < 129; ++i) {
    Md5Stream::update_together(std::vector<Md5Stream::Run>{{&one, megabytes}, {&other, as_bytes("x")}},
                               width);
    plain.update(megabytes);
  }
  CHECK(to_hex(one.finish()) == to_hex(plain.finish()));
}

TEST_CASE("A stream that has finished begins anew") {
  Md5Stream stream;
  stream.update(as_bytes("abc"));
  CHECK(to_hex(stream.finish()) == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(to_hex(stream.finish()) == "d41d8cd98f00b204e9800998ecf8427e");
}

TEST_CASE("The widths begin with OpenSSL's one and grow") {
  const auto widths = md5_widths();
  REQUIRE_FALSE(widths.empty());
  CHECK(widths.front() == Md5Width::one);
  CHECK(std::ranges::is_sorted(widths));
  CHECK(widest_md5() == widths.back());
}

}  // namespace partsmith
