#include "operations/completion_document.h"

#include "catch.h"

using namespace partsmith;
using namespace partsmith::server;
using protocol::ErrorCode;

namespace {

std::string document(const std::string& parts) {
  return "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + parts +
         "</CompleteMultipartUpload>";
}

}  // namespace

TEST_CASE("A completion lists parts with ETags, quoted or not, and checksums") {
  const auto parts = completion_document(document(
      "<Part><ETag>&quot;8d777f385d3dfec8815d20f7496026dc&quot;</ETag><PartNumber>1</PartNumber></Part>"
      "<Part><PartNumber>10000</PartNumber><ETag>8d777f385d3dfec8815d20f7496026dc</ETag>"
      "<ChecksumCRC32>rfPzYw==</ChecksumCRC32></Part>"));
  REQUIRE(parts);
  REQUIRE(parts->size() == 2);
  CHECK((*parts)[0].etag.text() == "8d777f385d3dfec8815d20f7496026dc");
  CHECK((*parts)[0].etag == (*parts)[1].etag);
  CHECK((*parts)[1].number == 10'000);
  REQUIRE((*parts)[1].checksums.size() == 1);
  CHECK((*parts)[1].checksums[0].base64() == "rfPzYw==");
}

TEST_CASE("A completion without a body asks for at least one part") {
  const auto parts = completion_document("");
  REQUIRE_FALSE(parts);
  CHECK(parts.error().code == ErrorCode::InvalidRequest);
  CHECK(parts.error().message == "You must specify at least one part");
}

TEST_CASE("What isn't a list of 1 to 10,000 parts is MalformedXML") {
  std::string too_many;
  for (int i = 0; i < 10'001; ++i) too_many += "<Part><PartNumber>1</PartNumber><ETag>x</ETag></Part>";
  const std::string text = GENERATE_COPY(as<std::string>{}, "<CompleteMultipartUpload/>", "<Other/>",
                                         "no XML", document("<Part><PartNumber>1</PartNumber></Part>"),
                                         document("<Part><ETag>x</ETag></Part>"),
                                         document("<Part><PartNumber>one</PartNumber><ETag>x</ETag></Part>"),
                                         document("<Piece/>"), document(too_many), document("") + "<More/>");
  const auto parts = completion_document(text);
  REQUIRE_FALSE(parts);
  CHECK(parts.error().code == ErrorCode::MalformedXML);
}

TEST_CASE("A listed part number below 1 is InvalidArgument") {
  const std::string number = GENERATE("0", "-1");
  const auto parts =
      completion_document(document("<Part><PartNumber>" + number + "</PartNumber><ETag>x</ETag></Part>"));
  REQUIRE_FALSE(parts);
  CHECK(parts.error().code == ErrorCode::InvalidArgument);
  CHECK(parts.error().message == "PartNumber must be >= 1");
  CHECK(parts.error().fields == std::vector<std::pair<std::string, std::string>>{
                                    {"ArgumentName", "PartNumber"}, {"ArgumentValue", number}});
}

TEST_CASE("A listed part number above 10,000 is that of a part which isn't there") {
  const auto parts =
      completion_document(document("<Part><PartNumber>10001</PartNumber><ETag>x</ETag></Part>"));
  REQUIRE(parts);
  CHECK((*parts)[0].number == 10'001);
}
