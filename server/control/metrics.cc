#include "control/metrics.h"

#include <fmt/format.h>

#include <algorithm>

#include "faults/rule.h"

namespace partsmith::server {
namespace {

/// As a label's value: a backslash, a quote and a line break are escaped.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\n') {
      result += "\\n";
    } else {
      if (c == '\\' || c == '"') result += '\\';
      result += c;
    }
  }
  return result;
}

}  // namespace

void Metrics::sent(const Visit& visit) {
  if (visit.is_control()) return;
  const VisitEnd& end = visit.end();
  const double seconds = std::chrono::duration<double>(end.took).count();
  const std::string_view name = visit.operation_name().empty() ? "none" : visit.operation_name();
  const std::scoped_lock lock(mutex_);
  auto found = operations_.find(name);
  if (found == operations_.end()) found = operations_.emplace(name, Operation{}).first;
  Operation& operation = found->second;
  const auto bucket = std::ranges::lower_bound(bounds, seconds) - bounds.begin();
  ++operation.buckets[static_cast<std::size_t>(bucket)];
  operation.seconds += seconds;
  operation.bytes_in += end.exchange.bytes_in;
  operation.bytes_out += end.exchange.bytes_out;
  ++operation.answers[{end.status, std::string(end.error)}];
  constexpr std::size_t most_names = 1'000;
  for (const auto& rule : visit.faults) {
    if (faults_.size() < most_names || faults_.contains(rule->name)) ++faults_[rule->name];
  }
}

std::string Metrics::text(const storage::StoreTotals& totals) {
  return fmt::format(
      "# HELP partsmith_stored_bytes Bytes of parts and objects, shared ones counted once.\n"
      "# TYPE partsmith_stored_bytes gauge\npartsmith_stored_bytes {}\n"
      "# HELP partsmith_open_uploads Multipart uploads that are neither completed nor aborted.\n"
      "# TYPE partsmith_open_uploads gauge\npartsmith_open_uploads {}\n",
      totals.bytes, totals.open_uploads);
}

std::string Metrics::text(const std::string& version) const {
  const std::string text = fmt::format(
      "# HELP partsmith_info The program.\n# TYPE partsmith_info gauge\npartsmith_info{{version=\"{}\"}} 1\n",
      version);
  std::string requests =
      "# HELP partsmith_requests_total Requests by operation, status and S3's error code.\n"
      "# TYPE partsmith_requests_total counter\n";
  std::string seconds =
      "# HELP partsmith_request_seconds Time from a request's head to the end of its answer.\n"
      "# TYPE partsmith_request_seconds histogram\n";
  std::string bytes_in = "# HELP partsmith_received_bytes_total Heads and bodies of requests.\n"
                         "# TYPE partsmith_received_bytes_total counter\n";
  std::string bytes_out = "# HELP partsmith_sent_bytes_total Heads and bodies of answers.\n"
                          "# TYPE partsmith_sent_bytes_total counter\n";
  std::string fired = "# HELP partsmith_faults_fired_total Requests that a fault rule acted on.\n"
                      "# TYPE partsmith_faults_fired_total counter\n";
  const std::scoped_lock lock(mutex_);
  for (const auto& [name, operation] : operations_) {
    for (const auto& [answer, count] : operation.answers) {
      requests += fmt::format("partsmith_requests_total{{operation=\"{}\",status=\"{}\",code=\"{}\"}} {}\n",
                              name, answer.first, answer.second, count);
    }
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < operation.buckets.size(); ++i) {
      below += operation.buckets[i];
      const std::string bound = i < bounds.size() ? fmt::format("{}", bounds[i]) : "+Inf";
      seconds += fmt::format("partsmith_request_seconds_bucket{{operation=\"{}\",le=\"{}\"}} {}\n", name,
                             bound, below);
    }
    seconds +=
        fmt::format("partsmith_request_seconds_sum{{operation=\"{}\"}} {:.6f}\n", name, operation.seconds);
    seconds += fmt::format("partsmith_request_seconds_count{{operation=\"{}\"}} {}\n", name, below);
    bytes_in +=
        fmt::format("partsmith_received_bytes_total{{operation=\"{}\"}} {}\n", name, operation.bytes_in);
    bytes_out +=
        fmt::format("partsmith_sent_bytes_total{{operation=\"{}\"}} {}\n", name, operation.bytes_out);
  }
  for (const auto& [name, count] : faults_) {
    fired += fmt::format("partsmith_faults_fired_total{{rule=\"{}\"}} {}\n", escaped(name), count);
  }
  return text + requests + seconds + bytes_in + bytes_out + fired;
}

}  // namespace partsmith::server
