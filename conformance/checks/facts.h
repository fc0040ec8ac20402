#pragma once
/// Texts and bytes that several families share, as Amazon S3 answered them.

#include <string>
#include <string_view>
#include <vector>

#include <partsmith/values/checksum.h>
#include <partsmith/values/limits.h>

namespace partsmith::conformance::checks {

inline constexpr std::string_view no_such_upload_message =
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted "
    "or "
    "completed.";
inline constexpr std::string_view invalid_part_message =
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the "
    "specified "
    "entity tag may not match the part's entity tag.";

/// The source of what brekkylab/backlot's makers measured.
inline constexpr const char* measured_by_backlot =
    "reported: brekkylab/backlot (measured on Amazon S3, 2026-09)";

inline std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  text.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

/// The five algorithms of the recordings.
inline constexpr ChecksumAlgorithm recorded_algorithms[] = {
    ChecksumAlgorithm::crc32, ChecksumAlgorithm::crc32c, ChecksumAlgorithm::sha1, ChecksumAlgorithm::sha256,
    ChecksumAlgorithm::crc64nvme};

inline std::string name_of(ChecksumAlgorithm algorithm) {
  return std::string(traits(algorithm).name);
}
inline std::string lower_name_of(ChecksumAlgorithm algorithm) {
  return std::string(traits(algorithm).lower);
}
inline std::string header_of(ChecksumAlgorithm algorithm) {
  return std::string(traits(algorithm).header);
}

inline std::string base64_checksum(ChecksumAlgorithm algorithm, std::string_view text) {
  return checksum_of(algorithm, as_bytes(text)).base64();
}

/// Forms of claims.
inline constexpr const char* iso_time_form = "####-##-##T##:##:##*Z";
inline constexpr const char* http_time_form = "*, ## * #### ##:##:## GMT";

/// Whether a text has such a form: * is any text, # a digit.
inline bool has_form(std::string_view text, std::string_view form) {
  if (form.empty()) return text.empty();
  if (form.front() == '*') {
    for (std::size_t at = 0; at <= text.size(); ++at)
      if (has_form(text.substr(at), form.substr(1))) return true;
    return false;
  }
  if (text.empty()) return false;
  const bool digit = text.front() >= '0' && text.front() <= '9';
  return (form.front() == '#' ? digit : form.front() == text.front()) &&
         has_form(text.substr(1), form.substr(1));
}

/// For claims of several texts.
inline std::string lines(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& text : texts) all += (all.empty() ? "" : "\n") + text;
  return all;
}

/// A part that stands before another must have this many bytes; the recordings use one more.
inline constexpr std::size_t large_part = limits::min_part_size + 1;

}  // namespace partsmith::conformance::checks
