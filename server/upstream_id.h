#pragma once
/// The id that an upstream gave a forwarded request, which its client sees in the place of ours.

#include <string_view>

#include "visit.h"

namespace partsmith::server {

inline constexpr const char* upstream_id_header = "x-amz-request-id";

/// As the kept head of the answer has it (Visit::keep_answer); empty for what was answered here.
inline std::string_view upstream_request_id(const Visit& visit) {
  const std::string_view id = visit.end().headers.value(upstream_id_header);
  return id == visit.ids.request_id ? std::string_view() : id;
}

}  // namespace partsmith::server
