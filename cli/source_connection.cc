#include "source_connection.h"

#include <algorithm>
#include <array>

#include "connection_flags.h"

namespace partsmith::cli {
namespace {

/// Where the profiles are, and nothing else: what AWS_ variables say is said of the other service.
std::optional<std::string> profiles_alone(const std::string& name) {
  if (name != "HOME" && name != "AWS_SHARED_CREDENTIALS_FILE" && name != "AWS_CONFIG_FILE")
    return std::nullopt;
  return client::process_environment()(name);
}

/// What isn't said of the source, as it is of the other. The endpoint isn't a text any more.
client::ConnectionSettings completed(client::ConnectionSettings source,
                                     const client::S3ClientOptions& other) {
  const auto& keys = other.credentials;
  if (source.access_key.empty() && source.secret_key.empty() && !source.anonymous) {
    source.access_key = keys.access_key;
    source.secret_key = keys.secret_key;
    if (source.session_token.empty()) source.session_token = keys.session_token;
    source.anonymous = keys.access_key.empty();
  }
  if (source.region.empty()) source.region = other.region;
  if (source.ca_file.empty()) source.ca_file = other.http.ca_file;
  return source;
}

}  // namespace

void add_source_connection(CLI::App& command, ConnectionOptions& options) {
  add_connection_flags(command, options, {"--source-", "--source-profile", "Connection to the source", true});
}

bool says_source(const ConnectionOptions& source) {
  const auto& said = source.settings;
  const std::array texts{&said.endpoint,      &said.access_key, &said.secret_key,
                         &said.session_token, &said.profile,    &said.region,
                         &said.addressing,    &said.ca_file,    &source.secret_key_file};
  return said.insecure || said.anonymous ||
         std::ranges::any_of(texts, [](const std::string* text) { return !text->empty(); });
}

std::expected<client::S3Connection, std::string> source_connection(const ConnectionOptions& source,
                                                                   const client::S3Client& other) {
  auto said = settings_of(source);
  if (!said) return std::unexpected("the source's " + said.error());
  const bool by_profile = !said->profile.empty();
  const bool at_the_same = !by_profile && said->endpoint.empty();
  auto connection = client::resolve_connection(
      by_profile ? *said : completed(*std::move(said), other.options()), profiles_alone);
  if (!connection) return std::unexpected("the source: " + connection.error());
  if (at_the_same) connection->endpoint = other.endpoint();
  return connection;
}

}  // namespace partsmith::cli
