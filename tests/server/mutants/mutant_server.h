#pragma once
/// A whole server in the test's process, with a mutation around its service; and a client of it.

#include <partsmith/client/s3_client.h>
#include <partsmith/storage/local_store.h>

#include "accounts.h"
#include "addressing.h"
#include "http/edge.h"
#include "md5_lanes.h"
#include "mutation.h"
#include "router.h"
#include "service.h"
#include "test_server.h"

namespace partsmith::test {

class MutantServer {
 public:
  explicit MutantServer(Handle handle) : handle_(std::move(handle)) {
    auto opened = storage::open_local_store({.folder = folder_.path(), .clock = &clock_});
    if (!opened) throw std::runtime_error(opened.error());
    store_ = std::move(*opened);
    worlds_ = std::make_unique<server::OneWorld>(
        server::World{.store = *store_, .clock = clock_, .memory = memory_, .md5_lanes = md5_lanes_});
    service_ = std::make_unique<server::Service>(
        options_, server::Service::Parts{.worlds = *worlds_, .engine = engine_});
    edge_ = std::make_unique<server::HttpEdge>(
        server::EdgeOptions{},
        server::HttpEdge::Handlers{
            .request = [this](server::Request& request) { return answer(request); },
            .bad_head =
                [this](const server::HttpEdge::BadHead& bad) { return service_->handle_bad_head(bad); }});
    if (const auto started = edge_->start(); !started) throw std::runtime_error(started.error());
    client_ = client_in("us-east-1");
    client_elsewhere_ = client_in("eu-west-1");
    client_of_another_ = client_in("us-east-1", other_account);
  }
  ~MutantServer() {
    client_.reset();
    client_elsewhere_.reset();
    client_of_another_.reset();
    edge_->stop(std::chrono::seconds(5));
  }
  MutantServer(const MutantServer&) = delete;
  MutantServer& operator=(const MutantServer&) = delete;

  client::S3Client& client() { return *client_; }
  /// Who takes the endpoint for one of eu-west-1.
  client::S3Client& client_elsewhere() { return *client_elsewhere_; }
  /// Whose key is another account's.
  client::S3Client& client_of_another() { return *client_of_another_; }
  const Clock& clock() const { return clock_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(edge_->port()); }

 private:
  std::unique_ptr<client::S3Client> client_in(std::string region, const char* key = "test") const {
    client::S3ClientOptions options;
    options.credentials = {key, "test", ""};
    options.region = std::move(region);
    // A mutant may promise more bytes than it sends.
    options.http.idle_timeout = std::chrono::seconds(5);
    return std::make_unique<client::S3Client>(*client::Endpoint::parse(url()), options, clock_);
  }

  server::Response answer(server::Request& request) {
    Asked asked{"none", {}};
    if (const auto address = server::address_of(request.headers.value("host"), request.target)) {
      asked.query = address->query;
      const auto row = server::route(request.method, address->scope, address->query, request.headers);
      if (row) asked.operation = (*row)->name;
    }
    return handle_(asked, request, [this, &asked](server::Request& mutated) {
      server::Request moved_from = mutated;  // mutations look at theirs again
      return accounts_.answer(asked, moved_from,
                              [this](server::Request& own) { return service_->handle(own); });
    });
  }

  TemporaryFolder folder_;
  SystemClock clock_;
  server::MemoryBudget memory_{std::size_t{96} << 20U};
  server::Md5Lanes md5_lanes_;
  server::ServerOptions options_;
  Handle handle_;
  Accounts accounts_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<server::OneWorld> worlds_;
  server::LocalEngine engine_;
  std::unique_ptr<server::Service> service_;
  std::unique_ptr<server::HttpEdge> edge_;
  std::unique_ptr<client::S3Client> client_;
  std::unique_ptr<client::S3Client> client_elsewhere_;
  std::unique_ptr<client::S3Client> client_of_another_;
};

}  // namespace partsmith::test
