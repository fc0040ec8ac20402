#include "configuration/bucket_encryption.h"

#include <partsmith/protocol/xml.h>

#include "configuration/bucket_configurations.h"
#include "operations/answers.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;
using protocol::XmlElement;

std::unexpected<S3Error> malformed() {
  return std::unexpected(S3Error(ErrorCode::MalformedXML));
}

bool read_algorithm(const XmlElement& element, BucketEncryption& encryption) {
  const auto algorithm = element.child_text("SSEAlgorithm");
  if (algorithm != "AES256" && algorithm != "aws:kms" && algorithm != "aws:kms:dsse") return false;
  encryption.algorithm = *algorithm;
  encryption.kms_key_id = element.child_text("KMSMasterKeyID").value_or("");
  return true;
}

bool read_blocked(const XmlElement& element, BucketEncryption& encryption) {
  for (const XmlElement& type : element.children) {
    if (type.name != "EncryptionType" || (type.text != "SSE-C" && type.text != "NONE")) return false;
    if (type.text == "SSE-C") encryption.blocks_customer_keys = true;
  }
  return !element.children.empty();
}

bool read_rule(const XmlElement& rule, BucketEncryption& encryption) {
  if (rule.children.empty()) return false;
  for (const XmlElement& element : rule.children) {
    if (element.name == "ApplyServerSideEncryptionByDefault") {
      if (!read_algorithm(element, encryption)) return false;
    } else if (element.name == "BucketKeyEnabled") {
      const std::string value = protocol::lower_case(protocol::trimmed(element.text));
      if (value != "true" && value != "false") return false;
      encryption.bucket_key_enabled = value == "true";
    } else if (element.name != "BlockedEncryptionTypes" || !read_blocked(element, encryption)) {
      return false;
    }
  }
  return true;
}

}  // namespace

S3Result<BucketEncryption> parse_bucket_encryption(std::string_view document) {
  const auto root = protocol::parse_xml(document);
  if (!root || root->name != "ServerSideEncryptionConfiguration" || root->children.size() != 1 ||
      root->children.front().name != "Rule") {
    return malformed();
  }
  BucketEncryption encryption;
  if (!read_rule(root->children.front(), encryption)) return malformed();
  if (!encryption.kms_key_id.empty() && encryption.algorithm == "AES256") {
    return std::unexpected(
        S3Error(
            ErrorCode::InvalidArgument,
            "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse")
            .with("ArgumentName", "ApplyServerSideEncryptionByDefault"));
  }
  return encryption;
}

std::string bucket_encryption_document(const BucketEncryption& encryption) {
  protocol::XmlWriter document("ServerSideEncryptionConfiguration");
  document.open("Rule")
      .open("ApplyServerSideEncryptionByDefault")
      .element("SSEAlgorithm", encryption.algorithm);
  if (!encryption.kms_key_id.empty()) document.element("KMSMasterKeyID", encryption.kms_key_id);
  document.close().element("BucketKeyEnabled", encryption.bucket_key_enabled);
  if (encryption.blocks_customer_keys) {
    document.open("BlockedEncryptionTypes").element("EncryptionType", "SSE-C").close();
  }
  return document.finish();
}

S3Result<BucketEncryption> bucket_encryption(const Visit& visit) {
  const auto stored = visit.world().configurations->encryption(visit.bucket());
  if (!stored) {
    if (stored.error().code == storage::StoreErrorCode::no_such_bucket) return BucketEncryption{};
    return refused(stored.error(), visit);
  }
  return *stored ? **stored : BucketEncryption{};
}

}  // namespace partsmith::server
