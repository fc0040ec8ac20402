/// Every check can fail: each is shown to, on a server that is wrong in one thing. killing_mutations.txt
/// names for each check a mutation that it fails under; the long test finds them anew, and prints the
/// mutation score.

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include <partsmith/conformance/catalogue.h>

#include "catch.h"
#include "survey.h"

using namespace partsmith;
using conformance::Check;
using test::Mutation;

namespace {

/// Check id → mutation.
std::map<std::string, std::string> read_killing_mutations() {
  std::ifstream file(PARTSMITH_MUTATIONS);
  std::map<std::string, std::string> killing_mutations;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const auto bar = line.find(" | ");
    killing_mutations[line.substr(0, bar)] = line.substr(bar + 3);
  }
  return killing_mutations;
}

std::vector<Check> checks_named(const auto& ids) {
  auto checks = conformance::catalogue();
  std::erase_if(checks, [&](const Check& check) { return std::ranges::find(ids, check.id) == ids.end(); });
  return checks;
}

std::string listed(const auto& names) {
  std::string text;
  for (const auto& name : names) text += "  " + name + '\n';
  return text;
}

/// First those that no mutation has killed yet and a few more; the others only if none of them notices.
struct Turns {
  std::vector<Check> first;
  std::vector<Check> then;
};

Turns turns(const std::set<std::string>& concerned, const std::map<std::string, std::string>& killed) {
  constexpr std::size_t enough = 8;
  std::vector<std::string> first;
  std::vector<std::string> then;
  for (const auto& id : concerned) {
    if (!killed.contains(id)) first.push_back(id);
  }
  for (const auto& id : concerned) {
    if (killed.contains(id)) (first.size() < enough ? first : then).push_back(id);
  }
  return {checks_named(first), checks_named(then)};
}

struct Score {
  std::map<std::string, std::string> killed;  ///< check → mutation
  std::vector<std::string> undetected;
  std::size_t mutants = 0;

  std::string text(std::size_t checks) const {
    std::ostringstream out;
    out << "mutation score: " << killed.size() << " of " << checks << " checks killed, "
        << mutants - undetected.size() << " of " << mutants << " mutants detected\n";
    if (!undetected.empty()) out << "not detected:\n" << listed(undetected);
    return out.str();
  }
};

/// Whether any of the checks failed.
bool try_mutation(Score& score, const Mutation& mutation, const std::vector<Check>& checks) {
  if (checks.empty()) return false;
  const auto verdict = test::verdict(mutation, checks);
  for (const auto& id : verdict.killed_by_own) score.killed.emplace(id, mutation.name);
  return verdict.failed > 0;
}

void count(Score& score, const Mutation& mutation, const Turns& checks) {
  if (checks.first.empty() && checks.then.empty()) return;
  ++score.mutants;
  if (!try_mutation(score, mutation, checks.first) && !try_mutation(score, mutation, checks.then)) {
    score.undetected.push_back(mutation.name);
  }
}

/// Of all mutations; or, to find one for each check, of those that could kill a check that none has killed
/// yet.
Score measure(const std::vector<Check>& checks, bool all) {
  Score score;
  for (const auto& mutation : test::mutations_by_hand()) {
    count(score, mutation, {conformance::select(checks, {.only = mutation.only}), {}});
  }
  // Rare ones first: what they kill, they kill for its own sake.
  const auto found = test::survey(checks);
  std::vector<std::pair<std::string, std::set<std::string>>> rules(found.begin(), found.end());
  std::ranges::stable_sort(rules, {}, [](const auto& rule) { return rule.second.size(); });
  for (const auto& [name, concerned] : rules) {
    auto now = turns(concerned, score.killed);
    if (!all) {
      std::erase_if(now.first, [&](const Check& check) { return score.killed.contains(check.id); });
      now.then.clear();
    }
    count(score, *test::mutation_by_name(name), now);
  }
  return score;
}

}  // namespace

TEST_CASE("Each check fails under the mutation that is noted for it") {
  const auto killing_mutations = read_killing_mutations();
  std::vector<std::string> unproved;
  for (const auto& check : conformance::catalogue()) {
    if (!killing_mutations.contains(check.id)) unproved.push_back(check.id);
  }
  INFO("checks without a line in killing_mutations.txt:\n" << listed(unproved));
  CHECK(unproved.empty());

  std::map<std::string, std::vector<std::string>> checks_of;
  for (const auto& [id, mutation] : killing_mutations) checks_of[mutation].push_back(id);
  for (const auto& [name, ids] : checks_of) {
    const auto mutation = test::mutation_by_name(name);
    INFO(name);
    REQUIRE(mutation);
    const auto checks = checks_named(ids);
    CHECK(checks.size() == ids.size());
    auto killed = test::verdict(*mutation, checks).killed_by_own;
    std::ranges::sort(killed);
    CHECK(killed == ids);
  }
}

TEST_CASE("The catalogue's mutation score", "[.][long]") {
  auto checks = conformance::catalogue();
  // For new checks: those without a line in killing_mutations.txt; what is found goes to the file named, with
  // what is there already.
  const char* file = std::getenv("PARTSMITH_WRITE_MUTATIONS");
  if (file != nullptr) {
    const auto noted = read_killing_mutations();
    std::erase_if(checks, [&](const Check& check) { return noted.contains(check.id); });
  }
  const auto score = measure(checks, file == nullptr);
  std::ofstream(PARTSMITH_MUTATION_SCORE) << score.text(checks.size());
  std::cout << score.text(checks.size());
  std::vector<std::string> unkilled;
  for (const auto& check : checks) {
    if (!score.killed.contains(check.id)) unkilled.push_back(check.id);
  }
  if (file != nullptr) {
    auto killing_mutations = read_killing_mutations();
    for (const auto& [id, mutation] : score.killed) killing_mutations.emplace(id, mutation);
    std::ofstream out(file);
    out << "# For each check a mutation that it fails under. `./dev test --long` finds them anew; see "
           "mutation_score_test.cc.\n";
    for (const auto& [id, mutation] : killing_mutations) out << id << " | " << mutation << '\n';
  }
  INFO("checks that no mutation kills:\n" << listed(unkilled));
  CHECK(unkilled.empty());
}
