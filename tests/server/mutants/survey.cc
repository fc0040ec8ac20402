#include "survey.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <stdexcept>

#include <partsmith/conformance/runner.h>
#include <partsmith/protocol/xml.h>

#include "edits.h"
#include "mutant_server.h"

namespace partsmith::test {
namespace {

using conformance::Check;
using conformance::CheckResult;
using conformance::Outcome;

/// Those whose values are the server's own affair, or the connection's.
constexpr auto unremarkable_headers =
    std::to_array<std::string_view>({"x-amz-id-2", "x-amz-request-id", "date", "server", "content-length",
                                     "connection", "transfer-encoding"});
constexpr auto unremarkable_elements =
    std::to_array<std::string_view>({"RequestId", "HostId", "Error", "Resource", "ID", "DisplayName"});
/// Those that carry the request rather than say anything.
constexpr auto carrying_headers = std::to_array<std::string_view>(
    {"host", "authorization", "x-amz-date", "x-amz-content-sha256", "content-length", "transfer-encoding",
     "connection", "x-amz-decoded-content-length", "x-amz-trailer", "content-encoding", "expect",
     "user-agent", "accept-encoding"});
/// Those by which the operation is found.
constexpr auto routing_parameters = std::to_array<std::string_view>(
    {"uploads", "uploadId", "list-type", "attributes", "delete", "versioning", "versions", "tagging", "acl",
     "cors", "lifecycle", "location", "encryption", "policy", "x-id"});

/// Our own server never needs to be waited for.
constexpr std::chrono::milliseconds no_pause{0};

struct NoBucket : std::runtime_error {
  using std::runtime_error::runtime_error;
};

bool is_one_of(const auto& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

struct Seen {
  std::size_t count = 0;
  bool is_leaf = true;
};

void collect_elements(const protocol::XmlElement& element, std::map<std::string, Seen>& seen) {
  for (const auto& child : element.children) {
    ++seen[child.name].count;
    if (!child.children.empty()) seen[child.name].is_leaf = false;
    collect_elements(child, seen);
  }
}

void note_answer(server::Response& response, const std::string& operation, std::set<std::string>& rules) {
  const auto note = [&](const std::string& kind, const std::string& item) {
    rules.insert(Rule{operation, kind, item}.name());
  };
  note("status-changed", std::to_string(response.status));
  for (const auto& [given, value] : response.headers) {
    const auto name = protocol::lower_case(given);
    if (is_one_of(unremarkable_headers, name)) continue;
    note("header-dropped", name);
    note("header-changed", name);
  }
  auto& body = text_body(response);
  const auto document = protocol::parse_xml(body);
  const bool is_object = operation == "GetObject" && response.status < 300;
  if (is_object && !body.empty()) {
    note("body-changed", "of objects");
    note("body-cut", "of objects");
  }
  if (is_object || !document) return;
  std::map<std::string, Seen> elements;
  collect_elements(*document, elements);
  for (const auto& [name, seen] : elements) {
    if (is_one_of(unremarkable_elements, name)) continue;
    if (name == "Code" || name == "Message") continue;
    note("element-dropped", name);
    if (seen.is_leaf) note("element-changed", name);
    if (seen.count < 2) continue;
    auto reversed = body;
    reverse_elements(reversed, name);
    if (reversed != body) note("elements-reversed", name);  // of equal ones nobody could tell
    note("last-element-dropped", name);
  }
  if (const auto code = document->child_text("Code"); code && document->name == "Error") {
    for (const auto* kind : {"code-changed", "message-changed", "refusal-taken"}) note(kind, *code);
  }
}

void note_request(const Asked& asked, const server::Request& request, std::set<std::string>& rules) {
  for (const auto& [given, value] : request.headers) {
    const auto name = protocol::lower_case(given);
    if (!is_one_of(carrying_headers, name))
      rules.insert(Rule{asked.operation, "header-ignored", name}.name());
  }
  for (const auto& parameter : asked.query.parameters()) {
    const bool routes = is_one_of(routing_parameters, parameter.name) ||
                        (parameter.name == "partNumber" && request.method == "PUT") ||
                        parameter.name.starts_with("X-Amz-");
    if (!routes) rules.insert(Rule{asked.operation, "parameter-ignored", parameter.name}.name());
  }
}

bool is_for_another_region(const Check& check) {
  return std::ranges::find(check.needs, conformance::Need::other_region) != check.needs.end();
}

/// Those that need another region by a client of one.
std::vector<CheckResult> run_checks(MutantServer& server, const std::vector<Check>& checks,
                                    const conformance::RunOptions& options) {
  std::vector<CheckResult> results;
  for (const bool elsewhere : {false, true}) {
    auto chosen = checks;
    std::erase_if(chosen, [&](const Check& check) { return is_for_another_region(check) != elsewhere; });
    if (chosen.empty()) continue;
    auto& client = elsewhere ? server.client_elsewhere() : server.client();
    auto with_all = options;
    with_all.has_second = with_all.costly = true;
    with_all.second = &server.client_of_another();
    auto result =
        conformance::run(client, conformance::plan(std::move(chosen), with_all), with_all, server.clock());
    if (!result) throw NoBucket(result.error());
    results.insert(results.end(), result->checks.begin(), result->checks.end());
  }
  return results;
}

}  // namespace

std::map<std::string, std::set<std::string>> survey(const std::vector<Check>& checks) {
  std::mutex mutex;
  std::set<std::string> seen;
  MutantServer server([&](const Asked& asked, server::Request& request, const Next& next) {
    std::set<std::string> rules;
    note_request(asked, request, rules);
    auto response = next(request);
    note_answer(response, asked.operation, rules);
    const std::scoped_lock lock(mutex);
    seen.merge(rules);
    return response;
  });
  std::map<std::string, std::set<std::string>> checks_of_rule;
  conformance::RunOptions options{.jobs = 1, .pause = no_pause, .second_runs = false};
  options.progress = [&](std::size_t, std::size_t, const CheckResult& result) {
    const std::scoped_lock lock(mutex);
    for (const auto& rule : seen) checks_of_rule[rule].insert(result.id);
    seen.clear();
  };
  run_checks(server, checks, options);
  return checks_of_rule;
}

Verdict verdict(const Mutation& mutation, const std::vector<Check>& checks) {
  MutantServer server(mutation.handle());
  Verdict verdict;
  std::vector<CheckResult> results;
  try {
    results = run_checks(server, checks, {.jobs = 2, .pause = no_pause, .second_runs = false});
  } catch (const NoBucket&) {
    // A mutant on which not even a bucket can be made is found by every check.
    return {{}, checks.size()};
  }
  for (const auto& check : results) {
    // A wrong answer is one whatever its cause is taken for.
    if (check.failures.empty()) continue;
    ++verdict.failed;
    const bool own =
        std::ranges::any_of(check.failures, [](const auto& failure) { return !failure.taken_for_granted; });
    if (own) verdict.killed_by_own.push_back(check.id);
  }
  return verdict;
}

std::vector<CheckResult> failures(const Mutation& mutation, const std::vector<Check>& checks) {
  MutantServer server(mutation.handle());
  auto results = run_checks(server, checks, {.jobs = 1, .pause = no_pause, .second_runs = false});
  std::erase_if(results, [](const CheckResult& check) { return check.failures.empty(); });
  return results;
}

}  // namespace partsmith::test
