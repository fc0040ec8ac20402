#include "object_names.h"

#include <algorithm>

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

/// Host and port: letters, digits, and what an address of IPv6 and a port need (RFC 3986, 3.2.2).
bool is_authority(std::string_view host) {
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("-._~:[]").find(c) != std::string_view::npos;
  };
  return !host.empty() && std::ranges::all_of(host, fits);
}

}  // namespace

S3Result<ObjectKey> object_key(std::string_view text, S3Error (*otherwise)()) {
  ObjectKey::Error why{};
  if (auto key = ObjectKey::parse(text, &why)) return *std::move(key);
  if (why != ObjectKey::Error::too_long) return std::unexpected(otherwise());
  return std::unexpected(S3Error(ErrorCode::KeyTooLongError)
                             .with("Size", std::to_string(text.size()))
                             .with("MaxSizeAllowed", std::to_string(limits::max_key_bytes)));
}

std::string object_url(const Visit& visit, const ObjectKey& key) {
  std::string url;
  const std::string_view host = visit.request.headers.value("host");
  if (is_authority(host)) url.append(visit.request.secure ? "https://" : "http://").append(host);
  if (!visit.address().virtual_hosted) url += '/' + visit.bucket().text();
  return url + '/' + protocol::uri_encode(key.text(), protocol::Slash::encode);
}

}  // namespace partsmith::server
