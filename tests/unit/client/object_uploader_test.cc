#include <map>

#include <partsmith/client/object_uploader.h>
#include <partsmith/protocol/uri.h>

#include "catch.h"
#include "fake_server.h"

using namespace partsmith;
using namespace partsmith::client;
using test::answer_of;
using test::error_answer;
using test::FakeServer;

namespace {

/// Gives these parts.
class Parts final : public PartSource {
 public:
  explicit Parts(std::vector<std::string> parts) : parts_(std::move(parts)) {}
  std::expected<std::optional<Body>, std::string> next() override {
    if (next_ == parts_.size()) return std::nullopt;
    return parts_[next_++];
  }

 private:
  std::vector<std::string> parts_;
  std::size_t next_ = 0;
};

/// A service that has no checksums, or lies, or forgets what it answered.
struct Service {
  bool refuses_checksums = false;
  bool tells_etags = true;
  bool loses_a_byte = false;
  bool forgets_completion = false;
};

class FakeService {
 public:
  explicit FakeService(Service what) : what_(what) {}

  std::expected<StoredObject, UploadTrouble> store(std::vector<std::string> parts) {
    Parts source(std::move(parts));
    S3Client client(*Endpoint::parse(server_.url()), {}, clock_);
    MultipartUploadOptions options;
    options.retries = {
        .attempts = 2, .base = std::chrono::milliseconds(1), .cap = std::chrono::milliseconds(1)};
    return store_object(client, "b", "k", source, options);
  }
  std::size_t stored() const {
    const std::scoped_lock lock(mutex_);
    return object_.size();
  }

 private:
  std::string answer(const FakeServer::Request& request) {
    const std::scoped_lock lock(mutex_);
    const auto query = *protocol::Query::parse(protocol::split_target(request.target).query);
    if (request.method == "HEAD") {
      if (!exists_) return answer_of(404, {}, "");
      return answer_of(200, {{"Content-Length", std::to_string(object_.size())}, {"ETag", etag_}}, "");
    }
    for (const auto& [name, value] : request.headers) {
      if (what_.refuses_checksums && protocol::lower_case(name).starts_with("x-amz-checksum-"))
        return error_answer(400, "InvalidArgument");
    }
    if (query.has("uploads"))
      return answer_of(
          200, {}, "<InitiateMultipartUploadResult><UploadId>id</UploadId></InitiateMultipartUploadResult>");
    if (request.method == "PUT" && query.has("partNumber")) {
      parts_[std::stoi(std::string(*query.get("partNumber")))] = request.body;
      return answer_of(200, {{"ETag", etag_of(request.body)}}, "");
    }
    if (request.method == "PUT") return keep(request.body), answer_of(200, {{"ETag", etag_}}, "");
    if (request.method == "DELETE") return answer_of(204, {}, "");
    if (exists_) return error_answer(404, "NoSuchUpload");
    std::string whole;
    std::vector<ETag> etags;
    for (const auto& [number, bytes] : parts_) {
      whole += bytes;
      etags.push_back(ETag::of(md5(as_bytes(bytes))));
    }
    keep(whole);
    etag_ = ETag::of_parts(etags).quoted();
    if (what_.forgets_completion) return error_answer(500, "InternalError");
    return answer_of(200, {},
                     "<CompleteMultipartUploadResult><ETag>of all</ETag></CompleteMultipartUploadResult>");
  }
  void keep(std::string bytes) {
    if (what_.loses_a_byte) bytes.pop_back();
    etag_ = etag_of(bytes);
    object_ = std::move(bytes);
    exists_ = true;
  }
  std::string etag_of(const std::string& bytes) const {
    return what_.tells_etags ? ETag::of(md5(as_bytes(bytes))).quoted() : "\"opaque\"";
  }

  Service what_;
  SystemClock clock_;
  mutable std::mutex mutex_;
  std::map<int, std::string> parts_;
  std::string object_;
  std::string etag_;
  bool exists_ = false;
  FakeServer server_{
      FakeServer::answering([this](const FakeServer::Request& request) { return answer(request); })};
};

const std::vector<std::string> one{"one part"};
const std::vector<std::string> two{"first part", "second"};

}  // namespace

TEST_CASE("A service without checksums gets objects without, which its ETags prove") {
  for (const auto& parts : {one, two}) {
    FakeService service({.refuses_checksums = true});
    const auto stored = service.store(parts);
    if (!stored) FAIL(stored.error().error.detail);
    CHECK(stored->proof == Proof::etag);
    CHECK(stored->parts == (parts.size() > 1 ? 2U : 0U));
    CHECK(service.stored() == stored->bytes);
  }
}

TEST_CASE("A service that tells nothing comparable proves the size, and no more") {
  for (const auto& parts : {one, two}) {
    FakeService service({.tells_etags = false});
    const auto stored = service.store(parts);
    if (!stored) FAIL(stored.error().error.detail);
    CHECK(stored->proof == Proof::size);
  }
}

TEST_CASE("An object that is not what was sent is an error") {
  for (const auto& parts : {one, two}) {
    FakeService service({.loses_a_byte = true});
    const auto stored = service.store(parts);
    REQUIRE_FALSE(stored);
    CHECK(stored.error().error.kind == ErrorKind::damaged);
  }
}

TEST_CASE("A completion whose answer was lost is a success when the object is there") {
  FakeService service({.forgets_completion = true});
  const auto stored = service.store(two);
  if (!stored) FAIL(stored.error().error.detail);
  CHECK(stored->parts == 2);
}

TEST_CASE("The parts of something of unknown length grow so that 10,000 hold 8 TiB") {
  constexpr std::uint64_t mib = 1 << 20;
  CHECK(growing_part_size(8 * mib, 1) == 8 * mib);
  CHECK(growing_part_size(8 * mib, 1000) == 8 * mib);
  CHECK(growing_part_size(8 * mib, 1001) == 16 * mib);
  CHECK(growing_part_size(8 * mib, 10'000) == 4096 * mib);
  CHECK(growing_part_size(5120 * mib, 10'000) == 5120 * mib);
}
