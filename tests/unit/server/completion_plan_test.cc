#include "operations/completion_plan.h"

#include "catch.h"

using namespace partsmith;
using namespace partsmith::server;
using protocol::ErrorCode;

namespace {

constexpr std::uint64_t enough = limits::min_part_size;

storage::UploadInfo upload(std::optional<ChecksumAlgorithm> algorithm = {},
                           std::optional<ChecksumType> type = {}) {
  return {
      *BucketName::parse("films"), *ObjectKey::parse("gopher.mp4"), UploadId("id"), {}, {}, algorithm, type};
}

storage::PartInfo part(std::int64_t number, const std::string& content, std::uint64_t size = enough,
                       ChecksumAlgorithm algorithm = ChecksumAlgorithm::crc64nvme) {
  return {*PartNumber::from(number),        static_cast<std::uint64_t>(number + 100),  size,
          ETag::of(md5(as_bytes(content))), checksum_of(algorithm, as_bytes(content)), {}};
}

ListedPart listed(const storage::PartInfo& info, std::vector<Checksum> checksums = {}) {
  return {info.number.value(), info.etag, std::move(checksums)};
}

ErrorCode refusal(const S3Result<CompletionPlan>& plan) {
  REQUIRE_FALSE(plan);
  return plan.error().code;
}

}  // namespace

TEST_CASE("A plan takes the listed parts in order, and its ETag is the MD5 of their MD5s with their number") {
  const std::vector parts = {part(1, "a"), part(5, "b"), part(9, "c", 3)};
  const auto plan = plan_completion(upload(), parts, {.parts = {listed(parts[0]), listed(parts[2])}});
  REQUIRE(plan);
  CHECK(plan->size == enough + 3);
  REQUIRE(plan->parts.size() == 2);
  CHECK(plan->parts[1].revision == 109);
  const std::vector etags = {parts[0].etag, parts[2].etag};
  CHECK(plan->etag == ETag::of_parts(etags));
  CHECK(plan->checksum->type == ChecksumType::full_object);
  CHECK(plan->checksum->checksum.algorithm == ChecksumAlgorithm::crc64nvme);
}

TEST_CASE("Parts must ascend: neither backwards nor twice") {
  const std::vector parts = {part(1, "a"), part(2, "b")};
  CHECK(refusal(plan_completion(upload(), parts, {.parts = {listed(parts[1]), listed(parts[0])}})) ==
        ErrorCode::InvalidPartOrder);
  CHECK(refusal(plan_completion(upload(), parts, {.parts = {listed(parts[0]), listed(parts[0])}})) ==
        ErrorCode::InvalidPartOrder);
}

TEST_CASE("A part that isn't there, or has another ETag, is InvalidPart with its fields") {
  const std::vector parts = {part(1, "a")};
  ListedPart wrong = listed(parts[0]);
  wrong.etag = ETag::from_client("\"d41d8cd98f00b204e9800998ecf8427e\"");
  const auto plan = plan_completion(upload(), parts, {.parts = {wrong}});
  CHECK(refusal(plan) == ErrorCode::InvalidPart);
  CHECK(plan.error().fields ==
        std::vector<std::pair<std::string, std::string>>{
            {"UploadId", "id"}, {"PartNumber", "1"}, {"ETag", "d41d8cd98f00b204e9800998ecf8427e"}});
  CHECK(refusal(plan_completion(upload(), {}, {.parts = {listed(parts[0])}})) == ErrorCode::InvalidPart);
}

TEST_CASE("A part beyond 10,000 isn't there") {
  const std::vector parts = {part(1, "a")};
  CHECK(refusal(plan_completion(upload(), parts, {.parts = {{10'001, parts[0].etag, {}}}})) ==
        ErrorCode::InvalidPart);
}

TEST_CASE("An upload without an algorithm knows no checksum of its parts but its own CRC64NVME") {
  const std::vector parts = {part(1, "abc", 3)};
  const auto listing = [&](ChecksumAlgorithm algorithm) {
    return plan_completion(upload(), parts,
                           {.parts = {listed(parts[0], {checksum_of(algorithm, as_bytes("abc"))})}});
  };
  CHECK(listing(ChecksumAlgorithm::crc64nvme));
  CHECK(refusal(listing(ChecksumAlgorithm::crc32)) == ErrorCode::InvalidPart);
}

TEST_CASE("All parts but the last have 5 MiB; the error names the first that hasn't") {
  const std::vector parts = {part(1, "a"), part(2, "data", 4), part(3, "c", 1)};
  const auto plan =
      plan_completion(upload(), parts, {.parts = {listed(parts[0]), listed(parts[1]), listed(parts[2])}});
  CHECK(refusal(plan) == ErrorCode::EntityTooSmall);
  CHECK(plan.error().fields ==
        std::vector<std::pair<std::string, std::string>>{{"ProposedSize", "4"},
                                                         {"MinSizeAllowed", "5242880"},
                                                         {"PartNumber", "2"},
                                                         {"ETag", parts[1].etag.text()}});
  CHECK(plan_completion(upload(), parts, {.parts = {listed(parts[2])}}));
}

TEST_CASE("An upload with COMPOSITE checksums wants each part's, and takes no other algorithm's") {
  const auto crc32 = ChecksumAlgorithm::crc32;
  const auto composite = upload(crc32, ChecksumType::composite);
  const std::vector parts = {part(1, "abc", 3, crc32)};
  CHECK(plan_completion(composite, parts, {.parts = {listed(parts[0], {*parts[0].checksum})}})
            ->checksum->text()
            .ends_with("-1"));

  const auto missing = plan_completion(composite, parts, {.parts = {listed(parts[0])}});
  CHECK(refusal(missing) == ErrorCode::InvalidRequest);
  CHECK(missing.error().message ==
        "The upload was created using a crc32 checksum. The complete request must include the checksum for "
        "each part. "
        "It was missing for part 1 in the request.");

  const auto other = plan_completion(
      composite, parts,
      {.parts = {listed(parts[0], {checksum_of(ChecksumAlgorithm::sha256, as_bytes("abc"))})}});
  CHECK(refusal(other) == ErrorCode::BadDigest);
  CHECK(other.error().message == "The sha256 you specified for part 1 did not match what we received.");

  CHECK(refusal(plan_completion(composite, parts,
                                {.parts = {listed(parts[0], {checksum_of(crc32, as_bytes("x"))})}})) ==
        ErrorCode::InvalidPart);
}

TEST_CASE("Another checksum type than the upload's is told before the missing part checksums") {
  const auto composite = upload(ChecksumAlgorithm::crc32, ChecksumType::composite);
  const std::vector parts = {part(1, "abc", 3, ChecksumAlgorithm::crc32)};
  const auto plan = plan_completion(
      composite, parts, {.parts = {listed(parts[0])}, .checksum_type = ChecksumType::full_object});
  CHECK(refusal(plan) == ErrorCode::InvalidRequest);
  CHECK(plan.error().message ==
        "The upload was created using the COMPOSITE checksum mode. The complete request must use the same "
        "checksum mode.");
}

TEST_CASE("Under a customer key the object has a checksum only if the upload named an algorithm") {
  const std::vector parts = {part(1, "abc", 3)};
  storage::UploadInfo with_key = upload();
  with_key.attributes.encryption = storage::CustomerKeyEncryption{"JMwgiexXqwuPqIPjYFmIZQ=="};
  const auto silent = plan_completion(with_key, parts, {.parts = {listed(parts[0])}});
  REQUIRE(silent);
  CHECK_FALSE(silent->checksum);
  const auto ignored = plan_completion(
      with_key, parts,
      {.parts = {listed(parts[0])}, .checksum = checksum_of(ChecksumAlgorithm::crc64nvme, as_bytes("x"))});
  REQUIRE(ignored);
  CHECK_FALSE(ignored->checksum);
  with_key.checksum_algorithm = ChecksumAlgorithm::crc64nvme;
  with_key.checksum_type = ChecksumType::full_object;
  const auto named = plan_completion(with_key, parts, {.parts = {listed(parts[0])}});
  REQUIRE(named);
  CHECK(named->checksum == ObjectChecksum{*parts[0].checksum, ChecksumType::full_object, 0});
}

TEST_CASE("The declared object size and checksum must be what the parts make") {
  const auto crc32 = ChecksumAlgorithm::crc32;
  const std::vector parts = {part(1, "abc", 3, crc32)};
  const auto full = upload(crc32, ChecksumType::full_object);
  CHECK(plan_completion(full, parts,
                        {.parts = {listed(parts[0])},
                         .checksum_type = ChecksumType::full_object,
                         .checksum = parts[0].checksum,
                         .object_size = 3}));
  CHECK(refusal(plan_completion(full, parts, {.parts = {listed(parts[0])}, .checksum = parts[0].checksum})) ==
        ErrorCode::BadDigest);
  CHECK(refusal(plan_completion(full, parts, {.parts = {listed(parts[0])}, .object_size = 4})) ==
        ErrorCode::InvalidRequest);
  CHECK(refusal(plan_completion(
            full, parts, {.parts = {listed(parts[0])}, .checksum = checksum_of(crc32, as_bytes("x"))})) ==
        ErrorCode::BadDigest);
}
