// Random sequences of operations on a store and on a model of it, which must never disagree: while the store
// is opened again and again, while files fail under it, and after a crash at every call on files.
//
// A failing sequence is made shorter, and told with its seed. The short runs are the same every time; the
// long ones, hidden from a plain run, begin elsewhere each time, unless RC_PARAMS="seed=…" says where.

#include <rapidcheck.h>

#include <sstream>

#include "consistency.h"
#include "model_run.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace {

using Steps = std::vector<Step>;

rc::Gen<std::uint32_t> number() {
  return rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::uint32_t>(0, 256));
}

rc::Gen<Steps> steps(double length) {
  using K = StepKind;
  const auto kind = rc::gen::weightedElement<K>({{2, K::create_bucket},
                                                 {1, K::delete_bucket},
                                                 {8, K::put_object},
                                                 {5, K::copy_object},
                                                 {4, K::delete_object},
                                                 {3, K::delete_version},
                                                 {1, K::set_versioning},
                                                 {6, K::create_upload},
                                                 {12, K::put_part},
                                                 {5, K::copy_part},
                                                 {5, K::complete},
                                                 {3, K::abort},
                                                 {5, K::open_lease},
                                                 {4, K::read_lease},
                                                 {3, K::drop_lease},
                                                 {2, K::begin_body},
                                                 {1, K::drop_body},
                                                 {4, K::list_objects},
                                                 {3, K::list_versions},
                                                 {4, K::list_uploads},
                                                 {2, K::list_parts},
                                                 {3, K::look},
                                                 {1, K::reopen},
                                                 {2, K::fail_a_file_call},
                                                 {2, K::fail_a_database_call},
                                                 {1, K::set_quota}});
  const auto step =
      rc::gen::build<Step>(rc::gen::set(&Step::kind, kind), rc::gen::set(&Step::where, number()),
                           rc::gen::set(&Step::what, number()), rc::gen::set(&Step::how, number()));
  return rc::gen::scale(length / rc::kNominalSize, rc::gen::container<Steps>(step));
}

struct Effort {
  int sequences;
  double longest;  ///< steps
  bool seeded;     ///< the same each time
};

template <typename Property>
void holds(const Effort& effort, Property property) {
  auto params = rc::detail::configuration().testParams;
  if (effort.seeded) params.seed = 20261123;
  params.maxSuccess = effort.sequences;
  const auto checked = [&] {
    const Steps sequence = *steps(effort.longest);
    property(sequence);
  };
  const auto result = rc::detail::checkTestable(checked, rc::detail::TestMetadata{}, params);
  std::ostringstream told;
  rc::detail::printResultMessage(result, told);
  INFO(told.str());
  INFO("seed " << params.seed);
  CHECK(result.template is<rc::detail::SuccessResult>());
}

/// So that steps find something to work on.
void begin(ModelRun& run) {
  run.run({StepKind::create_bucket, 0, 0, 0});
  run.run({StepKind::create_upload, 0, 0, 0});
}

// ---- what must hold

void answers_as_the_model(Durability durability, const Steps& sequence) {
  ModelRun run(durability);
  begin(run);
  for (const Step& step : sequence) run.run(step);
  run.finish();
}

/// Call n fails, or all from it on until the store is opened again; for n = 1, 2, 3 … until none is left to
/// fail.
void survives_each_failing_call(Durability durability, const Steps& sequence, bool from_then_on) {
  bool failed = true;
  for (int n = 1; failed; ++n) {
    failed = false;
    int calls = 0;
    ModelRun run(durability);
    begin(run);
    run.judge_calls([&] {
      ++calls;
      if (calls != n && !(from_then_on && calls > n)) return 0;
      failed = true;
      return n % 2 == 0 ? EIO : ENOSPC;
    });
    for (const Step& step : sequence) run.run(step);
    run.finish();
  }
}

/// The folder as it is before a call on files: as kill -9 at this instant would leave it.
class Wreck {
 public:
  explicit Wreck(const std::filesystem::path& folder) {
    std::filesystem::copy(folder, path(), std::filesystem::copy_options::recursive);
  }

  std::string opened(Durability durability) const {
    std::string seen;
    {
      StoppedClock clock;
      auto store = open_local_store({.folder = path(), .durability = durability, .clock = &clock});
      if (!store) throw Disagreement("after a crash the store does not open: " + store.error());
      seen = picture(**store);
    }
    for (const std::string& wrong : inconsistencies(path())) throw Disagreement("after a crash: " + wrong);
    return seen;
  }

 private:
  std::filesystem::path path() const { return folder_.path() / "store"; }
  TemporaryFolder folder_;
};

void survives_a_crash_at_each_call(Durability durability, const Steps& sequence) {
  ModelRun run(durability);
  begin(run);
  std::vector<std::unique_ptr<Wreck>> wrecks;
  run.judge_calls([&] {
    wrecks.push_back(std::make_unique<Wreck>(run.store().folder()));
    return 0;
  });
  for (const Step& step : sequence) {
    if (step.kind == StepKind::fail_a_file_call || step.kind == StepKind::fail_a_database_call) continue;
    const std::string before = picture(run.model());
    run.run(step);
    const std::string after = picture(run.model());
    for (const auto& wreck : wrecks) {
      const std::string seen = wreck->opened(durability);
      if (seen == before || seen == after) continue;
      throw Disagreement("after a crash there is\n" + seen + "--- and not, as before\n" + before +
                         "--- or, as after\n" + after);
    }
    wrecks.clear();
    const std::string acknowledged = Wreck(run.store().folder()).opened(durability);
    if (acknowledged != after)
      throw Disagreement("acknowledged, and after a crash there is\n" + acknowledged);
  }
  run.judge_calls({});
  run.finish();
}

constexpr Effort answers_quick{80, 800, true};
constexpr Effort answers_long{600, 1000, false};
constexpr Effort failures_quick{6, 20, true};
constexpr Effort failures_long{100, 30, false};
constexpr Effort crashes_quick{8, 25, true};
constexpr Effort crashes_long{100, 40, false};

void check_answers(const Effort& effort) {
  const auto durability = GENERATE(Durability::process, Durability::disk);
  Effort affordable = effort;
  if (durability == Durability::disk) affordable.sequences /= 10;  // syncing takes its time
  holds(affordable, [&](const Steps& sequence) { answers_as_the_model(durability, sequence); });
}

void check_failures(const Effort& effort) {
  const auto from_then_on = GENERATE(false, true);
  holds(effort, [&](const Steps& sequence) {
    survives_each_failing_call(from_then_on ? Durability::process : Durability::disk, sequence, from_then_on);
  });
}

void check_crashes(const Effort& effort) {
  const auto durability = GENERATE(Durability::process, Durability::disk);
  holds(effort, [&](const Steps& sequence) { survives_a_crash_at_each_call(durability, sequence); });
}

}  // namespace

TEST_CASE("whatever is asked of a store, it answers as the model does") {
  check_answers(answers_quick);
}
TEST_CASE("whichever call on files fails, nothing happens by halves and nothing is left over") {
  check_failures(failures_quick);
}
TEST_CASE("at whichever call on files a store crashes, it has what it acknowledged and no more") {
  check_crashes(crashes_quick);
}

TEST_CASE("long: whatever is asked of a store, it answers as the model does", "[.][long]") {
  check_answers(answers_long);
}
TEST_CASE("long: whichever call on files fails, nothing happens by halves", "[.][long]") {
  check_failures(failures_long);
}
TEST_CASE("long: at whichever call on files a store crashes, it has what it acknowledged", "[.][long]") {
  check_crashes(crashes_long);
}
