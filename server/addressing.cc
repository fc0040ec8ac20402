#include "addressing.h"

#include <array>

#include <partsmith/protocol/headers.h>
#include <partsmith/protocol/path.h>

namespace partsmith::server {
namespace {

/// Longest first: `bucket.s3.localhost` must not be the bucket `bucket.s3` of `.localhost`.
constexpr std::array<std::string_view, 3> base_domains = {".s3.amazonaws.com", ".s3.localhost", ".localhost"};

bool ends_with_ignoring_case(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         protocol::equal_ignoring_case(text.substr(text.size() - end.size()), end);
}

}  // namespace

std::string_view host_name(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

std::string_view bucket_of_host(std::string_view host) {
  const std::string_view name = host_name(host);
  for (const std::string_view domain : base_domains) {
    if (protocol::equal_ignoring_case(name, domain.substr(1))) return {};
    if (ends_with_ignoring_case(name, domain)) return name.substr(0, name.size() - domain.size());
  }
  return {};
}

std::expected<Address, protocol::S3Error> address_of(std::string_view host, std::string_view target) {
  using protocol::ErrorCode;
  using protocol::S3Error;

  Address address;
  const protocol::TargetParts parts = protocol::split_target(target);
  address.raw_path = parts.path;
  address.raw_query = parts.query;

  auto query = protocol::Query::parse(parts.query);
  auto path = protocol::decode_path(parts.path);
  if (!query || !path || !path->starts_with('/')) return std::unexpected(S3Error(ErrorCode::InvalidURI));
  address.query = std::move(*query);

  std::string_view rest = std::string_view(*path).substr(1);
  if (const std::string_view named = bucket_of_host(host); !named.empty()) {
    address.virtual_hosted = true;
    address.bucket = named;
    address.key = rest;
  } else {
    // Of the decoded path: Amazon S3 signs %2F as the slash that it is (aws-sdk-net#4473).
    const std::size_t slash = rest.find('/');
    address.bucket = rest.substr(0, slash);
    if (slash != std::string_view::npos) address.key = rest.substr(slash + 1);
  }
  if (!address.key.empty()) {
    address.scope = protocol::Scope::object;
  } else if (!address.bucket.empty()) {
    address.scope = protocol::Scope::bucket;
  }
  return address;
}

}  // namespace partsmith::server
