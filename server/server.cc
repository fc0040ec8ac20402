#include <fmt/format.h>

#include <partsmith/server/server.h>
#include <partsmith/values/digest.h>
#include <partsmith/values/encoding.h>

#include "control/api.h"
#include "control/metrics.h"
#include "faults/fault_observer.h"
#include "faults/presets.h"
#include "forward/forwarding_engine.h"
#include "forward/no_store.h"
#include "forward/world_emptying.h"
#include "http/edge.h"
#include "journal/journal_observer.h"
#include "md5_lanes.h"
#include "request_log.h"
#include "service.h"
#include "worlds/keyed_worlds.h"

namespace partsmith::server {

class Server::Impl {
 public:
  /// No store: an upstream has the buckets.
  Impl(ServerOptions options, storage::Store* store, const Clock& clock)
      : options_(std::move(options)),
        clock_(clock),
        memory_(options_.request_memory),
        worlds_(make_worlds(World{.store = store != nullptr ? *store : no_store_,
                                  .clock = clock,
                                  .rules = options_.rules,
                                  .completes_early = options_.early_completion,
                                  .blocks_public_access = options_.block_public_access,
                                  .kms_keys = options_.kms_keys,
                                  .memory = memory_,
                                  .md5_lanes = md5_lanes_,
                                  .foreign_policy = foreign_policy_of(options_),
                                  .journal = options_.journal ? std::make_shared<Journal>() : nullptr,
                                  .movable_clock = options_.movable_clock})),
        engine_(make_engine(options_)),
        faults_(*engine_, options_.control),
        journal_(*worlds_),
        log_(options_.log_format, options_.log, clock),
        control_({.enabled = options_.control,
                  .own_port = options_.control_port.has_value(),
                  .token = options_.control_token,
                  .init_report = options_.init_report},
                 {.worlds = *worlds_,
                  .metrics = metrics_,
                  .version = options_.version,
                  .upstream = options_.upstream.get(),
                  .empty_at_upstream = emptying()}),
        service_(options_,
                 {.worlds = *worlds_, .engine = *engine_, .observers = observers(), .control = &control_}) {}

  std::expected<void, std::string> start() {
    if (const auto ok = add_faults(); !ok) return ok;
    const auto identity = tls_identity();
    if (!identity) return std::unexpected(identity.error());
    if (options_.control_port) {
      if (auto started = start(control_edge_, *options_.control_port, *identity, true); !started)
        return started;
    }
    return start(edge_, options_.port, *identity, false);
  }

  std::uint16_t port() const { return edge_ ? edge_->port() : 0; }

  std::string url() const { return url_of(edge_); }
  std::string control_url() const { return url_of(options_.control_port ? control_edge_ : edge_); }

  WorldSteering steer(std::string access_key) const {
    return WorldSteering([this, key = std::move(access_key)] { return worlds_->make_world_of(key); },
                         options_.version);
  }

  void stop(std::chrono::milliseconds grace) {
    service_.stop_waiting();
    if (edge_) edge_->stop(grace);
    if (control_edge_) control_edge_->stop(grace);
  }

 private:
  std::expected<void, std::string> start(std::optional<HttpEdge>& edge, std::uint16_t port,
                                         const std::shared_ptr<const TlsIdentity>& identity,
                                         bool for_control) {
    edge.emplace(
        EdgeOptions{.host = options_.host, .port = port, .tls = identity, .memory = &memory_},
        HttpEdge::Handlers{
            .request =
                [this, for_control](Request& request) {
                  request.came_by_control_port = for_control;
                  return service_.handle(request);
                },
            .bad_head = [this](const HttpEdge::BadHead& bad) { return service_.handle_bad_head(bad); }});
    return edge->start();
  }

  std::string url_of(const std::optional<HttpEdge>& edge) const {
    const bool ipv6 = options_.host.find(':') != std::string::npos;
    return fmt::format("{}://{}:{}", options_.tls ? "https" : "http",
                       ipv6 ? '[' + options_.host + ']' : options_.host, edge ? edge->port() : 0);
  }

  /// Nothing for plain HTTP.
  std::expected<std::shared_ptr<const TlsIdentity>, std::string> tls_identity() const {
    if (!options_.tls) return nullptr;
    const auto& tls = *options_.tls;
    if (tls.ca_file.empty()) return TlsIdentity::from_files(tls.certificate, tls.key);
    return TlsIdentity::self_signed(options_.host, tls.ca_file, clock_.now());
  }

  static std::shared_ptr<const Policy> foreign_policy_of(const ServerOptions& options) {
    if (!options.upstream) return nullptr;
    return std::make_shared<UpstreamDecides>();
  }

  static std::unique_ptr<Engine> make_engine(const ServerOptions& options) {
    if (!options.upstream) return std::make_unique<LocalEngine>();
    return std::make_unique<ForwardingEngine>(*options.upstream, name_map(options));
  }

  static NameMap name_map(const ServerOptions& options) {
    return {options.upstream_buckets, options.world_per_access_key()};
  }

  decltype(ControlledServer::empty_at_upstream) emptying() const {
    if (!options_.upstream || !options_.world_per_access_key()) return {};
    return [upstream = options_.upstream, names = name_map(options_)](const std::string& access_key,
                                                                      const std::function<bool()>& stopped) {
      return empty_world_at(*upstream, names, access_key, stopped);
    };
  }

  std::unique_ptr<Worlds> make_worlds(World nobodys) const {
    if (!options_.world_per_access_key()) return std::make_unique<OneWorld>(std::move(nobodys));
    return std::make_unique<KeyedWorlds>(std::move(nobodys), options_.open_world);
  }

  std::expected<void, std::string> add_faults() {
    const auto world = worlds_->world_of({});
    for (const std::string& json : options_.faults) {
      auto rules = parse_fault_rules(json);
      if (!rules) return std::unexpected(fmt::format("fault rules: {}", rules.error()));
      for (FaultRule& rule : *rules) {
        if (!world->faults->add(std::move(rule))) return std::unexpected("fault rules: more than 1000");
      }
    }
    return {};
  }

  /// In the order in which they are called.
  std::vector<Observer*> observers() {
    std::vector<Observer*> all{&faults_, &metrics_};
    if (options_.journal) all.push_back(&journal_);
    if (options_.log) all.push_back(&log_);
    return all;
  }

  ServerOptions options_;
  const Clock& clock_;
  NoStore no_store_;
  MemoryBudget memory_;
  Md5Lanes md5_lanes_;
  std::unique_ptr<Worlds> worlds_;
  std::unique_ptr<Engine> engine_;
  FaultObserver faults_;
  Metrics metrics_;
  JournalObserver journal_;
  RequestLog log_;
  ControlApi control_;
  Service service_;
  std::optional<HttpEdge> control_edge_;  ///< from start() on, if it has a port of its own
  std::optional<HttpEdge> edge_;          ///< from start() on
};

std::optional<std::string> fault_preset_rules(std::string_view name) {
  const FaultPreset* preset = fault_preset(name);
  return preset == nullptr ? std::nullopt : std::optional<std::string>(preset->rules);
}

std::vector<std::string> fault_preset_names() {
  std::vector<std::string> names;
  for (const FaultPreset& preset : fault_presets()) names.emplace_back(preset.name);
  return names;
}

ServerOptions::OpenWorld worlds_in(std::filesystem::path folder, storage::LocalStoreOptions like,
                                   std::function<std::expected<void, std::string>(storage::Store&)> fill) {
  return [folder = std::move(folder), like = std::move(like), fill = std::move(fill)](
             const std::string& access_key,
             const Clock& clock) -> std::expected<std::unique_ptr<storage::Store>, std::string> {
    storage::LocalStoreOptions options = like;
    options.folder = folder / to_hex(sha256(as_bytes(access_key)));
    options.clock = &clock;
    std::error_code error;
    const bool is_new = !std::filesystem::exists(options.folder, error);
    auto store = storage::open_local_store(std::move(options));
    if (!store || !is_new) return store;
    if (auto filled = fill(**store); !filled) return std::unexpected(std::move(filled.error()));
    return store;
  };
}

ServerOptions::OpenWorld worlds_of_upstream() {
  return [](const std::string&, const Clock&) { return std::unique_ptr<storage::Store>(new NoStore); };
}

Server::Server(ServerOptions options, storage::Store& store, const Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(options), &store, clock)) {}
Server::Server(ServerOptions options, const Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(options), nullptr, clock)) {}
Server::~Server() = default;

std::expected<void, std::string> Server::start() {
  return impl_->start();
}
std::uint16_t Server::port() const {
  return impl_->port();
}
std::string Server::url() const {
  return impl_->url();
}
std::string Server::control_url() const {
  return impl_->control_url();
}
WorldSteering Server::steer(std::string access_key) const {
  return impl_->steer(std::move(access_key));
}
void Server::stop(std::chrono::milliseconds grace) {
  impl_->stop(grace);
}

}  // namespace partsmith::server
