#include <nlohmann/json.hpp>

#include <limits>
#include <stdexcept>

#include <partsmith/server/steering.h>

#include "faults/presets.h"
#include "faults/rule.h"
#include "journal/entry_text.h"
#include "journal/expectation.h"
#include "worlds/reset.h"

namespace partsmith::server {
namespace {

using Json = nlohmann::json;

constexpr std::string_view no_journal = "this world keeps no journal";

std::expected<std::vector<Journal::Entry>, std::string> entries_of(const World& world,
                                                                   std::string_view filter) {
  if (!world.journal) return std::unexpected(std::string(no_journal));
  const auto parsed = parse_filter(Json::parse(filter, nullptr, false));
  if (!parsed) return std::unexpected(parsed.error());
  return world.journal->entries(*parsed, std::numeric_limits<std::size_t>::max());
}

}  // namespace

std::expected<void, std::string> WorldSteering::add_faults(std::string_view json) const {
  auto rules = parse_fault_rules(json);
  if (!rules) return std::unexpected(std::move(rules.error()));
  return find_()->faults->add_all(*std::move(rules));
}

std::expected<void, std::string> WorldSteering::add_fault_preset(std::string_view name) const {
  const auto rules = preset_rules(name);
  return rules ? add_faults(*rules) : std::unexpected(rules.error());
}

std::vector<WorldSteering::FaultStatus> WorldSteering::faults() const {
  std::vector<FaultStatus> all;
  for (const FaultSet::Status& status : find_()->faults->list()) {
    all.push_back({status.rule.name, to_json(status.rule).dump(), status.matched, status.hits});
  }
  return all;
}

bool WorldSteering::remove_fault(std::string_view name) const {
  return find_()->faults->remove(name);
}

void WorldSteering::clear_faults() const {
  find_()->faults->clear();
}

MovableClock& WorldSteering::clock() const {
  MovableClock* clock = find_()->movable_clock;
  if (clock == nullptr) throw std::logic_error("this world's clock can't be moved");
  return *clock;
}

std::expected<std::string, std::string> WorldSteering::journal(std::string_view filter) const {
  const auto entries = entries_of(*find_(), filter);
  if (!entries) return std::unexpected(entries.error());
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& entry : *entries) list.push_back(to_json(entry));
  return list.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::expected<std::string, std::string> WorldSteering::har(std::string_view filter) const {
  const auto entries = entries_of(*find_(), filter);
  if (!entries) return std::unexpected(entries.error());
  return to_har(*entries, version_);
}

std::expected<WorldSteering::Found, std::string> WorldSteering::expect(std::string_view expectation) const {
  const auto world = find_();
  if (!world->journal) return std::unexpected(std::string(no_journal));
  const auto parsed = parse_expectation(Json::parse(expectation, nullptr, false));
  if (!parsed) return std::unexpected(parsed.error());
  Verdict verdict = judge(*world->journal, *parsed);
  return Found{verdict.holds, verdict.found, std::move(verdict.text)};
}

void WorldSteering::clear_journal() const {
  const auto world = find_();
  if (world->journal) world->journal->clear();
}

std::shared_ptr<storage::Store> WorldSteering::store() const {
  const auto world = find_();
  return {world, &world->store};
}

std::expected<void, std::string> WorldSteering::reset() const {
  return server::reset(*find_());
}

}  // namespace partsmith::server
