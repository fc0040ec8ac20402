#include "health.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

#include <partsmith/client/http_client.h>

#include "option_values.h"
#include "settings.h"

namespace partsmith::cli {
namespace {

std::string variable(const char* name, std::string otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? std::move(otherwise) : std::string(value);
}

/// Where a server of this environment listens, as seen from this machine.
std::string url_of_environment() {
  std::string host = variable("PARTSMITH_HOST", "127.0.0.1");
  if (host == "0.0.0.0" || host == "::") host = host == "::" ? "::1" : "127.0.0.1";
  if (host.find(':') != std::string::npos) host = fmt::format("[{}]", host);
  const bool tls =
      !variable("PARTSMITH_TLS_CERT", "").empty() || !variable("PARTSMITH_TLS_SELF_SIGNED", "").empty();
  return fmt::format("{}://{}:{}", tls ? "https" : "http", host, variable("PARTSMITH_PORT", "9000"));
}

}  // namespace

CLI::App* add_health(CLI::App& program, HealthOptions& options) {
  CLI::App* command = program.add_subcommand("health", "Tell whether a server of partsmith answers");
  command->footer(
      "Without --url the server is asked that `partsmith serve` starts in the same environment.\n"
      "Exit code 0 when it is well, 1 when it is not or doesn't answer.");
  Settings settings(*command);
  settings.value("--url", options.url, "URL", "The server, as in http://127.0.0.1:9000");
  command
      ->add_option("--ca-file", options.ca_file, "Trust the authorities in this file (PEM), not the system's")
      ->envname("PARTSMITH_TLS_SELF_SIGNED")
      ->type_name("FILE");
  command->add_flag("--insecure", options.insecure, "Don't check the server's certificate");
  command->add_option("--timeout", options.timeout, "How long to wait for the answer")
      ->type_name("SECONDS")
      ->check(whole_number(1, 3600))
      ->capture_default_str();
  command->add_flag("-q,--quiet", options.quiet, "Tell by the exit code alone");
  return command;
}

std::expected<void, std::string> health(const HealthOptions& options) {
  const std::string url = options.url.empty() ? url_of_environment() : options.url;
  const auto endpoint = client::Endpoint::parse(url);
  if (!endpoint) return std::unexpected(fmt::format("--url {}: {}", url, endpoint.error()));
  const std::chrono::seconds patience(options.timeout);
  client::HttpClient http({.connect_timeout = patience,
                           .idle_timeout = patience,
                           .total_timeout = patience,
                           .ca_file = options.ca_file,
                           .verify_tls = !options.insecure});
  const auto answer = http.send({.origin = endpoint->origin(),
                                 .method = "GET",
                                 .target = "/_partsmith/health",
                                 .headers = {},
                                 .body = {}});
  if (!answer) return std::unexpected(fmt::format("{}: {}", url, answer.error().detail));
  if (answer->status != 200)
    return std::unexpected(fmt::format("{}: it answers {} {}", url, answer->status, answer->reason));
  if (!options.quiet) fmt::print("{}", answer->body);
  return {};
}

}  // namespace partsmith::cli
