#pragma once
/// The settings of `partsmith serve`: flag, environment variable, default and documentation of each from one
/// row.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "connection_options.h"

namespace CLI {
class App;
}

namespace partsmith::cli {

struct ServeOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 9000;
  std::filesystem::path data;  ///< empty: the default folder
  bool ephemeral = false;
  std::string durability = "process";
  std::optional<std::uint64_t> quota;  ///< bytes
  std::string access_key = "test";
  std::string secret_key = "test";
  std::filesystem::path secret_key_file;  ///< instead of secret_key; empty: none
  std::string session_token;              ///< empty: any is taken
  std::vector<std::string> kms_keys;      ///< none: every name is a key's
  bool accept_default_keys = false;
  std::vector<std::string> allowed_hosts;
  bool trust_pages = false;
  std::string region = "us-east-1";
  bool strict_region = false;
  bool early_completion = false;
  bool no_public_access_block = false;
  std::optional<std::uint64_t> min_part_size;  ///< bytes; none: S3's 5 MiB
  std::vector<std::string> faults;             ///< presets, files or JSON
  bool no_control = false;
  bool world_per_access_key = false;
  std::string control_token;
  std::optional<std::uint16_t> control_port;  ///< none: the control API is at `port`
  std::vector<std::string> buckets;           ///< NAME[:FLAG…], as bucket_requests.h has them
  std::filesystem::path seed;                 ///< a folder of buckets, or a document; empty: none
  std::filesystem::path init_scripts;         ///< a folder as LocalStack has it; empty: none
  std::filesystem::path tls_certificate;      ///< empty: plain HTTP
  std::filesystem::path tls_key;
  std::filesystem::path tls_self_signed;  ///< the file for the authority's certificate; empty: none
  std::string profile;                    ///< a vendor's name or a file; empty: Amazon S3
  std::filesystem::path ready_file;       ///< empty: none
  std::string log_format = "text";
  bool quiet = false;
  ConnectionOptions upstream;                 ///< of which an endpoint makes this server a gateway
  std::vector<std::string> upstream_buckets;  ///< NAME=BUCKET[/PREFIX]
  std::uint32_t upstream_timeout = 120;       ///< seconds of silence

  bool is_gateway() const { return !upstream.settings.endpoint.empty(); }
};

/// Adds the subcommand and its settings to the command line; `options` is filled when it is parsed.
CLI::App* add_serve(CLI::App& program, ServeOptions& options);

}  // namespace partsmith::cli
