#pragma once
/// Entries of the journal as others read them. Secrets are removed: signatures, session tokens, customer
/// keys.

#include <span>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "journal/journal.h"

namespace partsmith::server {

nlohmann::ordered_json to_json(const Journal::Entry& entry);

/// HTTP Archive 1.2, as the tools of browsers open it. Bodies aren't in it.
std::string to_har(std::span<const Journal::Entry> entries, const std::string& version);

/// Lines for a person: what was asked, and what came of it.
std::string to_table(std::span<const Journal::Entry> entries);

}  // namespace partsmith::server
