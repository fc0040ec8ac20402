#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <string>

#include <partsmith/protocol/headers.h>
#include <partsmith/server/local_names.h>

namespace partsmith::server {
namespace {

/// Each with the dot that it begins with.
constexpr auto local_domains = std::to_array<std::string_view>(
    {".localhost", ".docker.internal", ".containers.internal", ".s3.amazonaws.com"});

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_name_character(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool ends_with_ignoring_case(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         protocol::equal_ignoring_case(text.substr(text.size() - end.size()), end);
}

std::string_view without_brackets(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) return host.substr(1, host.size() - 2);
  return host;
}

bool is_loopback_address(const std::string& text) {
  if (in_addr address{}; inet_pton(AF_INET, text.c_str(), &address) == 1) {
    return (ntohl(address.s_addr) >> 24U) == 127;
  }
  in6_addr address{};
  if (inet_pton(AF_INET6, text.c_str(), &address) != 1) return false;
  return IN6_IS_ADDR_LOOPBACK(&address) || (IN6_IS_ADDR_V4MAPPED(&address) && address.s6_addr[12] == 127);
}

}  // namespace

bool is_loopback(std::string_view host) {
  if (protocol::equal_ignoring_case(host, "localhost")) return true;
  constexpr std::size_t longest_address = 45;  // "0000:…:255.255.255.255"
  const std::string_view address = without_brackets(host);
  return address.size() <= longest_address && is_loopback_address(std::string(address));
}

bool is_this_machine(std::string_view host) {
  return is_loopback(host) || ends_with_ignoring_case(host, ".localhost");
}

bool is_local_name(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (is_loopback(host) || protocol::equal_ignoring_case(host, "s3.amazonaws.com")) return true;
  // "2130706433" is no name but another way to write an address.
  if (!host.contains('.')) {
    return std::ranges::all_of(host, is_name_character) && std::ranges::any_of(host, is_letter);
  }
  return std::ranges::any_of(local_domains, [&](auto end) { return ends_with_ignoring_case(host, end); });
}

}  // namespace partsmith::server
