#include <partsmith/server/local_names.h>

#include "catch.h"

using namespace partsmith::server;

TEST_CASE("Loopback is localhost and the addresses that are it, not what looks like one") {
  const std::string host = GENERATE("localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "127.255.255.255",
                                    "::1", "[::1]", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1");
  INFO(host);
  CHECK(is_loopback(host));
  CHECK(is_this_machine(host));
  CHECK(is_local_name(host));
}

TEST_CASE("What isn't loopback") {
  const std::string host =
      GENERATE("", "0.0.0.0", "::", "127.evil.example", "127.0.0.1.evil.example", "127.0.0.1.", "127.1",
               "127.0.0.256", "127.0.0.01x", "128.0.0.1", "10.127.0.0", "::2", "::ffff:128.0.0.1",
               "localhost.evil.example", "2130706433", "0x7f000001", "partsmith");
  INFO(host);
  CHECK_FALSE(is_loopback(host));
}

TEST_CASE("Names that nobody else can make lead here are local") {
  const std::string host = GENERATE("localhost.", "s3.localhost", "films.s3.LocalHost", "partsmith", "minio",
                                    "my_s3-1", "host.docker.internal", "host.containers.internal",
                                    "s3.amazonaws.com", "films.s3.amazonaws.com");
  INFO(host);
  CHECK(is_local_name(host));
}

TEST_CASE("Other names and addresses aren't local") {
  const std::string host =
      GENERATE("", ".", "evil.example", "localhost.evil.example", "evillocalhost.example",
               "127.0.0.1.evil.example", "127.evil.example", "192.168.1.2", "0.0.0.0", "2130706433",
               "evil.internal", "docker.internal.evil.example", "evils3.amazonaws.com",
               "ec2-1-2-3-4.amazonaws.com", "a b", "p\xc3\xa4rt");
  INFO(host);
  CHECK_FALSE(is_local_name(host));
}
