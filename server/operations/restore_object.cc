#include <algorithm>
#include <array>
#include <charconv>

#include "operations/answers.h"
#include "operations/archive.h"
#include "operations/object_headers.h"
#include "operations/operations.h"
#include "payload.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

/// Far more than anybody pays for, and within what a date in a header can say.
constexpr std::uint32_t max_days = 36'500;
constexpr auto tiers = std::to_array<std::string_view>({"Standard", "Bulk", "Expedited"});

struct RestoreRequest {
  std::optional<std::uint32_t> days;
  std::string tier = "Standard";
};

std::unexpected<S3Error> malformed() {
  return std::unexpected(S3Error(ErrorCode::MalformedXML));
}

/// S3 Select in an archive (Type, SelectParameters, OutputLocation) is not there.
S3Result<RestoreRequest> parse(std::string_view text) {
  const auto root = protocol::parse_xml(text);
  if (!root || root->name != "RestoreRequest") return malformed();
  if (root->child("Type") != nullptr || root->child("SelectParameters") != nullptr) {
    return std::unexpected(S3Error(ErrorCode::NotImplemented, "Select in an archive is not implemented"));
  }
  RestoreRequest request;
  const auto* parameters = root->child("GlacierJobParameters");
  const auto tier = parameters == nullptr ? root->child_text("Tier") : parameters->child_text("Tier");
  if (parameters != nullptr && !tier) return malformed();
  if (tier) request.tier = *tier;
  if (std::ranges::find(tiers, request.tier) == tiers.end()) return malformed();
  if (const auto days = root->child_text("Days")) {
    std::uint32_t value = 0;
    const auto parsed = std::from_chars(days->data(), days->data() + days->size(), value);
    if (parsed.ec != std::errc() || parsed.ptr != days->data() + days->size()) return malformed();
    if (value == 0 || value > max_days) {
      return std::unexpected(S3Error(ErrorCode::InvalidArgument, "Restoration days must be positive")
                                 .with("ArgumentName", "Days")
                                 .with("ArgumentValue", *days));
    }
    request.days = value;
  }
  return request;
}

/// The storage class is told before the document is looked at (reported: moto pull request 4670; the words
/// for INTELLIGENT_TIERING: s3cmd issue 1377).
S3Result<RestoreRequest> request_for(const std::string& storage_class, const std::string& text) {
  const auto not_allowed = [&] {
    return std::unexpected(S3Error(ErrorCode::InvalidObjectState,
                                   "Restore is not allowed for the object's current storage class")
                               .with("StorageClass", storage_class));
  };
  const bool tiering = storage_class == "INTELLIGENT_TIERING";
  if (!is_archived(storage_class) && !tiering) return not_allowed();
  if (text.empty()) return std::unexpected(S3Error(ErrorCode::MissingRequestBodyError));
  auto request = parse(text);
  if (!request) return request;
  if (tiering && request->days) {
    return std::unexpected(S3Error(ErrorCode::InvalidArgument,
                                   "INTELLIGENT_TIERING objects are not subject to restore expiry. Do not "
                                   "specify Days when restoring this object"));
  }
  if (tiering) return not_allowed();  // nothing here moves to the archive tiers of its class
  if (!request->days) return malformed();
  if (storage_class == "DEEP_ARCHIVE" && request->tier == "Expedited") {
    return std::unexpected(
        S3Error(ErrorCode::InvalidArgument, "Retrieval option is not supported by this storage class"));
  }
  return request;
}

}  // namespace

/// The copy is there at once, whatever the tier; it goes at the midnight after its days. 202 for the first
/// request, 200 while there is a copy, which then stays for as long as this request says.
Outcome restore_object(Visit& visit) {
  const auto version = named_version(visit);
  if (!version) return std::unexpected(version.error());
  const auto text = receive_document(visit);
  if (!text) return std::unexpected(text.error());
  const auto found = visit.store().object(visit.bucket(), visit.key(), *version);
  if (!found) return refused(found.error(), visit);
  const auto request = request_for(found->attributes.storage_class, *text);
  if (!request) return std::unexpected(request.error());

  const TimePoint now = visit.clock().now();
  const TimePoint until = std::chrono::ceil<std::chrono::days>(now + std::chrono::days(*request->days));
  bool restored_already = false;
  const auto object = visit.store().change_attributes(
      visit.bucket(), visit.key(), *version, [&](storage::ObjectAttributes& attributes) {
        restored_already = attributes.restored_until && now < *attributes.restored_until;
        attributes.restored_until = until;
      });
  if (!object) return refused(object.error(), visit);
  return empty_answer(restored_already ? 200 : 202);
}

}  // namespace partsmith::server
