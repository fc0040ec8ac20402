#include "header_rules.h"

#include <algorithm>
#include <array>
#include <vector>

#include <partsmith/protocol/headers.h>

namespace partsmith::server {
namespace {

using enum protocol::ErrorCode;
using protocol::ErrorCode;
using protocol::OperationRow;
using protocol::S3Error;

constexpr std::string_view not_here = "The specified header is not valid in this context";
constexpr std::string_view no_encryption_here =
    "x-amz-server-side-encryption header is not supported for this operation.";
constexpr std::string_view no_metadata_here = "Metadata cannot be specified in this context.";
constexpr std::string_view no_copy_here = "You can only specify a copy source header for copy requests.";
constexpr std::string_view no_streaming_here = "The value of x-amz-content-sha256 header is invalid.";

// What writes or deletes an object must not do so on a condition that nobody looks at.
constexpr std::string_view writes_and_deletes =
    "PutObject CopyObject CompleteMultipartUpload DeleteObject DeleteObjects";

constexpr auto refusals = std::to_array<HeaderRefusal>({
    {"x-amz-meta-*", "", "UploadPart", InvalidArgument, no_metadata_here, RefusalFields::argument,
     "minio-py#675, rust-s3#352, aws-sdk-java#1882, aws-sdk-cpp#1905, ClickHouse#60747"},
    {"x-amz-meta-*", "", "UploadPartCopy", InvalidArgument, no_metadata_here, RefusalFields::argument, ""},

    {"x-amz-server-side-encryption", "",
     "UploadPart UploadPartCopy CompleteMultipartUpload GetObject HeadObject ListObjects", InvalidArgument,
     no_encryption_here, RefusalFields::argument,
     "fog-aws#589, ClickHouse#64570, aws-sdk-java#1876, irods_resource_plugin_s3#1838, s3cmd#142; S3 API: "
     "GetObject"},
    {"x-amz-server-side-encryption", "",
     "!PutObject CopyObject CreateMultipartUpload PostObject UploadPart UploadPartCopy "
     "CompleteMultipartUpload "
     "GetObject HeadObject ListObjects",
     InvalidArgument, no_encryption_here, RefusalFields::argument, ""},

    {"x-amz-tagging", "", "UploadPart", InvalidArgument, not_here, RefusalFields::argument, "boto3#2675"},
    {"x-amz-tagging", "", "UploadPartCopy", InvalidArgument, not_here, RefusalFields::argument, ""},
    {"x-amz-acl", "", "UploadPart", InvalidArgument, not_here, RefusalFields::argument, "aws-cli#1674"},
    {"x-amz-acl", "", "UploadPartCopy", InvalidArgument, not_here, RefusalFields::argument, ""},
    {"x-amz-grant-*", "", "UploadPart UploadPartCopy", InvalidArgument, not_here, RefusalFields::argument,
     ""},
    {"content-md5", "", "UploadPartCopy", InvalidArgument, not_here, RefusalFields::argument, "AWS.jl#695"},
    {"x-amz-metadata-directive", "", "UploadPartCopy", InvalidArgument, not_here, RefusalFields::argument,
     "libs3#80"},
    {"x-amz-tagging-directive", "", "UploadPartCopy", InvalidArgument, not_here, RefusalFields::argument, ""},

    {"x-amz-copy-source", "", "GET HEAD DELETE CompleteMultipartUpload", InvalidArgument, no_copy_here,
     RefusalFields::argument, "versitygw#1612"},
    {"x-amz-copy-source", "", "CreateMultipartUpload DeleteObjects", MethodNotAllowed, "",
     RefusalFields::method, "versitygw#1612"},
    {"x-amz-copy-source", "", "CreateBucket", InvalidArgument, no_copy_here, RefusalFields::argument, ""},

    {"x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "!PutObject UploadPart PostObject",
     InvalidRequest, no_streaming_here, RefusalFields::none, "versitygw#1601"},
    {"x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", "!PutObject UploadPart PostObject",
     InvalidRequest, no_streaming_here, RefusalFields::none, "brekkylab/backlot (measured 2026-09)"},
    {"x-amz-content-sha256", "STREAMING-AWS4-", "!GET HEAD DELETE PutObject UploadPart PostObject",
     InvalidRequest, no_streaming_here, RefusalFields::none, ""},

    {"x-amz-if-match-size", "", "DeleteObject", NotImplemented, "", RefusalFields::header,
     "recorded on Amazon S3 in 2026-02; ministack#1501"},
    {"x-amz-if-match-last-modified-time", "", "DeleteObject", NotImplemented, "", RefusalFields::header,
     "recorded on Amazon S3 in 2026-02; ministack#1501"},
    {"x-amz-if-match-initiated-time", "", "AbortMultipartUpload", NotImplemented, "", RefusalFields::header,
     "S3 API: AbortMultipartUpload (directory buckets alone)"},
    {"if-match", "", "DeleteObjects", NotImplemented, "", RefusalFields::header, ""},
    {"if-none-match", "", "DeleteObject DeleteObjects", NotImplemented, "", RefusalFields::header, ""},
    {"if-modified-since", "", writes_and_deletes, NotImplemented, "", RefusalFields::header, ""},
    {"if-unmodified-since", "", writes_and_deletes, NotImplemented, "", RefusalFields::header, ""},
});

constexpr std::string_view writes = "PutObject CopyObject CreateMultipartUpload";

constexpr auto taken = std::to_array<TakenHeader>({
    {"if-match", "GetObject HeadObject DeleteObject CopyObject PutObject CompleteMultipartUpload"},
    {"if-none-match", "GetObject HeadObject CopyObject PutObject CompleteMultipartUpload"},
    {"if-modified-since", "GetObject HeadObject"},
    {"if-unmodified-since", "GetObject HeadObject"},
    {"range", "GetObject HeadObject"},
    {"content-md5", "DeleteObjects PutObject UploadPart"},
    {"x-amz-acl", "CreateBucket CopyObject PutObject CreateMultipartUpload"},
    {"x-amz-bucket-object-lock-enabled", "CreateBucket"},
    {"x-amz-bypass-governance-retention", "DeleteObjects DeleteObject"},
    {"x-amz-checksum-algorithm", "CopyObject CreateMultipartUpload"},
    {"x-amz-checksum-crc32", "PutObject UploadPart CompleteMultipartUpload"},
    {"x-amz-checksum-mode", "GetObject HeadObject"},
    {"x-amz-checksum-type", "CompleteMultipartUpload CreateMultipartUpload"},
    {"x-amz-copy-source", "UploadPartCopy CopyObject"},
    {"x-amz-copy-source-if-match", "UploadPartCopy CopyObject"},
    {"x-amz-grant-*", "CreateBucket CopyObject PutObject CreateMultipartUpload"},
    {"x-amz-if-match-initiated-time", "AbortMultipartUpload"},
    {"x-amz-if-match-last-modified-time", "DeleteObject"},
    {"x-amz-if-match-size", "DeleteObject"},
    {"x-amz-meta-*", writes},
    {"x-amz-metadata-directive", "CopyObject"},
    {"x-amz-mfa", "DeleteObjects DeleteObject"},
    {"x-amz-mp-object-size", "CompleteMultipartUpload"},
    {"x-amz-object-lock-legal-hold", writes},
    {"x-amz-object-ownership", "CreateBucket"},
    {"x-amz-request-payer",
     "ListObjects ListObjectsV2 ListObjectVersions ListMultipartUploads DeleteObjects GetObject HeadObject "
     "GetObjectAttributes DeleteObject PutObject CopyObject CreateMultipartUpload UploadPart UploadPartCopy "
     "CompleteMultipartUpload AbortMultipartUpload ListParts"},
    {"x-amz-sdk-checksum-algorithm", "DeleteObjects PutObject UploadPart"},
    {"x-amz-server-side-encryption", writes},
    {"x-amz-server-side-encryption-aws-kms-key-id", writes},
    {"x-amz-server-side-encryption-bucket-key-enabled", writes},
    {"x-amz-server-side-encryption-context", writes},
    {"x-amz-server-side-encryption-customer-algorithm",
     "GetObject HeadObject GetObjectAttributes PutObject CopyObject CreateMultipartUpload UploadPart "
     "UploadPartCopy "
     "CompleteMultipartUpload ListParts"},
    {"x-amz-storage-class", writes},
    {"x-amz-tagging", writes},
    {"x-amz-tagging-directive", "CopyObject"},
    {"x-amz-website-redirect-location", writes},
});

bool lists(std::string_view operations, const OperationRow& operation) {
  while (!operations.empty()) {
    const std::size_t space = operations.find(' ');
    const std::string_view one = operations.substr(0, space);
    if (one == operation.name || one == operation.method) return true;
    if (space == std::string_view::npos) break;
    operations.remove_prefix(space + 1);
  }
  return false;
}

using Rules = std::vector<const HeaderRefusal*>;

/// The rules about each operation, in the order of the table of operations.
std::vector<Rules> rules_by_operation() {
  std::vector<Rules> result;
  for (const OperationRow& operation : protocol::operation_table()) {
    Rules& rules = result.emplace_back();
    for (const HeaderRefusal& rule : refusals) {
      if (is_about(rule, operation)) rules.push_back(&rule);
    }
  }
  return result;
}

const Rules& rules_of(const OperationRow& operation) {
  static const std::vector<Rules> rules = rules_by_operation();
  return rules[static_cast<std::size_t>(&operation - protocol::operation_table().data())];
}

bool names(std::string_view rule, std::string_view header) {
  if (!rule.ends_with('*'))
    return rule.size() == header.size() && protocol::equal_ignoring_case(rule, header);
  rule.remove_suffix(1);
  return header.size() >= rule.size() && protocol::equal_ignoring_case(rule, header.substr(0, rule.size()));
}

/// As Amazon S3 writes names in Header and ArgumentName: its own in lower case, those of HTTP like If-Match.
std::string canonical(std::string_view lower) {
  std::string name(lower);
  if (name.starts_with("x-amz-")) return name;
  if (name == "content-md5") return "Content-MD5";
  bool first = true;
  for (char& c : name) {
    if (first && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    first = c == '-';
  }
  return name;
}

S3Error refusal(const HeaderRefusal& rule, const Visit& visit, const std::string& name,
                const std::string& value) {
  S3Error error = rule.message.empty() ? S3Error(rule.error) : S3Error(rule.error, std::string(rule.message));
  switch (rule.fields) {
    case RefusalFields::none:
      return error;
    case RefusalFields::argument:
      return std::move(error)
          .with("ArgumentName", canonical(protocol::lower_case(name)))
          .with("ArgumentValue", value);
    case RefusalFields::header:
      return std::move(error).with("Header", canonical(rule.header));
    case RefusalFields::method:  // a copy is a PUT
      return std::move(error)
          .with("Method", visit.request.method)
          .with("ResourceType", visit.has_key() ? "OBJECT" : "BUCKET")
          .with_header("Allow", "PUT");
  }
  return error;
}

}  // namespace

std::span<const HeaderRefusal> header_refusals() {
  return refusals;
}

std::span<const TakenHeader> taken_headers() {
  return taken;
}

bool is_about(const HeaderRefusal& rule, const OperationRow& operation) {
  if (rule.operations.starts_with('!')) return !lists(rule.operations.substr(1), operation);
  return lists(rule.operations, operation);
}

S3Result<void> check_headers(const Visit& visit) {
  const Rules& rules = rules_of(visit.operation());
  for (const auto& [name, value] : visit.headers()) {
    for (const HeaderRefusal* rule : rules) {
      if (!names(rule->header, name) || !value.starts_with(rule->value)) continue;
      return std::unexpected(refusal(*rule, visit, name, value));
    }
  }
  return {};
}

}  // namespace partsmith::server
