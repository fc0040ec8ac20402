/// Each sub-resource, with the methods that it has: any other is refused before the bucket is looked for.

#include <algorithm>
#include <array>

#include "checks/making.h"
#include "checks/names.h"

namespace partsmith::conformance::checks {
namespace {

struct SubResource {
  std::string_view name;
  std::string_view type;
  std::string_view allow;  ///< in the order of the header Allow
};

constexpr auto of_buckets = std::to_array<SubResource>({
    {"abac", "BUCKET_ABAC", "GET, PUT"},
    {"accelerate", "ACCELERATE", "GET, PUT"},
    {"acl", "ACL", "GET, PUT"},
    {"analytics", "ANALYTICS", "DELETE, GET, PUT"},
    {"cors", "CORS", "DELETE, GET, PUT"},
    {"delete", "MULTI_OBJECT_DELETE", "POST"},
    {"encryption", "ENCRYPTION", "DELETE, GET, PUT"},
    {"intelligent-tiering", "INTELLIGENT_TIERING", "DELETE, GET, PUT"},
    {"inventory", "INVENTORY", "DELETE, GET, PUT"},
    {"lifecycle", "LIFECYCLE", "DELETE, GET, PUT"},
    {"location", "LOCATION", "GET"},
    {"logging", "LOGGING_STATUS", "GET, PUT"},
    {"metadataConfiguration", "BUCKET_METADATA_CONFIGURATION", "DELETE, POST, GET"},
    {"metadataTable", "BUCKET_METADATA_TABLE_CONFIGURATION", "DELETE, POST, GET"},
    {"metrics", "METRICS", "DELETE, GET, PUT"},
    {"notification", "NOTIFICATION", "GET, PUT"},
    {"object-lock", "OBJECT_LOCK_CONFIGURATION", "GET, PUT"},
    {"ownershipControls", "OWNERSHIP_CONTROLS", "DELETE, GET, PUT"},
    {"policy", "BUCKETPOLICY", "DELETE, GET, PUT"},
    {"policyStatus", "POLICY_STATUS", "GET"},
    {"publicAccessBlock", "PUBLIC_ACCESS_BLOCK", "DELETE, GET, PUT"},
    {"replication", "REPLICATION", "DELETE, GET, PUT"},
    {"requestPayment", "REQUEST_PAYMENT", "GET, PUT"},
    {"restore", "RESTORE", "POST"},
    {"tagging", "TAGGING", "DELETE, GET, PUT"},
    {"uploads", "UPLOADS", "POST, GET"},
    {"versioning", "VERSIONING", "GET, PUT"},
    {"versions", "BUCKETVERSIONS", "GET"},
    {"website", "WEBSITE", "DELETE, GET, PUT"},
});

constexpr auto of_objects = std::to_array<SubResource>({
    {"acl", "ACL", "GET, PUT"},
    {"attributes", "OBJECT_ATTRIBUTES", "GET"},
    {"legal-hold", "OBJECT_LOCK_LEGALHOLD", "GET, PUT"},
    {"restore", "RESTORE", "POST"},
    {"retention", "OBJECT_LOCK_RETENTION", "GET, PUT"},
    {"select", "SELECT", "POST"},
    {"tagging", "OBJECT_TAGGING", "DELETE, GET, PUT"},
    {"uploads", "UPLOADS", "POST, GET"},
});

constexpr auto methods = std::to_array<std::string_view>({"HEAD", "DELETE", "POST", "GET", "PUT"});

void others_refused(CheckContext& c, const SubResource& row, bool of_key) {
  for (const auto method : methods) {
    if (row.allow.contains(method)) continue;
    client::S3Request request;
    request.method = method;
    request.bucket = c.missing_bucket();
    if (of_key) request.key = "object";
    request.parameter(std::string(row.name));
    auto answer = c.send(request);
    if (method == "HEAD") {
      answer.status(405).header("Allow", row.allow);
    } else {
      answer.error(405, "MethodNotAllowed")
          .field("Method", method)
          .field("ResourceType", row.type)
          .header("Allow", row.allow);
    }
  }
}

Check refusing(const SubResource& row, bool of_key) {
  const auto requests = static_cast<std::uint64_t>(
      std::ranges::count_if(methods, [&](std::string_view method) { return !row.allow.contains(method); }));
  const std::string at(of_key ? "key" : "bucket");
  return quirk("routing.methods-of-" + at + '.' + dashed(row.name),
               "?" + std::string(row.name) + " at a " + at + " has " + std::string(row.allow) +
                   "; another method is MethodNotAllowed, though there is no such bucket",
               measured_by_backlot, {requests},
               [row, of_key](CheckContext& c) { others_refused(c, row, of_key); });
}

}  // namespace

void add_routing_methods(std::vector<Check>& checks) {
  for (const auto& row : of_buckets) checks.push_back(refusing(row, false));
  for (const auto& row : of_objects) checks.push_back(refusing(row, true));
}

}  // namespace partsmith::conformance::checks
