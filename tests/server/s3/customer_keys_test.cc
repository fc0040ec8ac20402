#include <algorithm>
#include <fstream>
#include <iterator>

#include <partsmith/values/digest.h>

#include "catch.h"
#include "test_server.h"

using namespace partsmith;
using namespace partsmith::test;

namespace {

const std::string own = "x-amz-server-side-encryption-customer-";
const std::string of_source = "x-amz-copy-source-server-side-encryption-customer-";

protocol::Headers key_headers(const std::string& key, const std::string& prefix = own) {
  return {{prefix + "algorithm", "AES256"},
          {prefix + "key", to_base64(as_bytes(key))},
          {prefix + "key-MD5", to_base64(md5(as_bytes(key)))}};
}

protocol::Headers both(protocol::Headers a, const protocol::Headers& b) {
  for (const auto& [name, value] : b) a.add(name, value);
  return a;
}

const std::string the_key = "1234567890abcdef1234567890abcdef";
const std::string another_key = "abcdef1234567890abcdef1234567890";

/// Bytes that never repeat, so that a wrong offset shows.
std::string text_of(std::size_t size, const std::string& seed) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += seed + std::to_string(i) + ' ';
  return text.substr(0, size);
}

/// A server with the bucket `films`.
TestServer& with_bucket(TestServer& server) {
  REQUIRE(server.send({"PUT", "/films"}).status == 200);
  return server;
}

std::string begin(TestServer& server, const std::string& target, const protocol::Headers& headers) {
  const auto created = server.send({"POST", target + "?uploads", "", headers});
  REQUIRE(created.status == 200);
  return element(created.body, "UploadId");
}

std::string part_query(int number, const std::string& upload) {
  return "?partNumber=" + std::to_string(number) + "&uploadId=" + upload;
}

RawClient::Answer complete(TestServer& server, const std::string& target, const std::string& upload,
                           const std::vector<std::string>& etags) {
  std::string list = "<CompleteMultipartUpload>";
  for (std::size_t i = 0; i < etags.size(); ++i) {
    list +=
        "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>" + etags[i] + "</ETag></Part>";
  }
  return server.send({"POST", target + "?uploadId=" + upload, list + "</CompleteMultipartUpload>"});
}

/// Whether any file of the store holds the text.
bool on_disk(const TestServer& server, const std::string& text) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(server.folder())) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (bytes.find(text) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("What is put with a customer key is on disk only encrypted, and the key not at all") {
  TestServer server;
  with_bucket(server);
  const std::size_t size =
      GENERATE(std::size_t{100}, std::size_t{3} << 20);  // small ones live in the database, others in files
  const std::string body = text_of(size, "gopher");
  REQUIRE(server.send({"PUT", "/films/plain", body}).status == 200);
  CHECK(on_disk(server, body.substr(0, 80)));
  REQUIRE(server.send({"DELETE", "/films/plain"}).status == 204);

  const std::string other = text_of(size, "secret");
  const auto put = server.send({"PUT", "/films/a", other, key_headers(the_key)});
  REQUIRE(put.status == 200);
  CHECK(put.headers.value(own + "key-MD5") == to_base64(md5(as_bytes(the_key))));
  CHECK_FALSE(put.headers.has("x-amz-server-side-encryption"));
  CHECK(put.headers.value("ETag") != '"' + to_hex(md5(as_bytes(other))) + '"');
  CHECK_FALSE(on_disk(server, other.substr(0, 80)));
  CHECK_FALSE(on_disk(server, the_key));
  CHECK_FALSE(on_disk(server, to_base64(as_bytes(the_key))));

  const auto got = server.send({"GET", "/films/a", "", key_headers(the_key)});
  CHECK(got.status == 200);
  CHECK(got.body == other);
}

TEST_CASE("Equal bodies under one key are different bytes and different ETags") {
  TestServer server;
  with_bucket(server);
  const auto first = server.send({"PUT", "/films/a", "same", key_headers(the_key)});
  const auto second = server.send({"PUT", "/films/a", "same", key_headers(the_key)});
  CHECK(first.headers.value("ETag") != second.headers.value("ETag"));
  CHECK(server.send({"GET", "/films/a", "", key_headers(the_key)}).body == "same");
}

TEST_CASE("An empty object can have a customer key, and needs it") {
  TestServer server;
  with_bucket(server);
  REQUIRE(server.send({"PUT", "/films/a", "", key_headers(the_key)}).status == 200);
  CHECK(server.send({"GET", "/films/a"}).status == 400);
  const auto got = server.send({"GET", "/films/a", "", key_headers(the_key)});
  CHECK(got.status == 200);
  CHECK(got.body.empty());
}

TEST_CASE(
    "Any range and any part of an encrypted upload reads as it was sent, sizes are those of the plain "
    "bytes") {
  TestServer server;
  with_bucket(server);
  constexpr std::size_t mib = 1024 * 1024;
  const std::vector<std::string> bodies = {text_of(5 * mib, "one"), text_of(5 * mib + 7, "two"),
                                           text_of(11, "three")};
  const std::string upload = begin(server, "/films/a", key_headers(the_key));
  std::vector<std::string> etags;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const auto put = server.send(
        {"PUT", "/films/a" + part_query(static_cast<int>(i) + 1, upload), bodies[i], key_headers(the_key)});
    REQUIRE(put.status == 200);
    etags.emplace_back(put.headers.value("ETag"));
  }
  const auto listed = server.send({"GET", "/films/a?uploadId=" + upload});
  CHECK(element(listed.body, "Size") == std::to_string(bodies[0].size()));
  REQUIRE(complete(server, "/films/a", upload, etags).status == 200);

  const std::string whole = bodies[0] + bodies[1] + bodies[2];
  CHECK(server.send({"GET", "/films/a", "", key_headers(the_key)}).body == whole);
  for (const auto& [first, last] :
       std::vector<std::pair<std::size_t, std::size_t>>{{0, 0},
                                                        {1, 40},
                                                        {5 * mib - 3, 5 * mib + 30},
                                                        {5 * mib, 5 * mib},
                                                        {10 * mib + 5, whole.size() - 1},
                                                        {whole.size() - 1, whole.size() - 1},
                                                        {17, whole.size() - 2}}) {
    const auto got =
        server.send({"GET", "/films/a", "",
                     both(key_headers(the_key),
                          {{"Range", "bytes=" + std::to_string(first) + '-' + std::to_string(last)}})});
    INFO(first << '-' << last);
    CHECK(got.status == 206);
    CHECK((got.body == whole.substr(first, last - first + 1)));
  }
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const auto got =
        server.send({"GET", "/films/a?partNumber=" + std::to_string(i + 1), "", key_headers(the_key)});
    CHECK(got.status == 206);
    CHECK((got.body == bodies[i]));
  }
  const auto attributes =
      server.send({"GET", "/films/a?attributes", "",
                   both(key_headers(the_key), {{"x-amz-object-attributes", "ObjectSize"}})});
  CHECK(element(attributes.body, "ObjectSize") == std::to_string(whole.size()));
  CHECK(server.send({"GET", "/films/a?attributes", "", {{"x-amz-object-attributes", "ObjectSize"}}}).status ==
        400);
}

TEST_CASE(
    "An encrypted object reads right with gaps in its part numbers, and with a part that was sent twice") {
  TestServer server;
  with_bucket(server);
  constexpr std::size_t mib = 1024 * 1024;
  const std::string first = text_of(5 * mib, "one");
  const std::string last = text_of(1000, "two");
  const std::string upload = begin(server, "/films/a", key_headers(the_key));
  const auto send_part = [&](int number, const std::string& body) {
    const auto put =
        server.send({"PUT", "/films/a" + part_query(number, upload), body, key_headers(the_key)});
    REQUIRE(put.status == 200);
    return std::string(put.headers.value("ETag"));
  };
  send_part(7, text_of(5 * mib, "replaced"));
  send_part(3, "left out");
  const std::string etag_of_first = send_part(7, first);
  const std::string etag_of_last = send_part(9000, last);
  const auto completed =
      server.send({"POST", "/films/a?uploadId=" + upload,
                   "<CompleteMultipartUpload><Part><PartNumber>7</PartNumber><ETag>" + etag_of_first +
                       "</ETag></Part><Part><PartNumber>9000</PartNumber><ETag>" + etag_of_last +
                       "</ETag></Part></CompleteMultipartUpload>"});
  REQUIRE(completed.status == 200);
  const auto whole = server.send({"GET", "/films/a", "", key_headers(the_key)});
  CHECK((whole.body == first + last));
  const auto across = server.send(
      {"GET", "/films/a", "",
       both(key_headers(the_key),
            {{"Range", "bytes=" + std::to_string(5 * mib - 9) + '-' + std::to_string(5 * mib + 9)}})});
  CHECK(across.body == first.substr(5 * mib - 9) + last.substr(0, 10));
}

TEST_CASE("A part that is too small is refused by the size of its plain bytes") {
  TestServer server;
  with_bucket(server);
  const std::string upload = begin(server, "/films/a", key_headers(the_key));
  std::vector<std::string> etags;
  for (int number : {1, 2}) {
    const auto put =
        server.send({"PUT", "/films/a" + part_query(number, upload), "small", key_headers(the_key)});
    etags.emplace_back(put.headers.value("ETag"));
  }
  const auto answer = complete(server, "/films/a", upload, etags);
  CHECK(element(answer.body, "Code") == "EntityTooSmall");
  CHECK(element(answer.body, "ProposedSize") == "5");
}

TEST_CASE("A copy can take, change, give and leave out a customer key") {
  TestServer server;
  with_bucket(server);
  const std::string body = text_of(300'000, "gopher");
  const std::string from = GENERATE("", "1234567890abcdef1234567890abcdef");
  const std::string to = GENERATE("", "1234567890abcdef1234567890abcdef", "abcdef1234567890abcdef1234567890");
  const auto headers_of = [](const std::string& key, const std::string& prefix) {
    return key.empty() ? protocol::Headers{} : key_headers(key, prefix);
  };
  REQUIRE(server.send({"PUT", "/films/a", body, headers_of(from, own)}).status == 200);
  const protocol::Headers headers =
      both(both(headers_of(from, of_source), headers_of(to, own)), {{"x-amz-copy-source", "films/a"}});
  INFO("from '" << from << "' to '" << to << "'");

  SECTION("of an object") {
    const auto copied = server.send({"PUT", "/films/b", "", headers});
    CHECK(copied.status == 200);
    CHECK(copied.headers.has(own + "key-MD5") == !to.empty());
    CHECK(copied.headers.has("x-amz-server-side-encryption") == to.empty());
    CHECK((element(copied.body, "ETag") == "&quot;" + to_hex(md5(as_bytes(body))) + "&quot;") == to.empty());
  }
  SECTION("of a range into a part") {
    const std::string upload = begin(server, "/films/b", headers_of(to, own));
    const auto last = std::to_string(body.size() - 1);
    const auto copied = server.send({"PUT", "/films/b" + part_query(1, upload), "",
                                     both(headers, {{"x-amz-copy-source-range", "bytes=0-" + last}})});
    REQUIRE(copied.status == 200);
    CHECK(copied.headers.has(own + "key-MD5") == !to.empty());
    REQUIRE(complete(server, "/films/b", upload, {element(copied.body, "ETag")}).status == 200);
  }
  REQUIRE(server.send({"DELETE", "/films/a"}).status == 204);
  const auto got = server.send({"GET", "/films/b", "", headers_of(to, own)});
  CHECK(got.status == 200);
  CHECK((got.body == body));
  CHECK(on_disk(server, body.substr(0, 80)) == to.empty());
  if (!to.empty()) CHECK(server.send({"GET", "/films/b"}).status == 400);
}

TEST_CASE("A range within an encrypted source is copied as plain bytes") {
  TestServer server;
  with_bucket(server);
  REQUIRE(server.send({"PUT", "/films/a", "0123456789012345678901234567890123456789", key_headers(the_key)})
              .status == 200);
  const std::string upload = begin(server, "/films/b", {});
  const auto copied =
      server.send({"PUT", "/films/b" + part_query(1, upload), "",
                   both(key_headers(the_key, of_source),
                        {{"x-amz-copy-source", "films/a"}, {"x-amz-copy-source-range", "bytes=19-22"}})});
  REQUIRE(copied.status == 200);
  REQUIRE(complete(server, "/films/b", upload, {element(copied.body, "ETag")}).status == 200);
  CHECK(server.send({"GET", "/films/b"}).body == "9012");
}

TEST_CASE("A copy needs the key of its source") {
  TestServer server;
  with_bucket(server);
  REQUIRE(server.send({"PUT", "/films/a", "data", key_headers(the_key)}).status == 200);
  const protocol::Headers source{{"x-amz-copy-source", "films/a"}};
  CHECK(element(server.send({"PUT", "/films/b", "", source}).body, "Code") == "InvalidRequest");
  CHECK(element(server.send({"PUT", "/films/b", "", both(source, key_headers(another_key, of_source))}).body,
                "Code") == "AccessDenied");
  CHECK(server.send({"HEAD", "/films/b"}).status == 404);
}

TEST_CASE("A key for an object that has none is refused") {
  TestServer server;
  with_bucket(server);
  REQUIRE(server.send({"PUT", "/films/a", "data"}).status == 200);
  const auto answer = server.send({"GET", "/films/a", "", key_headers(the_key)});
  CHECK(answer.status == 400);
  CHECK(element(answer.body, "Message") == "The encryption parameters are not applicable to this object.");
}

TEST_CASE("A key without its MD5 is refused, whatever it is for") {
  TestServer server;
  with_bucket(server);
  protocol::Headers headers = key_headers(the_key);
  headers.remove(own + "key-md5");
  const auto [method, target] =
      GENERATE(table<std::string, std::string>({{"PUT", "/films/a"},
                                                {"POST", "/films/a?uploads"},
                                                {"PUT", "/films/a?partNumber=1&uploadId=x"},
                                                {"GET", "/films/a"},
                                                {"GET", "/films/a?attributes"}}));
  const auto answer = server.send({method, target, "", headers});
  INFO(method << ' ' << target);
  CHECK(answer.status == 400);
  CHECK(element(answer.body, "Code") == "InvalidArgument");
  CHECK(element(answer.body, "ArgumentName") == "x-amz-server-side-encryption");
}

TEST_CASE("No line of the log holds a customer key") {
  TestServer server;
  with_bucket(server);
  const protocol::Headers headers = key_headers(the_key);
  const bool in_query = GENERATE(false, true);
  std::string target = "/films/a";
  if (in_query)
    target += "?x-amz-server-side-encryption-customer-key=MTIzNDU2Nzg5MGFiY2RlZjEyMzQ1Njc4OTBhYmNkZWY%3D";
  const auto answer = server.send({"PUT", target, "data", in_query ? protocol::Headers{} : headers});
  CHECK(answer.status == (in_query ? 400 : 200));
  const std::string line = server.log_line_with(answer.headers.value("x-amz-request-id"));
  CHECK(line.find("MTIzNDU2") == std::string::npos);
  CHECK(line.find(the_key) == std::string::npos);
}
