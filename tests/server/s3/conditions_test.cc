/// The matrix of conditions: each cell is asked of a server, and docs/conditions.md is made of the cells.

#include "operations/conditions.h"

#include <map>

#include <partsmith/protocol/dates.h>
#include <partsmith/values/digest.h>

#include "page.h"
#include "test_server.h"

using namespace partsmith;
using namespace partsmith::test;

namespace {

/// What is at the key when the condition comes.
enum class State {
  nothing,        ///< no object
  object,         ///< an object of 4 bytes
  marker,         ///< a delete marker over a version
  version,        ///< a version that the request names
  null_version,   ///< the null version, in a bucket whose versioning is suspended
  written_since,  ///< written after the upload began
  deleted_since,  ///< deleted after the upload began
  put_again       ///< deleted and written again after the upload began
};

constexpr const char* in_words(State state) {
  switch (state) {
    case State::nothing:
      return "no object";
    case State::object:
      return "object";
    case State::marker:
      return "delete marker";
    case State::version:
      return "version named";
    case State::null_version:
      return "null version";
    case State::written_since:
      return "written since Create";
    case State::deleted_since:
      return "deleted since Create";
    case State::put_again:
      return "deleted and put since Create";
  }
  return "";
}

/// One cell. In conditions `E` stands for the ETag in quotes, `e` without, `other`, `weak`, `list` for ETags;
/// `past`, `own`, `in a minute`, `future`, `nonsense` for dates. `what` is Condition of a 412, Header of a
/// 501.
struct Cell {
  std::string operation;
  protocol::Headers conditions;
  State state;
  int status;
  std::string code = {};
  std::string what = {};
  std::string source = {};
};

const std::string rfc = "RFC 9110";
const std::string get_recording = "recorded: conditional-get-object, conditional-head-object";
const std::string verified = "adobe/S3Mock (S3VerifiedSuccess 2025)";
const std::string by_scality = "scality/cloudserver: GET object";
const std::string by_opendal = "apache/opendal: behaviour tests";
const std::string probe = "localstack#13894, ministack#1475";
const std::string writes_guide = "user guide: conditional writes";
const std::string deletes_guide = "user guide: conditional deletes";
const std::string copies = "S3 API: CopyObject";
const std::string overwritten = "recorded: complete-upload-if-match-object-overwritten";
const std::string deleted = "recorded: complete-upload-if-match-object-deleted";
const std::string failed = "PreconditionFailed";

const std::vector<Cell> cells = [] {
  using enum State;
  std::vector<Cell> rows;
  // Reads.
  for (const std::string read : {"GetObject", "HeadObject"}) {
    const std::string of_nothing = read == "HeadObject" ? by_opendal : "";
    const std::vector<Cell> both = {
        {read, {{"If-Match", "E"}}, object, 200, "", "", get_recording},
        {read, {{"If-Match", "e"}}, object, 200, "", "", get_recording},
        {read, {{"If-Match", "*"}}, object, 200, "", "", rfc},
        {read, {{"If-Match", "list"}}, object, 200, "", "", rfc},
        {read, {{"If-Match", "weak"}}, object, 412, failed, "If-Match", rfc + " (strong comparison)"},
        {read, {{"If-Match", "other"}}, object, 412, failed, "If-Match", get_recording},
        {read, {{"If-Match", "E"}}, nothing, 404, "NoSuchKey", "", of_nothing},
        {read, {{"If-Match", "E"}}, marker, 404, "NoSuchKey", "", ""},
        {read, {{"If-Match", "E"}}, version, 200, "", "", ""},
        {read, {{"If-Match", "E"}}, null_version, 200, "", "", ""},
        {read, {{"If-Match", "other"}}, version, 412, failed, "If-Match", ""},
        {read, {{"If-None-Match", "E"}}, object, 304, "NotModified", "", get_recording},
        {read, {{"If-None-Match", "e"}}, object, 304, "NotModified", "", get_recording},
        {read, {{"If-None-Match", "*"}}, object, 304, "NotModified", "", rfc},
        {read, {{"If-None-Match", "list"}}, object, 304, "NotModified", "", rfc},
        {read, {{"If-None-Match", "weak"}}, object, 304, "NotModified", "", rfc + " (weak comparison)"},
        {read, {{"If-None-Match", "other"}}, object, 200, "", "", get_recording},
        {read, {{"If-None-Match", "*"}}, nothing, 404, "NoSuchKey", "", ""},
        {read, {{"If-None-Match", "other"}}, nothing, 404, "NoSuchKey", "", of_nothing},
        {read, {{"If-Modified-Since", "past"}}, nothing, 404, "NoSuchKey", "", of_nothing},
        {read, {{"If-Unmodified-Since", "past"}}, nothing, 404, "NoSuchKey", "", of_nothing},
        {read, {{"If-None-Match", "E"}}, version, 304, "NotModified", "", ""},
        {read, {{"If-Unmodified-Since", "past"}}, object, 412, failed, "If-Unmodified-Since", get_recording},
        {read, {{"If-Unmodified-Since", "own"}}, object, 200, "", "", get_recording},
        {read, {{"If-Unmodified-Since", "in a minute"}}, object, 200, "", "", verified},
        {read, {{"If-Unmodified-Since", "future"}}, object, 200, "", "", get_recording},
        {read, {{"If-Unmodified-Since", "nonsense"}}, object, 200, "", "", rfc + "; versitygw#1508"},
        {read, {{"If-Modified-Since", "past"}}, object, 200, "", "", get_recording},
        {read, {{"If-Modified-Since", "own"}}, object, 304, "NotModified", "", get_recording},
        {read, {{"If-Modified-Since", "in a minute"}}, object, 304, "NotModified", "", verified},
        {read, {{"If-Modified-Since", "in 14 minutes"}}, object, 304, "NotModified", "", ""},
        {read, {{"If-Modified-Since", "in 16 minutes"}}, object, 200, "", "", ""},
        {read, {{"If-Modified-Since", "in an hour"}}, object, 200, "", "", by_scality},
        {read, {{"If-Modified-Since", "future"}}, object, 200, "", "", get_recording},
        {read, {{"If-Modified-Since", "nonsense"}}, object, 200, "", "", rfc + "; versitygw#1508"},
        {read,
         {{"If-Match", "E"}, {"If-Unmodified-Since", "past"}},
         object,
         200,
         "",
         "",
         "S3 API: GetObject"},
        {read,
         {{"If-Match", "other"}, {"If-None-Match", "E"}},
         object,
         412,
         failed,
         "If-Match",
         get_recording},
        {read,
         {{"If-Unmodified-Since", "past"}, {"If-None-Match", "E"}},
         object,
         412,
         failed,
         "If-Unmodified-Since",
         get_recording},
        {read,
         {{"If-None-Match", "E"}, {"If-Modified-Since", "past"}},
         object,
         304,
         "NotModified",
         "",
         "S3 API: GetObject"},
        {read, {{"If-None-Match", "other"}, {"If-Modified-Since", "own"}}, object, 200, "", "", rfc},
        {read,
         {{"Range", "bytes=0-0"}, {"If-Range", "E"}},
         object,
         206,
         "",
         "",
         rfc + "; aws-sdk-kotlin#1645"},
        {read,
         {{"Range", "bytes=0-0"}, {"If-Range", "other"}},
         object,
         200,
         "",
         "",
         rfc + "; aws-sdk-kotlin#1645"},
        {read, {{"Range", "bytes=0-0"}, {"If-Range", "weak"}}, object, 200, "", "", rfc},
        {read, {{"Range", "bytes=0-0"}, {"If-Range", "own"}}, object, 206, "", "", rfc},
        {read, {{"Range", "bytes=0-0"}, {"If-Range", "past"}}, object, 200, "", "", rfc},
        {read, {{"Range", "bytes=0-0"}, {"If-Range", "nonsense"}}, object, 200, "", "", rfc},
        {read, {{"Range", "bytes=9-"}, {"If-Range", "other"}}, object, 200, "", "", rfc},
        {read, {{"If-Range", "other"}}, object, 200, "", "", rfc},
    };
    rows.insert(rows.end(), both.begin(), both.end());
  }
  // Sources of copies.
  const std::string source = "x-amz-copy-source-";
  for (const std::string copy : {"CopyObject", "UploadPartCopy"}) {
    const std::string api = "S3 API: " + copy;
    const std::vector<Cell> both = {
        {copy, {{source + "if-match", "E"}}, object, 200, "", "", api},
        {copy, {{source + "if-match", "other"}}, object, 412, failed, source + "If-Match", api},
        {copy,
         {{source + "if-none-match", "E"}},
         object,
         412,
         failed,
         source + "If-None-Match",
         api + "; moto#7943"},
        {copy, {{source + "if-none-match", "other"}}, object, 200, "", "", api},
        {copy,
         {{source + "if-unmodified-since", "past"}},
         object,
         412,
         failed,
         source + "If-Unmodified-Since",
         api},
        {copy, {{source + "if-unmodified-since", "own"}}, object, 200, "", "", api},
        {copy,
         {{source + "if-modified-since", "own"}},
         object,
         412,
         failed,
         source + "If-Modified-Since",
         api},
        {copy, {{source + "if-modified-since", "past"}}, object, 200, "", "", api},
        {copy,
         {{source + "if-modified-since", "in a minute"}},
         object,
         412,
         failed,
         source + "If-Modified-Since",
         copy == "UploadPartCopy" ? verified : ""},
        {copy, {{source + "if-modified-since", "in an hour"}}, object, 200, "", "", ""},
        {copy, {{source + "if-modified-since", "future"}}, object, 200, "", "", ""},
        {copy, {{source + "if-unmodified-since", "in a minute"}}, object, 200, "", "", verified},
        {copy,
         {{source + "if-match", "E"}, {source + "if-unmodified-since", "past"}},
         object,
         200,
         "",
         "",
         api},
        {copy,
         {{source + "if-none-match", "E"}, {source + "if-modified-since", "past"}},
         object,
         412,
         failed,
         source + "If-None-Match",
         api},
        {copy, {{source + "if-match", "E"}}, nothing, 404, "NoSuchKey", "", ""},
    };
    rows.insert(rows.end(), both.begin(), both.end());
  }
  // Writes. Of a copy, conditions of the destination.
  for (const std::string write : {"PutObject", "CopyObject to", "CompleteMultipartUpload"}) {
    const std::string both_text = write == "PutObject" ? "recorded: put-if-match-with-if-none-match" : "";
    const std::string tag_text = write == "PutObject" ? "recorded: put-if-none-match-with-etag" : "";
    const std::vector<Cell> all = {
        {write, {{"If-None-Match", "*"}}, nothing, 200, "", "", writes_guide},
        {write, {{"If-None-Match", "*"}}, object, 412, failed, "If-None-Match", writes_guide},
        {write, {{"If-None-Match", "*"}}, marker, 200, "", "", writes_guide},
        {write, {{"If-None-Match", "*"}}, null_version, 412, failed, "If-None-Match", ""},
        {write, {{"If-None-Match", "E"}}, object, 501, "NotImplemented", "If-None-Match", tag_text},
        {write, {{"If-None-Match", "other"}}, object, 501, "NotImplemented", "If-None-Match", ""},
        {write, {{"If-Match", "E"}}, object, 200, "", "", writes_guide},
        {write, {{"If-Match", "e"}}, object, 200, "", "", "versitygw#1710"},
        {write, {{"If-Match", "other"}}, object, 412, failed, "If-Match", writes_guide},
        {write, {{"If-Match", "weak"}}, object, 412, failed, "If-Match", ""},
        {write, {{"If-Match", "list"}}, object, 412, failed, "If-Match", ""},
        {write, {{"If-Match", "E"}}, nothing, 404, "NoSuchKey", "", writes_guide},
        {write, {{"If-Match", "E"}}, marker, 404, "NoSuchKey", "", writes_guide},
        {write, {{"If-Match", "E"}}, null_version, 200, "", "", ""},
        {write, {{"If-Match", "*"}}, object, 200, "", "", "ministack#1435 (ceph/s3-tests)"},
        {write, {{"If-Match", "*"}}, nothing, 404, "NoSuchKey", "", "ministack#1435 (ceph/s3-tests)"},
        {write, {{"If-Match", "*"}}, marker, 404, "NoSuchKey", "", ""},
        {write,
         {{"If-Match", "E"}, {"If-None-Match", "*"}},
         object,
         501,
         "NotImplemented",
         "If-Match,If-None-Match",
         both_text},
        {write,
         {{"If-Match", "other"}, {"If-None-Match", "*"}},
         nothing,
         501,
         "NotImplemented",
         "If-Match,If-None-Match",
         both_text},
        {write, {{"If-Modified-Since", "future"}}, object, 501, "NotImplemented", "If-Modified-Since", ""},
        {write, {{"If-Unmodified-Since", "past"}}, object, 501, "NotImplemented", "If-Unmodified-Since", ""},
    };
    rows.insert(rows.end(), all.begin(), all.end());
  }
  const std::string complete = "CompleteMultipartUpload";
  const std::vector<Cell> completions = {
      {complete,
       {{"If-Match", "E"}},
       written_since,
       409,
       "ConditionalRequestConflict",
       "If-Match",
       overwritten},
      {complete, {{"If-Match", "other"}}, written_since, 412, failed, "If-Match", overwritten},
      {complete, {{"If-None-Match", "*"}}, written_since, 412, failed, "If-None-Match", ""},
      {complete, {}, written_since, 200, "", "", "recorded: multipart-overwrite-key"},
      {complete, {{"If-Match", "E"}}, deleted_since, 404, "NoSuchKey", "", deleted},
      {complete,
       {{"If-None-Match", "*"}},
       deleted_since,
       409,
       "ConditionalRequestConflict",
       "If-None-Match",
       writes_guide},
      {complete, {{"If-Match", "E"}}, put_again, 409, "ConditionalRequestConflict", "If-Match", deleted},
  };
  rows.insert(rows.end(), completions.begin(), completions.end());
  // Deletes.
  const std::string one = "DeleteObject";
  const std::string measured = "recorded on Amazon S3 in 2026-02; ministack#1501";
  const std::vector<Cell> deletes = {
      {one, {{"If-Match", "E"}}, object, 204, "", "", probe},
      {one, {{"If-Match", "e"}}, object, 204, "", "", probe},
      {one, {{"If-Match", "*"}}, object, 204, "", "", probe},
      {one, {{"If-Match", "other"}}, object, 412, failed, "If-Match", probe},
      {one, {{"If-Match", "weak"}}, object, 412, failed, "If-Match", ""},
      {one, {{"If-Match", "list"}}, object, 412, failed, "If-Match", ""},
      {one, {{"If-Match", "E"}}, nothing, 404, "NoSuchKey", "", probe},
      {one, {{"If-Match", "*"}}, nothing, 404, "NoSuchKey", "", probe},
      {one, {{"If-Match", "E"}}, marker, 404, "NoSuchKey", "", probe},
      {one, {{"If-Match", "*"}}, marker, 404, "NoSuchKey", "", probe},
      {one, {{"If-Match", "E"}}, version, 501, "NotImplemented", "If-Match", "localstack#13894"},
      {one, {{"If-Match", "*"}}, version, 501, "NotImplemented", "If-Match", "localstack#13894"},
      {one, {{"If-Match", "E"}}, null_version, 204, "", "", ""},
      {one, {{"x-amz-if-match-size", "4"}}, object, 501, "NotImplemented", "x-amz-if-match-size", measured},
      {one, {{"x-amz-if-match-size", "99"}}, object, 501, "NotImplemented", "x-amz-if-match-size", measured},
      {one,
       {{"x-amz-if-match-last-modified-time", "past"}},
       object,
       501,
       "NotImplemented",
       "x-amz-if-match-last-modified-time",
       measured},
      {one, {{"If-None-Match", "*"}}, object, 501, "NotImplemented", "If-None-Match", ""},
      {one, {{"If-Modified-Since", "future"}}, object, 501, "NotImplemented", "If-Modified-Since", ""},
      {one, {{"If-Unmodified-Since", "past"}}, object, 501, "NotImplemented", "If-Unmodified-Since", ""},
  };
  rows.insert(rows.end(), deletes.begin(), deletes.end());
  // Of DeleteObjects the conditions are elements of the document, and 200 holds an Error.
  const std::string many = "DeleteObjects";
  const std::string refused_whole = "ministack#1452, aws-sdk-js-v3#6857";
  const std::vector<Cell> in_a_document = {
      {many, {{"ETag", "E"}}, object, 200, "", "", deletes_guide},
      {many, {{"ETag", "e"}}, object, 200, "", "", deletes_guide},
      {many, {{"ETag", "*"}}, object, 200, "", "", deletes_guide},
      {many, {{"ETag", "other"}}, object, 200, failed, "", "versitygw#2112"},
      {many, {{"ETag", "E"}}, nothing, 200, "NoSuchKey", "", deletes_guide},
      {many, {{"ETag", "*"}}, nothing, 200, "NoSuchKey", "", deletes_guide},
      {many, {{"ETag", "*"}}, marker, 200, "NoSuchKey", "", deletes_guide},
      {many, {{"ETag", "E"}}, version, 200, "NotImplemented", "", ""},
      {many, {{"Size", "4"}}, object, 400, "MalformedXML", "", refused_whole},
      {many, {{"Size", "99"}}, object, 400, "MalformedXML", "", refused_whole},
      {many, {{"LastModifiedTime", "past"}}, object, 400, "MalformedXML", "", refused_whole},
      {many, {{"If-Match", "other"}}, object, 501, "NotImplemented", "If-Match", ""},
      {many, {{"If-None-Match", "*"}}, object, 501, "NotImplemented", "If-None-Match", ""},
  };
  rows.insert(rows.end(), in_a_document.begin(), in_a_document.end());
  return rows;
}();

constexpr const char* key = "/films/a";

/// A server in the state of a cell.
struct Scene {
  TestServer server;
  std::string version;
  std::string upload;
  std::string part_etag;

  explicit Scene(const Cell& cell) {
    const State state = cell.state;
    REQUIRE(server.send({"PUT", "/films"}).status == 200);
    REQUIRE(server.send({"PUT", "/films/other", "new data"}).status == 200);
    if (state != State::nothing) put();
    if (state == State::marker || state == State::version) {
      set_versioning("Enabled");
      version = put();
    }
    if (state == State::null_version) {
      set_versioning("Enabled");
      set_versioning("Suspended");
      put();
    }
    if (state == State::marker) REQUIRE(server.send({"DELETE", key}).status == 204);
    begin_upload(cell.operation == "UploadPartCopy" ? "/films/target" : key);
    const bool is_since = state == State::deleted_since || state == State::put_again;
    if (is_since) REQUIRE(server.send({"DELETE", key}).status == 204);
    if (state == State::written_since || state == State::put_again) put();
  }

  /// Puts "data", and answers its version.
  std::string put() {
    const auto answer = server.send({"PUT", key, "data"});
    REQUIRE(answer.status == 200);
    return std::string(answer.headers.value("x-amz-version-id"));
  }
  void set_versioning(const std::string& status) {
    const std::string text =
        "<VersioningConfiguration><Status>" + status + "</Status></VersioningConfiguration>";
    REQUIRE(server.send({"PUT", "/films?versioning", text, {{"Content-MD5", to_base64(md5(as_bytes(text)))}}})
                .status == 200);
  }
  void begin_upload(const std::string& at) {
    upload = element(server.send({"POST", at + "?uploads"}).body, "UploadId");
    const auto part = server.send({"PUT", at + "?partNumber=1&uploadId=" + upload, "new data"});
    REQUIRE(part.status == 200);
    part_etag = part.headers.value("ETag");
  }

  std::string value(const std::string& word) {
    const auto in_minutes = [](int minutes) {
      return protocol::http_date(SystemClock().now() + std::chrono::minutes(minutes));
    };
    const std::string etag = to_hex(md5(as_bytes(std::string("data"))));
    const std::map<std::string, std::string> words = {
        {"E", '"' + etag + '"'},
        {"e", etag},
        {"other", "\"d41d8cd98f00b204e9800998ecf8427e\""},
        {"weak", "W/\"" + etag + '"'},
        {"list", "\"d41d8cd98f00b204e9800998ecf8427e\", \"" + etag + '"'},
        {"past", "Sat, 01 Jan 2000 00:00:00 GMT"},
        {"in a minute", in_minutes(1)},
        {"in 14 minutes", in_minutes(14)},
        {"in 16 minutes", in_minutes(16)},
        {"in an hour", in_minutes(60)},
        {"future", "Tue, 01 Jan 2099 00:00:00 GMT"},
        {"nonsense", "yesterday"}};
    if (word == "own") return std::string(server.send({"HEAD", key}).headers.value("Last-Modified"));
    const auto found = words.find(word);
    return found == words.end() ? word : found->second;
  }

  /// The object, or the answer that there is none, and what it would be by its version.
  std::string what_is_there() {
    const auto answer = server.send({"GET", key});
    std::string text = std::to_string(answer.status) + ' ' + std::string(answer.headers.value("ETag"));
    if (!version.empty()) {
      text += ' ' + std::string(server.send({"GET", key + ("?versionId=" + version)}).headers.value("ETag"));
    }
    return text;
  }

  Ask delete_many(const Cell& cell, const std::string& named) {
    std::string inner;
    Ask ask{"POST", "/films?delete"};
    for (const auto& [name, word] : cell.conditions) {
      if (name.starts_with("If-")) {
        ask.headers.add(name, value(word));
      } else {
        inner += '<' + name + '>' + value(word) + "</" + name + '>';
      }
    }
    if (!named.empty()) inner += "<VersionId>" + named + "</VersionId>";
    ask.body = "<Delete><Object><Key>a</Key>" + inner + "</Object></Delete>";
    ask.headers.add("Content-MD5", to_base64(md5(as_bytes(ask.body))));
    return ask;
  }

  Ask request(const Cell& cell) {
    const std::string& operation = cell.operation;
    const std::string named = cell.state == State::version ? version : "";
    if (operation == "DeleteObjects") return delete_many(cell, named);
    const std::string query = named.empty() ? "" : "?versionId=" + named;
    std::map<std::string, Ask> asks = {
        {"GetObject", {"GET", key + query}},
        {"HeadObject", {"HEAD", key + query}},
        {"DeleteObject", {"DELETE", key + query}},
        {"PutObject", {"PUT", key, "new data"}},
        {"CopyObject", {"PUT", "/films/target", "", {{"x-amz-copy-source", "films/a"}}}},
        {"UploadPartCopy",
         {"PUT", "/films/target?partNumber=2&uploadId=" + upload, "", {{"x-amz-copy-source", "films/a"}}}},
        {"CopyObject to", {"PUT", key, "", {{"x-amz-copy-source", "films/other"}}}},
        {"CompleteMultipartUpload",
         {"POST", key + ("?uploadId=" + upload),
          "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + part_etag +
              "</ETag></Part></CompleteMultipartUpload>"}}};
    Ask ask = asks.at(operation);
    for (const auto& [name, word] : cell.conditions) ask.headers.add(name, value(word));
    return ask;
  }
};

std::string conditions_in_words(const Cell& cell) {
  std::string text;
  for (const auto& [name, word] : cell.conditions) text += (text.empty() ? "" : "; ") + name + ": " + word;
  return text.empty() ? "none" : text;
}

}  // namespace

TEST_CASE(
    "Every cell of the matrix of conditions is answered as it says, and a false condition changes nothing") {
  for (const Cell& cell : cells) {
    Scene scene(cell);
    const std::string before = scene.what_is_there();
    const Ask ask = scene.request(cell);
    const auto answer = scene.server.send(ask);
    INFO(cell.operation << ", " << in_words(cell.state) << ", " << conditions_in_words(cell) << ": "
                        << answer.body);
    CHECK(answer.status == cell.status);
    if (ask.method != "HEAD" && answer.status != 304) CHECK(element(answer.body, "Code") == cell.code);
    if (ask.method != "HEAD" && cell.status == 501) CHECK(element(answer.body, "Header") == cell.what);
    if (ask.method != "HEAD" && (cell.status == 412 || cell.status == 409)) {
      CHECK(element(answer.body, "Condition") == cell.what);
    }
    if (!cell.code.empty()) CHECK(scene.what_is_there() == before);
  }
}

TEST_CASE("docs/conditions.md is the matrix of conditions") {
  std::string table = "| operation | at the key | condition | answer | known from |\n|---|---|---|---|---|\n";
  for (const Cell& cell : cells) {
    std::string answer = std::to_string(cell.status);
    const bool of_the_key = cell.operation == "DeleteObjects" && cell.status == 200;
    if (!cell.code.empty()) answer += (of_the_key ? ", of the key " : " ") + cell.code;
    if (!cell.what.empty()) answer += " (" + cell.what + ')';
    table += "| " + cell.operation + " | " + in_words(cell.state) + " | " + conditions_in_words(cell) +
             " | " + answer + " | " + source_or_unsettled(cell.source) + " |\n";
  }
  check_page("conditions.md", "matrix", table);
}

TEST_CASE(
    "Both conditions of a write, and an ETag in If-None-Match, are told with what is wrong about them") {
  TestServer server;
  REQUIRE(server.send({"PUT", "/films"}).status == 200);
  const auto both = server.send({"PUT", key, "data", {{"If-Match", "abcdef"}, {"If-None-Match", "*"}}});
  CHECK(element(both.body, "additionalMessage") ==
        "Multiple conditional request headers present in the request");
  const auto tag =
      server.send({"PUT", key, "data", {{"If-None-Match", "\"d41d8cd98f00b204e9800998ecf8427e\""}}});
  CHECK(element(tag.body, "additionalMessage") ==
        "We don't accept the provided value of If-None-Match header for this API");
}

TEST_CASE("A 412 leaves the upload, and a conflict ends it") {
  Cell cell{"CompleteMultipartUpload", {}, State::written_since, 200};
  Scene scene(cell);
  const std::string target = key + ("?uploadId=" + scene.upload);
  cell.conditions = {{"If-Match", "other"}};
  CHECK(scene.server.send(scene.request(cell)).status == 412);
  CHECK(scene.server.send({"GET", target}).status == 200);
  cell.conditions = {{"If-Match", "E"}};
  const auto conflict = scene.server.send(scene.request(cell));
  CHECK(conflict.status == 409);
  CHECK(element(conflict.body, "Key") == "a");
  CHECK(scene.server.send({"GET", target}).status == 404);
}

TEST_CASE("Of two keys deleted at once, the one whose condition is false stays") {
  TestServer server;
  REQUIRE(server.send({"PUT", "/films"}).status == 200);
  REQUIRE(server.send({"PUT", "/films/a", "data"}).status == 200);
  REQUIRE(server.send({"PUT", "/films/b", "data"}).status == 200);
  const std::string body =
      "<Delete><Object><Key>a</Key><ETag>d41d8cd98f00b204e9800998ecf8427e</ETag></Object>"
      "<Object><Key>b</Key><ETag>8d777f385d3dfec8815d20f7496026dc</ETag></Object></Delete>";
  const auto answer =
      server.send({"POST", "/films?delete", body, {{"Content-MD5", to_base64(md5(as_bytes(body)))}}});
  CHECK(answer.status == 200);
  CHECK(element(answer.body, "Message") == "At least one of the pre-conditions you specified did not hold");
  CHECK(server.send({"HEAD", "/films/a"}).status == 200);
  CHECK(server.send({"HEAD", "/films/b"}).status == 404);
}

TEST_CASE("What fails first of a read's conditions is told, whatever else fails") {
  using server::FailedCondition;
  const server::Validators object{ETag::from_client("\"tag\""),
                                  *protocol::parse_http_date("Sun, 01 Nov 2026 12:00:00 GMT")};
  const TimePoint now = object.modified + std::chrono::hours(1);
  const std::string_view past = "Sun, 01 Nov 2026 11:59:59 GMT";
  const std::string_view own = "Sun, 01 Nov 2026 12:00:00 GMT";
  const auto first = [&](const server::ReadConditions& conditions) {
    return first_failed(conditions, object, now);
  };
  CHECK(first({.match = "x", .none_match = "tag", .modified_since = own, .unmodified_since = past}) ==
        FailedCondition::match);
  CHECK(first({.none_match = "tag", .modified_since = own, .unmodified_since = past}) ==
        FailedCondition::unmodified_since);
  CHECK(first({.match = "tag", .none_match = "tag", .modified_since = own, .unmodified_since = past}) ==
        FailedCondition::none_match);
  CHECK(first({.modified_since = own}) == FailedCondition::modified_since);
  CHECK_FALSE(first({}));
}
