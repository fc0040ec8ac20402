#include "policies/address_range.h"

#include <arpa/inet.h>

#include <charconv>

namespace partsmith::server {

std::optional<AddressRange::Address> AddressRange::address_of(const std::string& text) {
  Address address;
  if (inet_pton(AF_INET, text.c_str(), address.octets.data()) == 1) {
    address.is_version_4 = true;
    return address;
  }
  if (inet_pton(AF_INET6, text.c_str(), address.octets.data()) == 1) return address;
  return std::nullopt;
}

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = address_of(std::string(text.substr(0, slash)));
  if (!address) return std::nullopt;
  AddressRange range;
  range.octets_ = address->octets;
  range.is_version_4_ = address->is_version_4;
  const int most = address->is_version_4 ? 32 : 128;
  range.bits_ = most;
  if (slash == std::string_view::npos) return range;
  const std::string_view bits = text.substr(slash + 1);
  const auto read = std::from_chars(bits.data(), bits.data() + bits.size(), range.bits_);
  const bool whole = read.ec == std::errc{} && read.ptr == bits.data() + bits.size();
  if (!whole || range.bits_ < 0 || range.bits_ > most) return std::nullopt;
  return range;
}

bool AddressRange::contains(std::string_view text) const {
  constexpr std::string_view mapped = "::ffff:";  // how an IPv6 socket tells an IPv4 peer
  if (is_version_4_ && text.starts_with(mapped)) text.remove_prefix(mapped.size());
  const auto address = address_of(std::string(text));
  if (!address || address->is_version_4 != is_version_4_) return false;
  for (int bit = 0; bit < bits_; ++bit) {
    const auto octet = static_cast<std::size_t>(bit / 8);
    const int mask = 0x80 >> (bit % 8);
    if (((octets_[octet] ^ address->octets[octet]) & mask) != 0) return false;
  }
  return true;
}

}  // namespace partsmith::server
