#pragma once
/// Where an S3 service is, and how a bucket and key are addressed there.

#include <compare>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace partsmith::client {

enum class Addressing {
  path,
  virtual_hosted,
  automatic,  ///< virtual-hosted at Amazon S3 where the bucket's name allows it, else by path
};

/// What one connection goes to.
struct Origin {
  bool tls = false;
  std::string host;  ///< name or address; an IPv6 address without brackets
  std::uint16_t port = 80;

  /// As the Host header has it: brackets around IPv6, the scheme's own port left out.
  std::string authority() const;
  auto operator<=>(const Origin&) const = default;
};

class Endpoint {
 public:
  struct Place {
    Origin origin;
    std::string path;  ///< percent-encoded, begins with '/'
  };

  /// `http(s)://host[:port][/]`. The error is one line fit for a person.
  static std::expected<Endpoint, std::string> parse(std::string_view url,
                                                    Addressing addressing = Addressing::path);

  /// Where requests for this key go; an empty key means the bucket, an empty bucket the service.
  Place place(std::string_view bucket, std::string_view key) const;
  const Origin& origin() const { return origin_; }
  Addressing addressing() const { return addressing_; }
  std::string url() const;  ///< without a trailing slash
  /// Amazon S3's endpoint of that region when this is one of its regional endpoints; else the same.
  Endpoint in_region(std::string_view region) const;

 private:
  bool virtual_hosted(std::string_view bucket) const;

  Endpoint(Origin origin, Addressing addressing) : origin_(std::move(origin)), addressing_(addressing) {}

  Origin origin_;
  Addressing addressing_;
};

}  // namespace partsmith::client
