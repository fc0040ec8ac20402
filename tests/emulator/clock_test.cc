// The clock of an emulator.

#include <thread>

#include "catch.h"
#include "emulator_client.h"

using namespace partsmith;
using namespace partsmith::test;
using namespace std::chrono_literals;

namespace {

EmulatorOptions with_films() {
  EmulatorOptions options;
  options.buckets = {"films"};
  return options;
}

constexpr std::chrono::sys_seconds new_year_2030 = std::chrono::sys_days(std::chrono::year(2030) / 1 / 1);

}  // namespace

TEST_CASE("Last-Modified follows the clock, and signatures made in real time are right") {
  const Emulator emulator(with_films());
  EmulatorClient s3(emulator);
  emulator.clock().freeze();
  emulator.clock().set(new_year_2030);
  CHECK(emulator.clock().frozen());
  CHECK(s3.put("films", "a") == 200);
  emulator.clock().advance(8 * 24h);
  CHECK(s3.put("films", "b") == 200);
  CHECK(s3.send(client::head_object("films", "a")).headers.value("Last-Modified") ==
        "Tue, 01 Jan 2030 00:00:00 GMT");
  CHECK(s3.send(client::head_object("films", "b")).headers.value("Last-Modified") ==
        "Wed, 09 Jan 2030 00:00:00 GMT");
}

TEST_CASE(
    "A clock that isn't frozen goes on from where it was set, and shows real time again after a reset") {
  const Emulator emulator;
  const EmulatorClock clock = emulator.clock();
  clock.freeze();
  clock.set(new_year_2030);
  CHECK(clock.now() == new_year_2030);
  clock.unfreeze();
  while (clock.now() == new_year_2030) std::this_thread::yield();
  clock.reset();
  CHECK(clock.now() - std::chrono::system_clock::now() < 1s);
  CHECK_FALSE(clock.frozen());
}

TEST_CASE("A presigned URL expires when the clock is moved beyond its end") {
  const Emulator emulator(with_films());
  EmulatorClient s3(emulator);
  REQUIRE(s3.put("films", "a") == 200);
  client::S3Request request = client::get_object("films", "a");
  request.headers = {};
  request.signing = client::Signing::presigned;
  request.presigned_seconds = 60;
  const client::HttpRequest before = s3.s3().prepare(request);
  CHECK(s3.s3().send(before)->status == 200);
  emulator.clock().advance(61s);
  CHECK(s3.s3().send(before)->status == 403);
  CHECK(s3.s3().send(s3.s3().prepare(request))->status == 200);
}
