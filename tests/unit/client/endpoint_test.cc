#include <partsmith/client/endpoint.h>

#include "catch.h"

using namespace partsmith::client;

TEST_CASE("An endpoint is a scheme, a host and perhaps a port") {
  struct Case {
    std::string url;
    Origin origin;
    std::string told;
  };
  const Case cases[] = {
      {"http://127.0.0.1:9000", {false, "127.0.0.1", 9000}, "http://127.0.0.1:9000"},
      {"http://127.0.0.1:9000/", {false, "127.0.0.1", 9000}, "http://127.0.0.1:9000"},
      {"http://localhost", {false, "localhost", 80}, "http://localhost"},
      {"https://s3.eu-west-1.amazonaws.com",
       {true, "s3.eu-west-1.amazonaws.com", 443},
       "https://s3.eu-west-1.amazonaws.com"},
      {"HTTPS://S3.Example.COM:443", {true, "s3.example.com", 443}, "https://s3.example.com"},
      {"https://host:80", {true, "host", 80}, "https://host:80"},
      {"http://[::1]:9000", {false, "::1", 9000}, "http://[::1]:9000"},
      {"http://[::1]", {false, "::1", 80}, "http://[::1]"},
  };
  for (const auto& one : cases) {
    INFO(one.url);
    const auto endpoint = Endpoint::parse(one.url);
    REQUIRE(endpoint);
    CHECK(endpoint->origin() == one.origin);
    CHECK(endpoint->url() == one.told);
  }
}

TEST_CASE("What is no endpoint is refused with a reason") {
  for (const std::string url :
       {"", "localhost:9000", "ftp://host", "http://", "http://host:", "http://host:0", "http://host:65536",
        "http://host:9x", "http://host/path", "http://host?x=1", "http://user@host", "http://[::1",
        "http://[host]:1", "http://ho st", "http:///"}) {
    INFO(url);
    const auto endpoint = Endpoint::parse(url);
    REQUIRE_FALSE(endpoint);
    CHECK(endpoint.error().find("is not an endpoint") != std::string::npos);
  }
}

TEST_CASE("Path style puts the bucket first in the path, with the key percent-encoded") {
  const auto endpoint = *Endpoint::parse("http://localhost:9000");
  CHECK(endpoint.place("", "").path == "/");
  CHECK(endpoint.place("bucket", "").path == "/bucket");
  CHECK(endpoint.place("bucket", "a/b c+d%\xc3\xa9?").path == "/bucket/a/b%20c%2Bd%25%C3%A9%3F");
  CHECK(endpoint.place("bucket", "key").origin == endpoint.origin());
}

TEST_CASE("Virtual-hosted style puts the bucket into the host name") {
  const auto endpoint = *Endpoint::parse("http://localhost:9000", Addressing::virtual_hosted);
  CHECK(endpoint.place("bucket", "a key").path == "/a%20key");
  CHECK(endpoint.place("bucket", "a key").origin.authority() == "bucket.localhost:9000");
  CHECK(endpoint.place("bucket", "").path == "/");
  CHECK(endpoint.place("", "").origin.authority() == "localhost:9000");
}

TEST_CASE("No bucket name can stand before an address") {
  CHECK_FALSE(Endpoint::parse("http://127.0.0.1:9000", Addressing::virtual_hosted));
  CHECK_FALSE(Endpoint::parse("http://[::1]:9000", Addressing::virtual_hosted));
}
