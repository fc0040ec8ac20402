// Typed faults: what can be said, and that it acts.

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <sstream>

#include <partsmith/client/multipart_uploader.h>

#include "catch.h"
#include "emulator_client.h"
#include "faults/rule.h"
#include "temporary_folder.h"

using namespace partsmith;
using namespace partsmith::test;
using namespace std::chrono_literals;

namespace {

EmulatorOptions with_films() {
  EmulatorOptions options;
  options.buckets = {"films"};
  return options;
}

/// One of each type, every parameter set.
std::vector<Fault> one_of_each() {
  return {faults::Error{.code = "SlowDown", .status = 500, .message = "later", .retry_after = 3s},
          faults::ErrorIn200{.code = "SlowDown", .message = "later"},
          faults::Reset{.after_bytes = 1},
          faults::Close{.after_bytes = 2},
          faults::Hang{.time = 3ms, .after_bytes = 4},
          faults::Truncate{.after_bytes = 5},
          faults::Corrupt{.after_bytes = 6, .bit = 7},
          faults::Delay{.time = 8ms, .after_bytes = 9},
          faults::Throttle{.bytes_per_second = 10},
          faults::Slice{.bytes = 11},
          faults::WrongEtag{},
          faults::DropHeader{.header = "ETag"},
          faults::LateCommit{.until = faults::LateCommit::Until::abort, .answered = true},
          faults::StaleListing{.younger_than = 12s},
          faults::Redirect{.region = "eu-west-1"},
          faults::ExpiredToken{},
          faults::NoContinue{},
          faults::PartLost{},
          faults::UploadExpired{}};
}

std::set<std::string> words(std::string_view text) {
  std::istringstream stream{std::string(text)};
  return {std::istream_iterator<std::string>(stream), {}};
}

}  // namespace

TEST_CASE("Every type of fault in the table can be said in C++, with every parameter of it") {
  const auto all = one_of_each();
  CHECK(all.size() == std::variant_size_v<Fault>);
  std::set<std::string> said;
  for (const Fault& fault : all) {
    const auto json = nlohmann::json::parse(to_json(FaultRule{.fault = fault})).at("fault");
    const auto type = json.at("type").get<std::string>();
    INFO(type);
    said.insert(type);
    const auto row = std::ranges::find(server::fault_types(), type, &server::FaultTypeRow::name);
    REQUIRE(row != server::fault_types().end());
    std::set<std::string> parameters;
    for (const auto& [name, value] : json.items()) {
      if (name != "type") parameters.insert(name);
    }
    CHECK(parameters == words(row->parameters));
    const auto rule = server::parse_fault_rules(to_json(FaultRule{.fault = fault}));
    REQUIRE(rule);
    const nlohmann::json understood = to_json(rule->front()).at("fault");
    CHECK(understood == json);
  }
  for (const auto& row : server::fault_types()) CHECK(said.contains(std::string(row.name)));
}

TEST_CASE("Every type of fault with nothing said but what it needs is a rule") {
  for (const Fault& fault :
       {Fault(faults::Error{}), Fault(faults::ErrorIn200{}), Fault(faults::Reset{}), Fault(faults::Close{}),
        Fault(faults::Hang{}), Fault(faults::Truncate{}), Fault(faults::Corrupt{}), Fault(faults::Slice{}),
        Fault(faults::LateCommit{}), Fault(faults::StaleListing{}), Fault(faults::Redirect{})}) {
    CHECK(server::parse_fault_rules(to_json(FaultRule{.fault = fault})));
  }
}

TEST_CASE("Every time of a fault can be said") {
  for (const auto& [when, same] :
       {std::pair(FaultWhen::before, server::FaultWhen::before),
        std::pair(FaultWhen::during_request, server::FaultWhen::during_request),
        std::pair(FaultWhen::after_commit, server::FaultWhen::after_commit),
        std::pair(FaultWhen::during_response, server::FaultWhen::during_response)}) {
    const auto rules = server::parse_fault_rules(to_json(FaultRule{.when = when, .fault = faults::Reset{}}));
    REQUIRE(rules);
    CHECK(rules->front().when == same);
  }
}

TEST_CASE("Every part of a rule is said") {
  const FaultRule rule{.name = "rare",
                       .match = {.operations = {"UploadPart", "Get*"},
                                 .method = "PUT",
                                 .bucket = "films",
                                 .key = "*.mp4",
                                 .upload_id = "u*",
                                 .part_numbers = {{2, 5}},
                                 .access_key = "test",
                                 .headers = {{"x-a", "b"}},
                                 .attempt = 2,
                                 .user_agent = "aws*"},
                       .skip = 1,
                       .times = 2,
                       .probability = 0.5,
                       .seed = 7,
                       .lifetime = 60s,
                       .when = FaultWhen::after_commit,
                       .fault = faults::Reset{}};
  const auto parsed = server::parse_fault_rules(to_json(rule));
  REQUIRE(parsed);
  const auto said = nlohmann::json::parse(to_json(rule));
  const nlohmann::json understood = to_json(parsed->front());
  CHECK(said == understood);
  CHECK(said.at("match").size() == 10);
}

TEST_CASE("A typed fault acts on the requests that it is about, and its hits are counted") {
  const Emulator emulator(with_films());
  EmulatorClient s3(emulator);
  emulator.faults().add({.name = "slow",
                         .match = {.operations = {"PutObject"}, .key = "*.mp4"},
                         .skip = 1,
                         .times = 1,
                         .fault = faults::Error{.code = "SlowDown", .retry_after = 3s}});
  CHECK(s3.put("films", "a.txt") == 200);
  CHECK(s3.put("films", "a.mp4") == 200);
  const auto slowed = s3.send(client::put_object("films", "a.mp4", "bytes"));
  CHECK(slowed.status == 503);
  CHECK(slowed.headers.value("Retry-After") == "3");
  CHECK(s3.put("films", "a.mp4") == 200);
  CHECK(emulator.faults().hits("slow") == 1);
  REQUIRE(emulator.faults().list().size() == 1);
  CHECK(emulator.faults().list().front().matched == 3);
}

TEST_CASE("The answer to a completion is lost after the work is done, and the client completes again") {
  const Emulator emulator(with_films());
  EmulatorClient s3(emulator);
  emulator.faults().add({.name = "lost-complete",
                         .match = {.operations = {"CompleteMultipartUpload"}},
                         .times = 1,
                         .when = FaultWhen::after_commit,
                         .fault = faults::Reset{}});
  TemporaryFolder folder;
  write_file(folder.path() / "reel", "bytes");
  auto source = client::FileSource::open(folder.path() / "reel", 5 << 20);
  REQUIRE(source);
  CHECK(client::upload_in_parts(s3.s3(), "films", "a", *source));
  CHECK(emulator.faults().hits("lost-complete") == 1);
  CHECK(emulator.journal().expect({.filter = {.operation = "CompleteMultipartUpload"}, .count = 2}));
  CHECK(emulator.journal().expect({.filter = {.acted = "lost-complete"}, .count = 1}));
  CHECK(s3.get("films", "a") == 200);
}

TEST_CASE("Faults are JSON, too, and presets of one word") {
  const Emulator emulator(with_films());
  EmulatorClient s3(emulator);
  emulator.faults().add_json(R"([{"match": {"operation": "HeadBucket"}, "fault": {"type": "error"}},
                                 {"name": "two", "fault": {"type": "expired-token"}, "skip": 1000}])");
  CHECK(s3.send(client::head_bucket("films")).status == 500);
  emulator.faults().add_preset("slow-down");
  CHECK(emulator.faults().list().size() == 3);
  CHECK(emulator.faults().remove("two"));
  CHECK_FALSE(emulator.faults().remove("two"));
  emulator.faults().clear();
  CHECK(emulator.faults().list().empty());
  CHECK(s3.send(client::head_bucket("films")).status == 200);
}

TEST_CASE("A rule that isn't right is refused, with the name that is near") {
  const Emulator emulator;
  const EmulatorFaults rules = emulator.faults();
  const auto add = [&](const FaultRule& rule) { return refusal([&] { rules.add(rule); }); };
  CHECK(has(add({.match = {.operations = {"UploadPrat"}}}), "did you mean \"UploadPart\""));
  CHECK(has(add({.fault = faults::Error{.code = "SlowDwn"}}), "did you mean \"SlowDown\""));
  CHECK(has(add({.fault = faults::Throttle{}}), "bytes_per_second"));
  CHECK(has(add({.when = FaultWhen::before, .fault = faults::Truncate{}}), "truncate can't act before"));
  CHECK(has(refusal([&] { rules.add_preset("lost-complet"); }), "did you mean \"lost-complete\""));
  CHECK_THROWS_AS(rules.add_json("{"), EmulatorError);
  CHECK_THROWS_AS(rules.hits("nobody"), EmulatorError);
  CHECK(rules.list().empty());
}
