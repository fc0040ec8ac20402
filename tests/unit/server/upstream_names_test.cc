// Names on their way back from an upstream: in XML, and of buckets.

#include "catch.h"
#include "forward/name_map.h"
#include "forward/xml_rewriter.h"

using namespace partsmith;
using namespace partsmith::server;

namespace {

NameMap map_of(std::initializer_list<const char*> rows, bool by_access_key = false) {
  std::vector<UpstreamBucket> parsed;
  for (const char* row : rows) parsed.push_back(UpstreamBucket::parse(row).value());
  return {std::move(parsed), by_access_key};
}

XmlNames names_of(const NameMap& map, std::string bucket, bool encoded = false) {
  XmlNames names{.map = map, .access_key = "key", .bucket = std::move(bucket)};
  if (const auto place = map.place("key", names.bucket)) names.place = *place;
  names.location = "http://here/films/a";
  names.keys_are_encoded = encoded;
  return names;
}

/// In pieces of that many bytes; empty where the document is refused.
std::string rewritten(const XmlNames& names, std::string_view document, std::size_t piece) {
  XmlRewriter rewriter(names);
  std::string out;
  for (std::size_t at = 0; at < document.size(); at += piece)
    out += rewriter.feed(document.substr(at, piece));
  out += rewriter.finish();
  return rewriter.failed() ? std::string() : out;
}

constexpr std::string_view listing =
    "<?xml version=\"1.0\"?>\n<ListBucketResult "
    "xmlns=\"http://s3\"><Name>prod</Name><Prefix>d&amp;v/x</Prefix>"
    "<Marker></Marker><NextMarker/><Contents><Key>d&#38;v/x&lt;1&gt;</Key><ETag>&quot;Key&quot;</"
    "ETag><Owner><Key>d&amp;v/</Key>"
    "</Owner></Contents><CommonPrefixes><Prefix>d&amp;v/x/</Prefix></CommonPrefixes></ListBucketResult>";

}  // namespace

TEST_CASE("A listing has the client's names, in whatever pieces it comes") {
  const NameMap map = map_of({"films=prod/d&v/"});
  const std::string expected =
      "<?xml version=\"1.0\"?>\n<ListBucketResult xmlns=\"http://s3\"><Name>films</Name><Prefix>x</Prefix>"
      "<Marker></Marker><NextMarker/><Contents><Key>x&lt;1&gt;</Key><ETag>&quot;Key&quot;</"
      "ETag><Owner><Key>d&amp;v/</Key>"
      "</Owner></Contents><CommonPrefixes><Prefix>x/</Prefix></CommonPrefixes></ListBucketResult>";
  for (std::size_t piece = 1; piece <= listing.size(); ++piece)
    REQUIRE(rewritten(names_of(map, "films"), listing, piece) == expected);
}

TEST_CASE("An encoded key loses the prefix by whatever rules it is encoded") {
  const NameMap map = map_of({"films=prod/a b/ü/"});
  for (const std::string_view key : {"a+b/%C3%BC/c%2Bd", "a%20b%2F%c3%bc%2Fc%2Bd"}) {
    const std::string document =
        "<ListBucketResult><Contents><Key>" + std::string(key) + "</Key></Contents></ListBucketResult>";
    CHECK(rewritten(names_of(map, "films", true), document, 7) ==
          "<ListBucketResult><Contents><Key>c%2Bd</Key></Contents></ListBucketResult>");
  }
}

TEST_CASE("What isn't a name of the bucket's stays") {
  const NameMap map = map_of({"films=prod/d/"});
  for (const std::string_view document :
       {"<Tagging><TagSet><Tag><Key>d/a</Key></Tag></TagSet></Tagging>",
        "<ListBucketResult><Contents><Key>other/a</Key></Contents></ListBucketResult>",
        "<Error><Code>NoSuchBucket</Code><BucketName>another</BucketName></Error>"})
    CHECK(rewritten(names_of(map, "films"), document, 3) == document);
}

TEST_CASE("Errors and answers of uploads have the client's names") {
  const NameMap map = map_of({"films=prod/d/"});
  CHECK(rewritten(names_of(map, "films"), "<Error><Key>d/a</Key><Resource>/prod/d/a</Resource></Error>", 5) ==
        "<Error><Key>a</Key><Resource>/films/a</Resource></Error>");
  CHECK(rewritten(
            names_of(map, "films"),
            "<CompleteMultipartUploadResult><Location>http://there/prod/d/a</Location><Bucket>prod</Bucket>"
            "<Key>d/a</Key></CompleteMultipartUploadResult>",
            5) ==
        "<CompleteMultipartUploadResult><Location>http://here/films/a</Location><Bucket>films</Bucket>"
        "<Key>a</Key></CompleteMultipartUploadResult>");
}

TEST_CASE("The list of buckets has each under its names, and no others") {
  const NameMap map = map_of({"films=prod/f/", "songs=prod/s/", "*=team-*"});
  const auto entry = [](const std::string& name) {
    return "<Bucket><Name>" + name + "</Name><Date>1</Date></Bucket>";
  };
  CHECK(rewritten(names_of(map, ""),
                  "<ListAllMyBucketsResult><Owner><ID>o</ID></Owner><Buckets>" + entry("prod") +
                      entry("other") + entry("team-x1y") + entry("team-films") +
                      "</Buckets></ListAllMyBucketsResult>",
                  4) == "<ListAllMyBucketsResult><Owner><ID>o</ID></Owner><Buckets>" + entry("films") +
                            entry("songs") + entry("x1y") + "</Buckets></ListAllMyBucketsResult>");
}

TEST_CASE("A document that S3 doesn't send is refused, and held no further") {
  const NameMap map = map_of({"films=prod/d/"});
  const auto refused = [&](const std::string& document) {
    return rewritten(names_of(map, "films"), document, 1000).empty();
  };
  CHECK(refused("<ListBucketResult><Name>" + std::string(100'000, 'x')));
  CHECK(refused("<" + std::string(100'000, 'x')));
  CHECK(refused("<a></b>"));
  CHECK(refused("<ListBucketResult><Name>prod"));
  std::string deep;
  for (int depth = 0; depth < 100; ++depth) deep += "<a>";
  CHECK(refused(deep));
}

TEST_CASE("Buckets are found at the upstream, and back") {
  const NameMap map = map_of({"films=prod/dev/", "*=team-*"});
  CHECK(map.place("", "films")->bucket == "prod");
  CHECK(map.place("", "films")->key_prefix == "dev/");
  CHECK(map.place("", "songs")->bucket == "team-songs");
  CHECK(map.names_of("", "team-songs") == std::vector<std::string>{"songs"});
  CHECK(map.names_of("", "other").empty());
  CHECK_FALSE(map.place("", std::string(60, 'x')));  // with "team-", longer than a name may be

  const NameMap worlds = map_of({}, true);
  const auto one = worlds.place("one", "films");
  REQUIRE(one);
  CHECK(one->bucket != worlds.place("two", "films")->bucket);
  CHECK(worlds.names_of("one", one->bucket) == std::vector<std::string>{"films"});
  CHECK(worlds.names_of("two", one->bucket).empty());
  CHECK_FALSE(worlds.place("", "films"));
}
