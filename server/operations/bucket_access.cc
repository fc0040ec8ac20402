/// Ownership controls and the public access block of buckets, and the ACLs of buckets and objects.

#include "access.h"
#include "operations/answers.h"
#include "operations/object_headers.h"
#include "operations/operations.h"
#include "payload.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;
using storage::BucketDocument;

Response document_answer(std::string document) {
  Response response;
  response.headers.add("Content-Type", "application/xml");
  response.body = std::move(document);
  return response;
}

/// The body of a request that must have one.
S3Result<std::string> required_document(const Call& call) {
  auto text = receive_document(call);
  if (!text) return std::unexpected(std::move(text.error()));
  if (const auto bucket = call.store().bucket(*call.bucket); !bucket) return refused(bucket.error(), call);
  if (text->empty()) return std::unexpected(S3Error(ErrorCode::MissingRequestBodyError));
  return text;
}

Outcome set_document(const Call& call, BucketDocument kind, const std::string& document, int status) {
  const auto stored = call.store().set_bucket_document(*call.bucket, kind, document);
  if (!stored) return refused(stored.error(), call);
  return empty_answer(status);
}

/// The stored document, or what a bucket has from the start.
Outcome get_document(const Call& call, BucketDocument kind, ErrorCode missing, const std::string& initial) {
  auto document = call.store().bucket_document(*call.bucket, kind);
  if (!document) return refused(document.error(), call);
  if (*document && (*document)->empty()) {
    return std::unexpected(S3Error(missing).with("BucketName", call.bucket->text()));
  }
  return document_answer(*document ? std::move(**document) : initial);
}

/// Of an ACL that the body gives in full, only the account's own full control can be kept.
S3Result<void> check_policy(const std::string& text) {
  const auto root = protocol::parse_xml(text);
  if (!root || root->name != "AccessControlPolicy") return std::unexpected(S3Error(ErrorCode::MalformedXML));
  const auto* list = root->child("AccessControlList");
  if (list == nullptr) return std::unexpected(S3Error(ErrorCode::MalformedACLError));
  const auto owners = [](const protocol::XmlElement& grant) {
    const auto* grantee = grant.child("Grantee");
    return grantee != nullptr && grantee->child_text("ID") == owner_id &&
           grant.child_text("Permission") == "FULL_CONTROL";
  };
  if (list->children.size() == 1 && owners(list->children.front())) return {};
  return std::unexpected(S3Error(ErrorCode::AccessControlListNotSupported));
}

/// The ACL that a request sets: by header, or by its body.
S3Result<std::string> acl_to_set(const Call& call, const std::string& body) {
  auto acl = requested_acl(call);
  if (!acl || call.headers().has("x-amz-acl")) return acl;
  if (body.empty()) {
    return std::unexpected(S3Error(ErrorCode::MissingSecurityHeader).with("MissingHeaderName", "x-amz-acl"));
  }
  if (auto ok = check_policy(body); !ok) return std::unexpected(std::move(ok.error()));
  return std::string();
}

bool takes_no_acls(const std::optional<std::string>& controls) {
  return !controls || controls->find(bucket_owner_enforced) != std::string::npos;
}

}  // namespace

Outcome put_bucket_ownership_controls(Call& call) {
  const auto text = required_document(call);
  if (!text) return std::unexpected(text.error());
  const auto ownership = parse_ownership(*text);
  if (!ownership) return std::unexpected(ownership.error());
  if (*ownership == bucket_owner_enforced) {
    const auto acl = call.store().bucket_document(*call.bucket, BucketDocument::acl);
    if (!acl) return refused(acl.error(), call);
    if (*acl && is_public(**acl))
      return std::unexpected(S3Error(ErrorCode::InvalidBucketAclWithObjectOwnership));
  }
  return set_document(call, BucketDocument::ownership_controls, ownership_document(*ownership), 200);
}

Outcome get_bucket_ownership_controls(Call& call) {
  return get_document(call, BucketDocument::ownership_controls, ErrorCode::OwnershipControlsNotFoundError,
                      ownership_document(bucket_owner_enforced));
}

Outcome delete_bucket_ownership_controls(Call& call) {
  return set_document(call, BucketDocument::ownership_controls, "", 204);
}

Outcome put_public_access_block(Call& call) {
  const auto text = required_document(call);
  if (!text) return std::unexpected(text.error());
  const auto block = parse_public_access_block(*text);
  if (!block) return std::unexpected(block.error());
  return set_document(call, BucketDocument::public_access_block, public_access_block_document(*block), 200);
}

Outcome get_public_access_block(Call& call) {
  return get_document(call, BucketDocument::public_access_block,
                      ErrorCode::NoSuchPublicAccessBlockConfiguration, public_access_block_document({}));
}

Outcome delete_public_access_block(Call& call) {
  return set_document(call, BucketDocument::public_access_block, "", 204);
}

Outcome get_bucket_acl(Call& call) {
  const auto acl = call.store().bucket_document(*call.bucket, BucketDocument::acl);
  if (!acl) return refused(acl.error(), call);
  return document_answer(acl_document(acl->value_or("")));
}

/// A bucket that takes no ACLs refuses even the one that it has.
Outcome put_bucket_acl(Call& call) {
  const auto text = receive_document(call);
  if (!text) return std::unexpected(text.error());
  const auto controls = call.store().bucket_document(*call.bucket, BucketDocument::ownership_controls);
  if (!controls) return refused(controls.error(), call);
  if (takes_no_acls(*controls)) return std::unexpected(S3Error(ErrorCode::AccessControlListNotSupported));
  const auto acl = acl_to_set(call, *text);
  if (!acl) return std::unexpected(acl.error());
  return set_document(call, BucketDocument::acl, *acl, 200);
}

Outcome get_object_acl(Call& call) {
  const auto version = named_version(call);
  if (!version) return std::unexpected(version.error());
  const auto object = call.store().object(*call.bucket, *call.key, *version);
  if (!object) return refused(object.error(), call);
  Response response = document_answer(acl_document(object->attributes.acl));
  add_version(response.headers, *object);
  return response;
}

Outcome put_object_acl(Call& call) {
  const auto version = named_version(call);
  if (!version) return std::unexpected(version.error());
  const auto text = receive_document(call);
  if (!text) return std::unexpected(text.error());
  if (const auto object = call.store().object(*call.bucket, *call.key, *version); !object) {
    return refused(object.error(), call);
  }
  const auto acl = acl_to_set(call, *text);
  if (!acl) return std::unexpected(acl.error());
  const auto object =
      call.store().change_attributes(*call.bucket, *call.key, *version,
                                     [&](storage::ObjectAttributes& attributes) { attributes.acl = *acl; });
  if (!object) return refused(object.error(), call);
  Response response = empty_answer(200);
  add_version(response.headers, *object);
  return response;
}

}  // namespace partsmith::server
