/// Conditional writes that come at once, over as many connections: one wins.

#include <barrier>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "catch.h"
#include "test_server.h"

using namespace partsmith;
using namespace partsmith::test;

namespace {

constexpr int clients = 50;

/// How often each status was answered to requests that were sent together.
std::map<int, int> statuses(TestServer& server, const std::vector<Ask>& asks) {
  std::barrier start(static_cast<std::ptrdiff_t>(asks.size()));
  std::mutex mutex;
  std::map<int, int> seen;
  std::vector<std::jthread> threads;
  for (const Ask& ask : asks) {
    threads.emplace_back([&] {
      RawClient client(server.port());
      const std::string request = server.signed_request(ask);
      start.arrive_and_wait();
      const int status = client.exchange(request).status;
      const std::scoped_lock lock(mutex);
      ++seen[status];
    });
  }
  threads.clear();
  return seen;
}

}  // namespace

TEST_CASE("Of 50 clients that create an object at once, one does, and its bytes are there") {
  TestServer server;
  REQUIRE(server.send({"PUT", "/films"}).status == 200);
  std::vector<Ask> asks;
  for (int n = 0; n < clients; ++n) {
    asks.push_back(
        {"PUT", "/films/k", std::string(20'000, static_cast<char>('A' + n)), {{"If-None-Match", "*"}}});
  }
  CHECK(statuses(server, asks) == std::map<int, int>{{200, 1}, {412, clients - 1}});
  const std::string body = server.send({"GET", "/films/k"}).body;
  CHECK(body == std::string(20'000, body.at(0)));
}

TEST_CASE("Of 50 uploads of one key that are completed at once on condition, one becomes the object") {
  TestServer server;
  REQUIRE(server.send({"PUT", "/films"}).status == 200);
  std::vector<Ask> asks;
  for (int n = 0; n < clients; ++n) {
    const std::string upload = element(server.send({"POST", "/films/k?uploads"}).body, "UploadId");
    const auto part = server.send({"PUT", "/films/k?partNumber=1&uploadId=" + upload, "x"});
    REQUIRE(part.status == 200);
    asks.push_back({"POST",
                    "/films/k?uploadId=" + upload,
                    "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" +
                        std::string(part.headers.value("ETag")) + "</ETag></Part></CompleteMultipartUpload>",
                    {{"If-None-Match", "*"}}});
  }
  CHECK(statuses(server, asks) == std::map<int, int>{{200, 1}, {412, clients - 1}});
  CHECK(server.send({"GET", "/films/k"}).body == "x");
}
