#include "serve.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <functional>
#include <optional>
#include <system_error>

#include <partsmith/conformance/profile.h>
#include <partsmith/server/local_names.h>
#include <partsmith/server/server.h>
#include <partsmith/storage/local_store.h>

#include "bucket_requests.h"
#include "client_environment.h"
#include "data_folder.h"
#include "init_scripts.h"
#include "ready_file.h"
#include "secret_files.h"
#include "seed.h"
#include "serve_upstream.h"
#include "standard_streams.h"
#include "termination.h"
#include "text_file.h"

namespace partsmith::cli {
namespace {

/// How long requests in flight may take after the signal to end; one more signal ends them at once.
constexpr std::chrono::seconds grace{60};

/// The shortest secret key for networks, as MinIO has it too: shorter ones are guessed.
constexpr std::size_t shortest_secret = 8;

storage::Durability durability_of(const ServeOptions& options) {
  if (options.durability == "disk") return storage::Durability::disk;
  return options.ephemeral ? storage::Durability::none : storage::Durability::process;
}

/// How this run tells what isn't a request, in the form of its log.
std::function<void(std::string_view)> teller(const ServeOptions& options) {
  if (options.log_format != "json") return tell_line;
  return [](std::string_view message) {
    tell_line(
        nlohmann::json{{"message", message}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  };
}

/// The soft limit on descriptors is a courtesy to programs that use select(); connections are worth more
/// here.
void use_all_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);  // refused, the server takes fewer connections at once
}

std::expected<std::string, std::string> secret_of(const ServeOptions& options) {
  if (!options.secret_key_file.empty()) return read_secret(options.secret_key_file);
  return options.secret_key;
}

std::expected<void, std::string> check_keys(const ServeOptions& options, const std::string& secret) {
  if (options.access_key.empty() || secret.empty()) {
    return std::unexpected("--access-key and --secret-key must not be empty");
  }
  if (server::is_loopback(options.host)) return {};
  if (options.accept_default_keys) return {};
  if (server::is_known_secret(secret)) {
    return std::unexpected(
        fmt::format("listening on {} needs a secret key of your own (--secret-key-file): the default one is "
                    "known to everybody",
                    options.host));
  }
  if (secret.size() < shortest_secret) {
    return std::unexpected(
        fmt::format("listening on {} needs a secret key of at least {} characters: this one has {}",
                    options.host, shortest_secret, secret.size()));
  }
  return {};
}

/// Hosts as they are compared: without scheme, port or path.
std::expected<void, std::string> check_hosts(const ServeOptions& options) {
  for (const std::string& host : options.allowed_hosts) {
    const auto colons = std::ranges::count(host, ':');  // one is before a port, more are in an IPv6 address
    if (host.empty() || host.find_first_of("/*@[] ") != std::string::npos || colons == 1) {
      return std::unexpected(fmt::format(
          "--allow-host {}: a host's name alone is wanted, as in s3.example.com, without scheme, port or *",
          host));
    }
  }
  return {};
}

/// A preset's rules, a file's, or the JSON that it is.
std::expected<std::string, std::string> fault_rules(const std::string& fault) {
  if (fault.starts_with('{') || fault.starts_with('[')) return fault;
  if (auto rules = server::fault_preset_rules(fault)) return *std::move(rules);
  auto text = read_text_file(fault);
  if (!text) {
    return std::unexpected(fmt::format("--fault {}: it is none of {}, and as a file it can't be read: {}",
                                       fault, fmt::join(server::fault_preset_names(), ", "), text.error()));
  }
  if (!nlohmann::json::accept(*text))
    return std::unexpected(fmt::format("--fault {}: it is no JSON (docs/faults.md describes rules)", fault));
  return *std::move(text);
}

/// Whether strangers could reach the control API: beyond loopback it takes a token.
bool offers_control(const ServeOptions& options) {
  return !options.no_control && (server::is_loopback(options.host) || !options.control_token.empty());
}

/// What a world begins with.
std::expected<void, std::string> fill(storage::Store& store, const ServeOptions& options) {
  if (auto made = make_buckets(options.buckets, options.region, store); !made) return made;
  if (options.seed.empty()) return {};
  return seed_store(options.seed, options.region, store);
}

server::ServerOptions server_options(const ServeOptions& options, const std::string& secret,
                                     server::VendorRules rules) {
  server::ServerOptions result;
  result.rules = std::move(rules);
  result.host = options.host;
  result.port = options.port;
  result.access_key = options.access_key;
  result.secret_key = secret;
  result.session_token = options.session_token;
  result.kms_keys = options.kms_keys;
  result.allowed_hosts = options.allowed_hosts;
  result.trust_pages = options.trust_pages;
  result.region = options.region;
  result.strict_region = options.strict_region;
  result.early_completion = options.early_completion;
  result.block_public_access = !options.no_public_access_block;
  if (!options.tls_certificate.empty() || !options.tls_self_signed.empty()) {
    result.tls = {
        .certificate = options.tls_certificate, .key = options.tls_key, .ca_file = options.tls_self_signed};
  }
  result.version = PARTSMITH_VERSION;
  if (options.min_part_size) result.rules.minimum_part_bytes = *options.min_part_size;
  result.control = offers_control(options);
  result.control_token = options.control_token;
  if (result.control) result.control_port = options.control_port;
  result.log_format = options.log_format == "json" ? server::LogFormat::json : server::LogFormat::text;
  if (!options.quiet) result.log = tell_line;
  return result;
}

std::expected<server::VendorRules, std::string> rules_of(const ServeOptions& options) {
  if (options.profile.empty()) return server::VendorRules{};
  const auto profile = conformance::find_profile(options.profile);
  if (!profile) return std::unexpected(profile.error());
  if (profile->serve.empty()) {
    return std::unexpected(
        fmt::format("--profile {}: it has no rules that a server can take on", options.profile));
  }
  auto rules = server::parse_vendor_rules(profile->serve);
  if (!rules) return std::unexpected(fmt::format("--profile {}: {}", options.profile, rules.error()));
  return rules;
}

/// Requests in flight are cut by the end of the process, as by a kill; what is temporary goes with them. What
/// they write behind the removal's back is removed by the next start.
[[noreturn]] void end_at_once(const DataFolder* folder, const ReadyFile& ready_file, int signal) {
  ready_file.remove();
  if (folder != nullptr) folder->remove_at_once();
  constexpr int ended_by_signal = 128;  // as shells have it
  std::_Exit(ended_by_signal + signal);
}

std::expected<void, std::string> add_faults(const ServeOptions& options, server::ServerOptions& of_server) {
  for (const std::string& fault : options.faults) {
    auto text = fault_rules(fault);
    if (!text) return std::unexpected(std::move(text.error()));
    of_server.faults.push_back(*std::move(text));
  }
  return {};
}

/// What a server's start says, and what to do about a port that another program has.
std::string with_advice(std::string error) {
  if (error.ends_with(std::generic_category().message(EADDRINUSE)))
    error += " (another port, with --port, or the end of what listens there; --port 0 takes a free one)";
  return error;
}

/// What the scripts of `init` find in their environment. Who listens everywhere is found here by name.
InitScripts::Variables script_variables(const ServeOptions& options, const std::string& secret,
                                        const server::Server& server) {
  std::string url = server.url();
  if (options.host == "0.0.0.0" || options.host == "::")
    url = fmt::format("{}://localhost:{}", url.substr(0, url.find(':')), server.port());
  auto variables = client_environment(
      {.url = url, .access_key = options.access_key, .secret_key = secret, .region = options.region});
  if (!options.tls_self_signed.empty())
    variables.emplace_back("AWS_CA_BUNDLE", std::filesystem::absolute(options.tls_self_signed));
  return variables;
}

/// What outlives the server.
struct Surroundings {
  const ServeOptions& options;
  const std::string& secret;
  const InitScripts& scripts;
  const Termination& termination;
  ReadyFile& ready_file;
};

/// Until a signal ends it. `from` says whose buckets they are; `folder`: the store's, if there is one.
std::expected<void, std::string> run(server::Server& server, const Surroundings& around,
                                     const std::string& from, const DataFolder* folder) {
  const auto& [options, secret, scripts, termination, ready_file] = around;
  if (const auto started = server.start(); !started) return std::unexpected(with_advice(started.error()));
  if (const auto written = ready_file.write(server.url(), server.port(), server.control_url()); !written)
    return written;
  if (!options.quiet) {
    teller(options)(fmt::format("partsmith {} serves S3 at {} from {} (access key {}); Ctrl-C ends it",
                                PARTSMITH_VERSION, server.url(), from, options.access_key));
  }
  std::optional<RunningScripts> running(std::in_place, scripts, script_variables(options, secret, server));
  if (options.ephemeral && folder != nullptr) DataFolder::remove_abandoned();
  termination.wait();
  const Termination::SecondSignal second(termination,
                                         [&](int signal) { end_at_once(folder, ready_file, signal); });
  running.reset();
  server.stop(grace);
  return {};
}

std::expected<void, std::string> serve_store(const Surroundings& around, server::ServerOptions of_server) {
  const ServeOptions& options = around.options;
  const auto folder = options.ephemeral ? DataFolder::temporary() : DataFolder::lasting(options.data);
  if (!folder) return std::unexpected(folder.error());
  MovableClock clock;
  const storage::LocalStoreOptions of_stores{.folder = folder->path(),
                                             .durability = durability_of(options),
                                             .clock = &clock,
                                             .quota = options.quota,
                                             .log = teller(options)};
  auto store = storage::open_local_store(of_stores);
  if (!store) return std::unexpected(store.error());
  if (const auto filled = fill(**store, options); !filled) return filled;
  of_server.movable_clock = &clock;
  if (options.world_per_access_key) {
    of_server.open_world =
        server::worlds_in(folder->path() / "worlds", of_stores,
                          [&options](storage::Store& of_world) { return fill(of_world, options); });
  }
  server::Server server(std::move(of_server), **store, clock);
  return run(server, around, folder->path().string(), &*folder);
}

std::expected<void, std::string> serve_upstream(const Surroundings& around, server::ServerOptions of_server) {
  const ServeOptions& options = around.options;
  auto upstream = upstream_of(options);
  if (!upstream) return std::unexpected(upstream.error());
  auto buckets = upstream_buckets_of(options);
  if (!buckets) return std::unexpected(buckets.error());
  MovableClock clock;
  of_server.movable_clock = &clock;
  of_server.upstream = *std::move(upstream);
  of_server.upstream_buckets = *std::move(buckets);
  if (options.world_per_access_key) of_server.open_world = server::worlds_of_upstream();
  const std::string from = of_server.upstream->url();
  server::Server server(std::move(of_server), clock);
  return run(server, around, from, nullptr);
}

}  // namespace

std::expected<void, std::string> serve(const ServeOptions& options, const std::vector<std::string>& notes) {
  auto secret = secret_of(options);
  if (!secret) return std::unexpected(fmt::format("--secret-key-file: {}", secret.error()));
  if (const auto ok = check_keys(options, *secret); !ok) return ok;
  if (const auto ok = check_hosts(options); !ok) return ok;
  if (options.control_port && !offers_control(options)) {
    return std::unexpected(options.no_control ? "--control-port and --no-control exclude each other"
                                              : "--control-port beyond loopback needs --control-token");
  }
  auto rules = rules_of(options);
  if (!rules) return std::unexpected(rules.error());
  use_all_descriptors();
  const auto say = teller(options);
  std::ranges::for_each(notes, say);
  const auto scripts = InitScripts::in(options.init_scripts, say);
  if (!scripts) return std::unexpected(scripts.error());
  scripts->run(InitScripts::boot);
  scripts->run(InitScripts::start);
  const Termination termination;  // before any thread is made, so that all of them leave the signals alone
  if (!server::is_known_secret(*secret) || !options.tls_key.empty() || options.is_gateway())
    keep_memory_private();
  for (const auto& file : {options.secret_key_file, options.tls_key}) {
    if (const auto warning = warning_about(file)) say(*warning);
  }

  ReadyFile ready_file(options.ready_file);
  server::ServerOptions of_server = server_options(options, *secret, *std::move(rules));
  if (const auto added = add_faults(options, of_server); !added) return added;
  if (!options.init_scripts.empty()) of_server.init_report = [&] { return scripts->report(); };
  const Surroundings around{options, *secret, *scripts, termination, ready_file};
  if (options.is_gateway()) return serve_upstream(around, std::move(of_server));
  return serve_store(around, std::move(of_server));
}

}  // namespace partsmith::cli
