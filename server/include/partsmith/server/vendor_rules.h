#pragma once
/// Where a vendor's S3 is narrower than Amazon's, for testing an application against it: the "serve" of a
/// profile.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/protocol/operations.h>
#include <partsmith/values/limits.h>

namespace partsmith::server {

struct VendorRules {
  std::vector<protocol::OperationId> refused_operations = {};  ///< answer NotImplemented (501)
  std::vector<std::string> refused_headers = {};     ///< beginnings of names, in lower case: InvalidArgument
  bool equal_parts =
      false;  ///< all parts but the last of one size, and the last not larger: else InvalidPart
  std::uint64_t minimum_part_bytes = limits::min_part_size;  ///< of all parts but the last
  std::uint32_t maximum_parts = limits::max_part_number;     ///< also the highest part number
  bool complete_once = false;                                ///< completing again is NoSuchUpload
};

/// From a JSON object: "refused_operations", "refused_headers", "equal_parts", "minimum_part_bytes",
/// "maximum_parts", "complete_once", each optional. The error is one line fit for a person.
std::expected<VendorRules, std::string> parse_vendor_rules(std::string_view json);

}  // namespace partsmith::server
