#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include <partsmith/client/endpoint.h>
#include <partsmith/protocol/headers.h>
#include <partsmith/protocol/uri.h>

namespace partsmith::client {
namespace {

struct HostAndPort {
  std::string_view host;
  std::string_view port;  ///< empty when the text has none
  bool bracketed = false;
};

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_';
}

bool is_address_character(char c) {
  return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') || c == ':' || c == '.';
}

std::expected<HostAndPort, std::string> split_authority(std::string_view text) {
  HostAndPort result;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::unexpected("a '[' without ']'");
    result.host = text.substr(1, end - 1);
    result.bracketed = true;
    text.remove_prefix(end + 1);
  } else {
    const auto colon = text.find(':');
    result.host = text.substr(0, colon);
    text.remove_prefix(result.host.size());
  }
  if (!text.empty()) {
    if (text[0] != ':' || text.size() == 1) return std::unexpected("no port after the host");
    result.port = text.substr(1);
  }
  const bool valid = result.bracketed ? std::ranges::all_of(result.host, is_address_character)
                                      : std::ranges::all_of(result.host, is_host_character);
  if (result.host.empty() || !valid) return std::unexpected("no valid host");
  return result;
}

std::expected<Origin, std::string> parse_origin(std::string_view url) {
  Origin origin;
  const auto scheme_end = url.find("://");
  const auto scheme =
      scheme_end == std::string_view::npos ? std::string() : protocol::lower_case(url.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https") return std::unexpected("it must begin with http:// or https://");
  origin.tls = scheme == "https";
  origin.port = origin.tls ? 443 : 80;
  url.remove_prefix(scheme_end + 3);
  if (url.ends_with('/')) url.remove_suffix(1);
  if (url.find_first_of("/?#") != std::string_view::npos)
    return std::unexpected("a path or query has no place in it");

  const auto parts = split_authority(url);
  if (!parts) return std::unexpected(parts.error());
  origin.host = protocol::lower_case(parts->host);
  if (parts->port.empty()) return origin;
  const char* end = parts->port.data() + parts->port.size();
  const auto parsed = std::from_chars(parts->port.data(), end, origin.port);
  if (parsed.ec != std::errc() || parsed.ptr != end || origin.port == 0) {
    return std::unexpected("the port must be a number from 1 to 65535");
  }
  return origin;
}

bool is_address(std::string_view host) {
  return host.find(':') != std::string_view::npos ||
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_amazon(std::string_view host) {
  return host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
}

}  // namespace

std::string Origin::authority() const {
  auto text = host.find(':') == std::string::npos ? host : '[' + host + ']';
  if (port != (tls ? 443 : 80)) text += fmt::format(":{}", port);
  return text;
}

std::expected<Endpoint, std::string> Endpoint::parse(std::string_view url, Addressing addressing) {
  auto origin = parse_origin(url);
  if (!origin) return std::unexpected(fmt::format("'{}' is not an endpoint: {}", url, origin.error()));
  if (addressing == Addressing::virtual_hosted && is_address(origin->host)) {
    return std::unexpected(fmt::format(
        "'{}' is an address, before which no bucket name can stand: use path style", origin->host));
  }
  return Endpoint(*std::move(origin), addressing);
}

bool Endpoint::virtual_hosted(std::string_view bucket) const {
  if (addressing_ != Addressing::automatic) return addressing_ == Addressing::virtual_hosted;
  const auto fits_a_label = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return is_amazon(origin_.host) && std::ranges::all_of(bucket, fits_a_label);
}

Endpoint Endpoint::in_region(std::string_view region) const {
  // "s3.amazonaws.com" or "s3.REGION.amazonaws.com", ".cn" after it in China.
  const bool regional = origin_.host.starts_with("s3.") && is_amazon(origin_.host) &&
                        std::ranges::count(origin_.host, '.') <= (origin_.host.ends_with(".cn") ? 4 : 3);
  if (!regional) return *this;
  Endpoint moved = *this;
  moved.origin_.host = fmt::format("s3.{}.amazonaws.com{}", region, region.starts_with("cn-") ? ".cn" : "");
  return moved;
}

Endpoint::Place Endpoint::place(std::string_view bucket, std::string_view key) const {
  Place place{origin_, "/"};
  if (!bucket.empty()) {
    if (virtual_hosted(bucket)) {
      place.origin.host = fmt::format("{}.{}", bucket, origin_.host);
    } else {
      place.path += bucket;
      if (!key.empty()) place.path += '/';
    }
  }
  place.path += protocol::uri_encode(key, protocol::Slash::keep);
  return place;
}

std::string Endpoint::url() const {
  return (origin_.tls ? "https://" : "http://") + origin_.authority();
}

}  // namespace partsmith::client
