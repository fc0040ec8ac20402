#pragma once
/// Which bucket and key a request means: path style (`/bucket/key`) or virtual-hosted style
/// (`bucket.s3.localhost`). Source: S3 user guide, "Virtual hosting of general purpose buckets".

#include <expected>
#include <string>
#include <string_view>

#include <partsmith/protocol/error.h>
#include <partsmith/protocol/operations.h>
#include <partsmith/protocol/uri.h>

namespace partsmith::server {

/// Names are decoded, but not yet checked against S3's naming rules.
struct Address {
  protocol::Scope scope = protocol::Scope::service;
  std::string bucket;
  std::string key;
  bool virtual_hosted = false;
  std::string_view raw_path;   ///< of the target, undecoded
  std::string_view raw_query;  ///< likewise, without '?'
  protocol::Query query;
};

/// `localhost:9000` → `localhost`, `[::1]:9000` → `[::1]`.
std::string_view host_name(std::string_view host);

/// The bucket that a Host header names, or nothing for path style. The port is ignored.
std::string_view bucket_of_host(std::string_view host);

/// `target` outlives the address. InvalidURI when a percent sequence is malformed.
std::expected<Address, protocol::S3Error> address_of(std::string_view host, std::string_view target);

}  // namespace partsmith::server
