#pragma once
/// Which error is answered when a request is wrong in several ways at once: of an operation's faults the one
/// that stands first. The operations check in this order; tests/server/s3/precedence_test.cc makes every pair
/// of faults and holds them to the table, and docs/precedence.md to it as well.

#include <optional>
#include <span>
#include <string_view>

#include <partsmith/protocol/error.h>

namespace partsmith::server {

struct PrecedenceStep {
  std::string_view fault;
  protocol::ErrorCode error;
  /// What shows that it stands after the faults above it: a recording of Amazon S3, or documentation. Empty:
  /// unsettled, the order is ours (what the request alone shows, then what is there, then what is in the
  /// body).
  std::string_view source;
};

struct Precedence {
  std::string_view operation;
  std::span<const PrecedenceStep> steps;
};

/// The faults that any signed request to an object can have. They stand before those of each operation.
std::span<const PrecedenceStep> common_precedence();
/// The operations' own.
std::span<const Precedence> precedence_table();

}  // namespace partsmith::server
