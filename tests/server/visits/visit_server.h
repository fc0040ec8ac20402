#pragma once
/// A server made of its parts, so that a test can observe visits and stand in for the engine.

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/protocol/sigv4.h>
#include <partsmith/storage/local_store.h>

#include "http/edge.h"
#include "md5_lanes.h"
#include "raw_client.h"
#include "service.h"
#include "temporary_folder.h"

namespace partsmith::test {

/// What a record says once its visit has ended.
struct Record {
  std::string operation;
  server::VisitEnd end;
  bool was_performed = false;
  std::vector<std::string> acted = {};
};

/// Keeps the record of each visit. Its functions, where they are set, act at their stages.
class Recorder final : public server::Observer {
 public:
  std::function<std::optional<server::Outcome>(server::Visit&)> when_before;
  std::function<void(server::Visit&, server::Outcome&)> when_committed;

  std::optional<server::Outcome> before(server::Visit& visit) override {
    return when_before ? when_before(visit) : std::nullopt;
  }
  void committed(server::Visit& visit, server::Outcome& outcome) override {
    if (when_committed) when_committed(visit, outcome);
  }
  void sent(const server::Visit& visit) override {
    const std::scoped_lock lock(mutex_);
    records_.push_back({std::string(visit.operation_name()), visit.end(),
                        visit.spent_in(server::Stage::perform).count() > 0, visit.acted()});
    changed_.notify_all();
  }

  /// The first record of the operation, once it is there. Records of other visits may come after it: a record
  /// is written after its answer, which lets the client's next request begin.
  Record first_of(std::string_view operation) {
    const auto is_of = [&](const Record& record) { return record.operation == operation; };
    std::unique_lock lock(mutex_);
    auto found = records_.end();
    if (!changed_.wait_for(lock, std::chrono::seconds(60), [&] {
          found = std::ranges::find_if(records_, is_of);
          return found != records_.end();
        }))
      throw std::runtime_error("a visit has no record");
    return *found;
  }

  /// The first `count` records, once they are there.
  std::vector<Record> first(std::size_t count) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(60), [&] { return records_.size() >= count; }))
      throw std::runtime_error("a visit has no record");
    return {records_.begin(), records_.begin() + static_cast<std::ptrdiff_t>(count)};
  }
  std::size_t size() {
    const std::scoped_lock lock(mutex_);
    return records_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Record> records_;
};

class VisitServer {
 public:
  explicit VisitServer(server::EdgeOptions edge_options = {}, bool early_completion = false)
      : store_(opened()),
        worlds_(server::World{.store = *store_,
                              .clock = clock_,
                              .completes_early = early_completion,
                              .memory = memory_,
                              .md5_lanes = md5_lanes_}),
        service_({}, {.worlds = worlds_, .engine = engine_, .observers = {&recorder}}) {
    edge_options.memory = &memory_;
    edge_.emplace(std::move(edge_options),
                  server::HttpEdge::Handlers{
                      .request = [this](server::Request& request) { return service_.handle(request); },
                      .bad_head = [this](const auto& bad) { return service_.handle_bad_head(bad); }});
    if (const auto started = edge_->start(); !started) throw std::runtime_error(started.error());
  }
  ~VisitServer() { stop(std::chrono::seconds(5)); }

  void stop(std::chrono::milliseconds grace) {
    service_.stop_waiting();
    edge_->stop(grace);
  }

  RawClient connect() const { return RawClient(edge_->port()); }
  std::string signed_request(const std::string& method, const std::string& target,
                             const std::string& body = {}) const {
    protocol::Headers headers{{"Host", "127.0.0.1"}, {"Content-Length", std::to_string(body.size())}};
    protocol::sigv4::sign(headers, method, target, to_hex(sha256(as_bytes(body))), {"test", "test", ""},
                          "us-east-1", clock_.now());
    std::string text = method + ' ' + target + " HTTP/1.1\r\n";
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    return text + "\r\n" + body;
  }
  RawClient::Answer send(const std::string& method, const std::string& target,
                         const std::string& body = {}) const {
    return connect().exchange(signed_request(method, target, body), method == "HEAD");
  }
  const std::filesystem::path& folder() const { return folder_.path(); }

  Recorder recorder;  // before the edge: its threads write here until it is gone

 private:
  std::unique_ptr<storage::Store> opened() {
    auto store = storage::open_local_store({.folder = folder_.path(), .clock = &clock_});
    if (!store) throw std::runtime_error(store.error());
    return std::move(*store);
  }

  TemporaryFolder folder_;
  SystemClock clock_;
  server::MemoryBudget memory_{std::size_t{96} << 20U};
  server::Md5Lanes md5_lanes_;
  std::unique_ptr<storage::Store> store_;
  server::OneWorld worlds_;
  server::LocalEngine engine_;
  server::Service service_;
  std::optional<server::HttpEdge> edge_;
};

}  // namespace partsmith::test
