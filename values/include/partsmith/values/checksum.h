#pragma once
/// The additional checksums of S3 (`x-amz-checksum-*`): which exist, what each is called, how each is
/// computed. Source: the S3 user guide, "Checking object integrity"; the S3 API model's shapes
/// ChecksumAlgorithm and ChecksumType.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <partsmith/values/encoding.h>

namespace partsmith {

enum class ChecksumAlgorithm {
  crc32,
  crc32c,
  crc64nvme,
  sha1,
  sha256,
  sha512,
  md5,
  xxhash64,
  xxhash3,
  xxhash128
};

/// COMPOSITE: the checksum of the parts' checksums, written with "-N". FULL_OBJECT: of all bytes as one.
enum class ChecksumType { composite, full_object };

/// One row per algorithm; every name that S3 uses for it derives from this row.
struct ChecksumTraits {
  ChecksumAlgorithm algorithm;
  std::string_view name;     ///< in ChecksumAlgorithm fields: "CRC32"
  std::string_view lower;    ///< in error messages and, after "x-amz-checksum-", in headers: "crc32"
  std::string_view element;  ///< in XML: "ChecksumCRC32"
  std::string_view header;   ///< "x-amz-checksum-crc32"
  std::size_t bytes;         ///< length of the raw value
  bool composite_allowed;
  bool full_object_allowed;   ///< for multipart objects; every plain object's checksum is FULL_OBJECT
  ChecksumType default_type;  ///< of an upload that names the algorithm but no type
};

/// All rows, in the order of the enum.
std::span<const ChecksumTraits> checksum_table();
const ChecksumTraits& traits(ChecksumAlgorithm algorithm);

/// By name as in ChecksumAlgorithm fields, in any case.
std::optional<ChecksumAlgorithm> checksum_algorithm_by_name(std::string_view name);
/// By header name ("x-amz-checksum-crc32"), in any case.
std::optional<ChecksumAlgorithm> checksum_algorithm_by_header(std::string_view header);

std::string_view to_string(ChecksumType type);  ///< "COMPOSITE" or "FULL_OBJECT"
std::optional<ChecksumType> checksum_type_by_name(std::string_view name);

/// A value with its algorithm. `value` has traits(algorithm).bytes bytes.
struct Checksum {
  ChecksumAlgorithm algorithm{};
  Bytes value;

  std::string base64() const { return to_base64(value); }
  bool operator==(const Checksum&) const = default;

  /// Nothing when the text is not base64 or decodes to a length that is not the algorithm's.
  static std::optional<Checksum> from_base64(ChecksumAlgorithm algorithm, std::string_view text);
};

/// What an object answers: the value, its type, and for COMPOSITE of how many parts.
struct ObjectChecksum {
  Checksum checksum;
  ChecksumType type = ChecksumType::full_object;
  std::uint32_t part_count = 0;  ///< the N of "-N"; 0 for FULL_OBJECT

  /// Base64, with "-N" for COMPOSITE.
  std::string text() const;
  bool operator==(const ObjectChecksum&) const = default;
};

/// Computes one checksum over bytes given piece by piece. Movable; one thread at a time.
class Checksummer {
 public:
  explicit Checksummer(ChecksumAlgorithm algorithm);
  ~Checksummer();
  Checksummer(Checksummer&&) noexcept;
  Checksummer& operator=(Checksummer&&) noexcept;

  ChecksumAlgorithm algorithm() const;
  void update(ByteView bytes);
  /// The checksum of all bytes so far; call once.
  Checksum finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Checksum checksum_of(ChecksumAlgorithm algorithm, ByteView bytes);

/// A part's checksum and length, as combining needs them.
struct SizedChecksum {
  Checksum checksum;
  std::uint64_t size = 0;
};

/// The checksum over the parts' raw checksums in order. All parts have `algorithm`.
Checksum composite_checksum(ChecksumAlgorithm algorithm, std::span<const SizedChecksum> parts);
/// The checksum of the whole from the parts' checksums, without the bytes. CRCs only: throws otherwise.
Checksum combined_checksum(ChecksumAlgorithm algorithm, std::span<const SizedChecksum> parts);

}  // namespace partsmith
