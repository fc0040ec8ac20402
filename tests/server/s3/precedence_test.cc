#include "precedence.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>

#include <partsmith/values/digest.h>
#include <partsmith/values/limits.h>

#include "catch.h"
#include "test_server.h"

using namespace partsmith;
using namespace partsmith::test;

namespace {

/// What there is on the server: the object `a`, an archived one, and an upload of three parts, of which the
/// second is too small to stand before the third.
struct Scene {
  TestServer server;
  std::string upload;
  std::map<int, std::string> etags;
  std::string acl;

  Scene() {
    REQUIRE(server.send({"PUT", "/films"}).status == 200);
    REQUIRE(server.send({"PUT", "/empty-one"}).status == 200);
    REQUIRE(server.send({"PUT", "/open-one"}).status == 200);
    REQUIRE(server.send({"DELETE", "/open-one?ownershipControls"}).status == 204);
    REQUIRE(server.send({"PUT", "/dotted.one"}).status == 200);
    REQUIRE(server.send({"PUT", "/films/a", "data"}).status == 200);
    REQUIRE(server.send({"PUT", "/films/cold", "data", {{"x-amz-storage-class", "GLACIER"}}}).status == 200);
    acl = server.send({"GET", "/films?acl"}).body;
    upload = element(server.send({"POST", "/films/a?uploads"}).body, "UploadId");
    for (const auto& [number, size] :
         std::map<int, std::size_t>{{1, limits::min_part_size}, {2, 5}, {3, 5}}) {
      const auto put =
          server.send({"PUT", "/films/a?partNumber=" + std::to_string(number) + "&uploadId=" + upload,
                       std::string(size, 'x')});
      REQUIRE(put.status == 200);
      etags[number] = put.headers.value("ETag");
    }
  }
};

const std::string md5_of_other = to_base64(md5(as_bytes("other")));

/// A request that would succeed, until faults are put into it.
struct Attempt {
  std::string method = "GET";
  std::string bucket = "films";
  std::string key = "a";
  std::map<std::string, std::string> query = {};
  std::string body = {};
  protocol::Headers headers = {};
  std::string payload_hash = {};
  std::string access_key = "test";
  std::chrono::hours clock_off{0};
  bool with_length = true;
  bool header_after_signing = false;
  bool spoil_signature = false;
  // of a completion's document
  std::set<int> parts = {};
  bool reversed = false;

  void add_absent(const std::string& name, const std::string& value) {
    if (!headers.has(name)) headers.add(name, value);
  }
  void add_customer_key(const std::string& prefix) {
    const std::string key_text(32, 'k');
    add_absent(prefix + "algorithm", "AES256");
    add_absent(prefix + "key", to_base64(as_bytes(key_text)));
    add_absent(prefix + "key-MD5", to_base64(md5(as_bytes(key_text))));
  }

  /// Instead of the body; a Content-MD5 that isn't itself at fault becomes that of this one.
  void put_document(const std::string& document) {
    body = document;
    const auto digest = headers.value("Content-MD5");
    if (digest.ends_with("==") && digest != md5_of_other) {
      headers.set("Content-MD5", to_base64(md5(as_bytes(body))));
    }
  }

  std::string document(const Scene& scene) const {
    std::vector<int> numbers(parts.begin(), parts.end());
    if (reversed) std::ranges::reverse(numbers);
    std::string text = "<CompleteMultipartUpload>";
    for (const int number : numbers) {
      const auto etag = scene.etags.find(number);
      text += "<Part><PartNumber>" + std::to_string(number) + "</PartNumber><ETag>" +
              (etag == scene.etags.end() ? "nobody" : etag->second) + "</ETag></Part>";
    }
    return text + "</CompleteMultipartUpload>";
  }

  RawClient::Answer send(Scene& scene) const {
    std::string target = '/' + bucket + '/' + key;
    for (const auto& [name, value] : query) {
      target += (target.find('?') == std::string::npos ? '?' : '&') + name + '=' + value;
    }
    const std::string content = parts.empty() || !body.empty() ? body : document(scene);
    protocol::Headers sent{{"Host", scene.server.host()}};
    for (const auto& [name, value] : headers) sent.add(name, value);
    if (with_length && !sent.has("content-length"))
      sent.add("Content-Length", std::to_string(content.size()));
    const std::string hash = payload_hash.empty() ? to_hex(sha256(as_bytes(content))) : payload_hash;
    protocol::sigv4::sign(sent, method, target, hash, {access_key, "test", ""}, "us-east-1",
                          scene.server.clock().now() - clock_off);
    if (header_after_signing) sent.add("x-amz-late", "1");
    std::string text = method + ' ' + target + " HTTP/1.1\r\n";
    for (const auto& [name, value] : sent) {
      const bool spoilt = spoil_signature && protocol::equal_ignoring_case(name, "authorization");
      text += name + ": " + (spoilt ? value.substr(0, value.size() - 4) + "0000" : value) + "\r\n";
    }
    return RawClient(scene.server.port()).exchange(text + "\r\n" + content);
  }
};

/// A document for the bucket, with its digest.
Attempt document_attempt(const std::string& subresource, const std::string& document,
                         const std::string& method = "PUT") {
  Attempt attempt{.method = method, .key = "", .query = {{subresource, ""}}, .body = document};
  attempt.headers.add("Content-MD5", to_base64(md5(as_bytes(document))));
  return attempt;
}

/// The operations' requests, right in everything.
const std::map<std::string, std::function<Attempt(const Scene&)>> right_requests = {
    {"PutObject", [](const Scene&) { return Attempt{.method = "PUT", .body = "data"}; }},
    {"GetObject", [](const Scene&) { return Attempt{}; }},
    {"CopyObject",
     [](const Scene&) {
       return Attempt{.method = "PUT", .key = "b", .headers = {{"x-amz-copy-source", "films/a"}}};
     }},
    {"CreateMultipartUpload",
     [](const Scene&) { return Attempt{.method = "POST", .query = {{"uploads", ""}}}; }},
    {"UploadPart",
     [](const Scene& scene) {
       return Attempt{
           .method = "PUT", .query = {{"partNumber", "1"}, {"uploadId", scene.upload}}, .body = "data"};
     }},
    {"UploadPartCopy",
     [](const Scene& scene) {
       return Attempt{.method = "PUT",
                      .query = {{"partNumber", "1"}, {"uploadId", scene.upload}},
                      .headers = {{"x-amz-copy-source", "films/a"}}};
     }},
    {"CompleteMultipartUpload",
     [](const Scene& scene) {
       return Attempt{.method = "POST", .query = {{"uploadId", scene.upload}}, .parts = {1, 3}};
     }},
    {"AbortMultipartUpload",
     [](const Scene& scene) { return Attempt{.method = "DELETE", .query = {{"uploadId", scene.upload}}}; }},
    {"DeleteObject", [](const Scene&) { return Attempt{.method = "DELETE"}; }},
    {"DeleteObjects",
     [](const Scene&) {
       return document_attempt("delete", "<Delete><Object><Key>absent</Key></Object></Delete>", "POST");
     }},
    {"PutBucketCors",
     [](const Scene&) {
       return document_attempt("cors",
                               "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod>"
                               "<AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>");
     }},
    {"PutBucketLifecycleConfiguration",
     [](const Scene&) {
       return document_attempt(
           "lifecycle",
           "<LifecycleConfiguration><Rule><Status>Enabled</Status><Filter/><Expiration><Days>1</Days>"
           "</Expiration></Rule></LifecycleConfiguration>");
     }},
    {"ListObjectsV2", [](const Scene&) { return Attempt{.key = "", .query = {{"list-type", "2"}}}; }},
    {"PutBucketAcl",
     [](const Scene& scene) {
       const std::string owner = element(scene.acl, "ID");
       Attempt attempt = document_attempt(
           "acl", "<AccessControlPolicy><Owner><ID>" + owner +
                      "</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/"
                      "XMLSchema-instance\" xsi:type=\"CanonicalUser\"><ID>" +
                      owner +
                      "</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList>"
                      "</AccessControlPolicy>");
       attempt.bucket = "open-one";
       return attempt;
     }},
    {"PutObjectLegalHold",
     [](const Scene&) {
       Attempt attempt = document_attempt("legal-hold", "<LegalHold><Status>ON</Status></LegalHold>");
       attempt.key = "a";
       return attempt;
     }},
    {"PutBucketAccelerateConfiguration",
     [](const Scene&) {
       return document_attempt("accelerate",
                               "<AccelerateConfiguration><Status>Enabled</Status></AccelerateConfiguration>");
     }},
    {"ListMultipartUploads", [](const Scene&) { return Attempt{.key = "", .query = {{"uploads", ""}}}; }},
    {"ListObjectVersions", [](const Scene&) { return Attempt{.key = "", .query = {{"versions", ""}}}; }},
    {"DeleteBucket",
     [](const Scene&) { return Attempt{.method = "DELETE", .bucket = "empty-one", .key = ""}; }},
    {"ListParts", [](const Scene& scene) { return Attempt{.query = {{"uploadId", scene.upload}}}; }},
};

struct Fault {
  std::string place;  ///< of two faults in the same place a request can have but one
  std::function<void(Attempt&)> make;
};

Fault header(const std::string& name, const std::string& value) {
  return {name, [=](Attempt& a) { a.headers.set(name, value); }};
}

const std::string key_prefix = "x-amz-server-side-encryption-customer-";
const std::string source_key_prefix = "x-amz-copy-source-server-side-encryption-customer-";
const std::map<std::string, Fault> faults = {
    {"x-amz-content-sha256 is nonsense", {"hash", [](Attempt& a) { a.payload_hash = "nonsense"; }}},
    {"an x-amz- header is not signed", {"late header", [](Attempt& a) { a.header_after_signing = true; }}},
    {"the access key is unknown", {"access key", [](Attempt& a) { a.access_key = "nobody"; }}},
    {"the clock is an hour off", {"clock", [](Attempt& a) { a.clock_off = std::chrono::hours(1); }}},
    {"the signature is wrong", {"signature", [](Attempt& a) { a.spoil_signature = true; }}},
    {"the bucket's name is malformed", {"bucket", [](Attempt& a) { a.bucket = "No"; }}},
    {"no such bucket", {"bucket", [](Attempt& a) { a.bucket = "nowhere"; }}},
    {"the key is too long", {"key", [](Attempt& a) { a.key = std::string(1025, 'k'); }}},
    {"no such key", {"key", [](Attempt& a) { a.key = "nothing"; }}},
    {"the object is archived", {"key", [](Attempt& a) { a.key = "cold"; }}},
    {"the version id is malformed", {"version", [](Attempt& a) { a.query["versionId"] = "nonsense"; }}},
    {"the part number is 0", {"part number", [](Attempt& a) { a.query["partNumber"] = "0"; }}},
    {"no such upload", {"upload", [](Attempt& a) { a.query["uploadId"] = "nobody"; }}},
    {"a listing parameter is malformed",
     {"listing parameter",
      [](Attempt& a) {
        for (const char* name : {"max-parts", "max-keys", "max-uploads"}) a.query[name] = "nonsense";
      }}},
    {"the owner expected is no account", header("x-amz-expected-bucket-owner", "nobody")},
    {"another owner is expected", header("x-amz-expected-bucket-owner", "123456789012")},
    {"no digest of the document", {"Content-MD5", [](Attempt& a) { a.headers.remove("Content-MD5"); }}},
    {"the canned ACL is unknown", header("x-amz-acl", "fake-acl")},
    {"the ACL is malformed", {"document", [](Attempt& a) { a.put_document("<AccessControlPolicy/>"); }}},
    {"the bucket takes no ACLs", {"bucket", [](Attempt& a) { a.bucket = "films"; }}},
    {"the bucket has no Object Lock", {"lock", [](Attempt&) {}}},
    {"the bucket's name has dots", {"bucket", [](Attempt& a) { a.bucket = "dotted.one"; }}},
    {"the bucket is not empty", {"bucket", [](Attempt& a) { a.bucket = "films"; }}},
    {"the customer key's algorithm is unknown",
     {"algorithm",
      [](Attempt& a) {
        a.add_customer_key(key_prefix);
        a.headers.set(key_prefix + "algorithm", "KMS");
      }}},
    {"a customer key comes beside another encryption",
     {"encryption",
      [](Attempt& a) {
        a.add_customer_key(key_prefix);
        a.headers.set("x-amz-server-side-encryption", "AES256");
      }}},
    {"a customer key is not wanted", {"customer key", [](Attempt& a) { a.add_customer_key(key_prefix); }}},
    {"a customer key of the source is not wanted",
     {"source key", [](Attempt& a) { a.add_customer_key(source_key_prefix); }}},
    {"the metadata is too large", header("x-amz-meta-a", std::string(2048, 'm'))},
    {"the storage class is unknown", header("x-amz-storage-class", "NONSENSE")},
    {"the metadata directive is unknown", header("x-amz-metadata-directive", "NONSENSE")},
    {"the checksum algorithm is unknown", header("x-amz-checksum-algorithm", "NONSENSE")},
    {"the checksum type is unknown", header("x-amz-checksum-type", "NONSENSE")},
    {"a checksum header is malformed", header("x-amz-checksum-crc32", "nonsense")},
    {"both If-Match and If-None-Match",
     {"condition",
      [](Attempt& a) {
        a.headers.set("If-Match", "\"x\"");
        a.headers.set("If-None-Match", "*");
      }}},
    {"the object exists and must not",
     {"condition", [](Attempt& a) { a.headers.set("If-None-Match", "*"); }}},
    {"If-Match fails", header("If-Match", "\"x\"")},
    {"If-None-Match fails", header("If-None-Match", "*")},
    {"the range is beyond the end", header("Range", "bytes=100-")},
    {"no such source", header("x-amz-copy-source", "films/nothing")},
    {"the source is archived", header("x-amz-copy-source", "films/cold")},
    {"x-amz-copy-source-if-match fails", header("x-amz-copy-source-if-match", "\"x\"")},
    {"the copied range is beyond the end", header("x-amz-copy-source-range", "bytes=0-99")},
    {"no length", {"length", [](Attempt& a) { a.with_length = false; }}},
    {"the body is larger than an object may be",
     {"length",
      [](Attempt& a) { a.headers.set("Content-Length", std::to_string(limits::max_put_size + 1)); }}},
    {"the body is larger than a part may be",
     {"length",
      [](Attempt& a) { a.headers.set("Content-Length", std::to_string(limits::max_part_size + 1)); }}},
    {"Content-MD5 is malformed", header("Content-MD5", "nonsense")},
    {"the body is not that of Content-MD5", header("Content-MD5", md5_of_other)},
    {"the body is not the one signed",
     {"hash", [](Attempt& a) { a.payload_hash = to_hex(sha256(as_bytes("other"))); }}},
    {"the document is malformed", {"document", [](Attempt& a) { a.put_document("<nonsense"); }}},
    {"the parts are out of order", {"order", [](Attempt& a) { a.reversed = true; }}},
    {"a part was never sent", {"unknown part", [](Attempt& a) { a.parts.insert(9); }}},
    {"a part is too small", {"small part", [](Attempt& a) { a.parts.insert(2); }}},
    {"the object's size is another", header("x-amz-mp-object-size", "1")},
    {"the object's checksum is another",
     {"x-amz-checksum-crc64nvme",
      [](Attempt& a) {
        a.headers.set("x-amz-checksum-crc64nvme", "AAAAAAAAAAA=");
        a.add_absent("x-amz-checksum-type", "FULL_OBJECT");  // without it nobody looks at the checksum
      }}},
};

/// An answer, as far as two of the same error are equal. 304 has no document.
std::string told(const RawClient::Answer& answer) {
  return std::to_string(answer.status) + ' ' + element(answer.body, "Code") + ": " +
         element(answer.body, "Message");
}

/// Requests to a bucket have no key that could be too long. A listing's parameters are looked at before all
/// that any request has (reported: brekkylab/backlot, measured 2026-09).
std::vector<server::PrecedenceStep> steps_of(const server::Precedence& operation, const Attempt& right) {
  const auto common = server::common_precedence();
  std::vector<server::PrecedenceStep> steps(common.begin(), common.end());
  if (right.key.empty()) {
    std::erase_if(steps,
                  [](const server::PrecedenceStep& step) { return step.fault == "the key is too long"; });
  }
  steps.insert(steps.end(), operation.steps.begin(), operation.steps.end());
  std::ranges::stable_partition(steps, [](const server::PrecedenceStep& step) {
    return step.fault == "a listing parameter is malformed";
  });
  return steps;
}

const Fault& fault_of(const server::PrecedenceStep& step) {
  INFO(step.fault);
  const auto found = faults.find(std::string(step.fault));
  REQUIRE(found != faults.end());
  return found->second;
}

std::string table_text(const std::string& heading, std::span<const server::PrecedenceStep> steps) {
  std::string text = "## " + heading + "\n\n| fault | error | known from |\n|---|---|---|\n";
  for (const auto& step : steps) {
    text += "| " + std::string(step.fault) + " | " + std::string(protocol::traits(step.error).name) + " | " +
            (step.source.empty() ? "unsettled" : std::string(step.source)) + " |\n";
  }
  return text;
}

}  // namespace

TEST_CASE("Of two faults in one request, the one that stands first in the table of precedence is told") {
  Scene scene;
  for (const server::Precedence& operation : server::precedence_table()) {
    const Attempt right = right_requests.at(std::string(operation.operation))(scene);
    const auto steps = steps_of(operation, right);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const Fault& first = fault_of(steps[i]);
      Attempt wrong = right;
      first.make(wrong);
      const auto alone = wrong.send(scene);
      INFO(operation.operation << ": " << steps[i].fault << ": " << told(alone));
      const auto& error = protocol::traits(steps[i].error);
      CHECK(alone.status == error.status);
      if (alone.status != 304) CHECK(element(alone.body, "Code") == error.name);
      for (std::size_t j = i + 1; j < steps.size(); ++j) {
        const Fault& second = fault_of(steps[j]);
        if (second.place == first.place) continue;
        Attempt twice_wrong = wrong;
        second.make(twice_wrong);
        INFO("and " << steps[j].fault);
        CHECK(told(twice_wrong.send(scene)) == told(alone));
      }
    }
  }
}

TEST_CASE("docs/precedence.md has the table of precedence, word for word") {
  std::ifstream file(PARTSMITH_PRECEDENCE_PAGE);
  const std::string page((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::vector<std::string> expected = {table_text("Every signed request", server::common_precedence())};
  for (const server::Precedence& operation : server::precedence_table()) {
    expected.push_back(table_text(std::string(operation.operation), operation.steps));
  }
  for (const std::string& text : expected) {
    INFO("missing in docs/precedence.md:\n" << text);
    CHECK(page.find(text) != std::string::npos);
  }
}
