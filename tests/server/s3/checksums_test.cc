/// The matrices of checksums: what a put, a part and a completion may bring, and what each answers.
/// docs/checksums.md is made of them.

#include <array>
#include <map>
#include <optional>

#include <partsmith/values/checksum.h>
#include <partsmith/values/digest.h>

#include "page.h"
#include "test_server.h"

using namespace partsmith;
using namespace partsmith::test;

namespace {

constexpr const char* body = "data";

std::string sum(ChecksumAlgorithm algorithm, std::string_view text = body) {
  return checksum_of(algorithm, as_bytes(std::string(text))).base64();
}

const std::string crc32 = "x-amz-checksum-crc32";
const std::string sha256_header = "x-amz-checksum-sha256";
const std::string named = "x-amz-sdk-checksum-algorithm";

const std::string mismatch_null =
    "Checksum Type mismatch occurred, expected checksum Type: crc32, actual checksum Type: null";
const std::string mismatch_sha256 =
    "Checksum Type mismatch occurred, expected checksum Type: crc32, actual checksum Type: sha256";
const std::string bad_crc32 = "The CRC32 you specified did not match the calculated checksum.";
const std::string wrong_name = "Value for x-amz-sdk-checksum-algorithm header is invalid.";
const std::string alone =
    "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers "
    "were found.";

/// The uploads that parts are sent into; the first stands for PutObject.
enum class Into { object, none, composite, full_object };
constexpr std::array<Into, 4> all_into = {Into::object, Into::none, Into::composite, Into::full_object};

/// An error's code and message, or 200.
struct Expected {
  int status = 200;
  std::string code = {};
  std::string message = {};
};
Expected invalid_request(std::string message) {
  return {400, "InvalidRequest", std::move(message)};
}

/// How a body is sent, and what each answers.
struct Sent {
  std::string what;
  protocol::Headers headers;
  std::optional<std::string>
      trailer;  ///< the lines after the last chunk, when the body is in chunks with trailers
  std::map<Into, Expected> refused;  ///< where it is; elsewhere it is taken
  std::string source;
};

/// The same answer into everything.
std::map<Into, Expected> always(const Expected& expected) {
  std::map<Into, Expected> answers;
  for (const Into into : all_into) answers[into] = expected;
  return answers;
}
std::map<Into, Expected> into_named(const Expected& expected) {
  return {{Into::composite, expected}, {Into::full_object, expected}};
}
std::map<Into, Expected> into_composite(const Expected& expected) {
  return {{Into::composite, expected}};
}

const std::string right_trailer = crc32 + ':' + sum(ChecksumAlgorithm::crc32) + "\r\n";

const std::vector<Sent> sent = {
    {"no checksum",
     {},
     {},
     into_composite(invalid_request(mismatch_null)),
     "recorded: put-checksums-raw-requests; versitygw#1342, floci#3093 (COMPOSITE)"},
    {"Content-MD5 alone",
     {{"Content-MD5", to_base64(md5(as_bytes(std::string(body))))}},
     {},
     into_composite(invalid_request(mismatch_null)),
     ""},
    {"CRC32 in a header",
     {{crc32, sum(ChecksumAlgorithm::crc32)}},
     {},
     {},
     "recorded: put-object-checksum-crc32, multipart-checksum-*"},
    {"CRC32 in a trailer",
     {{"x-amz-trailer", crc32}},
     right_trailer,
     {},
     "recorded: multipart-and-list-parts, multipart-checksum-*"},
    {"CRC32 of other bytes",
     {{crc32, sum(ChecksumAlgorithm::crc32, "other")}},
     {},
     always({400, "BadDigest", bad_crc32}),
     "recorded: put-object-checksum-crc32, upload-part-wrong-checksum-crc32"},
    {"CRC32 of other bytes in a trailer",
     {{"x-amz-trailer", crc32}},
     crc32 + ':' + sum(ChecksumAlgorithm::crc32, "other") + "\r\n",
     always({400, "BadDigest", bad_crc32}),
     "ministack#1497"},
    {"CRC32 malformed",
     {{crc32, "nonsense"}},
     {},
     always(invalid_request("Value for x-amz-checksum-crc32 header is invalid.")),
     "recorded: put-object-checksum-crc32, upload-part-wrong-checksum-crc32"},
    {"CRC32 malformed in a trailer",
     {{"x-amz-trailer", crc32}},
     crc32 + ":nonsense\r\n",
     always(invalid_request("Value for x-amz-checksum-crc32 trailing header is invalid.")),
     ""},
    {"SHA256 in a header",
     {{sha256_header, sum(ChecksumAlgorithm::sha256)}},
     {},
     into_named(invalid_request(mismatch_sha256)),
     "recorded: upload-part-wrong-checksum-sha256, multipart-checksum-errors-*"},
    {"SHA256 of other bytes",
     {{sha256_header, sum(ChecksumAlgorithm::sha256, "other")}},
     {},
     {{Into::object, {400, "BadDigest", "The SHA256 you specified did not match the calculated checksum."}},
      {Into::none, {400, "BadDigest", "The SHA256 you specified did not match the calculated checksum."}},
      {Into::composite, invalid_request(mismatch_sha256)},
      {Into::full_object, invalid_request(mismatch_sha256)}},
     "recorded: put-object-checksum-sha256, upload-part-wrong-checksum-sha256"},
    {"CRC32 and SHA256",
     {{crc32, sum(ChecksumAlgorithm::crc32)}, {sha256_header, sum(ChecksumAlgorithm::sha256)}},
     {},
     always(invalid_request(
         "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")),
     "recorded: put-checksum-header-without-algorithm; versitygw#1188"},
    {"CRC32 in a header, CRC32 announced as a trailer",
     {{crc32, sum(ChecksumAlgorithm::crc32)}, {"x-amz-trailer", crc32}},
     right_trailer,
     always(invalid_request("Expecting a single x-amz-checksum- header")),
     "versitygw#1657"},
    {"x-amz-checksum-sha256a",
     {{"x-amz-checksum-sha256a", "dummy"}},
     {},
     always(invalid_request("The algorithm type you specified in x-amz-checksum- header is invalid.")),
     "versitygw#1104"},
    {"x-amz-checksum-algorithm alone",
     {{"x-amz-checksum-algorithm", "SHA256"}},
     {},
     into_composite(invalid_request(mismatch_null)),
     "recorded: put-checksums-raw-requests"},
    {"sdk algorithm alone", {{named, "CRC32"}}, {}, always(invalid_request(alone)), "versitygw#1593; S3 API"},
    {"sdk algorithm that is none", {{named, "nonsense"}}, {}, always(invalid_request(wrong_name)), ""},
    {"sdk algorithm and CRC32",
     {{named, "CRC32"}, {crc32, sum(ChecksumAlgorithm::crc32)}},
     {},
     {},
     "recorded: put-object-checksum-crc32"},
    {"sdk algorithm in lower case and CRC32",
     {{named, "crc32"}, {crc32, sum(ChecksumAlgorithm::crc32)}},
     {},
     {},
     "versitygw#1118"},
    {"another sdk algorithm than CRC32",
     {{named, "SHA1"}, {crc32, sum(ChecksumAlgorithm::crc32)}},
     {},
     always(invalid_request(wrong_name)),
     "versitygw#1598"},
    {"another sdk algorithm than the trailer",
     {{named, "sha1"}, {"x-amz-trailer", crc32}},
     right_trailer,
     always(invalid_request(wrong_name)),
     "versitygw#1659"},
    {"a form with trailers, none announced",
     {},
     "",
     into_composite(invalid_request(mismatch_null)),
     "versitygw#1632, #1664"},
    {"an announced trailer that doesn't come",
     {{"x-amz-trailer", crc32}},
     "",
     always(
         {400, "MalformedTrailerError",
          "The request contained trailing data that was not well-formed or did not conform to our published "
          "schema."}),
     "versitygw#1600"},
    {"a trailer announced that is no checksum",
     {{"x-amz-trailer", "x-colour"}},
     "x-colour:green\r\n",
     always(invalid_request("The value specified in the x-amz-trailer header is not supported")),
     ""},
};

struct Scene {
  TestServer server;
  Scene() {
    REQUIRE(server.send({"PUT", "/films"}).status == 200);
    REQUIRE(server.send({"PUT", "/films/source", body}).status == 200);
  }

  std::string begin(Into into) {
    protocol::Headers headers;
    if (into != Into::none) {
      headers.add("x-amz-checksum-algorithm", "CRC32");
      headers.add("x-amz-checksum-type", into == Into::composite ? "COMPOSITE" : "FULL_OBJECT");
    }
    return element(server.send({"POST", "/films/a?uploads", "", headers}).body, "UploadId");
  }

  RawClient::Answer send(const Sent& what, Into into) {
    Ask ask{"PUT", "/films/a", body, what.headers};
    if (into != Into::object) ask.target += "?partNumber=1&uploadId=" + begin(into);
    if (what.trailer) {
      ask.headers.add("x-amz-decoded-content-length", std::to_string(std::string_view(body).size()));
      ask.body = "4\r\n" + std::string(body) + "\r\n0\r\n" + *what.trailer + "\r\n";
      ask.payload_hash = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
    }
    return server.send(ask);
  }

  std::string put_part(const std::string& upload, Into into) {
    protocol::Headers headers;
    if (into == Into::composite || into == Into::full_object)
      headers.add(crc32, sum(ChecksumAlgorithm::crc32));
    const auto part = server.send({"PUT", "/films/a?partNumber=1&uploadId=" + upload, body, headers});
    REQUIRE(part.status == 200);
    return std::string(part.headers.value("ETag"));
  }
};

std::string told(const Expected& expected) {
  return std::to_string(expected.status) + ' ' + expected.code + ' ' + expected.message;
}
std::string told(const RawClient::Answer& answer) {
  return told(Expected{answer.status, element(answer.body, "Code"), element(answer.body, "Message")});
}

std::string in_words(const Expected& expected) {
  if (expected.status == 200) return "200";
  return expected.code + (expected.message.empty() ? "" : ": " + expected.message);
}

/// What a completion says of checksums, and its answer.
struct Completion {
  Into into;
  std::string what;
  std::string of_the_part;  ///< elements beside its ETag
  protocol::Headers headers;
  Expected expected;
  std::string source;
};

const std::string not_found =
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the "
    "specified "
    "entity tag may not match the part's entity tag.";
const std::string part_crc32 = "<ChecksumCRC32>" + sum(ChecksumAlgorithm::crc32) + "</ChecksumCRC32>";
const std::string part_wrong =
    "<ChecksumCRC32>" + sum(ChecksumAlgorithm::crc32, "other") + "</ChecksumCRC32>";
const std::string part_sha256 = "<ChecksumSHA256>" + sum(ChecksumAlgorithm::sha256) + "</ChecksumSHA256>";
const std::string bad_whole = "The crc32 you specified did not match the calculated checksum.";
const std::string type = "x-amz-checksum-type";

std::string other_mode(const std::string& mode) {
  return "The upload was created using the " + mode +
         " checksum mode. The complete request must use the same checksum mode.";
}

const std::vector<Completion> completions = [] {
  const std::string full = "recorded: multipart-checksum-errors-full-object";
  const std::string composite = "recorded: multipart-checksum-errors-composite";
  const std::string parts = "recorded: multipart-checksum-composite-*";
  const std::string whole = sum(ChecksumAlgorithm::crc32);
  const std::string of_parts = [] {
    const Checksum part = checksum_of(ChecksumAlgorithm::crc32, as_bytes(std::string(body)));
    return checksum_of(ChecksumAlgorithm::crc32, part.value).base64();
  }();
  const std::string nvme = sum(ChecksumAlgorithm::crc64nvme);
  const std::string versity = "inferred: versitygw, which mends its answers by those of Amazon S3";
  const Expected no_part{400, "InvalidPart", not_found};
  const Expected bad_part{400, "InvalidArgument", "Invalid Base64 or multiple checksums present in request"};
  const Expected ok;
  return std::vector<Completion>{
      {Into::none, "nothing", "", {}, ok, "recorded: multipart-and-list-parts"},
      {Into::none,
       "the CRC32 that its part answered",
       part_crc32,
       {},
       no_part,
       "aws-sdk-go-v2#3005, aws-sdk-java-v2#6518"},
      {Into::none, "the part's CRC64NVME", "<ChecksumCRC64NVME>" + nvme + "</ChecksumCRC64NVME>", {}, ok, ""},
      {Into::none, "type FULL_OBJECT", "", {{type, "FULL_OBJECT"}}, ok, ""},
      {Into::none,
       "type COMPOSITE",
       "",
       {{type, "COMPOSITE"}},
       invalid_request(other_mode("FULL_OBJECT")),
       ""},
      {Into::none,
       "CRC64NVME of the whole and its type",
       "",
       {{type, "FULL_OBJECT"}, {"x-amz-checksum-crc64nvme", nvme}},
       ok,
       ""},
      {Into::none,
       "CRC32 of the whole and its type",
       "",
       {{type, "FULL_OBJECT"}, {crc32, whole}},
       {400, "BadDigest", "The crc64nvme you specified did not match the calculated checksum."},
       ""},

      {Into::composite, "the part's checksum", part_crc32, {}, ok, parts},
      {Into::composite,
       "nothing",
       "",
       {},
       invalid_request(
           "The upload was created using a crc32 checksum. The complete request must include the checksum "
           "for each part. It was missing for part 1 in the request."),
       parts + "; floci#3093"},
      {Into::composite, "a wrong checksum of the part", part_wrong, {}, no_part, parts + "; floci#3093"},
      {Into::composite,
       "a checksum of the part that isn't base64",
       "<ChecksumCRC32>?</ChecksumCRC32>",
       {},
       bad_part,
       versity},
      {Into::composite, "two checksums of the part", part_crc32 + part_sha256, {}, bad_part, versity},
      {Into::composite,
       "another algorithm's checksum of the part",
       part_sha256,
       {},
       {400, "BadDigest", "The sha256 you specified for part 1 did not match what we received."},
       composite},
      {Into::composite, "the part's and type COMPOSITE", part_crc32, {{type, "COMPOSITE"}}, ok, ""},
      {Into::composite,
       "type FULL_OBJECT",
       "",
       {{type, "FULL_OBJECT"}},
       invalid_request(other_mode("COMPOSITE")),
       composite},
      {Into::composite, "the part's and the whole's with -1", part_crc32, {{crc32, of_parts + "-1"}}, ok, ""},
      {Into::composite, "the part's and the whole's without -1", part_crc32, {{crc32, of_parts}}, ok, ""},
      {Into::composite,
       "the part's and a wrong one of the whole",
       part_crc32,
       {{crc32, whole}},
       {400, "BadDigest", bad_whole},
       "ministack#1453"},

      {Into::full_object, "nothing", "", {}, ok, "recorded: multipart-checksum-full-object-*"},
      {Into::full_object,
       "the part's checksum",
       part_crc32,
       {},
       ok,
       "recorded: get-part-checksum-full-object"},
      {Into::full_object,
       "a wrong checksum of the part",
       part_wrong,
       {},
       no_part,
       "recorded: multipart-checksum-full-object-*"},
      {Into::full_object,
       "another algorithm's checksum of the part",
       part_sha256,
       {},
       {400, "BadDigest", "The sha256 you specified for part 1 did not match what we received."},
       ""},
      {Into::full_object,
       "the whole's and its type",
       part_crc32,
       {{type, "FULL_OBJECT"}, {crc32, whole}},
       ok,
       full},
      {Into::full_object,
       "the whole's without its type",
       part_crc32,
       {{crc32, whole}},
       {400, "BadDigest", bad_whole},
       full},
      {Into::full_object,
       "the whole's as if it were COMPOSITE",
       part_crc32,
       {{crc32, of_parts + "-1"}},
       {400, "BadDigest", bad_whole},
       full},
      {Into::full_object,
       "the whole's with -1 and its type",
       part_crc32,
       {{type, "FULL_OBJECT"}, {crc32, whole + "-1"}},
       {400, "BadDigest", bad_whole},
       ""},
      {Into::full_object,
       "a wrong one of the whole and its type",
       part_crc32,
       {{type, "FULL_OBJECT"}, {crc32, sum(ChecksumAlgorithm::crc32, "other")}},
       {400, "BadDigest", bad_whole},
       full},
      {Into::full_object,
       "another algorithm's of the whole",
       part_crc32,
       {{"x-amz-checksum-crc64nvme", nvme}},
       {400, "BadDigest", bad_whole},
       full},
      {Into::full_object,
       "another algorithm's of the whole and its type",
       part_crc32,
       {{type, "FULL_OBJECT"}, {"x-amz-checksum-crc64nvme", nvme}},
       {400, "BadDigest", bad_whole},
       full},
      {Into::full_object,
       "a malformed one of the whole",
       part_crc32,
       {{type, "FULL_OBJECT"}, {crc32, "nonsense"}},
       invalid_request("Value for x-amz-checksum-crc32 header is invalid."),
       ""},
      {Into::full_object,
       "type COMPOSITE",
       part_crc32,
       {{type, "COMPOSITE"}},
       invalid_request(other_mode("FULL_OBJECT")),
       full},
      {Into::full_object,
       "a type that is none",
       part_crc32,
       {{type, "nonsense"}},
       invalid_request("Value for x-amz-checksum-type header is invalid."),
       "floci#3093 (of Create)"},
  };
}();

constexpr const char* name_of(Into into) {
  switch (into) {
    case Into::object:
      return "PutObject";
    case Into::none:
      return "no algorithm";
    case Into::composite:
      return "CRC32 COMPOSITE";
    case Into::full_object:
      return "CRC32 FULL_OBJECT";
  }
  return "";
}

}  // namespace

TEST_CASE(
    "What a body brings of checksums is answered as the matrix has it, and what is refused leaves nothing") {
  Scene scene;
  for (const Sent& what : sent) {
    for (const Into into : all_into) {
      INFO(what.what << " into " << name_of(into));
      const auto found = what.refused.find(into);
      const Expected expected = found == what.refused.end() ? Expected{} : found->second;
      CHECK(told(scene.send(what, into)) == told(expected));
      if (into != Into::object) continue;
      CHECK(scene.server.send({"HEAD", "/films/a"}).status == (expected.status == 200 ? 200 : 404));
      REQUIRE(scene.server.send({"DELETE", "/films/a"}).status == 204);
    }
  }
}

TEST_CASE("A completion's checksums are answered as the matrix has it, and a refused one leaves the upload") {
  Scene scene;
  for (const Completion& what : completions) {
    INFO(name_of(what.into) << ": " << what.what);
    const std::string upload = scene.begin(what.into);
    const std::string etag = scene.put_part(upload, what.into);
    const std::string document = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + etag +
                                 "</ETag>" + what.of_the_part + "</Part></CompleteMultipartUpload>";
    const auto answer = scene.server.send({"POST", "/films/a?uploadId=" + upload, document, what.headers});
    CHECK(told(answer) == told(what.expected));
    CHECK(scene.server.send({"GET", "/films/a?uploadId=" + upload}).status ==
          (what.expected.status == 200 ? 404 : 200));
  }
}

TEST_CASE("docs/checksums.md is the matrices of checksums") {
  std::string table =
      "| brought | PutObject | no algorithm | COMPOSITE | FULL_OBJECT | known from "
      "|\n|---|---|---|---|---|---|\n";
  for (const Sent& what : sent) {
    table += "| " + what.what + " |";
    for (const Into into : all_into) {
      const auto found = what.refused.find(into);
      table += ' ' + in_words(found == what.refused.end() ? Expected{} : found->second) + " |";
    }
    table += ' ' + source_or_unsettled(what.source) + " |\n";
  }
  check_page("checksums.md", "bodies", table);

  table = "| upload | listed | answer | known from |\n|---|---|---|---|\n";
  for (const Completion& what : completions) {
    table += "| " + std::string(name_of(what.into)) + " | " + what.what + " | " + in_words(what.expected) +
             " | " + source_or_unsettled(what.source) + " |\n";
  }
  check_page("checksums.md", "completions", table);

  table = "| algorithm | type left out | COMPOSITE | FULL_OBJECT | known from |\n|---|---|---|---|---|\n";
  for (const ChecksumTraits& row : checksum_table()) {
    const bool recorded = row.algorithm <= ChecksumAlgorithm::sha256;  // the others came in 2026
    table += "| " + std::string(row.name) + " | " + std::string(to_string(row.default_type)) + " | " +
             (row.composite_allowed ? "200" : "InvalidRequest") + " | " +
             (row.full_object_allowed ? "200" : "InvalidRequest") + " | " +
             (recorded ? "recorded: create-upload-checksum-type-*, create-upload-default-checksum-type-*"
                       : "user guide: checking object integrity") +
             " |\n";
  }
  check_page("checksums.md", "types", table);
}

TEST_CASE("An algorithm goes with the types that the table of algorithms has") {
  Scene scene;
  for (const ChecksumTraits& row : checksum_table()) {
    for (const bool composite : {true, false}) {
      INFO(row.name << ' ' << composite);
      const auto answer = scene.server.send({"POST",
                                             "/films/a?uploads",
                                             "",
                                             {{"x-amz-checksum-algorithm", std::string(row.name)},
                                              {type, composite ? "COMPOSITE" : "FULL_OBJECT"}}});
      const bool allowed = composite ? row.composite_allowed : row.full_object_allowed;
      CHECK(answer.status == (allowed ? 200 : 400));
    }
    const auto by_default = scene.server.send(
        {"POST", "/films/a?uploads", "", {{"x-amz-checksum-algorithm", std::string(row.name)}}});
    CHECK(by_default.headers.value(type) == to_string(row.default_type));
  }
}

TEST_CASE("A body whose form has trailers, and none, gets S3's own checksum") {
  Scene scene;
  const auto answer = scene.send({"", {}, "", {}, ""}, Into::object);
  CHECK(answer.status == 200);
  CHECK(answer.headers.value("x-amz-checksum-crc64nvme") == sum(ChecksumAlgorithm::crc64nvme));
  CHECK(scene.server.send({"GET", "/films/a"}).body == body);
}

TEST_CASE("A copied part gets its upload's checksum, and none is told without an algorithm") {
  Scene scene;
  const auto copied = [&](Into into) {
    return scene.server.send({"PUT",
                              "/films/a?partNumber=1&uploadId=" + scene.begin(into),
                              "",
                              {{"x-amz-copy-source", "films/source"}}});
  };
  CHECK(element(copied(Into::composite).body, "ChecksumCRC32") == sum(ChecksumAlgorithm::crc32));
  CHECK(element(copied(Into::full_object).body, "ChecksumCRC32") == sum(ChecksumAlgorithm::crc32));
  CHECK(copied(Into::none).body.find("Checksum") == std::string::npos);
}

TEST_CASE("A document protected by a digest needs one that is compared: announcing a trailer is none") {
  Scene scene;
  const std::string document = "<Delete><Object><Key>source</Key></Object></Delete>";
  const auto answer = scene.server.send({"POST", "/films?delete", document, {{"x-amz-trailer", crc32}}});
  CHECK(answer.status == 400);
  CHECK(element(answer.body, "Message") ==
        "Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
  CHECK(scene.server.send({"HEAD", "/films/source"}).status == 200);
}

TEST_CASE("The only part of a FULL_OBJECT upload shows the object's checksum, one of several none") {
  Scene scene;
  const std::string upload = scene.begin(Into::full_object);
  const std::string etag = scene.put_part(upload, Into::full_object);
  REQUIRE(scene.server
              .send({"POST", "/films/a?uploadId=" + upload,
                     "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + etag +
                         "</ETag></Part></CompleteMultipartUpload>"})
              .status == 200);
  const auto answer =
      scene.server.send({"GET", "/films/a?partNumber=1", "", {{"x-amz-checksum-mode", "ENABLED"}}});
  CHECK(answer.status == 206);
  CHECK(answer.headers.value(crc32) == sum(ChecksumAlgorithm::crc32));
  CHECK(answer.headers.value(type) == "FULL_OBJECT");
}

TEST_CASE("What x-amz-mp-object-size says wrong is told with its value") {
  Scene scene;
  const std::string upload = scene.begin(Into::none);
  const std::string etag = scene.put_part(upload, Into::none);
  const auto [value, message] = GENERATE(table<std::string, std::string>(
      {{"size", "Value for x-amz-mp-object-size header is invalid: 'size'"},
       {"", "Value for x-amz-mp-object-size header is invalid: ''"},
       {"4x", "Value for x-amz-mp-object-size header is invalid: '4x'"},
       {"-1", "Value for x-amz-mp-object-size header is less than zero: '-1'"},
       {"5", "The provided 'x-amz-mp-object-size' header value 5 does not match what was computed: 4"}}));
  const auto answer = scene.server.send({"POST",
                                         "/films/a?uploadId=" + upload,
                                         "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" +
                                             etag + "</ETag></Part></CompleteMultipartUpload>",
                                         {{"x-amz-mp-object-size", value}}});
  CHECK(answer.status == 400);
  CHECK(element(answer.body, "Code") == "InvalidRequest");
  CHECK(element(answer.body, "Message") == message);
}

TEST_CASE("GetObjectAttributes without attributes is InvalidRequest, and names no argument") {
  Scene scene;
  protocol::Headers headers;
  if (GENERATE(false, true)) headers.add("x-amz-max-parts", "2");
  const auto answer = scene.server.send({"GET", "/films/source?attributes", "", headers});
  CHECK(answer.status == 400);
  CHECK(element(answer.body, "Code") == "InvalidRequest");
  CHECK(answer.body.find("Argument") == std::string::npos);
}
