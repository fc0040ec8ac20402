#pragma once
/// Makes connections as HttpOptions say.

#include <mutex>

#include "wire.h"

namespace partsmith::client {

/// Safe from any thread.
class Connector {
 public:
  /// `options` outlive it.
  explicit Connector(const HttpOptions& options) : options_(options) {}

  WireResult connect(const Origin& origin) {
    const auto deadline = std::chrono::steady_clock::now() + options_.connect_timeout;
    if (!origin.tls) return connect_tcp(origin, deadline);
    const auto context = tls_context();
    if (!context) return std::unexpected(context.error());
    return connect_tls(origin, **context, deadline);
  }

 private:
  /// Made with the first TLS connection: reading the system's certificates takes time.
  std::expected<std::shared_ptr<const TlsContext>, ClientError> tls_context() {
    const std::scoped_lock lock(mutex_);
    if (tls_) return tls_;
    auto made = make_tls_context(options_);
    if (made) tls_ = *made;
    return made;
  }

  const HttpOptions& options_;
  std::mutex mutex_;
  std::shared_ptr<const TlsContext> tls_;  ///< guarded by mutex_
};

}  // namespace partsmith::client
