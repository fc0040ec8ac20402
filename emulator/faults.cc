#include <algorithm>

#include <partsmith/emulator.h>
#include <partsmith/server/steering.h>

#include "outcome.h"

namespace partsmith {

void EmulatorFaults::add(const FaultRule& rule) const {
  add_json(to_json(rule));
}

void EmulatorFaults::add_json(std::string_view json) const {
  value_or_throw("fault rules", world_->add_faults(json));
}

void EmulatorFaults::add_preset(std::string_view name) const {
  value_or_throw("fault rules", world_->add_fault_preset(name));
}

std::vector<EmulatorFaults::Status> EmulatorFaults::list() const {
  std::vector<Status> all;
  for (auto& one : world_->faults()) {
    all.push_back({std::move(one.name), std::move(one.rule), one.matched, one.hits});
  }
  return all;
}

std::uint64_t EmulatorFaults::hits(std::string_view name) const {
  const auto all = list();
  const auto found = std::ranges::find(all, name, &Status::name);
  if (found == all.end()) throw EmulatorError("no fault rule has the name " + std::string(name));
  return found->hits;
}

bool EmulatorFaults::remove(std::string_view name) const {
  return world_->remove_fault(name);
}

void EmulatorFaults::clear() const {
  world_->clear_faults();
}

}  // namespace partsmith
