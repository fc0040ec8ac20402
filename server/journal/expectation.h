#pragma once
/// What a test says should be in the journal.

#include <expected>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "journal/journal.h"

namespace partsmith::server {

struct Expectation {
  JournalFilter filter = {};
  std::optional<std::uint64_t> count = {};     ///< exactly
  std::optional<std::uint64_t> at_least = {};  ///< none of the three: 1
  std::optional<std::uint64_t> at_most = {};
  std::string distinct =
      {};  ///< counts different values of this: part_number, key, bucket, upload_id, operation
};

struct Verdict {
  bool holds = false;
  std::uint64_t found = 0;
  std::string text = {};  ///< where it doesn't hold: what is there instead, as a table
};

/// From query parameters or JSON; the error is one line fit for a person.
std::expected<JournalFilter, std::string> parse_filter(const nlohmann::json& object);
std::expected<Expectation, std::string> parse_expectation(const nlohmann::json& object);

Verdict judge(const Journal& journal, const Expectation& expectation);

}  // namespace partsmith::server
