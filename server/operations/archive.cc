#include "operations/archive.h"

#include <partsmith/protocol/dates.h>

namespace partsmith::server {
namespace {

/// Whether the copy is there now.
bool is_restored(const Visit& visit, const storage::ObjectInfo& object) {
  const auto& until = object.attributes.restored_until;
  return is_archived(object.attributes.storage_class) && until && visit.clock().now() < *until;
}

}  // namespace

bool is_archived(std::string_view storage_class) {
  return storage_class == "GLACIER" || storage_class == "DEEP_ARCHIVE";
}

S3Result<void> check_can_be_read(const Visit& visit, const storage::ObjectInfo& object) {
  const std::string& storage_class = object.attributes.storage_class;
  if (!is_archived(storage_class) || is_restored(visit, object)) return {};
  return std::unexpected(
      protocol::S3Error(protocol::ErrorCode::InvalidObjectState).with("StorageClass", storage_class));
}

void add_restore(protocol::Headers& headers, const Visit& visit, const storage::ObjectInfo& object) {
  if (!is_restored(visit, object)) return;
  headers.add("x-amz-restore", "ongoing-request=\"false\", expiry-date=\"" +
                                   protocol::http_date(*object.attributes.restored_until) + '"');
}

}  // namespace partsmith::server
