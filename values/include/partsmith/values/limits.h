#pragma once
/// Every limit of S3 that partsmith enforces, in one table.
/// Source: S3 user guide, "Amazon S3 multipart upload limits", "Naming Amazon S3 objects", "Working with
/// object metadata".

#include <cstddef>
#include <cstdint>

namespace partsmith::limits {

inline constexpr std::uint64_t kib = 1024;
inline constexpr std::uint64_t mib = 1024 * kib;
inline constexpr std::uint64_t gib = 1024 * mib;

inline constexpr std::uint32_t max_part_number = 10'000;
inline constexpr std::uint64_t min_part_size = 5 * mib;  ///< of all parts but the last, checked at Complete
inline constexpr std::uint64_t max_part_size = 5 * gib;
inline constexpr std::uint64_t max_put_size = 5 * gib;  ///< PutObject, and CopyObject's source
inline constexpr std::uint64_t max_object_size = max_part_number * max_part_size;  ///< 48.8 TiB

inline constexpr std::uint32_t max_page = 1'000;  ///< entries of every listing
inline constexpr std::size_t max_delete_keys = 1'000;
inline constexpr std::size_t max_key_bytes = 1'024;
inline constexpr std::size_t max_user_metadata_bytes = 2 * kib;  ///< names and values together
inline constexpr std::size_t max_request_head_bytes = 64 * kib;
inline constexpr std::size_t max_request_document_bytes =
    4 * mib;                                                  ///< XML bodies; 10,000 parts with checksums fit
/// Of a POST form, before its file: fields, heads and boundaries. S3's MaxPostPreDataLengthBytes.
inline constexpr std::size_t max_form_bytes_before_file = 20 * kib;
inline constexpr std::size_t max_trailer_bytes = 16 * kib;

inline constexpr std::int64_t max_presign_seconds = 7 * 24 * 3600;
inline constexpr std::int64_t max_clock_skew_seconds = 15 * 60;

}  // namespace partsmith::limits
