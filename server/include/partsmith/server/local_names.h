#pragma once
/// Names and addresses that mean this machine, whoever asks.

#include <string_view>

namespace partsmith::server {

/// "localhost", an IPv4 address of 127.0.0.0/8 in four decimal parts, "::1", or the first inside IPv6
/// (::ffff:127.0.0.1). IPv6 with or without brackets. No name but "localhost" is one: `127.evil.example` is
/// anybody's.
bool is_loopback(std::string_view host);

/// Loopback, or a name under localhost.
bool is_this_machine(std::string_view host);

/// Whether an attacker on the internet can't make this name lead here: loopback; names under localhost
/// (RFC 6761); names without a dot, which public DNS doesn't have; the host as containers see it
/// (*.docker.internal, *.containers.internal: ICANN keeps .internal out of public DNS); Amazon S3's own
/// names, which Amazon answers for. `host` is without a port; one dot at its end is ignored.
bool is_local_name(std::string_view host);

}  // namespace partsmith::server
