#include <partsmith/client/s3_client.h>

#include "catch.h"
#include "fake_server.h"

using namespace partsmith;
using namespace partsmith::client;
using test::answer_of;
using test::error_answer;
using test::FakeServer;

namespace {

/// The region that the request is signed for.
std::string region_of(const FakeServer::Request& request) {
  const std::string authorization(request.headers.value("authorization"));
  const auto scope = authorization.substr(authorization.find("Credential=AKID/") + 16 + 9);
  return scope.substr(0, scope.find('/'));
}

S3Request request_to(std::string method, std::string bucket) {
  S3Request request;
  request.method = std::move(method);
  request.bucket = std::move(bucket);
  request.key = "key";
  return request;
}

class Client {
 public:
  explicit Client(const FakeServer& server, bool follow = true)
      : client_(*Endpoint::parse(server.url()), options(follow), clock_) {}
  S3Client* operator->() { return &client_; }

 private:
  static S3ClientOptions options(bool follow) {
    S3ClientOptions options;
    options.credentials = {"AKID", "secret", ""};
    options.follow_regions = follow;
    return options;
  }
  SystemClock clock_;
  S3Client client_;
};

}  // namespace

TEST_CASE(
    "A request that was signed for another region is sent once more for the bucket's, and later ones at "
    "once") {
  std::atomic<int> requests = 0;
  const std::string answers[] = {
      error_answer(400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>"),
      answer_of(301, {{"x-amz-bucket-region", "eu-west-1"}}, ""),
      error_answer(301, "PermanentRedirect", "<Endpoint>s3-eu-west-1</Endpoint><Region>eu-west-1</Region>"),
  };
  for (const auto& refusal : answers) {
    requests = 0;
    FakeServer server(FakeServer::answering([&](const FakeServer::Request& request) {
      ++requests;
      return region_of(request) == "eu-west-1" ? answer_of(200, {}, "found") : refusal;
    }));
    Client client(server);
    CHECK(client->send(request_to("GET", "films"))->body == "found");
    CHECK(requests == 2);
    CHECK(client->send(request_to("GET", "films"))->body == "found");
    CHECK(requests == 3);
    CHECK(client->send(request_to("GET", "another"))->body == "found");
    CHECK(requests == 5);
  }
}

TEST_CASE("A HEAD answer without the region is asked about by a listing") {
  FakeServer server(FakeServer::answering([](const FakeServer::Request& request) {
    if (region_of(request) == "eu-west-1") return answer_of(200, {{"ETag", "\"e\""}}, "");
    if (request.method == "HEAD") return answer_of(400, {}, "");
    return error_answer(400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>");
  }));
  Client client(server);
  CHECK(client->send(request_to("HEAD", "films"))->status == 200);
}

TEST_CASE("A temporary redirection is followed with a new signature for its host") {
  FakeServer there(FakeServer::answering([](const FakeServer::Request& request) {
    return answer_of(200, {}, std::string(request.headers.value("host")) + request.target + request.body);
  }));
  FakeServer here(FakeServer::answering([&](const FakeServer::Request&) {
    return answer_of(307, {{"Location", there.url() + "/elsewhere"}}, "");
  }));
  Client client(here);
  auto request = request_to("PUT", "films");
  request.body = "body";
  CHECK(client->send(request)->body == "127.0.0.1:" + std::to_string(there.port()) + "/films/keybody");
}

TEST_CASE("The host of a temporary redirection may name the region, in a refusal or in the answer") {
  for (const bool refuses : {true, false}) {
    FakeServer there(FakeServer::answering([&](const FakeServer::Request& request) {
      if (refuses && region_of(request) != "eu-west-1")
        return error_answer(400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>");
      return answer_of(200, {{"x-amz-bucket-region", "eu-west-1"}}, "found");
    }));
    FakeServer here(FakeServer::answering(
        [&](const FakeServer::Request&) { return answer_of(307, {{"Location", there.url() + "/"}}, ""); }));
    Client client(here);
    CHECK(client->region_of("films") == "us-east-1");
    CHECK(client->send(request_to("GET", "films"))->body == "found");
    CHECK(client->region_of("films") == "eu-west-1");
  }
}

TEST_CASE("Redirections that go round in a circle end") {
  std::atomic<int> requests = 0;
  std::string other;
  const auto to_the_other = [&](const FakeServer::Request&) {
    ++requests;
    return answer_of(307, {{"Location", other}}, "");
  };
  FakeServer one(FakeServer::answering(to_the_other));
  FakeServer two(FakeServer::answering([&](const FakeServer::Request&) {
    ++requests;
    return answer_of(307, {{"Location", one.url() + "/"}}, "");
  }));
  other = two.url() + "/";
  Client client(one);
  CHECK(client->send(request_to("GET", "films"))->status == 307);
  CHECK(requests == 4);
}

TEST_CASE("What is no redirection, or names no other region, is the caller's to see") {
  std::atomic<int> requests = 0;
  const std::string answers[] = {
      error_answer(400, "InvalidArgument", "<Region>eu-west-1</Region>"),
      error_answer(400, "AuthorizationHeaderMalformed", "<Region>us-east-1</Region>"),
      error_answer(301, "PermanentRedirect"),
      answer_of(307, {{"Location", "/relative"}}, ""),
      answer_of(307, {}, ""),
  };
  for (const auto& refusal : answers) {
    requests = 0;
    FakeServer server(FakeServer::answering([&](const FakeServer::Request&) {
      ++requests;
      return refusal;
    }));
    Client client(server);
    CHECK_FALSE(client->send(request_to("GET", "films"))->ok());
    CHECK(requests == 1);
  }
}

TEST_CASE("A client that follows nothing shows every answer") {
  FakeServer server(FakeServer::answering([](const FakeServer::Request&) {
    return error_answer(400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>");
  }));
  Client client(server, false);
  CHECK(client->send(request_to("GET", "films"))->status == 400);
}

TEST_CASE("Addresses of Amazon S3 follow the region, and no others do") {
  const auto moved = [](const char* url) { return Endpoint::parse(url)->in_region("eu-west-1").url(); };
  CHECK(moved("https://s3.us-east-1.amazonaws.com") == "https://s3.eu-west-1.amazonaws.com");
  CHECK(moved("https://s3.amazonaws.com") == "https://s3.eu-west-1.amazonaws.com");
  CHECK(moved("https://s3.cn-north-1.amazonaws.com.cn") == "https://s3.eu-west-1.amazonaws.com");
  CHECK(moved("https://s3.dualstack.us-east-1.amazonaws.com") ==
        "https://s3.dualstack.us-east-1.amazonaws.com");
  CHECK(moved("http://127.0.0.1:9000") == "http://127.0.0.1:9000");
}

TEST_CASE("Automatic addressing puts a bucket into Amazon's host name when it fits") {
  const auto amazon = *Endpoint::parse("https://s3.eu-west-1.amazonaws.com", Addressing::automatic);
  CHECK(amazon.place("films", "k").origin.host == "films.s3.eu-west-1.amazonaws.com");
  CHECK(amazon.place("films.old", "k").path == "/films.old/k");
  const auto own = *Endpoint::parse("http://127.0.0.1:9000", Addressing::automatic);
  CHECK(own.place("films", "k").path == "/films/k");
}
