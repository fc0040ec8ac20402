#include <partsmith/client/object_downloader.h>
#include <partsmith/client/object_reader.h>
#include <partsmith/values/digest.h>

#include "catch.h"
#include "fake_server.h"

using namespace partsmith;
using namespace partsmith::client;
using test::answer_of;
using test::error_answer;
using test::FakeConnection;
using test::FakeServer;

namespace {

const std::string content = "0123456789abcdefghij";

/// The bytes that a Range header asks for.
std::string asked(const FakeServer::Request& request) {
  const std::string range(request.headers.value("range"));
  if (range.empty()) return content;
  const auto first = std::stoul(range.substr(6));
  return content.substr(first, std::stoul(range.substr(range.find('-') + 1)) - first + 1);
}

int status_of(const FakeServer::Request& request) {
  return request.headers.has("range") ? 206 : 200;
}

ObjectFacts facts() {
  ObjectFacts result;
  result.size = content.size();
  result.etag = ETag::of(md5(as_bytes(content)));
  return result;
}

struct Read {
  std::string bytes;
  Result<void> result;
};

Read read(const FakeServer& server, ByteSpan span, const std::string& key = "key") {
  const SystemClock clock;
  S3Client client(*Endpoint::parse(server.url()), {}, clock);
  Read done;
  CallPolicy call_policy;
  call_policy.retries = {
      .attempts = 3, .base = std::chrono::milliseconds(1), .cap = std::chrono::milliseconds(1)};
  done.result = read_span(
      client, get_object("b", key), facts(), span,
      [&](ByteView bytes) {
        done.bytes += as_text(bytes);
        return true;
      },
      call_policy);
  return done;
}

}  // namespace

TEST_CASE("A read that breaks off goes on where it broke off, of the same object") {
  std::atomic<int> requests = 0;
  FakeServer server([&](FakeConnection& connection) {
    FakeServer::Request request;
    while (connection.read(request)) {
      ++requests;
      CHECK(request.headers.value("if-match") == facts().etag.quoted());
      const auto body = asked(request);
      auto answer = answer_of(status_of(request), {}, body);
      if (body.size() > 4) {  // four bytes of it, and the connection ends
        answer.resize(answer.size() - body.size() + 4);
        connection.send(answer);
        return;
      }
      connection.send(answer);
    }
  });
  const auto whole = read(server, {0, content.size()});
  if (!whole.result) FAIL(whole.result.error().detail);
  CHECK(whole.bytes == content);
  CHECK(requests == 5);  // more than the attempts without progress
  CHECK(read(server, {3, 9}).bytes == content.substr(3, 9));
}

TEST_CASE("A read without progress ends after its attempts") {
  std::atomic<int> requests = 0;
  FakeServer server(FakeServer::answering([&](const FakeServer::Request&) {
    ++requests;
    return error_answer(503, "SlowDown");
  }));
  const auto done = read(server, {0, content.size()});
  REQUIRE_FALSE(done.result);
  CHECK(done.result.error().failure->code == "SlowDown");
  CHECK(requests == 3);
}

TEST_CASE("What a server sends beside or beyond the range is refused") {
  FakeServer whole(
      FakeServer::answering([](const FakeServer::Request&) { return answer_of(200, {}, content); }));
  CHECK_FALSE(read(whole, {2, 5}).result);
  FakeServer more(
      FakeServer::answering([](const FakeServer::Request&) { return answer_of(206, {}, content); }));
  CHECK_FALSE(read(more, {2, 5}).result);
  FakeServer changed(FakeServer::answering(
      [](const FakeServer::Request&) { return error_answer(412, "PreconditionFailed"); }));
  CHECK(read(changed, {0, content.size()}).result.error().failure->status == 412);
}

TEST_CASE("A range is read as HTTP has it, within the object") {
  const auto span = [](const char* text) {
    const auto found = span_of(text, 10);
    return found ? std::to_string(found->first) + '+' + std::to_string(found->length) : found.error();
  };
  CHECK(span("0-0") == "0+1");
  CHECK(span("2-5") == "2+4");
  CHECK(span("2-") == "2+8");
  CHECK(span("2-99") == "2+8");
  CHECK(span("-3") == "7+3");
  CHECK(span("-99") == "0+10");
  for (const char* text : {"", "-", "5", "a-b", "5-2", "10-", "-0", "1-2-3", "+1-2"})
    CHECK_FALSE(span_of(text, 10));
  CHECK_FALSE(span_of("-5", 0));
}

TEST_CASE(
    "Content is compared with the checksum of the whole, else with an ETag that is an MD5, else by size") {
  const auto verdict = [](ObjectFacts told, std::string_view bytes) {
    ContentCheck check(told);
    check.update(as_bytes(bytes.substr(0, 3)));
    check.update(as_bytes(bytes.substr(3)));
    const auto result = check.verdict();
    return std::string(result ? to_string(*result) : to_string(result.error().kind));
  };
  const std::string other = "0123456789abcdefghiJ";
  auto checksum = facts();
  checksum.full_checksum = checksum_of(ChecksumAlgorithm::sha256, as_bytes(content));
  CHECK(verdict(checksum, content) == "checksum");
  CHECK(verdict(checksum, other) == "damaged");
  CHECK(verdict(facts(), content) == "etag");
  CHECK(verdict(facts(), other) == "damaged");
  auto encrypted = facts();
  encrypted.headers.add("x-amz-server-side-encryption", "aws:kms");
  CHECK(verdict(encrypted, other) == "size");
  auto in_parts = facts();
  in_parts.etag = ETag::from_client("00000000000000000000000000000000-2");
  CHECK(verdict(in_parts, other) == "size");
  CHECK(verdict(in_parts, "012345") == "damaged");
}
