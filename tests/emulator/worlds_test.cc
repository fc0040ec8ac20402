// Worlds, and how they begin anew.

#include "catch.h"
#include "emulator_client.h"

using namespace partsmith;
using namespace partsmith::test;
using namespace std::chrono_literals;

namespace {

EmulatorOptions with_worlds() {
  EmulatorOptions options;
  options.buckets = {"films"};
  options.world_per_access_key = true;
  return options;
}

}  // namespace

TEST_CASE("Each access key has buckets, faults, clock and journal of its own") {
  const Emulator emulator(with_worlds());
  EmulatorClient first(emulator, "first");
  EmulatorClient second(emulator, "second");
  CHECK(first.put("films", "a") == 200);
  CHECK(second.get("films", "a") == 404);
  const EmulatorWorld world = emulator.world("second");
  CHECK(world.access_key() == "second");
  world.faults().add({.name = "slow", .fault = faults::Error{.code = "SlowDown"}});
  CHECK(first.get("films", "a") == 200);
  CHECK(second.get("films", "a") == 503);
  CHECK(world.journal().entries().size() == 2);
  world.clock().advance(48h);
  CHECK(emulator.world("first").clock().now() - std::chrono::system_clock::now() < 1h);
  world.reset();
  CHECK(first.get("films", "a") == 200);
}

TEST_CASE("An emulator's own faults and journal are those of its access key") {
  const Emulator emulator(with_worlds());
  EmulatorClient s3(emulator);
  s3.put("films", "a");
  CHECK(emulator.journal().entries().size() == 1);
}

TEST_CASE("A reset gives back the start") {
  EmulatorOptions options;
  options.buckets = {"films"};
  options.versioned_buckets = {"dailies"};
  const Emulator emulator(options);
  EmulatorClient s3(emulator);
  s3.put("films", "a");
  s3.send(client::create_bucket("more", "us-east-1"));
  emulator.faults().add_preset("slow-down");
  emulator.clock().freeze();
  emulator.reset();
  CHECK(emulator.journal().entries().empty());
  CHECK(emulator.faults().list().empty());
  CHECK_FALSE(emulator.clock().frozen());
  CHECK(s3.get("films", "a") == 404);
  CHECK(s3.send(client::head_bucket("more")).status == 404);
  CHECK(s3.send(client::put_object("dailies", "a", "bytes")).headers.has("x-amz-version-id"));
}

TEST_CASE("Without worlds there is the one of the emulator's key alone") {
  const Emulator emulator;
  CHECK(has(refusal([&] { emulator.world("somebody"); }), "world_per_access_key"));
  emulator.world("test").journal().clear();
}
