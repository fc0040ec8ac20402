#include "md5_lanes.h"

#include <atomic>
#include <barrier>
#include <thread>

#include "catch.h"

using namespace partsmith;
using namespace partsmith::server;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t run_size = std::size_t{64} << 10U;

/// As many uploads share as there are, and wait for each other for much longer than a test takes.
Md5Lanes::Options patient() {
  return {.processors = 1, .patience = 60s};
}

Bytes bytes_of(std::size_t upload, std::size_t size = run_size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * (upload + 3) + (i >> 7U));
  return bytes;
}

Md5 plain_md5(const Bytes& bytes, std::size_t times) {
  Bytes all;
  for (std::size_t i = 0; i < times; ++i) all.insert(all.end(), bytes.begin(), bytes.end());
  return md5(all);
}

/// Uploads `runs` runs on each of `count` threads, which begin together; the number of wrong digests.
std::size_t upload_at_once(Md5Lanes& lanes, std::size_t count, std::size_t runs) {
  std::atomic<std::size_t> wrong = 0;
  std::barrier begin(static_cast<std::ptrdiff_t>(count));
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < count; ++i) {
      threads.emplace_back([&, i] {
        const Bytes bytes = bytes_of(i);
        Md5Lanes::Upload upload(lanes);
        begin.arrive_and_wait();
        for (std::size_t run = 0; run < runs; ++run) upload.update(bytes);
        if (upload.finish() != plain_md5(bytes, runs)) ++wrong;
      });
    }
  }
  return wrong;
}

}  // namespace

TEST_CASE("A lone upload is digested at once, whatever the patience is") {
  Md5Lanes lanes(patient());
  const Bytes bytes = bytes_of(0);
  Md5Lanes::Upload upload(lanes);
  for (int i = 0; i < 20; ++i) upload.update(bytes);
  CHECK(upload.finish() == plain_md5(bytes, 20));
  CHECK(lanes.counts().alone == 20);
  CHECK(lanes.counts().together == 0);
}

TEST_CASE("An upload waits for another that is arriving, and is digested with it") {
  Md5Lanes lanes(patient());
  const Bytes bytes = bytes_of(0);
  Md5Lanes::Upload upload(lanes);
  upload.update(bytes);
  {
    const std::jthread other([&] {
      Md5Lanes::Upload second(lanes);
      second.update(bytes);
    });
    while (lanes.waiting() == 0) std::this_thread::yield();
    upload.update(bytes);
  }
  CHECK(upload.finish() == plain_md5(bytes, 2));
  CHECK(lanes.counts().alone == 1);
  CHECK(lanes.counts().together == 2);
}

TEST_CASE("Uploads that arrive together have their own digests, and in vain nobody waits") {
  const auto count = GENERATE(std::size_t{2}, std::size_t{5}, std::size_t{8});
  Md5Lanes lanes(patient());
  CHECK(upload_at_once(lanes, count, 50) == 0);
  const auto counts = lanes.counts();
  CHECK(counts.together + counts.alone == count * 50);
  CHECK(counts.waits_in_vain == 0);
}

TEST_CASE("More uploads than lanes are digested in rounds") {
  Md5Lanes lanes({.processors = 1});
  CHECK(upload_at_once(lanes, 24, 30) == 0);
  CHECK(lanes.counts().together + lanes.counts().alone == 24 * 30);
}

TEST_CASE("Uploads that have a processor each wait for nobody") {
  Md5Lanes lanes({.processors = 64, .patience = 60s});
  CHECK(upload_at_once(lanes, 4, 20) == 0);
  CHECK(lanes.counts().together == 0);
  CHECK(lanes.counts().alone == 80);
}

TEST_CASE("Without lanes every upload is digested on its own") {
  Md5Lanes lanes({.processors = 1, .patience = 60s, .width = Md5Width::one});
  CHECK(upload_at_once(lanes, 4, 20) == 0);
  CHECK(lanes.counts().together == 0);
}

TEST_CASE("An upload that is silent holds the others up for their patience, and after that seldom") {
  Md5Lanes lanes({.processors = 1, .patience = 1ms});
  const Bytes bytes = bytes_of(1);
  Md5Lanes::Upload silent(lanes);
  silent.update(bytes);
  Md5Lanes::Upload upload(lanes);
  for (int i = 0; i < 400; ++i) upload.update(bytes);
  CHECK(upload.finish() == plain_md5(bytes, 400));
  CHECK(silent.finish() == md5(bytes));
  // Waits after 0, 0, 1, 3, 7, 15, 31, 63, 63 … rounds.
  CHECK(lanes.counts().waits_in_vain >= 2);
  CHECK(lanes.counts().waits_in_vain <= 16);
}

TEST_CASE("An upload that is given up is waited for no more") {
  Md5Lanes lanes(patient());
  const Bytes bytes = bytes_of(1);
  auto given_up = std::make_unique<Md5Lanes::Upload>(lanes);
  given_up->update(bytes);
  Md5 digest{};
  {
    const std::jthread other([&] {
      Md5Lanes::Upload upload(lanes);
      upload.update(bytes);  // waits for the one that is given up, unless that has gone already
      digest = upload.finish();
    });
    given_up.reset();
  }
  CHECK(digest == md5(bytes));
  CHECK(lanes.counts().waits_in_vain == 0);
}

TEST_CASE("Small runs meet nobody") {
  Md5Lanes lanes(patient());
  Md5Lanes::Upload one(lanes);
  Md5Lanes::Upload other(lanes);
  const Bytes bytes = bytes_of(2, 4096);
  one.update(bytes);
  other.update(bytes);
  CHECK(one.finish() == md5(bytes));
  CHECK(other.finish() == md5(bytes));
  CHECK(lanes.counts().alone + lanes.counts().together == 0);
}

TEST_CASE("Uploads of two servers don't meet") {
  Md5Lanes one(patient());
  Md5Lanes other(patient());
  const Bytes bytes = bytes_of(3);
  Md5Lanes::Upload first(one);
  Md5Lanes::Upload second(other);
  first.update(bytes);
  second.update(bytes);
  CHECK(one.counts().alone == 1);
  CHECK(other.counts().alone == 1);
}
