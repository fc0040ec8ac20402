#include "whole_number.h"

#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

namespace partsmith::server {

std::optional<std::uint64_t> whole_number(const nlohmann::json& value) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (value.is_number_float()) {
    const auto number = value.get<double>();
    // 2^63 is the first above it that a double has.
    if (!(number >= 0 && number < 0x1p63) || number != std::floor(number)) return std::nullopt;
    return static_cast<std::uint64_t>(number);
  }
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > most) return std::nullopt;
  return value.get<std::uint64_t>();
}

}  // namespace partsmith::server
