/// What a failing check prints can be pasted into a shell, and does what the check did.

#include <cstdio>
#include <fstream>

#include <partsmith/client/multipart_requests.h>
#include <partsmith/conformance/reproduction.h>

#include "catch.h"
#include "test_server.h"

using namespace partsmith;
using conformance::Reproduction;

namespace {

/// Runs the script as a person would, with the keys in the environment.
std::string run(const std::string& script) {
  const test::TemporaryFolder folder;
  const std::string file = folder.path() / "script";
  std::ofstream(file) << script;
  const auto command = "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test bash " + file + " 2>&1";
  FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("no shell");
  std::string output;
  char buffer[4096];
  for (std::size_t count = 0; (count = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
    output.append(buffer, count);
  ::pclose(pipe);
  return output;
}

client::S3Request request(std::string method, std::string key) {
  client::S3Request result;
  result.method = std::move(method);
  result.bucket = "films";
  result.key = std::move(key);
  return result;
}

Reproduction reproduction(const test::TestServer& server) {
  client::S3ClientOptions options;
  options.credentials = {"test", "test", ""};
  return {*client::Endpoint::parse("http://127.0.0.1:" + std::to_string(server.port())), options, "films"};
}

}  // namespace

TEST_CASE("The script of an upload makes the upload again, under an ID of its own") {
  test::TestServer server;
  REQUIRE(server.send({.method = "PUT", .target = "/films"}).status == 200);
  auto script = reproduction(server);
  const client::UploadAddress upload{"films", "a key/with $pecial 'signs'", "the-ID-of-another-day"};
  script.add(client::create_multipart_upload(upload.bucket, upload.key));
  script.created(upload.upload_id);
  script.add(client::upload_part(upload, "1", std::string(5 * 1024 * 1024, 'a')));
  script.add(client::upload_part(upload, "2", "it's \"the\" end"));
  script.add(client::complete_multipart_upload(
      upload, std::vector<client::ListedPart>{{"1", "\"79b281060d337b9b2b84ccf390adcf74\"", {}},
                                              {"2", "\"9f3d3566aba9dd9ca5b6f1e5e6f6a5e4\"", {}}}));
  script.add(client::list_parts(upload));
  const auto text = script.script();
  INFO(text);
  const auto output = run(text);
  INFO(output);
  // The second ETag is wrong: S3's refusal shows that both parts and the list of them arrived.
  CHECK(output.find("\"79b281060d337b9b2b84ccf390adcf74\"") != std::string::npos);
  CHECK(output.find("<Code>InvalidPart</Code>") != std::string::npos);
  CHECK(output.find("<PartNumber>2</PartNumber>") != std::string::npos);
  CHECK(output.find("<Size>5242880</Size>") != std::string::npos);
  CHECK(output.find("<Size>14</Size>") != std::string::npos);
  CHECK(output.find("SignatureDoesNotMatch") == std::string::npos);
}

TEST_CASE("The script sends headers, conditions, ranges and anonymous requests as the check did") {
  test::TestServer server;
  REQUIRE(server.send({.method = "PUT", .target = "/films"}).status == 200);
  auto script = reproduction(server);
  auto put = request("PUT", "object");
  put.body = "0123456789";
  put.header("x-amz-meta-colour", "blue").header("Content-Type", "text/x-test");
  script.add(put);
  auto get = request("GET", "object");
  get.header("Range", "bytes=2-4");
  script.add(get);
  script.add(request("HEAD", "object"));
  auto copy = request("PUT", "copy");
  copy.header("x-amz-copy-source", "films/object");
  script.add(copy);
  auto anonymous = request("GET", "object");
  anonymous.signing = client::Signing::anonymous;
  script.add(anonymous);
  const auto output = run(script.script());
  INFO(output);
  CHECK(output.find("206 Partial Content") != std::string::npos);
  CHECK(output.find("\r\n\r\n234") != std::string::npos);
  CHECK(output.find("x-amz-meta-colour: blue") != std::string::npos);
  CHECK(output.find(": text/x-test") != std::string::npos);
  CHECK(output.find("<CopyObjectResult") != std::string::npos);
  CHECK(output.find("<Code>AccessDenied</Code>") != std::string::npos);
}

TEST_CASE("There is no script for curl where curl can't send it, or Debian 12's signs it wrongly") {
  test::TestServer server;
  auto chunked = request("PUT", "object");
  chunked.payload = client::Payload::signed_chunks;
  auto presigned = request("GET", "object");
  presigned.signing = client::Signing::presigned;
  auto neighbours = request("PUT", "object?partNumber=1");
  neighbours.header("x-amz-copy-source", "films/a").header("x-amz-copy-source-range", "bytes=0-1");
  auto nothing = request("PUT", "object");
  nothing.header("x-amz-meta-empty", "");
  auto folder = request("PUT", "folder/");
  for (const auto& one : {chunked, presigned, neighbours, nothing, folder}) {
    auto script = reproduction(server);
    script.add(one);
    CHECK(script.script() == "");
    CHECK(script.python("about", {}) != "");
  }
}
