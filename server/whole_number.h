#pragma once
/// Whole numbers in the documents of people.

#include <cstdint>
#include <optional>

#include <nlohmann/json_fwd.hpp>

namespace partsmith::server {

/// A whole number from 0 to 2^63 - 1. JSON has one kind of number: 3.0 is 3.
std::optional<std::uint64_t> whole_number(const nlohmann::json& value);

}  // namespace partsmith::server
