// An emulator from its start to its end.

#include <cstdlib>
#include <fstream>
#include <mutex>
#include <vector>

#include <partsmith/client/multipart_uploader.h>

#include "catch.h"
#include "emulator_client.h"
#include "temporary_folder.h"

using namespace partsmith;
using namespace partsmith::test;

namespace {

/// Where temporary folders are made, for as long as it lives.
class TemporaryPlace {
 public:
  explicit TemporaryPlace(const std::filesystem::path& folder) {
    if (const char* before = std::getenv("TMPDIR")) before_ = before;
    ::setenv("TMPDIR", folder.c_str(), 1);
  }
  ~TemporaryPlace() { before_ ? ::setenv("TMPDIR", before_->c_str(), 1) : ::unsetenv("TMPDIR"); }
  TemporaryPlace(const TemporaryPlace&) = delete;
  TemporaryPlace& operator=(const TemporaryPlace&) = delete;

 private:
  std::optional<std::string> before_;
};

}  // namespace

TEST_CASE("An emulator serves S3 on a free port as soon as it is made") {
  EmulatorOptions options;
  options.buckets = {"films"};
  const Emulator emulator(options);
  EmulatorClient s3(emulator);
  CHECK(emulator.endpoint_url() == "http://127.0.0.1:" + std::to_string(emulator.port()));
  CHECK(s3.put("films", "a") == 200);
  CHECK(s3.send(client::get_object("films", "a")).body == "bytes");
}

TEST_CASE("Several emulators in one process keep apart") {
  EmulatorOptions options;
  options.buckets = {"films"};
  const Emulator one(options);
  const Emulator other(options);
  CHECK(one.port() != other.port());
  EmulatorClient to_one(one);
  EmulatorClient to_other(other);
  CHECK(to_one.put("films", "a") == 200);
  CHECK(to_other.get("films", "a") == 404);
  CHECK(one.journal().entries().size() == 1);
}

TEST_CASE("Buckets of the options are made, with versioning where it was asked for") {
  EmulatorOptions options;
  options.versioned_buckets = {"films"};
  const Emulator emulator(options);
  EmulatorClient s3(emulator);
  CHECK(s3.send(client::put_object("films", "a", "bytes")).headers.has("x-amz-version-id"));
}

TEST_CASE("Keys and region are those of the options") {
  EmulatorOptions options;
  options.access_key = "projector";
  options.secret_key = "flickers";
  options.region = "eu-west-1";
  options.strict_region = true;
  options.buckets = {"films"};
  const Emulator emulator(options);
  EmulatorClient right(emulator);
  CHECK(right.put("films", "a") == 200);
  EmulatorClient wrong(emulator, "test");
  CHECK(wrong.put("films", "a") == 403);
}

TEST_CASE("An emulator that can't start says why") {
  const auto start = [](const EmulatorOptions& options) {
    return refusal([&] { const Emulator emulator(options); });
  };
  TemporaryFolder folder;
  EmulatorOptions options;
  options.folder = folder.path();
  const Emulator first(options);
  CHECK(has(start(options), "in use"));
  EmulatorOptions same_port;
  same_port.port = first.port();
  CHECK(has(start(same_port), "cannot listen on 127.0.0.1:" + std::to_string(first.port())));
  EmulatorOptions bad_name;
  bad_name.buckets = {"Films_"};
  CHECK(has(start(bad_name), "bucket Films_: "));
  EmulatorOptions no_key;
  no_key.access_key = "";
  CHECK(has(start(no_key), "access_key"));
}

TEST_CASE("Data in a folder of the options is there for the next emulator") {
  TemporaryFolder folder;
  EmulatorOptions options;
  options.folder = folder.path();
  options.buckets = {"films"};
  {
    const Emulator first(options);
    EmulatorClient s3(first);
    CHECK(s3.put("films", "a") == 200);
  }
  const Emulator second(options);
  EmulatorClient s3(second);
  CHECK(s3.get("films", "a") == 200);
}

TEST_CASE("A temporary folder goes with its emulator") {
  TemporaryFolder parent;
  const TemporaryPlace place(parent.path());
  {
    const Emulator emulator;
    CHECK_FALSE(std::filesystem::is_empty(parent.path()));
  }
  CHECK(std::filesystem::is_empty(parent.path()));
}

TEST_CASE("Parts may be as small as the options say") {
  EmulatorOptions options;
  options.buckets = {"films"};
  options.min_part_size = 1024;
  const Emulator emulator(options);
  EmulatorClient s3(emulator);
  TemporaryFolder folder;
  write_file(folder.path() / "reel", std::string(10 * 1024, 'x'));
  auto source = client::FileSource::open(folder.path() / "reel", 1024);
  REQUIRE(source);
  const auto uploaded = client::upload_in_parts(s3.s3(), "films", "a", *source);
  REQUIRE(uploaded);
  CHECK(uploaded->parts == 10);
}

TEST_CASE("What exceeds the quota is refused") {
  EmulatorOptions options;
  options.buckets = {"films"};
  options.quota = 1000;
  const Emulator emulator(options);
  EmulatorClient s3(emulator);
  CHECK(s3.put("films", "a", std::string(2000, 'x')) == 503);
}

TEST_CASE("HTTPS is served to those who trust the emulator's authority") {
  TemporaryFolder folder;
  EmulatorOptions options;
  options.buckets = {"films"};
  options.https_ca_file = folder.path() / "ca.pem";
  const Emulator emulator(options);
  CHECK(emulator.endpoint_url().starts_with("https://"));
  client::HttpOptions http;
  http.ca_file = options.https_ca_file;
  EmulatorClient s3(emulator, emulator.access_key(), http);
  CHECK(s3.put("films", "a") == 200);
}

TEST_CASE("The log has a line for each request") {
  std::mutex mutex;
  std::vector<std::string> lines;
  {
    EmulatorOptions options;
    options.buckets = {"films"};
    options.log = [&](std::string_view line) {
      const std::scoped_lock lock(mutex);
      lines.emplace_back(line);
    };
    const Emulator emulator(options);
    EmulatorClient s3(emulator);
    s3.put("films", "a");
  }
  REQUIRE(lines.size() == 1);
  CHECK(has(lines.front(), "PutObject"));
}

TEST_CASE("An emulator can be moved") {
  EmulatorOptions options;
  options.buckets = {"films"};
  Emulator first(options);
  const EmulatorWorld world = first.world();
  const Emulator second = std::move(first);
  EmulatorClient s3(second);
  CHECK(s3.put("films", "a") == 200);
  world.reset();
  CHECK(s3.get("films", "a") == 404);
}
