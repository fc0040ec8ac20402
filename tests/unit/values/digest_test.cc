#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <partsmith/values/digest.h>

#include "catch.h"

namespace partsmith {
namespace {

struct Vector {
  DigestKind kind;
  std::string_view of_nothing;
  std::string_view of_abc;
};

Vector any_vector() {
  return GENERATE(
      Vector{DigestKind::md5, "d41d8cd98f00b204e9800998ecf8427e", "900150983cd24fb0d6963f7d28e17f72"},
      Vector{DigestKind::sha1, "da39a3ee5e6b4b0d3255bfef95601890afd80709",
             "a9993e364706816aba3e25717850c26c9cd0d89d"},
      Vector{DigestKind::sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
             "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      Vector{DigestKind::sha512,
             "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
             "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
             "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
             "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"});
}

}  // namespace

TEST_CASE("A digest gives the published values") {
  const Vector vector = any_vector();
  Digest digest(vector.kind);
  SECTION("of nothing") {
    CHECK(to_hex(digest.finish()) == vector.of_nothing);
  }
  SECTION("of a text") {
    digest.update(as_bytes("abc"));
    CHECK(to_hex(digest.finish()) == vector.of_abc);
  }
  SECTION("of a text in pieces, some of them empty") {
    for (const std::string_view piece : {"a", "", "b", "c", ""}) digest.update(as_bytes(piece));
    CHECK(to_hex(digest.finish()) == vector.of_abc);
  }
}

TEST_CASE("A digest that has finished begins anew") {
  const Vector vector = any_vector();
  Digest digest(vector.kind);
  digest.update(as_bytes("something else"));
  digest.finish();
  CHECK(to_hex(digest.finish()) == vector.of_nothing);
  digest.update(as_bytes("abc"));
  CHECK(to_hex(digest.finish()) == vector.of_abc);
}

TEST_CASE("A digest keeps what it has seen when it is moved") {
  Digest first(DigestKind::md5);
  first.update(as_bytes("ab"));
  Digest second(std::move(first));
  second.update(as_bytes("c"));
  CHECK(to_hex(second.finish()) == "900150983cd24fb0d6963f7d28e17f72");
}

TEST_CASE("MD5 and SHA-256 of bytes at hand need no digest object") {
  CHECK(to_hex(md5(as_bytes("abc"))) == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(to_hex(md5({})) == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(to_hex(sha256(as_bytes("abc"))) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(sha256({})) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("HMAC-SHA256 gives the values of RFC 4231") {
  struct Case {
    std::string key;
    std::string message;
    std::string_view expected;
  };
  const Case c =
      GENERATE(Case{std::string(20, '\x0b'), "Hi There",
                    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
               Case{"Jefe", "what do ya want for nothing?",
                    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
               Case{std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
                    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
               Case{"", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"});
  CAPTURE(c.key, c.message);
  CHECK(to_hex(hmac_sha256(as_bytes(c.key), as_bytes(c.message))) == c.expected);
}

TEST_CASE("Digests and HMACs can be made on many threads at once") {
  const Sha256 expected_hash = sha256(as_bytes("message"));
  const Sha256 expected_hmac = hmac_sha256(as_bytes("key"), as_bytes("message"));
  std::vector<int> mistakes(4, 0);
  {
    std::vector<std::jthread> threads;
    for (int& mistakes_here : mistakes) {
      threads.emplace_back([&] {
        for (int i = 0; i < 200; ++i) {
          mistakes_here += sha256(as_bytes("message")) == expected_hash ? 0 : 1;
          mistakes_here += hmac_sha256(as_bytes("key"), as_bytes("message")) == expected_hmac ? 0 : 1;
        }
      });
    }
  }
  CHECK(mistakes == std::vector<int>(4, 0));
}

TEST_CASE("Comparing in constant time tells equal from unequal") {
  CHECK(equal_in_constant_time(as_bytes("abc"), as_bytes("abc")));
  CHECK(equal_in_constant_time({}, {}));
  CHECK_FALSE(equal_in_constant_time(as_bytes("abc"), as_bytes("abd")));
  CHECK_FALSE(equal_in_constant_time(as_bytes("abc"), as_bytes("ab")));
  CHECK_FALSE(equal_in_constant_time(as_bytes("abc"), {}));
}

}  // namespace partsmith
