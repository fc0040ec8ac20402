/// A server that is right but for one thing: the checks of that thing fail, and no others.

#include <algorithm>

#include <partsmith/conformance/catalogue.h>
#include <partsmith/conformance/reports.h>
#include <partsmith/conformance/runner.h>

#include "catch.h"
#include "proxy.h"
#include "test_server.h"

using namespace partsmith;
using namespace partsmith::conformance;
using client::HttpAnswer;
using Request = test::Proxy::Request;

namespace {

bool lists_parts(const Request& request) {
  return request.method == "GET" && request.target.find("?uploadId=") != std::string::npos;
}
bool lists_uploads(const Request& request) {
  return request.method == "GET" && request.target.find("?uploads") != std::string::npos;
}
bool puts_part(const Request& request) {
  return request.method == "PUT" && request.target.find("partNumber=") != std::string::npos;
}
bool completes(const Request& request) {
  return request.method == "POST" && request.target.find("?uploadId=") != std::string::npos;
}

struct Mutation {
  std::string name;
  test::Proxy::Spoil spoil;
  std::vector<std::string> only;   ///< what is run
  std::vector<std::string> fails;  ///< and of that, what finds it
};

const std::vector<std::string> cheap_complete = {"multipart.complete.one-part", "multipart.complete.entity-*",
                                                 "multipart.complete.part-*", "multipart.complete.wrong-*",
                                                 "multipart.complete.document-*"};

std::vector<Mutation> mutations() {
  return {
      {"part ETags have no quotes",
       [](const Request& request, HttpAnswer& answer) {
         if (!puts_part(request) || answer.status != 200) return;
         std::string etag(answer.headers.value("etag"));
         std::erase(etag, '"');
         answer.headers.set("ETag", etag);
       },
       {"multipart.part.etag", "multipart.part.presigned", "multipart.part.md5-*", "multipart.abort.*"},
       {"multipart.part.etag", "multipart.part.md5-good", "multipart.part.md5-wrong-keeps-the-former",
        "multipart.part.presigned"}},
      {"abort answers 200",
       [](const Request& request, HttpAnswer& answer) {
         if (request.method == "DELETE" && answer.status == 204 &&
             request.target.find("uploadId") != std::string::npos) {
           answer.status = 200;
         }
       },
       {"multipart.abort.*", "multipart.part.etag"},
       {"multipart.abort.answer", "multipart.abort.gone-from-lists", "multipart.abort.leaves-the-object",
        "multipart.abort.leaves-other-uploads", "multipart.abort.part-after", "multipart.abort.twice",
        "multipart.abort.completed", "multipart.abort.copy-after", "multipart.abort.leaves-siblings"}},
      {"NoSuchUpload has no UploadId",
       [](const Request&, HttpAnswer& answer) {
         if (answer.status == 404) test::remove_elements(answer.body, "UploadId");
       },
       {"multipart.no-such-upload.*.unknown", "multipart.complete.document-empty*",
        "multipart.copy.unknown-upload"},
       {"multipart.complete.document-empty-unknown-upload", "multipart.no-such-upload.upload-part.unknown",
        "multipart.no-such-upload.complete.unknown", "multipart.no-such-upload.abort.unknown",
        "multipart.no-such-upload.list-parts.unknown", "multipart.copy.unknown-upload"}},
      {"errors quote ETags",
       [](const Request&, HttpAnswer& answer) {
         if (answer.status != 400) return;
         test::replace_all(answer.body, "<ETag>", "<ETag>&quot;");
         test::replace_all(answer.body, "</ETag>", "&quot;</ETag>");
       },
       cheap_complete,
       {"multipart.complete.entity-too-small-fields", "multipart.complete.part-not-uploaded-fields",
        "multipart.complete.wrong-etag-fields"}},
      {"EntityTooSmall is not known",
       [](const Request&, HttpAnswer& answer) {
         test::replace_all(answer.body, "EntityTooSmall", "InvalidRequest");
       },
       cheap_complete,
       {"multipart.complete.entity-too-small"}},
      {"the ETag doesn't count the parts",
       [](const Request& request, HttpAnswer& answer) {
         if (completes(request)) test::replace_all(answer.body, "-1&quot;", "&quot;");
       },
       cheap_complete,
       {"multipart.complete.one-part"}},
      {"uploads get no CRC64NVME",
       [](const Request& request, HttpAnswer& answer) {
         if (completes(request)) test::remove_elements(answer.body, "ChecksumCRC64NVME");
         answer.headers.remove("x-amz-checksum-crc64nvme");
       },
       {"multipart.complete.computed-checksum", "multipart.complete.one-part",
        "multipart.complete.checksum-crc64nvme*"},
       {"multipart.complete.computed-checksum", "multipart.complete.checksum-crc64nvme-by-default"}},
      {"the next marker of parts is missing unless truncated",
       [](const Request& request, HttpAnswer& answer) {
         if (lists_parts(request) && answer.body.find("<IsTruncated>false") != std::string::npos) {
           test::remove_elements(answer.body, "NextPartNumberMarker");
         }
       },
       {"multipart.list-parts.*"},
       {"multipart.list-parts.no-parts", "multipart.list-parts.one-part", "multipart.list-parts.pages",
        "multipart.list-parts.each-its-own"}},
      {"every page of parts is said to be the last",
       [](const Request& request, HttpAnswer& answer) {
         if (lists_parts(request)) test::replace_all(answer.body, "<IsTruncated>true", "<IsTruncated>false");
       },
       {"multipart.list-parts.*"},
       {"multipart.list-parts.pages", "multipart.list-parts.1001-parts",
        "multipart.list-parts.gaps-in-pages"}},
      {"checksums are listed though no algorithm was named",
       [](const Request& request, HttpAnswer& answer) {
         if (lists_parts(request) && answer.body.find("ChecksumAlgorithm") == std::string::npos) {
           test::replace_all(answer.body, "</Size>", "</Size><ChecksumCRC32>axEe0A==</ChecksumCRC32>");
         }
       },
       {"multipart.list-parts.*", "multipart.part.checksum-not-*", "multipart.part.checksum-good.*"},
       {"multipart.part.checksum-not-named-at-creation"}},
      {"uploads are listed without their algorithm",
       [](const Request& request, HttpAnswer& answer) {
         if (lists_uploads(request)) test::remove_elements(answer.body, "ChecksumAlgorithm");
       },
       {"multipart.list-uploads.*"},
       {"multipart.list-uploads.checksum", "multipart.list-uploads.each-its-own"}},
      {"uploads are listed without next markers unless truncated",
       [](const Request& request, HttpAnswer& answer) {
         if (lists_uploads(request) && answer.body.find("<IsTruncated>false") != std::string::npos) {
           test::remove_elements(answer.body, "NextKeyMarker");
         }
       },
       {"multipart.list-uploads.*"},
       {"multipart.list-uploads.empty-bucket", "multipart.list-uploads.one-upload",
        "multipart.list-uploads.each-its-own"}},
      {"a part is answered 200",
       [](const Request&, HttpAnswer& answer) {
         if (answer.status == 206) answer.status = 200;
       },
       {"multipart.get-part.plain-object*", "multipart.get-part.checksum-*", "multipart.get-part.with-range"},
       {"multipart.get-part.plain-object", "multipart.get-part.checksum-composite",
        "multipart.get-part.checksum-full-object", "multipart.get-part.checksum-full-object-only-part"}},
      {"the default type is application/octet-stream",
       [](const Request&, HttpAnswer& answer) {
         if (answer.headers.value("content-type") == "binary/octet-stream") {
           answer.headers.set("Content-Type", "application/octet-stream");
         }
       },
       {"multipart.metadata.*"},
       {"multipart.metadata.default-type", "multipart.metadata.forgets-the-former"}},
      {"wrong digests are taken for malformed ones",
       [](const Request&, HttpAnswer& answer) {
         test::replace_all(answer.body, "BadDigest", "InvalidDigest");
       },
       {"multipart.part.md5-*", "multipart.part.checksum-wrong.crc32",
        "multipart.part.checksum-malformed.crc32"},
       {"multipart.part.md5-wrong", "multipart.part.md5-wrong-leaves-nothing",
        "multipart.part.md5-wrong-keeps-the-former", "multipart.part.checksum-wrong.crc32"}},
      {"a byte of every object is wrong",
       [](const Request& request, HttpAnswer& answer) {
         const bool object = request.method == "GET" && request.target.find('?') == std::string::npos;
         if (object && answer.status == 200 && !answer.body.empty()) answer.body[0] ^= 1;
       },
       {"multipart.complete.one-part", "multipart.complete.replaces-object", "multipart.copy.whole",
        "multipart.copy.range", "multipart.part.sent-again", "multipart.part.payload.*"},
       {"multipart.part.sent-again", "multipart.part.payload.signed", "multipart.part.payload.unsigned",
        "multipart.part.payload.unsigned-trailer", "multipart.part.payload.signed-chunks",
        "multipart.part.payload.signed-chunks-trailer", "multipart.complete.one-part",
        "multipart.complete.replaces-object", "multipart.copy.whole"}},
  };
}

}  // namespace

TEST_CASE("A server that is wrong in one thing fails the checks of that thing, and no others") {
  test::TestServer server;
  for (const auto& mutation : mutations()) {
    test::Proxy proxy(server.port(), mutation.spoil);
    client::S3ClientOptions options;
    options.credentials = {"test", "test", ""};
    client::S3Client client(*client::Endpoint::parse("http://127.0.0.1:" + std::to_string(proxy.port())),
                            options, server.clock());
    const auto steps = plan(select(catalogue(), {.only = mutation.only}), {});
    const auto result = run(client, steps, {.jobs = 2}, server.clock());
    REQUIRE(result);
    std::vector<std::string> failed;
    for (const auto& check : result->checks) {
      // A field that is missing everywhere is told once, and is a failure of each.
      if (!check.failures.empty()) failed.push_back(check.id);
    }
    INFO(mutation.name);
    CHECK(failed == mutation.fails);
    CHECK(failed.size() < result->checks.size());
  }
}
