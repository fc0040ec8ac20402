#pragma once
/// Speaks the control API of a running server.

#include <expected>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include <partsmith/client/http_client.h>

namespace CLI {
class App;
}

namespace partsmith::cli {

/// Where the server is; the same for every command.
struct ControlTarget {
  std::string url = "http://127.0.0.1:9000";
  std::string token = {};
  std::string world = {};  ///< an access key; empty: the default world
  std::string ca_file = {};
};

/// --endpoint, --token, --world, --ca-file and their environment variables.
void add_control_target(CLI::App& command, ControlTarget& target);

class ControlClient {
 public:
  /// The error is one line fit for a person.
  static std::expected<ControlClient, std::string> at(const ControlTarget& target);

  /// The answer's document; an error of the API as its line. `path` is below /_partsmith/, and may have a
  /// query.
  std::expected<nlohmann::ordered_json, std::string> ask(const std::string& method, const std::string& path,
                                                         const std::string& body = {});
  /// The answer's text as it is.
  std::expected<std::string, std::string> text(const std::string& path);
  /// The answer's text as it comes, until `sink` returns false or the server ends it.
  std::expected<void, std::string> stream(const std::string& path, const client::HttpClient::Sink& sink);

 private:
  ControlClient(client::Endpoint endpoint, const ControlTarget& target);
  client::HttpRequest request(const std::string& method, const std::string& path,
                              const std::string& body) const;

  client::Endpoint endpoint_;
  ControlTarget target_;
  std::unique_ptr<client::HttpClient> http_;
};

}  // namespace partsmith::cli
