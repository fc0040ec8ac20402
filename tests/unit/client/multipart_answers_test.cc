#include <partsmith/client/multipart.h>

#include "catch.h"
#include "fake_server.h"

using namespace partsmith;
using namespace partsmith::client;

namespace {

S3Answer answer_with(std::string body, protocol::Headers headers = {}) {
  S3Answer answer;
  answer.status = 200;
  answer.body = std::move(body);
  answer.headers = std::move(headers);
  return answer;
}

}  // namespace

TEST_CASE("A created upload is its address") {
  const auto created =
      read_created_upload(answer_with("<InitiateMultipartUploadResult><Bucket>b</Bucket><UploadId>id</"
                                      "UploadId></InitiateMultipartUploadResult>"),
                          "b", "k");
  REQUIRE(created);
  CHECK(created->address.upload_id == "id");
  CHECK(created->address.key == "k");
}

TEST_CASE("A part is its ETag and checksum, from headers or from the copy's document") {
  const auto part =
      read_uploaded_part(answer_with("", {{"ETag", "\"abc\""}, {"x-amz-checksum-crc32", "NSRBwg=="}}));
  REQUIRE(part);
  CHECK(part->etag.text() == "abc");
  REQUIRE(part->checksum);
  CHECK(part->checksum->base64() == "NSRBwg==");
  const auto copied =
      read_copied_part(answer_with("<CopyPartResult><ETag>&quot;abc&quot;</ETag><ChecksumCRC32>NSRBwg==</"
                                   "ChecksumCRC32></CopyPartResult>"));
  REQUIRE(copied);
  CHECK(copied->etag == part->etag);
  CHECK(copied->checksum == part->checksum);
}

TEST_CASE("A completed upload is what its document tells") {
  const auto completed =
      read_completed_upload(answer_with("\n "
                                        "\n<CompleteMultipartUploadResult><Location>l</Location><Bucket>b</"
                                        "Bucket><Key>k</Key><ETag>\"e-1\"</ETag>"
                                        "<ChecksumCRC64NVME>x</ChecksumCRC64NVME><ChecksumType>FULL_OBJECT</"
                                        "ChecksumType></CompleteMultipartUploadResult>"));
  REQUIRE(completed);
  CHECK(completed->etag.text() == "e-1");
  CHECK(completed->location == "l");
  CHECK(completed->checksum_type == "FULL_OBJECT");
  CHECK(completed->checksums == std::vector<std::pair<std::string, std::string>>{{"ChecksumCRC64NVME", "x"}});
}

TEST_CASE("A completion that fails after its 200 is an error") {
  const auto completed =
      read_completed_upload(answer_with("<Error><Code>InternalError</Code><Message>m</Message></Error>"));
  REQUIRE_FALSE(completed);
  CHECK(completed.error().kind == ErrorKind::s3);
  CHECK(completed.error().failure->code == "InternalError");
}

TEST_CASE("Answers that aren't what the API defines are malformed") {
  CHECK(read_created_upload(answer_with(""), "b", "k").error().kind == ErrorKind::malformed);
  CHECK(read_created_upload(answer_with("<InitiateMultipartUploadResult/>"), "b", "k").error().kind ==
        ErrorKind::malformed);
  CHECK(
      read_created_upload(
          answer_with("<InitiateMultipartUploadResult><UploadId></UploadId></InitiateMultipartUploadResult>"),
          "b", "k")
          .error()
          .kind == ErrorKind::malformed);
  CHECK(read_uploaded_part(answer_with("")).error().kind == ErrorKind::malformed);
  CHECK(read_copied_part(answer_with("<CopyPartResult/>")).error().kind == ErrorKind::malformed);
  CHECK(read_completed_upload(answer_with("<Other/>")).error().kind == ErrorKind::malformed);
  CHECK(read_parts_page(
            answer_with("<ListPartsResult><Part><PartNumber>x</PartNumber></Part></ListPartsResult>"))
            .error()
            .kind == ErrorKind::malformed);
  CHECK(read_uploads_page(answer_with("<ListMultipartUploadsResult><Upload/></ListMultipartUploadsResult>"))
            .error()
            .kind == ErrorKind::malformed);
}

TEST_CASE("All pages of a listing are read, and pages that don't advance are given up") {
  test::FakeServer server(test::FakeServer::answering([](const test::FakeServer::Request& request) {
    const bool stuck = request.target.find("/stuck") != std::string::npos;
    const bool second = !stuck && request.target.find("part-number-marker=2") != std::string::npos;
    const std::string number = second ? "5" : "2";
    return test::answer_of(200, {},
                           "<ListPartsResult><IsTruncated>" + std::string(second ? "false" : "true") +
                               "</IsTruncated><NextPartNumberMarker>" + number +
                               "</NextPartNumberMarker><Part><PartNumber>" + number +
                               "</PartNumber><ETag>\"e\"</ETag><Size>7</Size></Part></ListPartsResult>");
  }));
  const SystemClock clock;
  S3Client client(*Endpoint::parse(server.url()), {}, clock);
  const auto parts = all_parts(client, {"b", "k", "id"});
  REQUIRE(parts);
  REQUIRE(parts->size() == 2);
  CHECK((*parts)[1].number == 5);
  CHECK((*parts)[1].size == 7);
  const auto stuck = all_parts(client, {"b", "stuck", "id"});
  REQUIRE_FALSE(stuck);
  CHECK(stuck.error().kind == ErrorKind::malformed);
}
