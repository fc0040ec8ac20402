#pragma once
/// Headers over headers.

#include <partsmith/protocol/headers.h>

namespace partsmith::client {

/// Each takes the place of the one of its name.
inline void set_all(protocol::Headers& into, const protocol::Headers& headers) {
  for (const auto& [name, value] : headers) into.set(name, value);
}

}  // namespace partsmith::client
