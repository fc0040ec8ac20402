#pragma once
/// Services without additional checksums.

#include <partsmith/client/error.h>

namespace partsmith::client {

/// What they say of a request that has one; the same request without may be taken.
inline bool refuses_checksum(const ClientError& error) {
  if (!error.failure) return false;
  const auto& code = error.failure->code;
  return error.failure->status == 501 ||
         (error.failure->status == 400 && (code == "InvalidArgument" || code == "InvalidRequest"));
}

}  // namespace partsmith::client
