/// The client's uploader against our own server.

#include <fstream>

#include <partsmith/client/multipart_uploader.h>

#include "catch.h"
#include "proxy.h"
#include "test_server.h"

using namespace partsmith;
using namespace partsmith::client;

namespace {

constexpr std::uint64_t part_size = limits::min_part_size;

std::unique_ptr<S3Client> client_at(std::uint16_t port, const Clock& clock) {
  S3ClientOptions options;
  options.credentials = {"test", "test", ""};
  return std::make_unique<S3Client>(*Endpoint::parse("http://127.0.0.1:" + std::to_string(port)), options,
                                    clock);
}

S3Request request_to(std::string method, std::string key) {
  S3Request request;
  request.method = std::move(method);
  request.bucket = "bucket-test";
  request.key = std::move(key);
  return request;
}

/// Three parts and a bit, no two of them alike.
std::string content() {
  std::string text;
  for (std::uint64_t i = 0; text.size() < 3 * part_size + 1000; ++i) text += std::to_string(i) + ' ';
  return text;
}

}  // namespace

TEST_CASE(
    "A file is uploaded in parallel parts and comes back whole, with the checksum that the client computed") {
  test::TestServer server;
  const auto client = client_at(server.port(), server.clock());
  REQUIRE(client->send(request_to("PUT", "")));
  const auto text = content();
  test::TemporaryFolder folder;
  const auto path = folder.path() / "gopher.mp4";
  std::ofstream(path, std::ios::binary) << text;

  auto source = FileSource::open(path, part_size);
  REQUIRE(source);
  const auto uploaded = upload_in_parts(*client, "bucket-test", "static/gopher.mp4", *source);
  REQUIRE(uploaded);
  CHECK(uploaded->parts == 4);
  CHECK(uploaded->bytes == text.size());
  CHECK(uploaded->completed.etag.text().ends_with("-4"));
  const auto checksum = checksum_of(ChecksumAlgorithm::crc64nvme, as_bytes(text)).base64();
  CHECK(uploaded->completed.checksums ==
        std::vector<std::pair<std::string, std::string>>{{"ChecksumCRC64NVME", checksum}});
  const auto back = client->send(request_to("GET", "static/gopher.mp4"));
  REQUIRE(back);
  CHECK(back->body == text);
}

TEST_CASE("An upload gets through a server that now and then loses its answer or asks to slow down") {
  test::TestServer server;
  std::atomic<int> requests = 0;
  test::Proxy proxy(server.port(), [&](const test::Proxy::Request& request, HttpAnswer& answer) {
    const bool part = request.target.find("partNumber") != std::string::npos;
    if (part && ++requests % 2 == 1) {
      answer.status = 503;
      answer.body = "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>";
    }
  });
  const auto client = client_at(proxy.port(), server.clock());
  REQUIRE(client->send(request_to("PUT", "")));
  const auto text = content();
  test::TemporaryFolder folder;
  const auto path = folder.path() / "file";
  std::ofstream(path, std::ios::binary) << text;
  auto source = FileSource::open(path, part_size);
  REQUIRE(source);
  const RetryPolicy at_once{
      .attempts = 10, .base = std::chrono::milliseconds(0), .cap = std::chrono::milliseconds(0)};
  REQUIRE(upload_in_parts(*client, "bucket-test", "key", *source, {.workers = 2, .retries = at_once}));
  CHECK(requests >= 8);
  const auto back = client->send(request_to("GET", "key"));
  REQUIRE(back);
  CHECK(back->body == text);
}

TEST_CASE("An upload that fails leaves no upload behind") {
  test::TestServer server;
  const auto client = client_at(server.port(), server.clock());
  REQUIRE(client->send(request_to("PUT", "")));
  class Failing final : public PartSource {
   public:
    std::expected<std::optional<Body>, std::string> next() override {
      if (given_++ == 0) return std::string(part_size, 'x');
      return std::unexpected("disk on fire");
    }

   private:
    int given_ = 0;
  } source;
  const auto uploaded = upload_in_parts(*client, "bucket-test", "key", source);
  REQUIRE_FALSE(uploaded);
  CHECK(uploaded.error().error.detail == "disk on fire");
  CHECK_FALSE(uploaded.error().abort);
  const auto uploads = all_uploads(*client, "bucket-test", "");
  REQUIRE(uploads);
  CHECK(uploads->empty());
}
