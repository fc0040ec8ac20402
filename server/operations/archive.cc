#include "operations/archive.h"

#include <partsmith/protocol/dates.h>

#include "operations/answers.h"

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

S3Result<bool> wants_restore_status(const Visit& visit) {
  constexpr const char* header = "x-amz-optional-object-attributes";
  bool wanted = false;
  std::string_view list = visit.headers().value(header);
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view name = protocol::trimmed(list.substr(0, comma));
    if (name != "RestoreStatus")
      return invalid_argument("Invalid attribute name specified.", header, std::string(name));
    wanted = true;
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return wanted;
}

void write_restore_status(protocol::XmlWriter& document, const Visit& visit,
                          const storage::ObjectInfo& object) {
  if (!is_restored(visit, object)) return;
  document.open("RestoreStatus")
      .element("IsRestoreInProgress", false)
      .element("RestoreExpiryDate", protocol::iso8601(*object.attributes.restored_until))
      .close();
}

}  // namespace partsmith::server
