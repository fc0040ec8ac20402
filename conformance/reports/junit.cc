#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>

#include <partsmith/conformance/reports.h>
#include <partsmith/protocol/dates.h>
#include <partsmith/values/names.h>

namespace partsmith::conformance {
namespace {

/// XML 1.0 has no way to write most control characters, and a document that isn't UTF-8 is none.
std::string escaped(std::string_view text) {
  std::string result;
  const bool utf8 = is_utf8(text);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\n':
        result += "&#10;";
        break;
      default:
        if ((byte < 0x20 && c != '\t') || byte == 0x7f || (!utf8 && byte >= 0x80)) {
          result += '?';
        } else {
          result += c;
        }
    }
  }
  return result;
}

std::string seconds(std::chrono::milliseconds time) {
  return fmt::format("{:.3f}", static_cast<double>(time.count()) / 1000);
}

std::string first_difference(const CheckResult& check) {
  if (check.failures.empty()) return "differs from S3";
  const auto& first = check.failures.front();
  return fmt::format("S3 answers {}, not {}", first.expected, first.actual);
}

std::string skipped(const std::string& why) {
  return fmt::format("<skipped message=\"{}\"/>", escaped(why));
}

/// What stands inside a test case; empty when it passed. `tells_missing`: it is the one that tells that its
/// feature isn't there.
std::string verdict(const CheckResult& check, bool tells_missing) {
  switch (check.outcome) {
    case Outcome::passed:
      return {};
    case Outcome::skipped:
      return skipped(check.skip_reason);
    case Outcome::busy:
      return skipped("too busy: " + check.skip_reason);
    case Outcome::no_right:
      return skipped("no right: " + check.skip_reason);
    case Outcome::not_offered:
      if (!tells_missing)
        return skipped(fmt::format("not offered: {}: {}", check.feature, check.skip_reason));
      return fmt::format("<failure message=\"not offered: {}\" type=\"not-offered\">{}</failure>",
                         escaped(check.feature), escaped(check.skip_reason));
    case Outcome::error:
      return fmt::format("<error message=\"{}\"/>", escaped(check.defect));
    case Outcome::failed:
    case Outcome::unsteady:
      break;
  }
  if (check.deviation) {
    return fmt::format("<skipped message=\"differs from S3, as the profile says: {}\"/>",
                       escaped(check.deviation->reason));
  }
  const auto type = check.outcome == Outcome::unsteady ? "unsteady" : to_string(check.failed_level());
  return fmt::format("<failure message=\"{}\" type=\"{}\">{}</failure>", escaped(first_difference(check)),
                     type, escaped(failure_text(check)));
}

struct Family {
  std::string_view name;
  std::vector<const CheckResult*> checks = {};
};

std::vector<Family> families_of(const RunResult& result) {
  std::vector<Family> families;
  for (const auto& check : result.checks) {
    const auto name = family_of(check.id);
    auto found = std::ranges::find(families, name, &Family::name);
    if (found == families.end()) found = families.insert(families.end(), {.name = name});
    found->checks.push_back(&check);
  }
  return families;
}

using Ids = std::set<std::string>;

/// Of each feature that silently isn't there the first check: one cause is one failure.
Ids tellers_of(const RunResult& result) {
  Ids ids;
  for (const auto& feature : result.missing) {
    const auto first = std::ranges::find_if(result.checks, [&](const CheckResult& check) {
      return check.outcome == Outcome::not_offered && check.feature == feature.name && !check.deviation;
    });
    if (!feature.said && !feature.declared && first != result.checks.end()) ids.insert(first->id);
  }
  return ids;
}

std::string suite_text(const Family& family, const RunResult& result, const Ids& tellers) {
  std::chrono::milliseconds time{0};
  for (const auto* check : family.checks) time += check->time;
  const auto count = [&](auto holds) {
    return std::ranges::count_if(family.checks, [&](const CheckResult* check) { return holds(*check); });
  };
  auto text = fmt::format(
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{}\" "
      "timestamp=\"{}\" hostname=\"{}\">\n",
      escaped(family.name), family.checks.size(),
      count([&](const auto& c) { return c.fails_beyond_profile() || tellers.contains(c.id); }),
      count([](const auto& c) { return c.outcome == Outcome::error; }), count([&](const auto& c) {
        const bool judged = c.outcome == Outcome::passed || c.outcome == Outcome::error || c.differs();
        return (!judged && !tellers.contains(c.id)) || (c.differs() && c.deviation);
      }),
      seconds(time), protocol::iso8601(result.started), escaped(result.endpoint));
  for (const auto* check : family.checks) {
    text += fmt::format("    <testcase classname=\"{}\" name=\"{}: {}\" time=\"{}\">{}</testcase>\n",
                        escaped(family.name), escaped(check->id), escaped(check->title), seconds(check->time),
                        verdict(*check, tellers.contains(check->id)));
  }
  return text + "  </testsuite>\n";
}

/// What stays on the server, a case each: it fails nothing, and somebody has to remove it.
std::string leftovers_text(const RunResult& result) {
  if (result.leftovers.empty()) return {};
  auto text = fmt::format(
      "  <testsuite name=\"left over on the server\" tests=\"{0}\" failures=\"0\" errors=\"0\" "
      "skipped=\"{0}\" "
      "time=\"0.000\" timestamp=\"{1}\" hostname=\"{2}\">\n",
      result.leftovers.size(), protocol::iso8601(result.started), escaped(result.endpoint));
  for (const auto& leftover : result.leftovers) {
    text += fmt::format("    <testcase classname=\"left over\" name=\"{}\" time=\"0.000\">{}</testcase>\n",
                        escaped(leftover), skipped("left over: " + leftover));
  }
  return text + "  </testsuite>\n";
}

}  // namespace

std::string junit_report(const RunResult& result) {
  const auto tellers = tellers_of(result);
  auto text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"partsmith conform {}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{}\">\n",
      escaped(result.label.empty() ? result.endpoint : result.label),
      result.checks.size() + result.leftovers.size(), result.beyond_profile() + tellers.size(),
      result.count(Outcome::error), seconds(result.time));
  for (const auto& family : families_of(result)) text += suite_text(family, result, tellers);
  return text + leftovers_text(result) + "</testsuites>\n";
}

}  // namespace partsmith::conformance
