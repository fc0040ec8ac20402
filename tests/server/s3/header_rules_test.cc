/// Every operation with every header of the table: what belongs elsewhere is refused as the table has it, or
/// ignored.

#include "header_rules.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <partsmith/protocol/operations.h>
#include <partsmith/values/checksum.h>
#include <partsmith/values/digest.h>

#include "page.h"
#include "test_server.h"

using namespace partsmith;
using namespace partsmith::test;

namespace {

/// What the operations need: an object to read, one to copy, and an upload with a part.
struct Scene {
  TestServer server;
  std::string upload;
  std::string document;

  Scene() {
    REQUIRE(server.send({"PUT", "/films"}).status == 200);
    REQUIRE(server.send({"PUT", "/films/source", "data"}).status == 200);
    renew();
  }

  /// What an operation may have taken away.
  void renew() {
    REQUIRE(server.send({"PUT", "/films/a", "data"}).status == 200);
    if (!upload.empty() && server.send({"GET", "/films/a?uploadId=" + upload}).status == 200) return;
    upload = element(server.send({"POST", "/films/a?uploads"}).body, "UploadId");
    const auto part = server.send({"PUT", "/films/a?partNumber=1&uploadId=" + upload, "data"});
    REQUIRE(part.status == 200);
    document = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" +
               std::string(part.headers.value("ETag")) + "</ETag></Part></CompleteMultipartUpload>";
  }
};

struct Column {
  std::string operation;
  std::string letters;  ///< over its column
  std::function<Ask(const Scene&)> right;
};

Ask delete_objects() {
  const std::string body = "<Delete><Object><Key>absent</Key></Object></Delete>";
  return {"POST", "/films?delete", body, {{"Content-MD5", to_base64(md5(as_bytes(body)))}}};
}

const std::vector<Column> columns = {
    {"CreateBucket", "Cb", [](const Scene&) { return Ask{"PUT", "/films"}; }},
    {"ListObjects", "L1", [](const Scene&) { return Ask{"GET", "/films"}; }},
    {"ListObjectsV2", "L2", [](const Scene&) { return Ask{"GET", "/films?list-type=2"}; }},
    {"ListObjectVersions", "Lv", [](const Scene&) { return Ask{"GET", "/films?versions"}; }},
    {"ListMultipartUploads", "Lu", [](const Scene&) { return Ask{"GET", "/films?uploads"}; }},
    {"DeleteObjects", "Ds", [](const Scene&) { return delete_objects(); }},
    {"GetObject", "G", [](const Scene&) { return Ask{"GET", "/films/a"}; }},
    {"HeadObject", "H", [](const Scene&) { return Ask{"HEAD", "/films/a"}; }},
    {"GetObjectAttributes", "Ga",
     [](const Scene&) {
       return Ask{"GET", "/films/a?attributes", "", {{"x-amz-object-attributes", "ETag"}}};
     }},
    {"DeleteObject", "D", [](const Scene&) { return Ask{"DELETE", "/films/a"}; }},
    {"PutObject", "P", [](const Scene&) { return Ask{"PUT", "/films/a", "data"}; }},
    {"CopyObject", "C",
     [](const Scene&) { return Ask{"PUT", "/films/b", "", {{"x-amz-copy-source", "films/source"}}}; }},
    {"CreateMultipartUpload", "Mc", [](const Scene&) { return Ask{"POST", "/films/c?uploads"}; }},
    {"UploadPart", "Mp",
     [](const Scene& s) { return Ask{"PUT", "/films/a?partNumber=2&uploadId=" + s.upload, "data"}; }},
    {"UploadPartCopy", "My",
     [](const Scene& s) {
       return Ask{
           "PUT", "/films/a?partNumber=2&uploadId=" + s.upload, "", {{"x-amz-copy-source", "films/source"}}};
     }},
    {"CompleteMultipartUpload", "Mf",
     [](const Scene& s) { return Ask{"POST", "/films/a?uploadId=" + s.upload, s.document}; }},
    {"AbortMultipartUpload", "Ma",
     [](const Scene& s) { return Ask{"DELETE", "/films/a?uploadId=" + s.upload}; }},
    {"ListParts", "Ml", [](const Scene& s) { return Ask{"GET", "/films/a?uploadId=" + s.upload}; }},
};

/// A value of each header that says nothing wrong, and its name where the table gives a beginning.
struct Sample {
  std::string name;
  std::string value;
};

Sample sample(const std::string& header, const Ask& ask) {
  static const std::map<std::string, std::string> values = {
      {"if-match", "*"},
      {"if-none-match", "\"another\""},
      {"if-modified-since", "Sat, 01 Jan 2000 00:00:00 GMT"},
      {"if-unmodified-since", "Tue, 01 Jan 2099 00:00:00 GMT"},
      {"range", "bytes=0-0"},
      {"x-amz-acl", "bucket-owner-full-control"},
      {"x-amz-bucket-object-lock-enabled", "false"},
      {"x-amz-bypass-governance-retention", "false"},
      {"x-amz-checksum-algorithm", "CRC32"},
      {"x-amz-checksum-mode", "ENABLED"},
      {"x-amz-checksum-type", "FULL_OBJECT"},
      {"x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"},
      {"x-amz-copy-source", "films/source"},
      {"x-amz-copy-source-if-match", "\"another\""},
      {"x-amz-if-match-initiated-time", "Tue, 01 Jan 2030 00:00:00 GMT"},
      {"x-amz-if-match-last-modified-time", "Tue, 01 Jan 2030 00:00:00 GMT"},
      {"x-amz-if-match-size", "4"},
      {"x-amz-metadata-directive", "REPLACE"},
      {"x-amz-mfa", "serial 123456"},
      {"x-amz-mp-object-size", "4"},
      {"x-amz-object-lock-legal-hold", "OFF"},
      {"x-amz-object-ownership", "BucketOwnerEnforced"},
      {"x-amz-request-payer", "requester"},
      {"x-amz-sdk-checksum-algorithm", "CRC32"},
      {"x-amz-server-side-encryption", "AES256"},
      {"x-amz-server-side-encryption-aws-kms-key-id", "key"},
      {"x-amz-server-side-encryption-bucket-key-enabled", "false"},
      {"x-amz-server-side-encryption-context", "e30="},
      {"x-amz-server-side-encryption-customer-algorithm", "AES256"},
      {"x-amz-storage-class", "STANDARD"},
      {"x-amz-tagging", "colour=green"},
      {"x-amz-tagging-directive", "REPLACE"},
      {"x-amz-website-redirect-location", "/elsewhere"},
  };
  if (header == "x-amz-meta-*") return {"x-amz-meta-colour", "green"};
  if (header == "x-amz-grant-*") return {"x-amz-grant-read", "id=\"someone\""};
  if (header == "content-md5") return {"Content-MD5", to_base64(md5(as_bytes(ask.body)))};
  if (header == "x-amz-checksum-crc32") {
    return {header, checksum_of(ChecksumAlgorithm::crc32, as_bytes(ask.body)).base64()};
  }
  return {header, values.at(header)};
}

std::vector<std::string> all_headers() {
  std::set<std::string> headers;
  for (const auto& row : server::taken_headers()) headers.emplace(row.header);
  for (const auto& row : server::header_refusals()) headers.emplace(row.header);
  return {headers.begin(), headers.end()};
}

const protocol::OperationRow& operation(const std::string& name) {
  const auto table = protocol::operation_table();
  const auto row = std::ranges::find(table, name, &protocol::OperationRow::name);
  REQUIRE(row != table.end());
  return *row;
}

const server::HeaderRefusal* refusal(const std::string& header, const protocol::OperationRow& row) {
  for (const auto& rule : server::header_refusals()) {
    if (rule.header == header && server::is_about(rule, row)) return &rule;
  }
  return nullptr;
}

bool is_taken(const std::string& header, const std::string& name) {
  const auto table = server::taken_headers();
  const auto row = std::ranges::find(table, header, &server::TakenHeader::header);
  return row != table.end() &&
         (' ' + std::string(row->operations) + ' ').find(' ' + name + ' ') != std::string::npos;
}

/// The headers that make a request another operation's, or speak of a body in another form.
bool is_another_request(const std::string& header, const std::string& name) {
  const bool writes_bytes = name == "PutObject" || name == "UploadPart";
  return writes_bytes && (header == "x-amz-copy-source" || header == "x-amz-content-sha256");
}

/// What is announced about a body is compared in every operation with a document.
bool looks_at_it_with_any_document(const std::string& header, const std::string& name) {
  return header == "x-amz-sdk-checksum-algorithm" && name == "CreateBucket";
}

}  // namespace

TEST_CASE(
    "A header that an operation refuses is told as the table has it, and one that it ignores changes "
    "nothing") {
  Scene scene;
  for (const std::string& header : all_headers()) {
    for (const Column& column : columns) {
      const protocol::OperationRow& row = operation(column.operation);
      const server::HeaderRefusal* rule = refusal(header, row);
      if (is_another_request(header, column.operation) ||
          looks_at_it_with_any_document(header, column.operation) ||
          (rule == nullptr && is_taken(header, column.operation))) {
        continue;
      }
      INFO(column.operation << ' ' << header);
      scene.renew();
      Ask ask = column.right(scene);
      const int expected = scene.server.send(ask).status;
      scene.renew();
      ask = column.right(scene);
      const Sample given = sample(header, ask);
      if (header == "x-amz-content-sha256") {
        ask.payload_hash = given.value;
      } else {
        ask.headers.set(given.name, given.value);
      }
      const auto answer = scene.server.send(ask);
      if (rule == nullptr) {
        CHECK(answer.status == expected);
        continue;
      }
      CHECK(answer.status == traits(rule->error).status);
      if (ask.method == "HEAD") continue;
      CHECK(element(answer.body, "Code") == traits(rule->error).name);
      CHECK(element(answer.body, "Message") ==
            (rule->message.empty() ? traits(rule->error).message : rule->message));
      using enum server::RefusalFields;
      CHECK(element(answer.body, "ArgumentName") == (rule->fields == argument ? given.name : ""));
      CHECK((answer.body.find("<ArgumentValue>") != std::string::npos) == (rule->fields == argument));
      CHECK(protocol::lower_case(element(answer.body, "Header")) ==
            (rule->fields == server::RefusalFields::header ? protocol::lower_case(given.name) : ""));
      CHECK(answer.headers.value("Allow") == (rule->fields == method ? "PUT" : ""));
    }
  }
}

TEST_CASE("docs/headers.md is the table of headers") {
  std::string matrix = "| header |";
  std::string rule = "|---|";
  for (const Column& column : columns) {
    matrix += ' ' + column.letters + " |";
    rule += "---|";
  }
  matrix += '\n' + rule + '\n';
  for (const std::string& header : all_headers()) {
    matrix += "| " + header + " |";
    for (const Column& column : columns) {
      const auto* refused = refusal(header, operation(column.operation));
      const char* letter = refused != nullptr                   ? (refused->source.empty() ? "r" : "**R**")
                           : is_taken(header, column.operation) ? "T"
                                                                : "·";
      matrix += ' ' + std::string(letter) + " |";
    }
    matrix += '\n';
  }
  check_page("headers.md", "matrix", matrix);

  std::string letters;
  for (const Column& column : columns) {
    letters += (letters.empty() ? "" : ", ") + column.letters + ' ' + column.operation;
  }
  check_page("headers.md", "letters", letters + ".\n");

  std::string refusals = "| header | refused by | with | known from |\n|---|---|---|---|\n";
  for (const auto& row : server::header_refusals()) {
    std::string by(row.operations);
    if (by.starts_with('!')) by = "all but " + by.substr(1);
    std::string header(row.header);
    if (!row.value.empty()) header += ": " + std::string(row.value) + "…";
    refusals += "| " + header + " | " + by + " | " + std::to_string(traits(row.error).status) + ' ' +
                std::string(traits(row.error).name) +
                (row.message.empty() ? "" : ": " + std::string(row.message)) + " | " +
                source_or_unsettled(row.source) + " |\n";
  }
  check_page("headers.md", "refusals", refusals);
}

TEST_CASE(
    "A false bucket-object-lock-enabled makes a bucket without Object Lock, and a word that is neither makes "
    "none") {
  TestServer server;
  const std::string no = GENERATE("false", "False", "FALSE");
  CHECK(server.send({"PUT", "/films", "", {{"x-amz-bucket-object-lock-enabled", no}}}).status == 200);
  CHECK(server.send({"HEAD", "/films"}).status == 200);
  CHECK(server.send({"GET", "/films?object-lock"}).status == 404);
  const auto odd = server.send({"PUT", "/locked", "", {{"x-amz-bucket-object-lock-enabled", "perhaps"}}});
  CHECK(odd.status == 400);
  CHECK(element(odd.body, "Code") == "InvalidArgument");
  CHECK(server.send({"HEAD", "/locked"}).status == 404);
}

TEST_CASE("A client may say no to what isn't there") {
  Scene scene;
  const auto [name, value] =
      GENERATE(table<std::string, std::string>({{"x-amz-server-side-encryption-bucket-key-enabled", "false"},
                                                {"x-amz-tagging", ""},
                                                {"x-amz-storage-class", "STANDARD"}}));
  INFO(name);
  CHECK(scene.server.send({"PUT", "/films/a", "data", {{name, value}}}).status == 200);
  CHECK(scene.server.send({"POST", "/films/a?uploads", "", {{name, value}}}).status == 200);
}

TEST_CASE("A part of an upload without partNumber is 405 and names the methods that an upload has") {
  Scene scene;
  protocol::Headers headers;
  if (GENERATE(false, true)) headers.add("x-amz-copy-source", "films/source");
  const auto answer = scene.server.send({"PUT", "/films/a?uploadId=" + scene.upload, "", headers});
  CHECK(answer.status == 405);
  CHECK(element(answer.body, "Code") == "MethodNotAllowed");
  CHECK(element(answer.body, "Method") == "PUT");
  CHECK(element(answer.body, "ResourceType") == "UPLOAD");
  CHECK(answer.headers.value("Allow") == "DELETE, POST, GET");
  CHECK(scene.server.send({"GET", "/films/a"}).body == "data");
}

TEST_CASE("A part number without an upload is InvalidArgument whose value is its name") {
  Scene scene;
  protocol::Headers headers;
  if (GENERATE(false, true)) headers.add("x-amz-copy-source", "films/source");
  const auto answer = scene.server.send({"PUT", "/films/a?partNumber=1", "", headers});
  CHECK(answer.status == 400);
  CHECK(element(answer.body, "Code") == "InvalidArgument");
  CHECK(element(answer.body, "Message") == "This operation does not accept partNumber without uploadId");
  CHECK(element(answer.body, "ArgumentName") == "partNumber");
  CHECK(element(answer.body, "ArgumentValue") == "partNumber");
  CHECK(scene.server.send({"GET", "/films/a"}).body == "data");
}
