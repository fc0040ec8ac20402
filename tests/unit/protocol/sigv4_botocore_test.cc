#include <partsmith/protocol/sigv4.h>

#include "catch.h"
#include "documented_key.h"

// Requests as botocore 1.44.5 sends them for keys and parameters that are easy to get wrong, with its
// signatures: host localhost:9000, region eu-west-1, 2026-02-21T00:18:10Z, the documented credentials.

namespace partsmith::protocol::sigv4 {
namespace {

struct Vector {
  std::string_view method;
  std::string_view target;
  Headers headers;  ///< signed besides Host, x-amz-date and x-amz-content-sha256
  std::string_view payload_hash;
  std::string_view signature;
};

TimePoint now() {
  return parse_amz_date("20260221T001810Z").value();
}

std::vector<Vector> vectors() {
  return {
      {"GET",
       "/bucket/plain.txt",
       {},
       empty_sha256,
       "d1d7a1fc96833a4a8eee528189ad30263b7c2154086eaba886a22c021ab9e0a5"},
      {"GET",
       "/bucket/a%20b",
       {},
       empty_sha256,
       "80cbf61f96a8a01c7e2851c00c2eea4a44881781b2acccaa07caad6a56a2398f"},
      {"GET",
       "/bucket/a%2Bb",
       {},
       empty_sha256,
       "667124e7ddc48d7f31d78117a617a97f58fc2a83355591ef378159cf760b5638"},
      {"GET",
       "/bucket/%C3%BCn%C3%AFc%C3%B6d%C3%A9/%E6%97%A5%E6%9C%AC%E8%AA%9E.txt",
       {},
       empty_sha256,
       "553abab261dcee0e03946d6447073c72fb173b4edcf170fa8acfb7b591642c8e"},
      {"GET",
       "/bucket/double//slash",
       {},
       empty_sha256,
       "4957b2a06ec927714ba52881be682742ee4f4ceb336cc9a1faca6c66c17ebd34"},
      {"GET",
       "/bucket/..",
       {},
       empty_sha256,
       "fb6759c0c8df6a9099fcf021d563a23d4d205726675b3903f0e592211d25b019"},
      {"GET",
       "/bucket/a/../b",
       {},
       empty_sha256,
       "44096d48edf3be91630e66b5aaf4be4d5a00c5661282b780a77f6f9371da8114"},
      {"GET",
       "/bucket/.hidden/./x",
       {},
       empty_sha256,
       "dda2e1fca0708bc354aecef04f28dcc8717136271627c3e5c6edf8d860aa0b9f"},
      {"GET",
       "/bucket/100%25",
       {},
       empty_sha256,
       "af9bcb308c413d89ed15e29d2253b6514c93c3b8b95bcf8dac8c725e0ac4705f"},
      {"GET",
       "/bucket/already%252Fencoded",
       {},
       empty_sha256,
       "ff59b3426a3a4a35b4fe578debf312dd53ed9ac06a51ef03b5f9d8b3ef1c3158"},
      {"GET",
       "/bucket/quote%27%22%3C%3E%26",
       {},
       empty_sha256,
       "67ca5fce11acbedacd55d52bb65b8bb7bf884d5cbebf260d3b39b7499af3519d"},
      {"GET",
       "/bucket/~tilde-_.",
       {},
       empty_sha256,
       "0262a067d4ad8867e1650f240065f860037827fde5a2c899c034411b8fd0db53"},
      {"GET",
       "/bucket/%21%2A%28%29",
       {},
       empty_sha256,
       "6efa95472215e18e1f76e739b9d7a6f68c2699301c3b1f7222b8afc1849773ae"},
      {"GET",
       "/bucket/emoji%F0%9F%98%80",
       {},
       empty_sha256,
       "9dcecc381dd95721008bd4928741629680a8c440aed041892be9d9be9fc42393"},
      {"GET",
       "/bucket/%20leading%20and%20trailing%20",
       {},
       empty_sha256,
       "137fa7a6d51e61077793c864b714adf0e3769c7cb0c1a9c7902283c2137518d1"},
      {"GET",
       "/bucket//leading",
       {},
       empty_sha256,
       "cf2611adeff24c5d1096464c0ab6460fc5d9b1a7092207137d25afdf7a5114eb"},
      {"GET",
       "/bucket/semi%3Bcolon%3Deq%3Fq%23h",
       {},
       empty_sha256,
       "20984a04dd044c90f46db66fac2f697a9f61ff993670f0e1a5c57863b1ae4f33"},
      {"GET",
       "/bucket/%01%7F",
       {},
       empty_sha256,
       "4c43fdf4605f768a7408e4ff19e2b6a4879231b8234ce11716927416868e97c4"},
      {"GET",
       "/bucket/new%0Aline",
       {},
       empty_sha256,
       "1d00cd21f043be59d5290faaa9095f6e72f8ca4ede0d8b6f0f6456a7e7edccf8"},
      {"GET",
       "/bucket?list-type=2&prefix=a%20b&delimiter=%2F&max-keys=10&encoding-type=url",
       {},
       empty_sha256,
       "d24ca39f41704171c56879277c48b7e2331b8c8065c240991eba0fc0df759ac6"},
      {"GET",
       "/bucket?list-type=2&prefix=a%2Bb&delimiter=%2F&max-keys=10&encoding-type=url",
       {},
       empty_sha256,
       "8fa0e85d3836276d7a9039187c0364439ca08ad3bcc4210cf32fd1af77344bdd"},
      {"GET",
       "/bucket?list-type=2&prefix=%C3%BC%2F&delimiter=%2F&max-keys=10&encoding-type=url",
       {},
       empty_sha256,
       "eb28cf5baea9234e25209949c45718dd102cd36a1bc34f00902d156c31d4fc71"},
      {"GET",
       "/bucket?list-type=2&prefix=%26%3D%3F&delimiter=%2F&max-keys=10&encoding-type=url",
       {},
       empty_sha256,
       "f5a18c3474283b219ca14b160a5518600b6eee23a4d03fa1bb67db7873810b7b"},
      {"GET",
       "/bucket?list-type=2&prefix=100%25&delimiter=%2F&max-keys=10&encoding-type=url",
       {},
       empty_sha256,
       "45cf77690fd967195e239b51f11f7161afc56a0102e714848a321b635402d241"},
      {"GET",
       "/bucket?list-type=2&prefix=&delimiter=%2F&max-keys=10&encoding-type=url",
       {},
       empty_sha256,
       "cdc7588af2a0671282708869eb2e292a7dc70b9f3f19b72224f92afa49d9be82"},
      {"POST",
       "/bucket/k?uploads",
       {{"content-type", "text/plain"}, {"x-amz-meta-plain", "x"}, {"x-amz-meta-spaces", "one  two   three"}},
       empty_sha256,
       "4268b5413f736241122bdf8c07b887a3f7963950168c827fb2a556c94fbaffc0"},
      {"PUT",
       "/bucket/k?partNumber=2&uploadId=a%2Bb%2Fc%3D%3D",
       {},
       "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
       "4cf1bb3eb2cbd144d9cb289c817c394d8153133eb59f166024f93fb69f7f4822"},
      {"PUT",
       "/bucket/k",
       {{"x-amz-copy-source", "src/sp%20ace%2Bplus/%C3%BC"}},
       empty_sha256,
       "101f3b23751756266bb8afdec9ce72b936fda587b18f3fe5afe3ecb929a4f557"},
      {"HEAD",
       "/bucket/with%20token",
       {{"x-amz-security-token", "to/ken+with=="}},
       empty_sha256,
       "2c3acf2fa66ad5814bf8b1731c2d486beb7d4fc79f47162ff7f6975816f6c634"},
  };
}

}  // namespace

TEST_CASE("What botocore sends gets the signature that botocore computes") {
  for (const auto& vector : vectors()) {
    CAPTURE(vector.method, vector.target);
    auto headers = vector.headers;
    headers.add("Host", "localhost:9000");
    CHECK(sign(headers, vector.method, vector.target, vector.payload_hash, documented::credentials(),
               "eu-west-1", now()) == vector.signature);
  }
}

TEST_CASE("What botocore presigns gets the signature that botocore computes") {
  struct Presigned {
    std::string_view method;
    std::string_view target;
    Headers headers;
    std::string_view signature;
  };
  const std::vector<Presigned> cases = {
      {"GET",
       "/bucket/a%20b%2B%C3%BC%252F//..",
       {},
       "9f914f1622502d9d132397fe79d68f4d8059e6854aa8ec398a8276a41e680339"},
      {"PUT",
       "/bucket/k?partNumber=1&uploadId=x%2By%2Fz%3D",
       {},
       "5f0bfeae0e31a235740db7fb6e566628313ae09fefb606e18dc68c35d9ba9d76"},
      {"PUT",
       "/bucket/k",
       {{"content-type", "text/plain"}, {"x-amz-meta-a", "b  c"}},
       "fd01a8062cdfaeba92e7f657881138c7d8cdd43fb6cd9ad903af499c12462e92"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.method, each.target);
    const auto target = presign(each.method, "localhost:9000", each.target, each.headers,
                                documented::credentials(), "eu-west-1", now(), 3600);
    CHECK(target.ends_with("&X-Amz-Signature=" + std::string(each.signature)));
  }
}

}  // namespace partsmith::protocol::sigv4
