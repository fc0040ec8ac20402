#include "error_response.h"

#include "catch.h"

using namespace partsmith;
using namespace partsmith::server;
using protocol::ErrorCode;
using protocol::S3Error;

namespace {
const RequestIds ids{"REQUEST", "HOST"};
}

TEST_CASE("An error is a document with code, message, its own fields and the two ids") {
  const auto response =
      error_response(S3Error(ErrorCode::NoSuchKey).with("Key", "a&b"), "/films/a&b", ids, false);
  CHECK(response.status == 404);
  CHECK(response.headers.value("content-type") == "application/xml");
  CHECK(std::get<std::string>(response.body) ==
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not "
        "exist.</Message><Key>a&amp;b</Key><RequestId>REQUEST</RequestId><HostId>HOST</HostId></Error>");
}

TEST_CASE("An error that no recording shows without it names the resource") {
  const auto response = error_response(ErrorCode::InternalError, "/films/a", ids, false);
  CHECK(std::get<std::string>(response.body).find("<Resource>/films/a</Resource><RequestId>") != std::string::npos);
}

TEST_CASE("Answers to HEAD and 304 have no body") {
  CHECK(std::get<std::string>(error_response(ErrorCode::NoSuchKey, "", ids, true).body).empty());
  const auto unchanged = error_response(S3Error(ErrorCode::NotModified).with("ETag", "\"x\""), "", ids, false);
  CHECK(unchanged.status == 304);
  CHECK(std::get<std::string>(unchanged.body).empty());
  CHECK(unchanged.headers.value("ETag") == "\"x\"");
}
