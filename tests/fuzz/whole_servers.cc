// A whole server, and requests that it must verify, parse and answer: every operation's document, header and
// parameter, signed as they stand.

#include <algorithm>
#include <array>
#include <stdexcept>

#include <partsmith/protocol/headers.h>
#include <partsmith/protocol/sigv4.h>
#include <partsmith/server/server.h>
#include <partsmith/storage/local_store.h>

#include "harness.h"
#include "raw_client.h"
#include "temporary_folder.h"

namespace partsmith::fuzz {
namespace {

/// Lives as long as the process.
class SharedServer {
 public:
  SharedServer() {
    auto opened =
        storage::open_local_store({.folder = folder_.path() / "store", .clock = &clock_, .quota = 64 << 20});
    if (!opened) throw std::runtime_error(opened.error());
    store_ = std::move(*opened);
    server_ = std::make_unique<server::Server>(server::ServerOptions{}, *store_, clock_);
    if (auto started = server_->start(); !started) throw std::runtime_error(started.error());
  }

  /// The status of the answer; 0 when the connection ended without one.
  int answer_of(const std::string& method, const std::string& target, protocol::Headers headers,
                const std::string& body) {
    const std::string host = "127.0.0.1:" + std::to_string(server_->port());
    headers.set("Host", host);
    protocol::sigv4::sign(headers, method, target, protocol::sigv4::unsigned_payload, {"test", "test", {}},
                          "us-east-1", clock_.now());
    std::string text = method + ' ' + target + " HTTP/1.1\r\n";
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    text += "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
    test::RawClient client(server_->port());
    client.try_send(text);
    client.half_close();
    const auto rest = client.read_to_end();
    if (rest.bytes.empty()) return 0;
    must(rest.bytes.starts_with("HTTP/1."), "an answer begins with its status");
    return std::stoi(rest.bytes.substr(9, 3));
  }

 private:
  test::TemporaryFolder folder_;
  SystemClock clock_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<server::Server> server_;
};

/// "METHOD target", a header a line, an empty line, the body.
void server(std::string_view input) {
  static SharedServer shared;
  Input in(input);
  const std::string_view first = in.line();
  const std::size_t blank = first.find(' ');
  if (blank == std::string_view::npos) return;
  const std::string method(first.substr(0, blank));
  const std::string target(first.substr(blank + 1));
  // What is no request line is the harness "head"'s.
  const auto plain = [](char c) { return c > ' ' && c < 0x7f; };
  if (method.empty() || !target.starts_with('/') || !std::ranges::all_of(method + target, plain)) return;
  protocol::Headers headers;
  while (!in.at_end()) {
    const std::string_view line = in.line();
    if (line.empty()) break;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string name(line.substr(0, colon));
    // These are the harness's: how long the request is, and how it is verified.
    constexpr std::array ours{"host",
                              "content-length",
                              "transfer-encoding",
                              "connection",
                              "expect",
                              "authorization",
                              "x-amz-date",
                              "date",
                              "x-amz-content-sha256",
                              "x-amz-security-token"};
    const bool is_ours = std::ranges::find(ours, protocol::lower_case(name)) != ours.end();
    if (!is_ours) headers.add(name, std::string(protocol::trimmed(line.substr(colon + 1))));
  }
  const int status = shared.answer_of(method, target, headers, std::string(in.rest()));
  must(status != 500, "no request is an InternalError");
}

std::vector<std::string> server_seeds() {
  std::vector<std::string> seeds{
      "PUT /films\n\n",
      "PUT /films\n\n<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>"
      "</CreateBucketConfiguration>",
      "PUT /films?versioning\n\n<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
      "PUT /films/k\nContent-Type: a/b\nx-amz-meta-a: b\nx-amz-tagging: a=b&c=d\nx-amz-checksum-crc32: "
      "NhCmhg==\n"
      "x-amz-storage-class: STANDARD_IA\nIf-None-Match: *\n\nhello",
      "GET /films/k?partNumber=1&response-content-type=a%2Fb\nRange: bytes=1-2\nIf-Modified-Since: Sat, 21 "
      "Feb 2026 "
      "00:18:10 GMT\n\n",
      "HEAD /films/k?versionId=null\nx-amz-checksum-mode: ENABLED\n\n",
      "GET /films/k?attributes\nx-amz-object-attributes: ETag,ObjectParts,Checksum\n\n",
      "PUT /films/copy\nx-amz-copy-source: /films/k?versionId=null\nx-amz-metadata-directive: REPLACE\n"
      "x-amz-copy-source-if-match: \"a\"\n\n",
      "PUT /films/k?tagging\n\n<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>",
      "POST /films/u?uploads\nx-amz-checksum-algorithm: CRC32\nx-amz-checksum-type: FULL_OBJECT\n\n",
      "PUT /films/u?partNumber=1&uploadId=x\n\nbytes",
      "POST "
      "/films/u?uploadId=x\n\n<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>a</ETag></Part>"
      "</CompleteMultipartUpload>",
      "GET /films/u?uploadId=x&max-parts=1&part-number-marker=2\n\n",
      "POST /films?delete\nContent-MD5: "
      "AAAAAAAAAAAAAAAAAAAAAA==\n\n<Delete><Quiet>true</Quiet><Object><Key>k</Key>"
      "<VersionId>null</VersionId></Object></Delete>",
      "GET /films?list-type=2&prefix=a&delimiter=/&max-keys=2&encoding-type=url&fetch-owner=true\n\n",
      "GET /films?versions&key-marker=a&version-id-marker=null\n\n",
      "GET /films?uploads&key-marker=a&upload-id-marker=b\n\n",
      "GET /?max-buckets=1&prefix=f&continuation-token=a\n\n",
      "DELETE /films/k?versionId=null\nIf-Match: \"a\"\n\n",
      "OPTIONS /films/k\nOrigin: http://a\nAccess-Control-Request-Method: PUT\n\n",
      "POST /films\nContent-Type: multipart/form-data; boundary=b\n\n--b\r\nContent-Disposition: form-data; "
      "name=\"key\"\r\n\r\nk\r\n--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b--\r\n"};
  for (const char* document : {"acl", "cors", "encryption", "lifecycle", "ownershipControls",
                               "publicAccessBlock", "tagging", "policy", "website", "location"}) {
    seeds.push_back("GET /films?" + std::string(document) + "\n\n");
    seeds.push_back("PUT /films?" + std::string(document) + "\n\n<A><B>c</B></A>");
    seeds.push_back("DELETE /films?" + std::string(document) + "\n\n");
  }
  return seeds;
}

}  // namespace

const std::vector<Harness> whole_servers{{"server", 2'048, server, server_seeds}};

}  // namespace partsmith::fuzz
