#pragma once
/// A client of a fake server, and one check run against it.

#include <mutex>
#include <vector>

#include <partsmith/conformance/context.h>
#include <partsmith/conformance/runner.h>

#include "fake_server.h"

namespace partsmith::test {

/// Answers requests by a function, and notes them.
class FakeEndpoint {
 public:
  using Request = FakeServer::Request;

  explicit FakeEndpoint(std::function<std::string(const Request&)> answer)
      : answer_(std::move(answer)),
        server_(FakeServer::answering([this](const Request& request) {
          const std::scoped_lock lock(mutex_);
          requests_.push_back(request.method + ' ' + request.target);
          return answer_(request);
        })),
        client_(*client::Endpoint::parse(server_.url()), options(), clock_) {}

  client::S3Client& client() { return client_; }
  const Clock& clock() const { return clock_; }
  std::vector<std::string> requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }

  /// The result of one check.
  conformance::CheckResult run(conformance::Check check) {
    const auto plan = conformance::plan({std::move(check)}, {});
    const auto result = conformance::run(client_, plan, {.jobs = 1}, clock_);
    if (!result) throw std::runtime_error(result.error());
    return result->checks.at(0);
  }
  conformance::CheckResult run(std::function<void(conformance::CheckContext&)> body,
                               conformance::Cost cost = {10, 1000}) {
    return run({.id = "multipart.test",
                .title = "A test",
                .source = "S3 API: none",
                .cost = cost,
                .body = std::move(body)});
  }

 private:
  static client::S3ClientOptions options() {
    client::S3ClientOptions result;
    result.credentials = {"AKID", "very-secret", "session-secret"};
    result.http.idle_timeout = std::chrono::seconds(5);  // it awaits bodies that checks only announce
    return result;
  }

  std::function<std::string(const Request&)> answer_;
  SystemClock clock_;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  FakeServer server_;
  client::S3Client client_;
};

}  // namespace partsmith::test
