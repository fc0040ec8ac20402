#pragma once
/// An S3 server in this process. Two can live side by side: nothing is global.
/// (cpp-httplib ignores SIGPIPE for the whole process when a server is made.)

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/server/init_report.h>
#include <partsmith/server/steering.h>
#include <partsmith/server/upstream.h>
#include <partsmith/server/vendor_rules.h>
#include <partsmith/storage/local_store.h>
#include <partsmith/storage/store.h>
#include <partsmith/values/movable_clock.h>
#include <partsmith/values/time.h>

namespace partsmith::server {

enum class LogFormat { text, json };

/// A bucket as clients name it, and where it is at the upstream: a bucket and what its keys begin with there.
/// One `*` in each name stands for the same text: `*` → `team-*`.
struct UpstreamBucket {
  std::string name;
  std::string bucket;
  std::string key_prefix = {};

  /// `films=prod-films/dev/`, `films=prod-films`, `*=team-*`. The error is one line fit for a person.
  static std::expected<UpstreamBucket, std::string> parse(std::string_view text);
};

/// Rules of a preset (`lost-complete`), as JSON for ServerOptions::faults. Nothing when no preset has that
/// name.
std::optional<std::string> fault_preset_rules(std::string_view name);
/// The presets' names.
std::vector<std::string> fault_preset_names();

/// HTTPS instead of HTTP: with a certificate and its key (PEM), or with one made at the start, vouched for by
/// an authority whose certificate is written to `ca_file` for clients to trust.
struct TlsOptions {
  std::filesystem::path certificate = {};
  std::filesystem::path key = {};
  std::filesystem::path ca_file = {};  ///< instead of the other two
};

/// Known to everybody. While it is in force, web pages of other origins are kept out (SECURITY.md).
inline constexpr std::string_view default_secret_key = "test";
/// Whether it is the default secret key, or MinIO's, which files written for MinIO bring along.
constexpr bool is_known_secret(std::string_view secret) {
  return secret == default_secret_key || secret == "minioadmin";
}

struct ServerOptions {
  std::string host = "127.0.0.1";  ///< address to listen on
  std::uint16_t port = 0;          ///< 0: any free one
  std::string access_key = "test";
  std::string secret_key{default_secret_key};
  /// What requests of that key must bring along in x-amz-security-token; empty: any token is taken, and none.
  std::string session_token = {};
  /// The keys that KMS has, each by its ID, ARN or alias: any other is KMS.NotFoundException. Empty: every
  /// name is a key's.
  std::vector<std::string> kms_keys = {};
  std::vector<std::string> allowed_hosts =
      {};  ///< answered to beside local names while the secret is the default
  bool trust_pages =
      false;  ///< browsers get stored documents without a sandbox, also with the default secret
  std::string region = "us-east-1";  ///< of buckets made at start, and of clients that name none
  bool strict_region = false;        ///< refuse signatures for any other region, as a real endpoint does
  std::optional<TlsOptions> tls = {};
  VendorRules rules = {};
  bool early_completion =
      false;  ///< CompleteMultipartUpload answers 200 and white space before its work is done
  bool block_public_access = true;  ///< by buckets of which nothing else was set, as on Amazon S3
  /// Bytes that all requests together may hold: buffers, heads, documents, forms, answers. Who wants more
  /// gets SlowDown.
  std::size_t request_memory = std::size_t{96} << 20U;
  std::string version;  ///< of GET /_partsmith/health
  /// The control API below /_partsmith/: faults, clock, journal. Health is answered in any case.
  bool control = true;
  std::string control_token = {};  ///< that it asks for; empty: nobody is asked
  /// A port of its own for it, 0 being any free one; the S3 port answers health alone then. None: the S3
  /// port.
  std::optional<std::uint16_t> control_port = {};
  bool journal = true;                    ///< keep the last requests and answers for it
  MovableClock* movable_clock = nullptr;  ///< the server's clock, if the control API may move it
  /// Opens the store of an access key's world, whose time is `clock`. Set: each access key has a world of its
  /// own, made when it is first used, and any access key may be used with the secret. The error is one line.
  using OpenWorld = std::function<std::expected<std::unique_ptr<storage::Store>, std::string>(
      const std::string& access_key, const Clock& clock)>;
  OpenWorld open_world = {};
  bool world_per_access_key() const { return static_cast<bool>(open_world); }
  /// Fault rules from the start: JSON, a rule or a list (docs/faults.md).
  std::vector<std::string> faults = {};
  /// Whose buckets are served, instead of a store's. With a world per access key, each world's buckets have
  /// names there that begin with a digest of the key.
  std::shared_ptr<Upstream> upstream = {};
  /// Where the buckets are at the upstream; empty: each under its own name. Else others don't exist.
  std::vector<UpstreamBucket> upstream_buckets = {};
  /// What `GET /_localstack/init` tells. Called from worker threads, several at once. Empty: there are no
  /// scripts.
  std::function<InitReport()> init_report = {};
  LogFormat log_format = LogFormat::text;
  /// Receives one line per request, without the newline. Called from worker threads, never two at once.
  /// Empty: no log.
  std::function<void(std::string_view)> log;
};

/// Opens the store of each access key in a folder of its own below `folder`, named by a digest of the key;
/// `like` says the rest. `fill` puts into a new one what it begins with.
ServerOptions::OpenWorld worlds_in(std::filesystem::path folder, storage::LocalStoreOptions like,
                                   std::function<std::expected<void, std::string>(storage::Store&)> fill);

/// Worlds whose buckets are an upstream's.
ServerOptions::OpenWorld worlds_of_upstream();

class Server {
 public:
  /// `store` and `clock` outlive the server.
  Server(ServerOptions options, storage::Store& store, const Clock& clock);
  /// A gateway: ServerOptions::upstream has the buckets.
  Server(ServerOptions options, const Clock& clock);
  ~Server();  ///< stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Accepts requests when this returns. The error is one line fit for a person.
  std::expected<void, std::string> start();
  std::uint16_t port() const;       ///< after start()
  std::string url() const;          ///< `http://127.0.0.1:9000`, after start()
  std::string control_url() const;  ///< where the control API is; the same, unless it has a port of its own

  /// Steers the world of an access key from this process; the key's world is made by the first use. Empty:
  /// the world of requests without one, which is everybody's unless there is a world per access key. The
  /// server outlives it.
  WorldSteering steer(std::string access_key = {}) const;

  /// No new requests; those in flight end within `grace` or are cut.
  void stop(std::chrono::milliseconds grace);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace partsmith::server
