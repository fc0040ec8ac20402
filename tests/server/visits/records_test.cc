// Every visit ends in exactly one record, whatever happened.

#include <filesystem>

#include "catch.h"
#include "visit_server.h"

using namespace partsmith;
using namespace partsmith::test;

namespace {

constexpr const char* part_of = "/films/a?partNumber=1&uploadId=";

std::string upload_id(const RawClient::Answer& answer) {
  const std::size_t begin = answer.body.find("<UploadId>") + 10;
  return answer.body.substr(begin, answer.body.find('<', begin) - begin);
}

std::string completion(std::string_view etag) {
  return "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + std::string(etag) +
         "</ETag></Part></CompleteMultipartUpload>";
}

/// The largest file below the folder.
std::filesystem::path largest_file(const std::filesystem::path& folder) {
  std::filesystem::path largest;
  std::uintmax_t size = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "blobs")) {
    if (entry.is_regular_file() && entry.file_size() >= size) {
      largest = entry.path();
      size = entry.file_size();
    }
  }
  return largest;
}

}  // namespace

TEST_CASE("An answered request has one record, with its operation, status and bytes") {
  VisitServer server;
  const std::string request = server.signed_request("PUT", "/films");
  const auto answer = server.connect().exchange(request);
  REQUIRE(answer.status == 200);
  const Record record = server.recorder.first(1).front();
  CHECK(record.operation == "CreateBucket");
  CHECK(record.was_performed);
  CHECK(record.end.status == 200);
  CHECK(record.end.error.empty());
  CHECK(record.end.exchange.bytes_in == request.size());
  CHECK(record.end.exchange.bytes_out == answer.head.size() + answer.body.size());
  CHECK_FALSE(record.end.exchange.cut);
  CHECK(record.end.took.count() > 0);
  CHECK(server.recorder.size() == 1);
}

TEST_CASE("A refused request has one record, with S3's error") {
  VisitServer server;
  CHECK(server.send("GET", "/films/a").status == 404);
  const Record record = server.recorder.first(1).front();
  CHECK(record.operation == "GetObject");
  CHECK(record.end.status == 404);
  CHECK(record.end.error == "NoSuchBucket");
  CHECK(server.recorder.size() == 1);
}

TEST_CASE("A head that is none has one record, with what was wrong") {
  VisitServer server;
  CHECK(server.connect().exchange("GET / HTTP/1.1\r\nbroken\r\n\r\n").status == 400);
  const Record record = server.recorder.first(1).front();
  CHECK(record.operation.empty());
  CHECK(record.end.status == 400);
  CHECK(record.end.error == "BadRequest");
  CHECK(record.end.cause == "malformed head");
  CHECK_FALSE(record.was_performed);
}

TEST_CASE("An exception in a stage is answered by InternalError, and its record says what it was") {
  VisitServer server;
  server.recorder.when_before = [](server::Visit&) -> std::optional<server::Outcome> {
    throw std::runtime_error("a bug");
  };
  auto client = server.connect();
  const auto answer = client.exchange(server.signed_request("PUT", "/films"));
  CHECK(answer.status == 500);
  CHECK(answer.body.find("<Code>InternalError</Code>") != std::string::npos);
  CHECK(answer.body.find("a bug") == std::string::npos);
  CHECK(client.read_to_end().bytes.empty());
  const Record record = server.recorder.first(1).front();
  CHECK(record.operation == "CreateBucket");
  CHECK(record.end.status == 500);
  CHECK(record.end.error == "InternalError");
  CHECK(record.end.cause == "a bug");
  CHECK(server.recorder.size() == 1);
}

TEST_CASE("A body that the client cuts has one record") {
  VisitServer server;
  REQUIRE(server.send("PUT", "/films").status == 200);
  {
    auto client = server.connect();
    const std::string request = server.signed_request("PUT", "/films/a", std::string(100'000, 'x'));
    client.send(request.substr(0, request.size() / 2));
  }
  const Record record = server.recorder.first_of("PutObject");
  CHECK(record.end.error == "IncompleteBody");
  CHECK(record.end.exchange.bytes_in < 100'000);
}

TEST_CASE("A GET whose bytes can't be read is cut, and its record says why") {
  VisitServer server;
  REQUIRE(server.send("PUT", "/films").status == 200);
  const std::string bytes(8 << 20, 'x');
  REQUIRE(server.send("PUT", "/films/a", bytes).status == 200);
  std::filesystem::resize_file(largest_file(server.folder()), 1 << 20);
  auto client = server.connect();
  client.send(server.signed_request("GET", "/films/a"));
  CHECK(client.read_to_end().bytes.size() < bytes.size());
  const Record record = server.recorder.first_of("GetObject");
  CHECK(record.end.status == 200);
  CHECK(record.end.exchange.cut);
  CHECK_FALSE(record.end.cause.empty());
}

TEST_CASE("An error that a 200 carries is in the record") {
  VisitServer server({}, true);
  REQUIRE(server.send("PUT", "/films").status == 200);
  const std::string id = upload_id(server.send("POST", "/films/a?uploads"));
  REQUIRE(server.send("PUT", part_of + id, "bytes").status == 200);
  const auto answer =
      server.send("POST", "/films/a?uploadId=" + id, completion("\"0123456789abcdef0123456789abcdef\""));
  CHECK(answer.status == 200);
  CHECK(answer.body.find("<Code>InvalidPart</Code>") != std::string::npos);
  const Record record = server.recorder.first_of("CompleteMultipartUpload");
  CHECK(record.end.status == 200);
  CHECK(record.end.error == "InvalidPart");
}

TEST_CASE("A late completion that throws ends as InternalError in its 200") {
  VisitServer server({}, true);
  REQUIRE(server.send("PUT", "/films").status == 200);
  const std::string id = upload_id(server.send("POST", "/films/a?uploads"));
  const auto part = server.send("PUT", part_of + id, "bytes");
  server.recorder.when_committed = [](server::Visit&, server::Outcome& outcome) {
    outcome = std::unexpected(protocol::S3Error(protocol::ErrorCode::InternalError));
  };
  const auto answer = server.send("POST", "/films/a?uploadId=" + id, completion(part.headers.value("ETag")));
  CHECK(answer.status == 200);
  CHECK(answer.body.find("<Code>InternalError</Code>") != std::string::npos);
  server.recorder.when_committed = nullptr;
  CHECK(server.send("GET", "/films/a").body == "bytes");  // it was committed all the same
}
