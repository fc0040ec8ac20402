#pragma once
/// A range of IP addresses in CIDR notation: "203.0.113.0/24", "2001:db8::/32", one address alone.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace partsmith::server {

class AddressRange {
 public:
  /// Nothing for any other text.
  static std::optional<AddressRange> parse(std::string_view text);

  /// Whether the address, which is of either family, lies in it. False of what is no address.
  bool contains(std::string_view address) const;
  /// Narrow enough for a policy that is limited to it not to be public: /8 and longer of IPv4, /32 and longer
  /// of IPv6. Source: S3 user guide, "The meaning of public".
  bool is_narrow() const { return bits_ >= (is_version_4_ ? 8 : 32); }

 private:
  using Octets = std::array<std::uint8_t, 16>;
  struct Address {
    Octets octets{};
    bool is_version_4 = false;
  };
  static std::optional<Address> address_of(const std::string& text);

  Octets octets_{};
  int bits_ = 0;
  bool is_version_4_ = false;
};

}  // namespace partsmith::server
