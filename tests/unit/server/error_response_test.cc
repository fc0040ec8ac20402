#include "error_response.h"

#include <partsmith/protocol/xml.h>

#include "catch.h"
#include "signature_mismatch.h"

using namespace partsmith;
using namespace partsmith::server;
using protocol::ErrorCode;
using protocol::S3Error;

namespace {
const RequestIds ids{"REQUEST", "HOST"};
}

TEST_CASE("An error is a document with code, message, its own fields and the two ids") {
  const auto response = error_response(S3Error(ErrorCode::NoSuchKey).with("Key", "a&b"), ids, false);
  CHECK(response.status == 404);
  CHECK(response.headers.value("content-type") == "application/xml");
  CHECK(std::get<std::string>(response.body) ==
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key "
        "does not "
        "exist.</Message><Key>a&amp;b</Key><RequestId>REQUEST</RequestId><HostId>HOST</HostId></Error>");
}

TEST_CASE("No error names the resource") {
  for (const auto& row : protocol::error_table()) {
    INFO(row.name);
    const auto response = error_response(row.code, ids, false);
    if (row.status == 304) continue;
    const auto& document = std::get<std::string>(response.body);
    CHECK(document.find("<Resource>") == std::string::npos);
    CHECK(document.ends_with("<RequestId>REQUEST</RequestId><HostId>HOST</HostId></Error>"));
  }
}

TEST_CASE("What a client sent comes back in an error up to a bound, and readable") {
  const std::string long_text(100'000, '"');
  const auto response = error_response(S3Error(ErrorCode::InvalidArgument, long_text)
                                           .with("ArgumentName", "\xFF\x01")
                                           .with("ArgumentValue", long_text),
                                       ids, false);
  const auto& body = std::get<std::string>(response.body);
  CHECK(body.size() < 2 * 6 * max_error_text_bytes + 1'000);
  CHECK(protocol::parse_xml(body).value().child("ArgumentValue")->text ==
        long_text.substr(0, max_error_text_bytes));
}

TEST_CASE("A wrong signature shows no more than a bound of what was signed") {
  const std::string text(100'000, 'x');
  const auto error = signature_mismatch("key", "signature", text, text);
  std::size_t bytes = 0;
  for (const auto& [name, value] : error.fields) {
    CHECK(value.size() <= max_error_text_bytes);
    bytes += value.size();
  }
  CHECK(bytes < 2 * 4 * max_shown_bytes + 200);
  const auto answer = error_response(error, ids, false);
  CHECK(std::get<std::string>(answer.body).find("xx (cut: 100000 bytes)</CanonicalRequest>") !=
        std::string::npos);
}

TEST_CASE("Answers to HEAD and 304 have no body") {
  const auto of_head = error_response(ErrorCode::NoSuchKey, ids, true);
  CHECK(std::get<ChunkedBody>(of_head.body).next().empty());
  const auto unchanged = error_response(S3Error(ErrorCode::NotModified).with("ETag", "\"x\""), ids, false);
  CHECK(unchanged.status == 304);
  CHECK(std::get<std::string>(unchanged.body).empty());
  CHECK(unchanged.headers.value("ETag") == "\"x\"");
}
