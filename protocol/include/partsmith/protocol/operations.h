#pragma once
/// The one table of S3's operations: how a request is recognised, and how much of it partsmith has. The
/// router, the log, README's table and the conformance catalogue read it. Source: the newest S3 API model
/// (botocore's service-2.json), whose every operation is a row.

#include <cstdint>
#include <span>
#include <string_view>

namespace partsmith::protocol {

enum class Scope : std::uint8_t { service, bucket, object };
enum class Support : std::uint8_t { full, partial, none };

/// In the order of the table.
enum class OperationId : std::uint8_t {
#define PARTSMITH_OPERATION(name, ...) name,
#include <partsmith/protocol/operation_rows.inc>
#undef PARTSMITH_OPERATION
};

struct OperationRow {
  OperationId id;
  std::string_view name;    ///< "UploadPart"
  std::string_view method;  ///< "PUT"
  Scope scope;
  std::string_view query;  ///< names that must be in the query, space separated; "name=value" needs the value
  std::string_view header;  ///< a header that must be there, or empty
  std::string_view action;  ///< the right that a policy gives for it: "s3:PutObject"
  Support support;
  std::string_view note;  ///< what differs from Amazon S3; empty when full or none
};

/// In order of matching: within a method and scope, rows with more conditions come first.
std::span<const OperationRow> operation_table();

const OperationRow& operation(OperationId id);

/// Nothing when no operation has that name.
const OperationRow* operation_by_name(std::string_view name);

}  // namespace partsmith::protocol
