#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <partsmith/values/checksum.h>

#include "catch.h"

namespace partsmith {
namespace {

using enum ChecksumType;
using Algorithm = ChecksumAlgorithm;

Algorithm any_algorithm() {
  return GENERATE(Algorithm::crc32, Algorithm::crc32c, Algorithm::crc64nvme, Algorithm::sha1,
                  Algorithm::sha256, Algorithm::sha512, Algorithm::md5, Algorithm::xxhash64,
                  Algorithm::xxhash3, Algorithm::xxhash128);
}

std::string base64_of(Algorithm algorithm, std::string_view text) {
  return checksum_of(algorithm, as_bytes(text)).base64();
}

/// The parts of the object whose checksums were recorded: two of 5,242,881 bytes and one of 10, all "a".
std::vector<SizedChecksum> recorded_parts(Algorithm algorithm) {
  const std::string large(5'242'881, 'a');
  const std::string small(10, 'a');
  const SizedChecksum first{checksum_of(algorithm, as_bytes(large)), large.size()};
  return {first, first, {checksum_of(algorithm, as_bytes(small)), small.size()}};
}

}  // namespace

TEST_CASE("The table has a row for each algorithm, in the order of the enum") {
  const Algorithm algorithm = any_algorithm();
  CHECK(traits(algorithm).algorithm == algorithm);
  CHECK(&checksum_table()[static_cast<std::size_t>(algorithm)] == &traits(algorithm));
  CHECK(checksum_table().size() == 10);
}

TEST_CASE("Header, element and message derive from the algorithm's name") {
  const ChecksumTraits& row = traits(any_algorithm());
  std::string lower(row.name);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c | 0x20) : c; });
  CHECK(row.lower == lower);
  CHECK(row.header == "x-amz-checksum-" + lower);
  CHECK(row.element == "Checksum" + std::string(row.name));
}

TEST_CASE("Each algorithm allows the checksum types that S3 does, and has one of them by default") {
  struct Case {
    std::string_view name;
    bool composite_allowed;
    bool full_object_allowed;
    ChecksumType default_type;
  };
  const Case c = GENERATE(Case{"CRC32", true, true, composite}, Case{"CRC32C", true, true, composite},
                          Case{"CRC64NVME", false, true, full_object}, Case{"SHA1", true, false, composite},
                          Case{"SHA256", true, false, composite}, Case{"SHA512", true, false, composite},
                          Case{"MD5", true, false, composite}, Case{"XXHASH64", true, false, composite},
                          Case{"XXHASH3", true, false, composite}, Case{"XXHASH128", true, false, composite});
  CAPTURE(c.name);
  const ChecksumTraits& row = traits(checksum_algorithm_by_name(c.name).value());
  CHECK(row.composite_allowed == c.composite_allowed);
  CHECK(row.full_object_allowed == c.full_object_allowed);
  CHECK(row.default_type == c.default_type);
}

TEST_CASE("An algorithm is found by its name and its header in any case") {
  CHECK(checksum_algorithm_by_name("CRC64NVME") == Algorithm::crc64nvme);
  CHECK(checksum_algorithm_by_name("crc64nvme") == Algorithm::crc64nvme);
  CHECK(checksum_algorithm_by_header("x-amz-checksum-sha256") == Algorithm::sha256);
  CHECK(checksum_algorithm_by_header("X-Amz-Checksum-SHA256") == Algorithm::sha256);
}

TEST_CASE("What names no algorithm finds none") {
  const std::string_view text = GENERATE("", "CRC", "CRC32 ", "CRC32CC", "SHA-256", "x-amz-checksum-",
                                         "x-amz-checksum-type", "x-amz-checksum-crc32-", "x-amz-meta-crc32");
  CAPTURE(text);
  CHECK_FALSE(checksum_algorithm_by_name(text));
  CHECK_FALSE(checksum_algorithm_by_header(text));
}

TEST_CASE("Checksum types go by the names of S3") {
  CHECK(to_string(composite) == "COMPOSITE");
  CHECK(to_string(full_object) == "FULL_OBJECT");
  CHECK(checksum_type_by_name("COMPOSITE") == composite);
  CHECK(checksum_type_by_name("FULL_OBJECT") == full_object);
  CHECK_FALSE(checksum_type_by_name(""));
  CHECK(checksum_type_by_name("composite") == composite);
  CHECK(checksum_type_by_name("Full_Object") == full_object);
  CHECK_FALSE(checksum_type_by_name("COMPOSITE "));
}

TEST_CASE("Checksums are those recorded on Amazon S3") {
  CHECK(base64_of(Algorithm::crc32, "data") == "rfPzYw==");
  CHECK(base64_of(Algorithm::crc32, "test-checksum") == "lVk/nw==");
  CHECK(base64_of(Algorithm::crc32c, "test-checksum") == "Fz3epA==");
  CHECK(base64_of(Algorithm::crc64nvme, "test-checksum") == "1f2xscCCZCU=");
  CHECK(base64_of(Algorithm::sha1, "test-checksum") == "jbXkHAsXUrubtL3dqDQ4w+7WXc0=");
  CHECK(base64_of(Algorithm::sha256, "test-checksum") == "1YQo81vx2VFUl0q5ccWISq8AkSBQQ0WO80S82TmfdIQ=");

  std::string part;
  for (int i = 0; i < 5; ++i) part += "upload-part-1";
  CHECK(base64_of(Algorithm::crc32, part) == "axEe0A==");
  CHECK(base64_of(Algorithm::crc64nvme, part) == "CTXktO4pIQs=");
}

TEST_CASE("The remaining checksums are those published, most significant byte first") {
  struct Case {
    Algorithm algorithm;
    std::string_view text;
    std::string_view expected;
  };
  const Case c = GENERATE(Case{Algorithm::sha512, "abc",
                               "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                               "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
                          Case{Algorithm::md5, "abc", "900150983cd24fb0d6963f7d28e17f72"},
                          Case{Algorithm::xxhash64, "", "ef46db3751d8e999"},
                          Case{Algorithm::xxhash64, "123456789", "8cb841db40e6ae83"},
                          Case{Algorithm::xxhash3, "", "2d06800538d394c2"},
                          Case{Algorithm::xxhash3, "123456789", "72dcb18b67a17dff"},
                          Case{Algorithm::xxhash128, "", "99aa06d3014798d86001c324468d497f"},
                          Case{Algorithm::xxhash128, "123456789", "33119477ede5dcd5e9716427681d5860"});
  CAPTURE(traits(c.algorithm).name, c.text);
  CHECK(to_hex(checksum_of(c.algorithm, as_bytes(c.text)).value) == c.expected);
}

TEST_CASE("A checksum has the length that its table row says") {
  const ChecksumTraits& row = traits(any_algorithm());
  CAPTURE(row.name);
  CHECK(checksum_of(row.algorithm, as_bytes("x")).value.size() == row.bytes);
  CHECK(checksum_of(row.algorithm, {}).value.size() == row.bytes);
}

TEST_CASE("A checksum does not depend on how the bytes are split") {
  const Algorithm algorithm = any_algorithm();
  CAPTURE(traits(algorithm).name);
  std::string text;
  for (int i = 0; i < 2'000; ++i) text += std::to_string(i);
  const std::size_t piece = GENERATE(std::size_t{1}, std::size_t{63}, std::size_t{1000}, std::size_t{4096});
  Checksummer checksummer(algorithm);
  checksummer.update({});
  for (std::size_t at = 0; at < text.size(); at += piece) {
    checksummer.update(as_bytes(std::string_view(text).substr(at, piece)));
  }
  Checksummer moved(std::move(checksummer));
  CHECK(moved.algorithm() == algorithm);
  CHECK(moved.finish() == checksum_of(algorithm, as_bytes(text)));
}

TEST_CASE("A checksum is read back from its base64") {
  const Algorithm algorithm = any_algorithm();
  const Checksum checksum = checksum_of(algorithm, as_bytes("some bytes"));
  CHECK(Checksum::from_base64(algorithm, checksum.base64()) == checksum);
}

TEST_CASE("Text that cannot be a checksum of its algorithm is refused") {
  struct Case {
    Algorithm algorithm;
    std::string_view text;
  };
  const auto [algorithm, text] = GENERATE(
      Case{Algorithm::crc32, ""}, Case{Algorithm::crc32, "axEe0A"}, Case{Algorithm::crc32, "axEe0A==-1"},
      Case{Algorithm::crc32, "axEe"}, Case{Algorithm::crc32, "CTXktO4pIQs="},
      Case{Algorithm::crc32, "axEe0AA="}, Case{Algorithm::crc64nvme, "axEe0A=="},
      Case{Algorithm::sha256, "jbXkHAsXUrubtL3dqDQ4w+7WXc0="}, Case{Algorithm::sha1, "not base64"});
  CAPTURE(text);
  CHECK_FALSE(Checksum::from_base64(algorithm, text));
}

TEST_CASE("The checksum of checksums is that recorded on Amazon S3, and carries the number of parts") {
  struct Case {
    Algorithm algorithm;
    std::string_view expected;
  };
  const auto [algorithm, expected] =
      GENERATE(Case{Algorithm::crc32, "5FRUiw==-3"}, Case{Algorithm::crc32c, "XF5+4A==-3"},
               Case{Algorithm::sha1, "AyE60nyQoBgJcwsyPHWu7aJuxBs=-3"},
               Case{Algorithm::sha256, "9o++y6AejqboiJ7MZCx0fahK2Vu5YC/qnNhhYsCLciI=-3"});
  const ObjectChecksum whole{composite_checksum(algorithm, recorded_parts(algorithm)), composite, 3};
  CHECK(whole.text() == expected);
}

TEST_CASE("The checksum of the whole follows from the parts' CRCs, as recorded on Amazon S3") {
  struct Case {
    Algorithm algorithm;
    std::string_view large_part;
    std::string_view small_part;
    std::string_view whole;
  };
  const Case c = GENERATE(Case{Algorithm::crc32, "NRU+Sw==", "TBHN8A==", "qSEQSA=="},
                          Case{Algorithm::crc32c, "2/Ckiw==", "5yZkMA==", "eTdAQA=="},
                          Case{Algorithm::crc64nvme, "Kg7TOs6algM=", "DBqAA21lxVU=", "ZMNX55lZurA="});
  const auto parts = recorded_parts(c.algorithm);
  CHECK(parts[0].checksum.base64() == c.large_part);
  CHECK(parts[2].checksum.base64() == c.small_part);
  const ObjectChecksum whole{combined_checksum(c.algorithm, parts), full_object};
  CHECK(whole.text() == c.whole);
}

TEST_CASE("Parts of any sizes, equal, different or empty, combine to the checksum of the whole") {
  const Algorithm algorithm = GENERATE(Algorithm::crc32, Algorithm::crc32c, Algorithm::crc64nvme);
  std::string whole;
  std::vector<SizedChecksum> parts;
  for (const std::size_t size : {std::size_t{0}, std::size_t{7}, std::size_t{7}, std::size_t{1000},
                                 std::size_t{0}, std::size_t{0}, std::size_t{7}, std::size_t{1}}) {
    const std::string part(size, static_cast<char>('a' + parts.size()));
    parts.push_back({checksum_of(algorithm, as_bytes(part)), size});
    whole += part;
  }
  CHECK(combined_checksum(algorithm, parts) == checksum_of(algorithm, as_bytes(whole)));
}

TEST_CASE("No parts combine to the checksum of nothing") {
  const Algorithm algorithm = GENERATE(Algorithm::crc32, Algorithm::crc32c, Algorithm::crc64nvme);
  CHECK(combined_checksum(algorithm, {}) == checksum_of(algorithm, {}));
}

TEST_CASE("Combining anything but CRCs, or mixing algorithms, is a bug") {
  const Checksum crc = checksum_of(Algorithm::crc32, {});
  const Checksum sha = checksum_of(Algorithm::sha1, {});
  CHECK_THROWS_AS(combined_checksum(Algorithm::sha1, std::vector<SizedChecksum>{{sha, 0}}), std::logic_error);
  CHECK_THROWS_AS(combined_checksum(Algorithm::crc32, std::vector<SizedChecksum>{{crc, 0}, {sha, 0}}),
                  std::logic_error);
  CHECK_THROWS_AS(composite_checksum(Algorithm::sha1, std::vector<SizedChecksum>{{sha, 0}, {crc, 0}}),
                  std::logic_error);
}

}  // namespace partsmith
