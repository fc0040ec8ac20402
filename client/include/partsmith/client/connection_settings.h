#pragma once
/// Where to send requests and with which keys: from what a command line says, the environment, and the files
/// that the AWS tools share.

#include <expected>
#include <functional>
#include <optional>
#include <string>

#include <partsmith/client/endpoint.h>
#include <partsmith/client/s3_client.h>

namespace partsmith::client {

/// A variable's value; nothing when it isn't set or is empty.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

/// What the caller says. Empty: nothing said.
struct ConnectionSettings {
  std::string endpoint = {};
  std::string access_key = {};
  std::string secret_key = {};
  std::string session_token = {};
  std::string profile = {};
  std::string region = {};
  std::string addressing = {};  ///< auto, path or virtual
  std::string ca_file = {};
  bool insecure = false;        ///< trust any certificate
  bool anonymous = false;       ///< sign nothing, look for no keys
  bool needs_endpoint = false;  ///< Amazon S3 only when it is named
};

struct S3Connection {
  Endpoint endpoint;
  S3ClientOptions options;
};

/// Each setting is taken from the first place that has it: the caller; AWS_ variables; the profile in the
/// credentials and config files; a default (us-east-1, Amazon S3 in that region, the system's certificates).
/// Keys come from one place together, and those of a profile that the caller names come before variables. The
/// error is one line fit for a person.
std::expected<S3Connection, std::string> resolve_connection(const ConnectionSettings& said,
                                                            const Environment& environment);

}  // namespace partsmith::client
