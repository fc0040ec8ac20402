/// Throughput of checksums (bytes per second), the plain CRCs they are measured by, and the cost of the small
/// things that each request pays for: an HMAC, an MD5 of a few bytes, the combining of 10,000 parts' CRCs.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include <partsmith/values/checksum.h>
#include <partsmith/values/crc.h>
#include <partsmith/values/digest.h>
#include <partsmith/values/etag.h>
#include <partsmith/values/limits.h>

namespace {

using namespace partsmith;
using benchmark::State;

constexpr std::int64_t small = 64;
constexpr std::int64_t page = 4 * limits::kib;
constexpr std::int64_t buffer = 256 * limits::kib;  // what a connection reads at once

Bytes input(const State& state) {
  return Bytes(static_cast<std::size_t>(state.range(0)), 0x5a);
}

void count_bytes(State& state) {
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void checksum(State& state, ChecksumAlgorithm algorithm) {
  const Bytes bytes = input(state);
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(checksum_of(algorithm, bytes));
  count_bytes(state);
}

template <class Word>
void crc(State& state, Word (*function)(Word, ByteView)) {
  const Bytes bytes = input(state);
  Word value = 0;
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(value = function(value, bytes));
  count_bytes(state);
}

void md5_of_bytes(State& state) {
  const Bytes bytes = input(state);
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(md5(bytes));
  count_bytes(state);
}

void hmac(State& state) {
  const Bytes bytes = input(state);
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(hmac_sha256(as_bytes("key"), bytes));
}

/// The n-th part has `part_size` + n * `growth` bytes.
void combine_parts(State& state, ChecksumAlgorithm algorithm, std::uint64_t part_size, std::uint64_t growth) {
  const Checksum checksum = checksum_of(algorithm, as_bytes("part"));
  std::vector<SizedChecksum> parts;
  for (std::uint64_t n = 0; n < limits::max_part_number; ++n)
    parts.push_back({checksum, part_size + n * growth});
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(combined_checksum(algorithm, parts));
}

void etag_of_parts(State& state) {
  const std::vector<ETag> parts(limits::max_part_number, ETag::of(md5(as_bytes("part"))));
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(ETag::of_parts(parts));
}

const bool registered = [] {
  for (const ChecksumTraits& row : checksum_table()) {
    benchmark::RegisterBenchmark(("checksum/" + std::string(row.lower)).c_str(), checksum, row.algorithm)
        ->Arg(small)
        ->Arg(page)
        ->Arg(buffer);
  }
  benchmark::RegisterBenchmark("crc_plain/crc32", crc<std::uint32_t>, crc32_plain)->Arg(buffer);
  benchmark::RegisterBenchmark("crc_plain/crc32c", crc<std::uint32_t>, crc32c_plain)->Arg(buffer);
  benchmark::RegisterBenchmark("crc_plain/crc64nvme", crc<std::uint64_t>, crc64nvme_plain)->Arg(buffer);
  benchmark::RegisterBenchmark("crc/crc32", crc<std::uint32_t>, crc32)->Arg(small)->Arg(page)->Arg(buffer);
  benchmark::RegisterBenchmark("crc/crc32c", crc<std::uint32_t>, crc32c)->Arg(small)->Arg(page)->Arg(buffer);
  benchmark::RegisterBenchmark("crc/crc64nvme", crc<std::uint64_t>, crc64nvme)
      ->Arg(small)
      ->Arg(page)
      ->Arg(buffer);
  benchmark::RegisterBenchmark("md5", md5_of_bytes)->Arg(small);
  benchmark::RegisterBenchmark("hmac_sha256", hmac)->Arg(small);
  for (const auto algorithm : {ChecksumAlgorithm::crc32, ChecksumAlgorithm::crc64nvme}) {
    const std::string name = "combine_10000_parts/" + std::string(traits(algorithm).lower);
    benchmark::RegisterBenchmark(name.c_str(), combine_parts, algorithm, limits::min_part_size, 0U);
    benchmark::RegisterBenchmark((name + "/different_sizes").c_str(), combine_parts, algorithm,
                                 limits::min_part_size, 77'777U);
  }
  benchmark::RegisterBenchmark("etag_of_10000_parts", etag_of_parts);
  return true;
}();

}  // namespace
