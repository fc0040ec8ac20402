#include <set>

#include <partsmith/protocol/error.h>

#include "catch.h"

namespace partsmith::protocol {

TEST_CASE("Every error code finds its own row") {
  for (const auto& row : error_table()) CHECK(&traits(row.code) == &row);
}

TEST_CASE("Every error has a code of its own, a message, and a status that is one of errors or conditions") {
  std::set<std::string_view> names;
  for (const auto& row : error_table()) {
    CAPTURE(row.name);
    CHECK(names.insert(row.name).second);
    CHECK_FALSE(row.message.empty());
    CHECK(row.status >= 301);
    CHECK(row.status <= 503);
  }
}

TEST_CASE("Clients are told to try again for what another attempt can change") {
  std::set<std::string_view> retryable;
  for (const auto& row : error_table()) {
    if (row.retryable) retryable.insert(row.name);
    if (row.status >= 500 && row.status != 501) CHECK(row.retryable);
  }
  CHECK(retryable.contains("SlowDown"));
  CHECK(retryable.contains("RequestTimeout"));
  // At CompleteMultipartUpload it ends the upload: the same request again would meet NoSuchUpload.
  CHECK_FALSE(retryable.contains("ConditionalRequestConflict"));
}

TEST_CASE("Statuses and messages are those that Amazon S3 was recorded with") {
  struct Recorded {
    ErrorCode code;
    int status;
    std::string_view message;
  };
  const auto recorded = GENERATE(values<Recorded>({
      {ErrorCode::BadDigest, 400, "The Content-MD5 you specified did not match what we received."},
      {ErrorCode::BucketAlreadyOwnedByYou, 409,
       "Your previous request to create the named bucket succeeded and you already own it."},
      {ErrorCode::EntityTooSmall, 400, "Your proposed upload is smaller than the minimum allowed size"},
      {ErrorCode::InvalidDigest, 400, "The Content-MD5 you specified was invalid."},
      {ErrorCode::InvalidLocationConstraint, 400, "The specified location-constraint is not valid"},
      {ErrorCode::InvalidPart, 400,
       "One or more of the specified parts could not be found.  The part may not have been uploaded, or the "
       "specified entity tag may not match the part's entity tag."},
      {ErrorCode::InvalidPartNumber, 416, "The requested partnumber is not satisfiable"},
      {ErrorCode::InvalidRange, 416, "The requested range is not satisfiable"},
      {ErrorCode::InvalidStorageClass, 400, "The storage class you specified is not valid"},
      {ErrorCode::MalformedXML, 400,
       "The XML you provided was not well-formed or did not validate against our published schema"},
      {ErrorCode::NoSuchBucket, 404, "The specified bucket does not exist"},
      {ErrorCode::NoSuchKey, 404, "The specified key does not exist."},
      {ErrorCode::NoSuchUpload, 404,
       "The specified upload does not exist. The upload ID may be invalid, or the upload may have been "
       "aborted "
       "or completed."},
      {ErrorCode::PreconditionFailed, 412, "At least one of the pre-conditions you specified did not hold"},
      {ErrorCode::SignatureDoesNotMatch, 403,
       "The request signature we calculated does not match the signature you provided. Check your key and "
       "signing method."},
      {ErrorCode::InvalidChunkSizeError, 403,
       "Only the last chunk is allowed to have a size less than 8192 bytes"},
  }));
  const auto& row = traits(recorded.code);
  CHECK(row.status == recorded.status);
  CHECK(row.message == recorded.message);
}

TEST_CASE("An error carries the table's message or its own, and extra fields in order") {
  CHECK(S3Error(ErrorCode::NoSuchKey).message == "The specified key does not exist.");
  CHECK(S3Error(ErrorCode::NoSuchKey).status() == 404);
  const auto error =
      S3Error(ErrorCode::InvalidArgument, "Why").with("ArgumentName", "n").with("ArgumentValue", "v");
  CHECK(error.message == "Why");
  REQUIRE(error.fields.size() == 2);
  CHECK(error.fields[0] == std::pair<std::string, std::string>("ArgumentName", "n"));
  CHECK(error.fields[1] == std::pair<std::string, std::string>("ArgumentValue", "v"));
}

}  // namespace partsmith::protocol
