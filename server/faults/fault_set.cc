#include "faults/fault_set.h"

#include <algorithm>
#include <charconv>

#include "names.h"
#include "visit.h"

namespace partsmith::server {
namespace {

bool is_of(const std::string& glob, std::string_view text) {
  return glob.empty() || matches_glob(glob, text);
}

bool has_header(const Visit& visit, const std::string& name, const std::string& value) {
  const auto given = visit.headers().get(name);
  return given && matches_glob(value, *given);
}

bool has_part_number(const Visit& visit, std::uint32_t first, std::uint32_t last) {
  const std::string_view text = visit.query().get("partNumber").value_or("");
  std::uint32_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() && number >= first &&
         number <= last;
}

std::uint64_t mixed(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

/// FNV-1a, for it is the same on every machine.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

/// What is asked for, without what differs from run to run, such as upload ids.
std::string thing_asked_for(const Visit& visit) {
  std::string thing(visit.operation_name());
  if (visit.address().scope != protocol::Scope::service) thing += '\n' + visit.bucket().text();
  if (visit.has_key()) thing += '\n' + visit.key().text();
  return thing + '\n' + std::string(visit.query().get("partNumber").value_or(""));
}

}  // namespace

std::optional<std::uint32_t> sdk_attempt(const Visit& visit) {
  const std::string_view text = visit.request.headers.value("amz-sdk-request");
  constexpr std::string_view name = "attempt=";
  const std::size_t at = text.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view digits = text.substr(at + name.size());
  std::uint32_t attempt = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), attempt);
  if (parsed.ec != std::errc()) return std::nullopt;
  return attempt;
}

bool is_about(const FaultMatch& match, const Visit& visit) {
  const auto names_operation = [&](const std::string& glob) {
    return matches_glob(glob, visit.operation_name());
  };
  if (!match.operations.empty() && std::ranges::none_of(match.operations, names_operation)) return false;
  if (!is_of(match.method, visit.request.method)) return false;
  const bool has_bucket = visit.address().scope != protocol::Scope::service;
  if (!is_of(match.bucket, has_bucket ? std::string_view(visit.bucket().text()) : "")) return false;
  if (!is_of(match.key, visit.has_key() ? std::string_view(visit.key().text()) : "")) return false;
  if (!is_of(match.upload_id, visit.query().get("uploadId").value_or(""))) return false;
  if (match.part_numbers && !has_part_number(visit, match.part_numbers->first, match.part_numbers->second))
    return false;
  if (!is_of(match.access_key, visit.principal().access_key)) return false;
  if (!is_of(match.region, visit.principal().region)) return false;
  if (match.attempt && sdk_attempt(visit) != match.attempt) return false;
  if (!is_of(match.user_agent, visit.headers().value("user-agent"))) return false;
  return std::ranges::all_of(
      match.headers, [&](const auto& header) { return has_header(visit, header.first, header.second); });
}

bool FaultSet::add(FaultRule rule) {
  const std::scoped_lock lock(mutex_);
  const auto same =
      std::ranges::find_if(entries_, [&](const Entry& entry) { return entry.rule->name == rule.name; });
  Entry entry{std::make_shared<const FaultRule>(std::move(rule)), std::chrono::steady_clock::now()};
  if (same != entries_.end()) {
    *same = std::move(entry);
  } else if (entries_.size() == most_rules) {
    return false;
  } else {
    entries_.push_back(std::move(entry));
  }
  any_ = true;
  return true;
}

std::expected<void, std::string> FaultSet::add_all(std::vector<FaultRule> rules) {
  for (FaultRule& rule : rules) {
    if (!add(std::move(rule))) return std::unexpected("there are 1000 rules already");
  }
  return {};
}

bool FaultSet::remove(std::string_view name) {
  const std::scoped_lock lock(mutex_);
  const bool removed =
      std::erase_if(entries_, [&](const Entry& entry) { return entry.rule->name == name; }) > 0;
  any_ = !entries_.empty();
  return removed;
}

void FaultSet::clear() {
  const std::scoped_lock lock(mutex_);
  entries_.clear();
  any_ = false;
}

std::vector<FaultSet::Status> FaultSet::list() const {
  const std::scoped_lock lock(mutex_);
  std::vector<Status> all;
  for (const Entry& entry : entries_) {
    if (!is_over(entry)) all.push_back({*entry.rule, entry.matched, entry.hits});
  }
  return all;
}

bool FaultSet::is_over(const Entry& entry) {
  const auto& ttl = entry.rule->ttl_seconds;
  return ttl && std::chrono::steady_clock::now() - entry.added >= std::chrono::seconds(*ttl);
}

bool FaultSet::decides_to_hit(Entry& entry, const Visit& visit) {
  const FaultRule& rule = *entry.rule;
  ++entry.matched;
  if (entry.matched <= rule.skip) return false;
  if (rule.times && entry.hits >= *rule.times) return false;
  if (rule.probability < 1) {
    if (entry.occurrences.size() == most_occurrences) entry.occurrences.clear();
    const std::string thing = thing_asked_for(visit);
    const std::uint64_t nth = entry.occurrences[thing]++;
    const std::uint64_t random = mixed(mixed(rule.seed ^ hash_of(thing)) + nth);
    constexpr double of_53_bits = 1.0 / (1ULL << 53U);
    if (static_cast<double>(random >> 11U) * of_53_bits >= rule.probability) return false;
  }
  ++entry.hits;
  return true;
}

FaultSet::Chosen FaultSet::choose(const Visit& visit) {
  Chosen chosen;
  if (!any_) return chosen;
  const std::scoped_lock lock(mutex_);
  std::erase_if(entries_, is_over);
  for (Entry& entry : entries_) {
    if (is_about(entry.rule->match, visit) && decides_to_hit(entry, visit)) chosen.push_back(entry.rule);
  }
  any_ = !entries_.empty();
  return chosen;
}

}  // namespace partsmith::server
