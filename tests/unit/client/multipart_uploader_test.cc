#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>

#include <partsmith/client/multipart_uploader.h>
#include <partsmith/protocol/uri.h>

#include "catch.h"
#include "fake_server.h"

using namespace partsmith;
using namespace partsmith::client;
using test::answer_of;
using test::error_answer;
using test::FakeServer;

namespace {

/// Takes uploads in parts; a test may answer a part its own way.
class FakeS3 {
 public:
  using Request = FakeServer::Request;
  /// Nothing: the part is taken.
  using OnPart = std::function<std::optional<std::string>(int number, int attempt)>;

  explicit FakeS3(OnPart on_part = {}) : on_part_(std::move(on_part)) {}

  std::string object() const { return locked(object_); }
  bool aborted() const { return locked(aborted_); }
  int attempts(int number) const { return locked(attempts_)[number]; }
  protocol::Headers creation() const { return locked(creation_); }

  S3Client client() { return {*Endpoint::parse(server_.url()), {}, clock_}; }

 private:
  std::string answer(const Request& request) {
    const std::scoped_lock lock(mutex_);
    const auto query = *protocol::Query::parse(protocol::split_target(request.target).query);
    if (request.method == "DELETE") {
      aborted_ = true;
      return answer_of(204, {}, "");
    }
    if (query.has("uploads")) {
      creation_ = request.headers;
      return answer_of(
          200, {}, "<InitiateMultipartUploadResult><UploadId>id</UploadId></InitiateMultipartUploadResult>");
    }
    if (request.method == "PUT") return take_part(std::stoi(std::string(*query.get("partNumber"))), request);
    return complete(request);
  }

  std::string take_part(int number, const Request& request) {
    const int attempt = ++attempts_[number];
    if (on_part_) {
      if (auto answer = on_part_(number, attempt)) return *answer;
    }
    parts_[number] = request.body;
    return answer_of(200, {{"ETag", '"' + to_hex(md5(as_bytes(request.body))) + '"'}}, "");
  }

  std::string complete(const Request& request) {
    const auto document = protocol::parse_xml(request.body);
    object_.clear();
    for (const auto& part : document->children) {
      const auto& bytes = parts_.at(std::stoi(*part.child_text("PartNumber")));
      if (*part.child_text("ETag") != '"' + to_hex(md5(as_bytes(bytes))) + '"')
        return error_answer(400, "InvalidPart");
      object_ += bytes;
    }
    return answer_of(200, {},
                     "<CompleteMultipartUploadResult><ETag>\"all-2\"</ETag></CompleteMultipartUploadResult>");
  }

  template <class Value>
  Value locked(const Value& value) const {
    const std::scoped_lock lock(mutex_);
    return value;
  }

  OnPart on_part_;
  SystemClock clock_;
  mutable std::mutex mutex_;
  protocol::Headers creation_;
  std::map<int, std::string> parts_;
  std::map<int, int> attempts_;
  std::string object_;
  bool aborted_ = false;
  FakeServer server_{FakeServer::answering([this](const Request& request) { return answer(request); })};
};

class ListSource final : public PartSource {
 public:
  explicit ListSource(std::vector<std::string> parts, std::string then_fails = {})
      : parts_(std::move(parts)), failure_(std::move(then_fails)) {}
  std::expected<std::optional<Body>, std::string> next() override {
    if (given_ < parts_.size()) return parts_[given_++];
    if (!failure_.empty()) return std::unexpected(failure_);
    return std::nullopt;
  }
  std::size_t given() const { return given_; }

 private:
  std::vector<std::string> parts_;
  std::string failure_;
  std::size_t given_ = 0;
};

const RetryPolicy at_once{
    .attempts = 3, .base = std::chrono::milliseconds(0), .cap = std::chrono::milliseconds(0)};

std::vector<std::string> numbered_parts(int count) {
  std::vector<std::string> parts;
  for (int i = 1; i <= count; ++i) parts.push_back("part " + std::to_string(i) + ';');
  return parts;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text += part;
  return text;
}

}  // namespace

TEST_CASE("Parts are uploaded side by side and put together in the source's order") {
  FakeS3 s3;
  auto client = s3.client();
  ListSource source(numbered_parts(50));
  std::vector<std::uint64_t> told;
  const auto uploaded = upload_in_parts(
      client, "b", "k", source,
      {.workers = 8, .retries = at_once, .progress = [&](std::uint64_t bytes) { told.push_back(bytes); }});
  REQUIRE(uploaded);
  CHECK(uploaded->completed.etag.text() == "all-2");
  CHECK(uploaded->parts == 50);
  CHECK(uploaded->bytes == joined(numbered_parts(50)).size());
  CHECK(s3.object() == joined(numbered_parts(50)));
  CHECK_FALSE(s3.aborted());
  CHECK(told.size() == 50);
  CHECK(std::ranges::is_sorted(told));
  CHECK(told.back() == uploaded->bytes);
}

TEST_CASE("A part that S3 asks for again is sent again, and no other") {
  FakeS3 s3([](int number, int attempt) -> std::optional<std::string> {
    if (number == 2 && attempt < 3) return error_answer(503, "SlowDown");
    return std::nullopt;
  });
  auto client = s3.client();
  ListSource source(numbered_parts(4));
  REQUIRE(upload_in_parts(client, "b", "k", source, {.retries = at_once}));
  CHECK(s3.object() == joined(numbered_parts(4)));
  CHECK(s3.attempts(2) == 3);
  CHECK(s3.attempts(1) == 1);
}

TEST_CASE("A part that stays refused ends the upload and aborts it") {
  FakeS3 s3([](int number, int) -> std::optional<std::string> {
    if (number == 2) return error_answer(403, "AccessDenied");
    return std::nullopt;
  });
  auto client = s3.client();
  ListSource source(numbered_parts(100));
  SECTION("by default") {
    const auto uploaded = upload_in_parts(client, "b", "k", source, {.workers = 2, .retries = at_once});
    REQUIRE_FALSE(uploaded);
    CHECK(uploaded.error().error.failure->code == "AccessDenied");
    CHECK(uploaded.error().upload_id == "id");
    CHECK_FALSE(uploaded.error().abort);
    CHECK(s3.aborted());
    CHECK(s3.attempts(2) == 1);
  }
  SECTION("unless it is to be kept") {
    REQUIRE_FALSE(upload_in_parts(client, "b", "k", source,
                                  {.workers = 2, .retries = at_once, .abort_on_failure = false}));
    CHECK_FALSE(s3.aborted());
  }
  CHECK(source.given() < 100);
}

TEST_CASE("A source that fails ends the upload and aborts it") {
  FakeS3 s3;
  auto client = s3.client();
  ListSource source(numbered_parts(3), "disk on fire");
  const auto uploaded = upload_in_parts(client, "b", "k", source, {.retries = at_once});
  REQUIRE_FALSE(uploaded);
  CHECK(uploaded.error().error.kind == ErrorKind::source);
  CHECK(uploaded.error().error.detail == "disk on fire");
  CHECK(s3.aborted());
}

TEST_CASE("A stop ends the upload and aborts it") {
  std::stop_source stop;
  FakeS3 s3([&](int number, int) -> std::optional<std::string> {
    if (number == 3) stop.request_stop();
    return std::nullopt;
  });
  auto client = s3.client();
  ListSource source(numbered_parts(1000));
  const auto uploaded =
      upload_in_parts(client, "b", "k", source, {.workers = 2, .retries = at_once, .stop = stop.get_token()});
  REQUIRE_FALSE(uploaded);
  CHECK(uploaded.error().error.kind == ErrorKind::stopped);
  CHECK(s3.aborted());
  CHECK(source.given() < 20);
}

TEST_CASE("No more parts are in memory than there are workers") {
  FakeS3 s3;
  auto client = s3.client();
  class Counting final : public PartSource {
   public:
    std::expected<std::optional<Body>, std::string> next() override {
      most = std::max(most, given - done->load());
      if (given == 200) return std::nullopt;
      ++given;
      return "x";
    }
    std::atomic<int>* done = nullptr;
    int given = 0;
    int most = 0;
  } source;
  std::atomic<int> done = 0;
  source.done = &done;
  REQUIRE(upload_in_parts(client, "b", "k", source,
                          {.workers = 3, .retries = at_once, .progress = [&](std::uint64_t bytes) {
                             done = static_cast<int>(bytes);
                           }}));
  CHECK(source.most < 3);  // before the next is read, one worker has none
}

TEST_CASE("A source without bytes becomes an object of one empty part") {
  FakeS3 s3;
  auto client = s3.client();
  ListSource source({});
  const auto uploaded = upload_in_parts(client, "b", "k", source, {.retries = at_once});
  REQUIRE(uploaded);
  CHECK(uploaded->parts == 1);
  CHECK(uploaded->bytes == 0);
}

TEST_CASE("Headers and checksum are named at creation") {
  FakeS3 s3;
  auto client = s3.client();
  ListSource source({"abc"});
  MultipartUploadOptions options{.retries = at_once, .checksum = ChecksumAlgorithm::crc32};
  options.headers = {{"Content-Type", "video/mp4"}};
  REQUIRE(upload_in_parts(client, "b", "k", source, options));
  CHECK(s3.creation().value("content-type") == "video/mp4");
  CHECK(s3.creation().value("x-amz-checksum-algorithm") == "CRC32");
}
