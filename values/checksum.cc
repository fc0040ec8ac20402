#include <xxhash.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <stdexcept>
#include <utility>
#include <variant>

#include <partsmith/values/checksum.h>
#include <partsmith/values/crc.h>
#include <partsmith/values/digest.h>

#include "reflected_crc.h"

namespace partsmith {
namespace {

constexpr auto table = [] {
  using enum ChecksumAlgorithm;
  using enum ChecksumType;
  // clang-format off
  return std::array<ChecksumTraits, 10>{{
    {crc32,     "CRC32",     "crc32",     "ChecksumCRC32",     "x-amz-checksum-crc32",     4,  true,  true,  composite},
    {crc32c,    "CRC32C",    "crc32c",    "ChecksumCRC32C",    "x-amz-checksum-crc32c",    4,  true,  true,  composite},
    {crc64nvme, "CRC64NVME", "crc64nvme", "ChecksumCRC64NVME", "x-amz-checksum-crc64nvme", 8,  false, true,  full_object},
    {sha1,      "SHA1",      "sha1",      "ChecksumSHA1",      "x-amz-checksum-sha1",      20, true,  false, composite},
    {sha256,    "SHA256",    "sha256",    "ChecksumSHA256",    "x-amz-checksum-sha256",    32, true,  false, composite},
    {sha512,    "SHA512",    "sha512",    "ChecksumSHA512",    "x-amz-checksum-sha512",    64, true,  false, composite},
    {md5,       "MD5",       "md5",       "ChecksumMD5",       "x-amz-checksum-md5",       16, true,  false, composite},
    {xxhash64,  "XXHASH64",  "xxhash64",  "ChecksumXXHASH64",  "x-amz-checksum-xxhash64",  8,  true,  false, composite},
    {xxhash3,   "XXHASH3",   "xxhash3",   "ChecksumXXHASH3",   "x-amz-checksum-xxhash3",   8,  true,  false, composite},
    {xxhash128, "XXHASH128", "xxhash128", "ChecksumXXHASH128", "x-amz-checksum-xxhash128", 16, true,  false, composite},
  }};
  // clang-format on
}();

bool equal_in_any_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::optional<ChecksumAlgorithm> find(std::string_view ChecksumTraits::* field, std::string_view text) {
  const auto row =
      std::ranges::find_if(table, [&](const ChecksumTraits& r) { return equal_in_any_case(r.*field, text); });
  return row == table.end() ? std::nullopt : std::optional(row->algorithm);
}

template <class Word>
Bytes big_endian(Word word) {
  Bytes bytes(sizeof word);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(word >> (8 * (bytes.size() - 1 - i)));
  }
  return bytes;
}

template <class Word>
Word from_big_endian(ByteView bytes) {
  Word word = 0;
  for (const std::uint8_t byte : bytes) word = static_cast<Word>(word << 8U | byte);
  return word;
}

// Each kind of running checksum has update and finish, so that a variant can hold any of them.

template <class Word>
struct RunningCrc {
  Word (*function)(Word, ByteView);
  Word crc = 0;
  void update(ByteView bytes) { crc = function(crc, bytes); }
  Bytes finish() const { return big_endian(crc); }
};

struct FreeXxh {
  void operator()(XXH64_state_t* state) const { XXH64_freeState(state); }
  void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
};

void require(bool success) {
  if (!success) throw std::runtime_error("xxHash: no memory for its state");
}

struct RunningXxh64 {
  std::unique_ptr<XXH64_state_t, FreeXxh> state{XXH64_createState()};
  RunningXxh64() { require(state != nullptr && XXH64_reset(state.get(), 0) == XXH_OK); }
  void update(ByteView bytes) { require(XXH64_update(state.get(), bytes.data(), bytes.size()) == XXH_OK); }
  Bytes finish() const { return big_endian(XXH64_digest(state.get())); }
};

struct RunningXxh3 {
  std::unique_ptr<XXH3_state_t, FreeXxh> state{XXH3_createState()};
  RunningXxh3() { require(state != nullptr && XXH3_64bits_reset(state.get()) == XXH_OK); }
  void update(ByteView bytes) {
    require(XXH3_64bits_update(state.get(), bytes.data(), bytes.size()) == XXH_OK);
  }
  Bytes finish() const { return big_endian(XXH3_64bits_digest(state.get())); }
};

struct RunningXxh128 {
  std::unique_ptr<XXH3_state_t, FreeXxh> state{XXH3_createState()};
  RunningXxh128() { require(state != nullptr && XXH3_128bits_reset(state.get()) == XXH_OK); }
  void update(ByteView bytes) {
    require(XXH3_128bits_update(state.get(), bytes.data(), bytes.size()) == XXH_OK);
  }
  Bytes finish() const {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state.get()));
    return {std::begin(canonical.digest), std::end(canonical.digest)};
  }
};

using Running = std::variant<RunningCrc<std::uint32_t>, RunningCrc<std::uint64_t>, Digest, RunningXxh64,
                             RunningXxh3, RunningXxh128>;

Running start(ChecksumAlgorithm algorithm) {
  switch (algorithm) {
    case ChecksumAlgorithm::crc32:
      return RunningCrc<std::uint32_t>{&crc32};
    case ChecksumAlgorithm::crc32c:
      return RunningCrc<std::uint32_t>{&crc32c};
    case ChecksumAlgorithm::crc64nvme:
      return RunningCrc<std::uint64_t>{&crc64nvme};
    case ChecksumAlgorithm::sha1:
      return Digest(DigestKind::sha1);
    case ChecksumAlgorithm::sha256:
      return Digest(DigestKind::sha256);
    case ChecksumAlgorithm::sha512:
      return Digest(DigestKind::sha512);
    case ChecksumAlgorithm::md5:
      return Digest(DigestKind::md5);
    case ChecksumAlgorithm::xxhash64:
      return RunningXxh64();
    case ChecksumAlgorithm::xxhash3:
      return RunningXxh3();
    case ChecksumAlgorithm::xxhash128:
      return RunningXxh128();
  }
  throw std::logic_error("not a checksum algorithm");
}

void require_algorithm(const SizedChecksum& part, ChecksumAlgorithm algorithm) {
  if (part.checksum.algorithm != algorithm)
    throw std::logic_error("a part's checksum is of another algorithm");
}

template <class Word, Word Polynomial>
Bytes combine(ReflectedCrc<Word, Polynomial> crc, std::span<const SizedChecksum> parts) {
  Word whole = 0;
  std::uint64_t size = 0;
  Word factor = crc.one;
  for (const SizedChecksum& part : parts) {
    // Most parts of an upload have one size, and finding its factor is the larger part of the work.
    if (part.size != size) {
      size = part.size;
      factor = crc.factor_of_bytes(size);
    }
    whole = crc.multiply(whole, factor) ^ from_big_endian<Word>(part.checksum.value);
  }
  return big_endian(whole);
}

}  // namespace

std::span<const ChecksumTraits> checksum_table() {
  return table;
}

const ChecksumTraits& traits(ChecksumAlgorithm algorithm) {
  return table.at(static_cast<std::size_t>(algorithm));
}

std::optional<ChecksumAlgorithm> checksum_algorithm_by_name(std::string_view name) {
  return find(&ChecksumTraits::name, name);
}

std::optional<ChecksumAlgorithm> checksum_algorithm_by_header(std::string_view header) {
  return find(&ChecksumTraits::header, header);
}

std::string_view to_string(ChecksumType type) {
  return type == ChecksumType::composite ? "COMPOSITE" : "FULL_OBJECT";
}

std::optional<ChecksumType> checksum_type_by_name(std::string_view name) {
  for (const ChecksumType type : {ChecksumType::composite, ChecksumType::full_object}) {
    if (equal_in_any_case(name, to_string(type))) return type;
  }
  return std::nullopt;
}

std::optional<Checksum> Checksum::from_base64(ChecksumAlgorithm algorithm, std::string_view text) {
  auto value = partsmith::from_base64(text);
  if (!value || value->size() != traits(algorithm).bytes) return std::nullopt;
  return Checksum{algorithm, *std::move(value)};
}

std::string ObjectChecksum::text() const {
  return type == ChecksumType::composite ? checksum.base64() + '-' + std::to_string(part_count)
                                         : checksum.base64();
}

struct Checksummer::State {
  ChecksumAlgorithm algorithm;
  Running running;
};

Checksummer::Checksummer(ChecksumAlgorithm algorithm)
    : state_(std::make_unique<State>(State{algorithm, start(algorithm)})) {}
Checksummer::~Checksummer() = default;
Checksummer::Checksummer(Checksummer&&) noexcept = default;
Checksummer& Checksummer::operator=(Checksummer&&) noexcept = default;

ChecksumAlgorithm Checksummer::algorithm() const {
  return state_->algorithm;
}

void Checksummer::update(ByteView bytes) {
  std::visit([bytes](auto& running) { running.update(bytes); }, state_->running);
}

Checksum Checksummer::finish() {
  return {state_->algorithm, std::visit([](auto& running) { return running.finish(); }, state_->running)};
}

Checksum checksum_of(ChecksumAlgorithm algorithm, ByteView bytes) {
  Checksummer checksummer(algorithm);
  checksummer.update(bytes);
  return checksummer.finish();
}

Checksum composite_checksum(ChecksumAlgorithm algorithm, std::span<const SizedChecksum> parts) {
  Checksummer checksummer(algorithm);
  for (const SizedChecksum& part : parts) {
    require_algorithm(part, algorithm);
    checksummer.update(part.checksum.value);
  }
  return checksummer.finish();
}

Checksum combined_checksum(ChecksumAlgorithm algorithm, std::span<const SizedChecksum> parts) {
  for (const SizedChecksum& part : parts) require_algorithm(part, algorithm);
  switch (algorithm) {
    case ChecksumAlgorithm::crc32:
      return {algorithm, combine(Crc32{}, parts)};
    case ChecksumAlgorithm::crc32c:
      return {algorithm, combine(Crc32c{}, parts)};
    case ChecksumAlgorithm::crc64nvme:
      return {algorithm, combine(Crc64Nvme{}, parts)};
    default:
      throw std::logic_error("only CRCs can be combined without the bytes");
  }
}

}  // namespace partsmith
