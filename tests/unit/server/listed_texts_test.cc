#include "operations/listed_texts.h"

#include "catch.h"

using namespace partsmith;
using namespace partsmith::server;

namespace {

std::string completion(const std::string& parts) {
  return "<CompleteMultipartUpload>" + parts + "</CompleteMultipartUpload>";
}

const std::string part =
    R"(<Part><PartNumber>7</PartNumber><ETag>"d60cadf1a41c651e1f0ade50136bad43"</ETag></Part>)";

}  // namespace

TEST_CASE("A completion as SDKs write it is read straight, and as the library reads it") {
  const std::string document = GENERATE_COPY(
      as<std::string>{}, completion(part), completion(part + part), completion(""),
      R"(<?xml version="1.0" encoding="UTF-8"?>)" + completion(part),
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + completion(part) + '\n',
      R"(<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">)" + part +
          "</CompleteMultipartUpload>",
      completion("\n  <Part>\r\n<ETag> &quot;a&quot; </ETag>\t<PartNumber>1</PartNumber></Part>\n"),
      completion("<Part><ETag>a</ETag><PartNumber>none</PartNumber></Part>"),
      completion("<Part><ETag>a>b</ETag><ChecksumCRC64NVME>AAAAAAAAAAA=</ChecksumCRC64NVME>"
                 "<PartNumber>-1</PartNumber></Part>"));
  const auto plain = plain_listed_texts(document);
  REQUIRE(plain);
  CHECK(plain == listed_texts(document));
}

TEST_CASE("What has to be decoded, has no place or comes twice is left to the library") {
  const std::string document = GENERATE_COPY(
      as<std::string>{}, completion("<!-- a -->" + part), completion("<Part Id=\"1\">" + part.substr(6)),
      completion("<Part><PartNumber>1</PartNumber><ETag>&lt;</ETag></Part>"),
      completion("<Part><PartNumber>1</PartNumber><ETag><![CDATA[a]]></ETag></Part>"),
      completion("<Part><PartNumber>1</PartNumber><PartNumber>2</PartNumber><ETag>a</ETag></Part>"),
      completion("<Part><PartNumber>1</PartNumber><ETag>a</ETag><Size>1</Size></Part>"),
      completion("<Part><PartNumber>1</PartNumber><ETag>\xc3\xa9</ETag></Part>"),
      completion("<Part><PartNumber>1</PartNumber><ETag> </ETag></Part>"),
      completion("<Part><PartNumber>1</PartNumber><ETag/></Part>"),
      completion("<Part><PartNumber>1</PartNumber><ETag>a</ETag>text</Part>"),
      completion("<Part><PartNumber>1</PartNumber></Part>"),
      completion("<Part><PartNumber>1</PartNumber><ETag>a</ETag><ChecksumCRC32>a</ChecksumCRC32>"
                 "<ChecksumSHA1>b</ChecksumSHA1></Part>"),
      completion("<Piece/>"), "<Other/>", "", completion(part) + "<More/>", completion(part).substr(0, 60));
  CHECK_FALSE(plain_listed_texts(document));
}
