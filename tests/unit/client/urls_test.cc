#include <partsmith/client/content_type.h>
#include <partsmith/client/redis_source.h>
#include <partsmith/client/s3_url.h>

#include "catch.h"

using namespace partsmith::client;

TEST_CASE("An S3 URL is bucket and key as they are") {
  CHECK(*S3Url::parse("s3://films") == S3Url{"films", ""});
  CHECK(*S3Url::parse("s3://films/") == S3Url{"films", ""});
  CHECK(*S3Url::parse("s3://films/a b%20/c//d?x#y") == S3Url{"films", "a b%20/c//d?x#y"});
  CHECK(*S3Url::parse("s3://Old_Bucket.x/k") == S3Url{"Old_Bucket.x", "k"});
  CHECK(S3Url{"films", "a"}.folder() == "a/");
  CHECK(S3Url{"films", "a/"}.folder() == "a/");
  CHECK(S3Url{"films", ""}.folder().empty());
  for (const char* text : {"", "films/key", "s3:/films", "s3://", "s3:///key", "s3://a b/key", "s3://a?b/key",
                           "s3://../key", "s3://./key", "S3://films"}) {
    INFO(text);
    CHECK_FALSE(S3Url::parse(text));
  }
  CHECK(S3Url::parse("s3://films/" + std::string(1024, 'k')));
  CHECK_FALSE(S3Url::parse("s3://films/" + std::string(1025, 'k')));
}

TEST_CASE("A Redis URL tells host, database, key and who asks") {
  const auto plain = *RedisUrl::parse("redis://127.0.0.1:6380/2/gopher_img");
  CHECK(plain.host == "127.0.0.1");
  CHECK(plain.port == 6380);
  CHECK(plain.database == 2);
  CHECK(plain.key == "gopher_img");
  CHECK(plain.text() == "redis://127.0.0.1:6380/2/gopher_img");

  const auto full = *RedisUrl::parse("redis://me:p%40ss%3Aword@[::1]/0/a%20b/c");
  CHECK(full.user == "me");
  CHECK(full.password == "p@ss:word");
  CHECK(full.host == "::1");
  CHECK(full.port == 6379);
  CHECK(full.key == "a b/c");
  CHECK(full.text() == "redis://[::1]:6379/0/a%20b/c");
  CHECK(RedisUrl::parse("redis://:secret@host/0/k")->user.empty());

  for (const char* text : {"redis://", "redis://host", "redis://host/0", "redis://host/0/",
                           "redis://host/x/k", "redis://host:0/0/k", "redis://host:99999/0/k", "redis:///0/k",
                           "redis://:hidden%@host/0/k", "redis://[::1/0/k", "http://host/0/k"}) {
    const auto url = RedisUrl::parse(text);
    INFO(text);
    REQUIRE_FALSE(url);
    CHECK(url.error().find("hidden") == std::string::npos);
  }
  CHECK(RedisUrl::parse("rediss://host/0/k").error().find("TLS") != std::string::npos);
}

TEST_CASE("The media type goes with the last extension") {
  CHECK(content_type_of("static/gopher.mp4") == "video/mp4");
  CHECK(content_type_of("A.JPG") == "image/jpeg");
  CHECK(content_type_of("a.tar.gz") == "application/gzip");
  CHECK(content_type_of("dir.mp4/none") == "binary/octet-stream");
  CHECK(content_type_of(".html") == "binary/octet-stream");
  CHECK(content_type_of("") == "binary/octet-stream");
}
