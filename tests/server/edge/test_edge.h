#pragma once
/// An edge on a free port whose handler the test gives, and what came of its requests.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "http/edge.h"
#include "raw_client.h"

namespace partsmith::test {

/// Values from the server's threads, waited for by the test's.
template <typename Value>
class Log {
 public:
  void add(Value value) {
    const std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
    changed_.notify_all();
  }
  /// The first `count` values, waiting for them.
  std::vector<Value> first(std::size_t count) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(60), [&] { return values_.size() >= count; }))
      throw std::runtime_error("what the test waits for did not happen");
    return {values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(count)};
  }
  std::size_t size() {
    const std::lock_guard lock(mutex_);
    return values_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Value> values_;
};

/// Holds threads until it is opened.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(60), [&] { return open_; }))
      throw std::runtime_error("the gate stayed shut");
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

/// What a handler saw of a request, body and all.
struct Seen {
  std::string method;
  std::string target;
  protocol::Headers headers;
  std::string peer_address;
  bool framed = false;
  std::optional<std::uint64_t> length;
  std::string body{};
  std::optional<server::BodyError> body_error{};
  std::size_t longest_run = 0;
};

inline Seen see(server::Request& request) {
  Seen seen{.method = request.method,
            .target = request.target,
            .headers = request.headers,
            .peer_address = request.peer_address,
            .framed = request.body->framed(),
            .length = request.body->length()};
  const auto read = request.body->read([&](ByteView run) {
    seen.longest_run = std::max(seen.longest_run, run.size());
    seen.body.append(as_text(run));
    return true;
  });
  if (!read) seen.body_error = read.error();
  return seen;
}

class TestEdge {
 public:
  using BadHead = server::HttpEdge::BadHead;

  struct Outcome {
    std::string target;
    server::Exchange exchange;
  };

  explicit TestEdge(server::RequestHandler handler, server::EdgeOptions options = {}) {
    server::HttpEdge::Handlers handlers;
    handlers.request = [this, handler = std::move(handler)](server::Request& request) {
      server::Response response = handler(request);
      response.owner =
          std::make_shared<Owner>([this, target = request.target](const server::Exchange& exchange) {
            exchanges.add({target, exchange});
          });
      return response;
    };
    handlers.bad_head = [this](const BadHead& bad) {
      bad_heads.add(bad.kind);
      static constexpr int status = 400;
      auto owner = std::make_shared<Owner>(
          [this, kind = bad.kind](const server::Exchange&) { refusals.add({kind, status}); });
      return server::Response{.status = status,
                              .headers = {{"Content-Type", "text/plain"}},
                              .body = "bad head",
                              .owner = std::move(owner)};
    };
    handlers.bug = [this](std::string_view what) { bugs.add(std::string(what)); };
    edge_ = std::make_unique<server::HttpEdge>(std::move(options), std::move(handlers));
    if (const auto started = edge_->start(); !started) throw std::runtime_error(started.error());
  }
  /// Reads each body, remembers the request, and answers with the body.
  explicit TestEdge(server::EdgeOptions options = {})
      : TestEdge(
            [this](server::Request& request) {
              Seen request_seen = see(request);
              seen.add(request_seen);
              return server::Response{.body = std::move(request_seen.body)};
            },
            std::move(options)) {}

  std::uint16_t port() const { return edge_->port(); }
  RawClient connect() const { return RawClient(port()); }
  void stop(std::chrono::milliseconds grace) { edge_->stop(grace); }

  // Before the edge: its threads write here until it is gone.
  Log<Seen> seen;
  Log<BadHead::Kind> bad_heads;
  Log<std::pair<BadHead::Kind, int>> refusals;  ///< with the status of the answer
  Log<Outcome> exchanges;
  Log<std::string> bugs;

 private:
  class Owner final : public server::AnswerOwner {
   public:
    explicit Owner(std::function<void(const server::Exchange&)> when_sent)
        : when_sent_(std::move(when_sent)) {}
    server::Response instead(server::AnswerFault why, std::string_view) override {
      return {.status = why == server::AnswerFault::bug ? 500 : 503, .body = "failure"};
    }
    void sent(const server::Exchange& exchange) override { when_sent_(exchange); }

   private:
    std::function<void(const server::Exchange&)> when_sent_;
  };

  std::unique_ptr<server::HttpEdge> edge_;
};

inline std::string get(std::string_view target, std::string_view fields = {}) {
  return std::string("GET ").append(target).append(" HTTP/1.1\r\nHost: h\r\n").append(fields).append("\r\n");
}

inline std::string put(std::string_view target, std::string_view body, std::string_view fields = {}) {
  return std::string("PUT ")
      .append(target)
      .append(" HTTP/1.1\r\nHost: h\r\nContent-Length: ")
      .append(std::to_string(body.size()))
      .append("\r\n")
      .append(fields)
      .append("\r\n")
      .append(body);
}

/// Text of that length in which no stretch looks like another for long.
inline std::string patterned(std::size_t size) {
  std::string text(size, '\0');
  std::uint32_t state = 1;
  for (char& c : text) {
    state = state * 1664525U + 1013904223U;
    c = static_cast<char>(state >> 24U);
  }
  return text;
}

}  // namespace partsmith::test
