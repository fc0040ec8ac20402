#include "upstream_metrics.h"

#include <fmt/format.h>

namespace partsmith::gateway {
namespace {

using Kind = server::UpstreamFailure::Kind;

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::unreachable:
      return "unreachable";
    case Kind::timeout:
      return "timeout";
    case Kind::cut:
      return "cut";
    case Kind::malformed:
      break;
  }
  return "malformed";
}

std::string described(std::string_view name, std::string_view type, std::string_view help) {
  return fmt::format("# HELP partsmith_upstream_{} {}\n# TYPE partsmith_upstream_{} {}\n", name, help, name,
                     type);
}

}  // namespace

void UpstreamMetrics::answered(int status, std::chrono::steady_clock::duration took) {
  const std::scoped_lock lock(mutex_);
  ++answers_[status];
  seconds_ += std::chrono::duration<double>(took).count();
}

void UpstreamMetrics::failed(Kind kind) {
  const std::scoped_lock lock(mutex_);
  ++failures_[kind];
}

std::string UpstreamMetrics::text(const std::string& url) const {
  const auto one = [&](std::string_view name, std::string_view help, std::string_view type, auto value) {
    return described(name, type, help) +
           fmt::format("partsmith_upstream_{}{{upstream=\"{}\"}} {}\n", name, url, value);
  };
  std::string requests = described("requests_total", "counter", "Answers of the upstream, by status.");
  std::string failures =
      described("failures_total", "counter", "Requests without a whole answer, by what went wrong.");
  std::uint64_t count = 0;
  const std::scoped_lock lock(mutex_);
  for (const auto& [status, number] : answers_) {
    requests += fmt::format("partsmith_upstream_requests_total{{upstream=\"{}\",status=\"{}\"}} {}\n", url,
                            status, number);
    count += number;
  }
  for (const auto& [kind, number] : failures_) {
    failures += fmt::format("partsmith_upstream_failures_total{{upstream=\"{}\",kind=\"{}\"}} {}\n", url,
                            to_string(kind), number);
  }
  std::string seconds = described("seconds", "summary", "Time from a request's head to its answer's.");
  seconds += fmt::format("partsmith_upstream_seconds_sum{{upstream=\"{}\"}} {:.6f}\n", url, seconds_);
  seconds += fmt::format("partsmith_upstream_seconds_count{{upstream=\"{}\"}} {}\n", url, count);
  return requests + failures + seconds +
         one("in_flight", "Requests that are on their way to the upstream or back.", "gauge",
             in_flight_.load()) +
         one("connections_opened_total", "Connections made to the upstream.", "counter", opened_.load()) +
         one("connections_reused_total", "Requests that took a kept connection.", "counter", reused_.load()) +
         one("sent_again_total", "Requests sent again because a kept connection was closed.", "counter",
             sent_again_.load());
}

}  // namespace partsmith::gateway
