#include <mutex>

#include <fmt/format.h>

#include <partsmith/server/server.h>

#include "http/edge.h"
#include "service.h"

namespace partsmith::server {

class Server::Impl {
 public:
  Impl(ServerOptions options, storage::Store& store, const Clock& clock)
      : options_(std::move(options)),
        service_(options_, World{store, clock}),
        edge_({.host = options_.host, .port = options_.port},
              {.request = [this](Request& request) { return service_.handle(request); },
               .bad_head = [this](const HttpEdge::BadHead& bad) { return service_.handle_bad_head(bad); },
               .exchange = [this](const Request& request, const Response& response,
                                  const Exchange& exchange) { log(request, response, exchange); }}) {}

  HttpEdge& edge() { return edge_; }

  std::string url() const {
    const bool ipv6 = options_.host.find(':') != std::string::npos;
    return fmt::format("http://{}:{}", ipv6 ? '[' + options_.host + ']' : options_.host, edge_.port());
  }

 private:
  void log(const Request& request, const Response& response, const Exchange& exchange) {
    if (!options_.log) return;
    const std::string line = service_.log_line(request, response, exchange);
    const std::scoped_lock lock(log_mutex_);
    options_.log(line);
  }

  ServerOptions options_;
  Service service_;
  std::mutex log_mutex_;
  HttpEdge edge_;
};

Server::Server(ServerOptions options, storage::Store& store, const Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(options), store, clock)) {}
Server::~Server() = default;

std::expected<void, std::string> Server::start() { return impl_->edge().start(); }
std::uint16_t Server::port() const { return impl_->edge().port(); }
std::string Server::url() const { return impl_->url(); }
void Server::stop(std::chrono::milliseconds grace) { impl_->edge().stop(grace); }

}  // namespace partsmith::server
