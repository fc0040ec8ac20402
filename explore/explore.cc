#include <algorithm>
#include <set>

#include <partsmith/client/retry.h>
#include <partsmith/explore/explore.h>

#include "generator.h"
#include "python_script.h"
#include "run.h"
#include "shrink.h"

namespace partsmith::explore {
namespace {

constexpr std::size_t most_replays = 120;        ///< of one difference's sequence
constexpr std::size_t most_silent_replays = 12;  ///< of one that isn't answered
constexpr const char* no_answer = "no answer";
/// Whoever starts a fallen server again has so long, unless the user waits less for an answer.
constexpr std::chrono::seconds most_patience{30};
constexpr std::chrono::milliseconds between_looks{200};

/// Both servers' answers to a sequence.
class Pair {
 public:
  Pair(const Side& reference, const Side& endpoint, Report& report, std::stop_token stop)
      : reference_(reference), endpoint_(endpoint), report_(report), stop_(std::move(stop)) {}

  /// Called after each step with what differs; false: go no further. The error is one line.
  using Each = std::function<bool(const Step&, const std::optional<Difference>&, const Observation& actual)>;
  std::expected<void, std::string> run(const std::vector<Step>& steps, const Each& each) {
    if (lost_) return std::unexpected(*lost_);
    ++buckets_;
    std::uint64_t uncounted = 0;
    auto ours = Run::begin(reference_, buckets_, uncounted);
    if (!ours) return std::unexpected(ours.error());
    auto theirs = Run::begin(endpoint_, buckets_, report_.requests);
    if (!theirs) return lose(theirs.error());
    auto done = compare_steps(*ours, *theirs, steps, each);
    static_cast<void>(ours->end());  // it is thrown away with its folder
    if (!theirs->end()) report_.left.push_back(theirs->bucket());
    return done;
  }

 private:
  std::expected<void, std::string> compare_steps(Run& ours, Run& theirs, const std::vector<Step>& steps,
                                                 const Each& each) {
    for (const Step& step : steps) {
      const auto expected = ours.perform(step);
      if (!expected) return std::unexpected(expected.error());
      const auto actual = theirs.perform(step);
      const Observation seen = actual ? *actual : Observation{{"answer", no_answer}};
      const bool goes_on = each(step, compare(step, *expected, seen), seen);
      if (!actual && !comes_back()) return lose(actual.error());
      if (!goes_on || !actual) return {};
    }
    return {};
  }

  std::unexpected<std::string> lose(const std::string& why) {
    lost_ = why;
    return std::unexpected(why);
  }

  /// Whether anybody is there, perhaps after a while.
  bool comes_back() {
    client::S3Request request;
    request.method = "GET";
    request.stop = stop_;
    const auto patience = std::min<std::chrono::steady_clock::duration>(
        endpoint_.client.options().http.idle_timeout, most_patience);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (bool fell = false;; fell = true) {
      const auto answer = endpoint_.client.send(request);
      if (answer || answer.error().kind != client::ErrorKind::connect) {
        report_.falls += fell ? 1U : 0U;
        return answer.has_value();
      }
      if (std::chrono::steady_clock::now() >= deadline || !client::wait_for(between_looks, stop_))
        return false;
    }
  }

  const Side& reference_;
  const Side& endpoint_;
  Report& report_;
  const std::stop_token stop_;
  std::uint64_t buckets_ = 0;
  std::optional<std::string> lost_ = {};  ///< why nothing more can be asked
};

bool says_not_offered(const Observation& actual) {
  return std::ranges::any_of(actual, [](const auto& aspect) {
    return aspect.first == "answer" && aspect.second.starts_with("501");
  });
}

class Explorer {
 public:
  Explorer(const Side& reference, const Side& endpoint, const Options& options,
           const std::function<void(const Report&)>& told)
      : options_(options),
        told_(told),
        endpoint_(endpoint),
        pair_(reference, endpoint, report_, options.stop) {}

  std::expected<Report, std::string> explore() {
    const auto end = std::chrono::steady_clock::now() + options_.time;
    while (report_.sequences < options_.sequences && report_.requests < options_.requests &&
           std::chrono::steady_clock::now() < end && !options_.stop.stop_requested()) {
      tell();
      if (auto done = explore_sequence(report_.sequences); !done) {
        if (report_.sequences == 0 && report_.findings.empty()) return std::unexpected(done.error());
        if (!options_.stop.stop_requested()) report_.lost = done.error();
        break;
      }
      ++report_.sequences;
    }
    return std::move(report_);
  }

 private:
  void tell() const {
    if (told_) told_(report_);
  }

  std::expected<void, std::string> explore_sequence(std::uint64_t number) {
    Random seeds(options_.seed);
    for (std::uint64_t i = 0; i < number; ++i) seeds.next();
    auto steps = Generator(seeds.next()).sequence(options_.steps);
    std::erase_if(steps, [&](const Step& step) { return is_never_offered(step.operation); });
    std::vector<std::pair<Difference, std::size_t>> found;  // with the number of steps that show it
    std::size_t done = 0;
    auto ran = pair_.run(steps, [&](const Step& step, const auto& difference, const Observation& actual) {
      ++done;
      if (options_.stop.stop_requested()) return false;
      if (says_not_offered(actual)) {
        report_.not_offered.insert(std::string(step.operation));
        return !difference;  // ours did it, and has other things to tell of from here on
      }
      offered_.insert(step.operation);
      if (!difference) return true;
      if (options_.known.contains(difference->id)) {
        report_.seen_known.insert(difference->id);
      } else if (is_new(difference->id, found)) {
        found.emplace_back(*difference, done);
      }
      // Once one did what the other refused, they have different things to tell of.
      return difference->id.find(" answer ") == std::string::npos;
    });
    for (const auto& [difference, length] : found) {
      if (options_.stop.stop_requested()) break;
      const auto begin = steps.begin();
      add_finding(number, difference, {begin, begin + static_cast<std::ptrdiff_t>(length)});
    }
    return ran;
  }

  /// One that the endpoint has answered with NotImplemented, and with nothing else: ours isn't asked for it
  /// either.
  bool is_never_offered(std::string_view operation) const {
    return report_.not_offered.contains(std::string(operation)) && !offered_.contains(operation);
  }

  bool is_new(const std::string& id, const std::vector<std::pair<Difference, std::size_t>>& found) const {
    return std::ranges::none_of(report_.findings,
                                [&](const Finding& one) { return one.difference.id == id; }) &&
           std::ranges::none_of(found, [&](const auto& one) { return one.first.id == id; });
  }

  void add_finding(std::uint64_t number, const Difference& difference, std::vector<Step> steps) {
    Difference last = difference;
    const auto shows = [&](const std::vector<Step>& candidate) {
      tell();
      if (options_.stop.stop_requested()) return false;
      bool same = false;
      const Step* const end = &candidate.back();
      const auto ran = pair_.run(candidate, [&](const Step& step, const auto& now, const Observation&) {
        if (&step != end) return true;
        same = now && now->id == difference.id;
        if (same) last = *now;
        return true;
      });
      return ran && same;
    };
    Finding finding{
        .difference = {}, .sequence = number, .steps = {}, .unsteady = !shows(steps), .script = {}};
    const bool silent = difference.id.ends_with(no_answer);
    if (!finding.unsteady)
      steps = shrunk(std::move(steps), silent ? most_silent_replays : most_replays, shows);
    finding.difference = last;
    for (const Step& step : steps) finding.steps.push_back(line_of(step));
    finding.script = python_script(endpoint_.client, steps, last);
    report_.findings.push_back(std::move(finding));
  }

  const Options& options_;
  const std::function<void(const Report&)>& told_;
  const Side& endpoint_;
  Report report_;
  std::set<std::string_view> offered_;  ///< operations that the endpoint has answered in another way
  Pair pair_;
};

}  // namespace

std::expected<Report, std::string> explore(const Side& reference, const Side& endpoint,
                                           const Options& options,
                                           const std::function<void(const Report&)>& told) {
  return Explorer(reference, endpoint, options, told).explore();
}

}  // namespace partsmith::explore
