#include "sub_resources.h"

#include <algorithm>
#include <array>

namespace partsmith::server {
namespace {

using protocol::OperationRow;
using protocol::Scope;
using enum Elsewhere;

constexpr auto table = std::to_array<SubResource>({
    {"abac", Scope::bucket, "BUCKET_ABAC", ignored},
    {"accelerate", Scope::bucket, "ACCELERATE", answered},
    {"acl", Scope::bucket, "ACL", ignored},
    {"analytics", Scope::bucket, "ANALYTICS", ignored},
    {"cors", Scope::bucket, "CORS", answered},
    {"delete", Scope::bucket, "MULTI_OBJECT_DELETE", answered},
    {"encryption", Scope::bucket, "ENCRYPTION", ignored},
    {"intelligent-tiering", Scope::bucket, "INTELLIGENT_TIERING", ignored},
    {"inventory", Scope::bucket, "INVENTORY", answered},
    {"lifecycle", Scope::bucket, "LIFECYCLE", answered},
    {"location", Scope::bucket, "LOCATION", answered},
    {"logging", Scope::bucket, "LOGGING_STATUS", answered},
    {"metadataAnnotationTable", Scope::bucket, "BUCKET_METADATA_ANNOTATION_TABLE_CONFIGURATION", ignored},
    {"metadataConfiguration", Scope::bucket, "BUCKET_METADATA_CONFIGURATION", ignored},
    {"metadataInventoryTable", Scope::bucket, "BUCKET_METADATA_INVENTORY_TABLE_CONFIGURATION", ignored},
    {"metadataJournalTable", Scope::bucket, "BUCKET_METADATA_JOURNAL_TABLE_CONFIGURATION", ignored},
    {"metadataTable", Scope::bucket, "BUCKET_METADATA_TABLE_CONFIGURATION", ignored},
    {"metrics", Scope::bucket, "METRICS", ignored},
    {"notification", Scope::bucket, "NOTIFICATION", answered},
    {"object-lock", Scope::bucket, "OBJECT_LOCK_CONFIGURATION", ignored},
    {"ownershipControls", Scope::bucket, "OWNERSHIP_CONTROLS", ignored},
    {"policy", Scope::bucket, "BUCKETPOLICY", answered},
    {"policyStatus", Scope::bucket, "POLICY_STATUS", ignored},
    {"publicAccessBlock", Scope::bucket, "PUBLIC_ACCESS_BLOCK", ignored},
    {"replication", Scope::bucket, "REPLICATION", answered},
    {"requestPayment", Scope::bucket, "REQUEST_PAYMENT", answered},
    {"tagging", Scope::bucket, "TAGGING", ignored},
    {"uploads", Scope::bucket, "UPLOADS", ignored},
    {"versioning", Scope::bucket, "VERSIONING", answered},
    {"versions", Scope::bucket, "BUCKETVERSIONS", answered},
    {"website", Scope::bucket, "WEBSITE", answered},

    {"acl", Scope::object, "ACL", ignored},
    {"annotation", Scope::object, "OBJECT_ANNOTATIONS", ignored},
    {"attributes", Scope::object, "OBJECT_ATTRIBUTES", ignored},
    {"encryption", Scope::object, "OBJECT_ENCRYPTION", ignored},
    {"legal-hold", Scope::object, "OBJECT_LOCK_LEGALHOLD", ignored},
    {"restore", Scope::object, "RESTORE", refused},
    {"retention", Scope::object, "OBJECT_LOCK_RETENTION", ignored},
    {"select", Scope::object, "SELECT", ignored},
    {"tagging", Scope::object, "OBJECT_TAGGING", ignored},
    {"torrent", Scope::object, "TORRENT", refused},
    {"uploadId", Scope::object, "UPLOAD", refused},
    {"uploads", Scope::object, "UPLOADS", ignored},
});

/// In the order in which Amazon S3 lists them.
constexpr auto methods = std::to_array<std::string_view>({"HEAD", "DELETE", "POST", "GET", "PUT"});

bool is_named_in(std::string_view conditions, std::string_view name) {
  while (!conditions.empty()) {
    const std::size_t space = conditions.find(' ');
    if (conditions.substr(0, space) == name) return true;
    if (space == std::string_view::npos) return false;
    conditions.remove_prefix(space + 1);
  }
  return false;
}

template <typename Predicate>
std::string joined_methods(Predicate has) {
  std::string text;
  for (const std::string_view method : methods) {
    if (has(method)) text += (text.empty() ? "" : ", ") + std::string(method);
  }
  return text;
}

}  // namespace

std::span<const SubResource> sub_resource_table() { return table; }

const SubResource* sub_resource(std::string_view name, Scope at) {
  const SubResource* elsewhere = nullptr;
  for (const SubResource& row : table) {
    if (row.name != name) continue;
    if (row.scope == at) return &row;
    if (row.elsewhere != ignored) elsewhere = &row;
  }
  return elsewhere;
}

bool has_method(const SubResource& row, std::string_view method) {
  if (row.name == "torrent") return false;  // Amazon S3 refuses even the GET that its API has
  // Uploads are one type at buckets (their list) and at objects (their creation); a part is a type of its
  // own.
  const bool shared = row.name == "uploads";
  return std::ranges::any_of(protocol::operation_table(), [&](const OperationRow& operation) {
    return operation.method == method && (operation.scope == row.scope || shared) &&
           is_named_in(operation.query, row.name) && !is_named_in(operation.query, "partNumber");
  });
}

std::string allowed_methods(const SubResource& row) {
  return joined_methods([&](std::string_view method) { return has_method(row, method); });
}

std::string allowed_methods(Scope scope) {
  return joined_methods([&](std::string_view method) {
    return std::ranges::any_of(protocol::operation_table(), [&](const OperationRow& row) {
      return row.method == method && row.scope == scope && row.query.empty();
    });
  });
}

}  // namespace partsmith::server
