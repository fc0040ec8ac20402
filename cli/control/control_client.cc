#include "control/control_client.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <partsmith/protocol/uri.h>

namespace partsmith::cli {
namespace {

std::string with_world(std::string path, const std::string& world) {
  if (world.empty()) return path;
  return path + (path.find('?') == std::string::npos ? '?' : '&') +
         "world=" + protocol::uri_encode(world, protocol::Slash::encode);
}

std::string message_of(const client::HttpAnswer& answer) {
  const auto document = nlohmann::json::parse(answer.body, nullptr, false);
  if (document.is_object() && document.contains("error") && document["error"].is_string())
    return document["error"].get<std::string>();
  return fmt::format("the server answers {} {}", answer.status, answer.reason);
}

}  // namespace

void add_control_target(CLI::App& command, ControlTarget& target) {
  command.add_option("--endpoint", target.url, "The server")
      ->envname("PARTSMITH_ENDPOINT")
      ->type_name("URL")
      ->capture_default_str();
  command
      .add_option("--token", target.token, "The token that its control API asks for (serve --control-token)")
      ->envname("PARTSMITH_CONTROL_TOKEN")
      ->type_name("TOKEN");
  command
      .add_option("--world", target.world,
                  "The access key whose world is meant; without it the default world")
      ->envname("PARTSMITH_WORLD")
      ->type_name("KEY");
  command
      .add_option("--ca-file", target.ca_file, "Trust the authorities in this file (PEM), not the system's")
      ->type_name("FILE");
}

ControlClient::ControlClient(client::Endpoint endpoint, const ControlTarget& target)
    : endpoint_(std::move(endpoint)),
      target_(target),
      http_(std::make_unique<client::HttpClient>(client::HttpOptions{.ca_file = target.ca_file})) {}

std::expected<ControlClient, std::string> ControlClient::at(const ControlTarget& target) {
  auto endpoint = client::Endpoint::parse(target.url);
  if (!endpoint) return std::unexpected(fmt::format("--endpoint {}: {}", target.url, endpoint.error()));
  return ControlClient(*std::move(endpoint), target);
}

client::HttpRequest ControlClient::request(const std::string& method, const std::string& path,
                                           const std::string& body) const {
  client::HttpRequest request{.origin = endpoint_.origin(),
                              .method = method,
                              .target = "/_partsmith/" + with_world(path, target_.world),
                              .headers = {},
                              .body = {}};
  if (!target_.token.empty()) request.headers.add("Authorization", "Bearer " + target_.token);
  if (!body.empty()) {
    request.headers.add("Content-Type", "application/json");
    request.body = body;
  }
  return request;
}

std::expected<nlohmann::ordered_json, std::string> ControlClient::ask(const std::string& method,
                                                                      const std::string& path,
                                                                      const std::string& body) {
  const auto answer = http_->send(request(method, path, body));
  if (!answer) return std::unexpected(fmt::format("{}: {}", target_.url, answer.error().detail));
  if (answer->status < 200 || answer->status > 299) return std::unexpected(message_of(*answer));
  if (answer->body.empty()) return nlohmann::ordered_json();
  auto document = nlohmann::ordered_json::parse(answer->body, nullptr, false);
  if (document.is_discarded()) return std::unexpected(fmt::format("{}: the answer is no JSON", target_.url));
  return document;
}

std::expected<std::string, std::string> ControlClient::text(const std::string& path) {
  auto answer = http_->send(request("GET", path, {}));
  if (!answer) return std::unexpected(fmt::format("{}: {}", target_.url, answer.error().detail));
  if (answer->status != 200) return std::unexpected(message_of(*answer));
  return std::move(answer->body);
}

std::expected<void, std::string> ControlClient::stream(const std::string& path,
                                                       const client::HttpClient::Sink& sink) {
  const auto answer = http_->send(request("GET", path, {}), sink);
  if (!answer) return std::unexpected(fmt::format("{}: {}", target_.url, answer.error().detail));
  if (answer->status != 200) return std::unexpected(message_of(*answer));
  return {};
}

}  // namespace partsmith::cli
