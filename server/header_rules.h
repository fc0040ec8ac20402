#pragma once
/// Headers where they don't belong: which operation refuses which header, and with what. The model of S3's
/// API lists the headers that an operation takes; of the others S3 ignores most and refuses some.
/// docs/headers.md is this table against the operations; tests/server/s3/header_rules_test.cc holds the
/// server and the page to it.

#include <span>
#include <string_view>

#include "visit.h"

namespace partsmith::server {

/// The fields that a refusal has besides Code and Message.
enum class RefusalFields {
  none,
  argument,  ///< ArgumentName and ArgumentValue: the header's
  header,    ///< Header: the header's name
  method     ///< Method and ResourceType, and the header Allow
};

/// One refusal. `header` is in lower case, and ends with '*' when any header that begins so is meant.
/// `operations` are names with spaces between them; `GET`, `HEAD`, `DELETE` stand for all operations of that
/// method, and a '!' in front makes it all operations but those named. `value` is what the header's value
/// begins with for the rule to hold.
struct HeaderRefusal {
  std::string_view header;
  std::string_view value;
  std::string_view operations;
  protocol::ErrorCode error;
  std::string_view message;  ///< empty: the code's own
  RefusalFields fields;
  /// Reports that quote Amazon S3's answer, a recording, or the documentation. Empty: unsettled; then a
  /// sibling above it says why.
  std::string_view source;
};

std::span<const HeaderRefusal> header_refusals();

/// Whether the rule is about this operation.
bool is_about(const HeaderRefusal& rule, const protocol::OperationRow& operation);

/// Which operations the model of S3's API lists the header for. Held against the model by tests/clients.
struct TakenHeader {
  std::string_view header;      ///< in lower case, as above
  std::string_view operations;  ///< of those that partsmith has, names with spaces between them
};
std::span<const TakenHeader> taken_headers();

/// InvalidArgument, InvalidRequest, NotImplemented or MethodNotAllowed for the first header that the
/// operation refuses.
S3Result<void> check_headers(const Visit& visit);

}  // namespace partsmith::server
