#include "serve.h"

#include <sys/resource.h>

#include <cstdio>
#include <functional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <partsmith/conformance/profile.h>
#include <partsmith/server/server.h>
#include <partsmith/storage/local_store.h>

#include "data_folder.h"
#include "ready_file.h"
#include "termination.h"

namespace partsmith::cli {
namespace {

/// How long requests in flight may take after the signal to end; a second signal ends them at once.
constexpr std::chrono::seconds grace{60};

void print(std::string_view line) { fmt::print(stderr, "{}\n", line); }

/// How this run tells what isn't a request, in the form of its log.
std::function<void(std::string_view)> teller(const ServeOptions& options) {
  if (options.log_format != "json") return print;
  return [](std::string_view message) {
    print(nlohmann::json{{"message", message}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  };
}

/// The soft limit on descriptors is a courtesy to programs that use select(); connections are worth more here.
void use_all_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);  // refused, the server takes fewer connections at once
}

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::expected<void, std::string> check(const ServeOptions& options) {
  if (!is_loopback(options.host) && options.secret_key == ServeOptions{}.secret_key) {
    return std::unexpected(
        fmt::format("listening on {} needs --access-key and --secret-key of your own: the default secret key is known "
                    "to everybody",
                    options.host));
  }
  if (options.access_key.empty() || options.secret_key.empty()) {
    return std::unexpected("--access-key and --secret-key must not be empty");
  }
  return {};
}

std::expected<void, std::string> make_buckets(const ServeOptions& options, storage::Store& store) {
  for (const std::string& text : options.buckets) {
    const auto name = BucketName::parse(text);
    if (!name) return std::unexpected(fmt::format("--bucket {}: not a valid bucket name", text));
    const auto made = store.create_bucket(*name, options.region);
    if (!made && made.error().code != storage::StoreErrorCode::bucket_exists) {
      return std::unexpected(fmt::format("--bucket {}: {}", text, made.error().detail));
    }
  }
  return {};
}

server::ServerOptions server_options(const ServeOptions& options, server::VendorRules rules) {
  server::ServerOptions result;
  result.rules = std::move(rules);
  result.host = options.host;
  result.port = options.port;
  result.access_key = options.access_key;
  result.secret_key = options.secret_key;
  result.region = options.region;
  result.strict_region = options.strict_region;
  result.early_completion = options.early_completion;
  if (!options.tls_certificate.empty() || !options.tls_self_signed.empty()) {
    result.tls = {.certificate = options.tls_certificate, .key = options.tls_key, .ca_file = options.tls_self_signed};
  }
  result.version = PARTSMITH_VERSION;
  result.log_format = options.log_format == "json" ? server::LogFormat::json : server::LogFormat::text;
  if (!options.quiet) result.log = print;
  return result;
}

std::expected<server::VendorRules, std::string> rules_of(const ServeOptions& options) {
  if (options.profile.empty()) return server::VendorRules{};
  const auto profile = conformance::find_profile(options.profile);
  if (!profile) return std::unexpected(profile.error());
  if (profile->serve.empty()) {
    return std::unexpected(fmt::format("--profile {}: it has no rules that a server can take on", options.profile));
  }
  auto rules = server::parse_vendor_rules(profile->serve);
  if (!rules) return std::unexpected(fmt::format("--profile {}: {}", options.profile, rules.error()));
  return rules;
}

}  // namespace

std::expected<void, std::string> serve(const ServeOptions& options) {
  if (const auto ok = check(options); !ok) return ok;
  auto rules = rules_of(options);
  if (!rules) return std::unexpected(rules.error());
  use_all_descriptors();
  const auto say = teller(options);
  const Termination termination;  // before any thread is made, so that all of them leave the signals alone

  auto folder = options.ephemeral ? DataFolder::temporary() : DataFolder::lasting(options.data);
  if (!folder) return std::unexpected(folder.error());
  const SystemClock clock;
  auto store = storage::open_local_store(
      {.folder = folder->path(),
       .durability = options.durability == "disk" ? storage::Durability::disk : storage::Durability::process,
       .clock = &clock,
       .quota = options.quota,
       .log = say});
  if (!store) return std::unexpected(store.error());
  if (const auto ok = make_buckets(options, **store); !ok) return ok;

  server::Server server(server_options(options, *std::move(rules)), **store, clock);
  if (const auto started = server.start(); !started) return started;
  const ReadyFile ready_file(options.ready_file);
  if (const auto written = ready_file.write(server.url(), server.port()); !written) return written;
  if (!options.quiet) {
    say(fmt::format("partsmith {} serves S3 at {} from {} (access key {}); Ctrl-C ends it", PARTSMITH_VERSION,
                    server.url(), folder->path().string(), options.access_key));
  }
  termination.wait();
  server.stop(grace);
  return {};
}

}  // namespace partsmith::cli
