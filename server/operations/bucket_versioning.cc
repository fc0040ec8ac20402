#include <algorithm>

#include "operations/answers.h"
#include "operations/operations.h"
#include "payload.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;
using storage::Versioning;

std::unexpected<S3Error> malformed() {
  return std::unexpected(S3Error(ErrorCode::MalformedXML));
}

/// Only the account's root user, with a device, may ask for MFA delete; nobody here has one.
S3Result<void> check_mfa_delete(const Visit& visit, const std::string& wanted) {
  if (wanted.empty() || wanted == "Disabled") return {};
  if (wanted != "Enabled") return malformed();
  if (visit.headers().has("x-amz-mfa")) {
    return invalid_request("DevPay and Mfa are mutually exclusive authorization methods.");
  }
  return std::unexpected(
      S3Error(ErrorCode::AccessDenied, "Mfa Authentication must be used for this request"));
}

S3Result<Versioning> wanted_versioning(const Visit& visit, const std::string& text) {
  if (text.empty()) return std::unexpected(S3Error(ErrorCode::MissingRequestBodyError));
  const auto root = protocol::parse_xml(text);
  if (!root || root->name != "VersioningConfiguration") return malformed();
  std::optional<std::string> status;
  std::optional<std::string> mfa_delete;
  for (const protocol::XmlElement& element : root->children) {
    auto* setting = element.name == "Status" ? &status : element.name == "MfaDelete" ? &mfa_delete : nullptr;
    if (setting == nullptr || setting->has_value()) return malformed();
    *setting = element.text;
  }
  if (status.value_or("").empty()) {
    return std::unexpected(S3Error(ErrorCode::IllegalVersioningConfigurationException));
  }
  if (*status != "Enabled" && *status != "Suspended") return malformed();
  if (auto ok = check_mfa_delete(visit, mfa_delete.value_or("")); !ok)
    return std::unexpected(std::move(ok.error()));
  return *status == "Enabled" ? Versioning::enabled : Versioning::suspended;
}

}  // namespace

Outcome put_bucket_versioning(Visit& visit) {
  const auto text = receive_document(visit);
  if (!text) return std::unexpected(text.error());
  if (const auto bucket = visit.store().bucket(visit.bucket()); !bucket)
    return refused(bucket.error(), visit);
  const auto versioning = wanted_versioning(visit, *text);
  if (!versioning) return std::unexpected(versioning.error());
  if (auto set = visit.store().set_versioning(visit.bucket(), *versioning); !set)
    return refused(set.error(), visit);
  return empty_answer(200);
}

Outcome get_bucket_versioning(Visit& visit) {
  const auto bucket = visit.store().bucket(visit.bucket());
  if (!bucket) return refused(bucket.error(), visit);
  protocol::XmlWriter document("VersioningConfiguration");
  if (bucket->versioning != Versioning::unversioned) {
    document.element("Status", bucket->versioning == Versioning::enabled ? "Enabled" : "Suspended");
  }
  return untyped_answer(document.finish());
}

}  // namespace partsmith::server
