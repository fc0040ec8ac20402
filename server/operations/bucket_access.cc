/// Ownership controls, the public access block and the policy of buckets, and the ACLs of buckets and
/// objects.

#include "access.h"
#include "account.h"
#include "configuration/bucket_configurations.h"
#include "operations/answers.h"
#include "operations/marked_keys.h"
#include "operations/object_headers.h"
#include "operations/operations.h"
#include "payload.h"
#include "policies/bucket_policy.h"

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
S3Result<HeldDocument> required_document(const Visit& visit) {
  auto text = receive_document(visit);
  if (!text) return std::unexpected(std::move(text.error()));
  if (const auto bucket = visit.store().bucket(visit.bucket()); !bucket)
    return refused(bucket.error(), visit);
  if (text->empty()) return std::unexpected(S3Error(ErrorCode::MissingRequestBodyError));
  return text;
}

Outcome set_document(const Visit& visit, BucketDocument kind, const std::string& document, int status) {
  const auto stored = visit.store().set_bucket_document(visit.bucket(), kind, document);
  if (!stored) return refused(stored.error(), visit);
  return empty_answer(status);
}

/// The stored document, or what a bucket has from the start.
Outcome get_document(const Visit& visit, BucketDocument kind, ErrorCode missing, const std::string& initial) {
  auto document = visit.store().bucket_document(visit.bucket(), kind);
  if (!document) return refused(document.error(), visit);
  std::string told = *document ? std::move(**document) : initial;
  if (told.empty()) return std::unexpected(S3Error(missing).with("BucketName", visit.bucket().text()));
  return untyped_answer(std::move(told));
}

S3Result<std::shared_ptr<const BucketPolicy>> policy_of_bucket(const Visit& visit) {
  auto policy = visit.world().configurations->policy(visit.bucket());
  if (!policy) return refused(policy.error(), visit);
  if (*policy == nullptr) {
    return std::unexpected(S3Error(ErrorCode::NoSuchBucketPolicy).with("BucketName", visit.bucket().text()));
  }
  return *std::move(policy);
}

/// The ACL that a request sets: by its headers, or by its body. An ACL that is wrong is told before ACLs are
/// found to be disabled (recorded: bucket-acl-errors, object-acl-errors).
S3Result<NamedAcl> acl_to_set(const NamedAcl& of_headers, const std::string& body) {
  if (of_headers.named) {
    if (body.empty()) return of_headers;
    return std::unexpected(S3Error(ErrorCode::UnexpectedContent));
  }
  if (body.empty()) {
    return std::unexpected(S3Error(ErrorCode::MissingSecurityHeader).with("MissingHeaderName", "x-amz-acl"));
  }
  auto acl = parse_acl(body);
  if (!acl) return std::unexpected(std::move(acl.error()));
  const bool harmless = is_the_owners_alone(*acl);
  return NamedAcl{true, *std::move(acl), harmless};
}

}  // namespace

Outcome put_bucket_ownership_controls(Visit& visit) {
  const auto text = required_document(visit);
  if (!text) return std::unexpected(text.error());
  const auto ownership = parse_ownership(*text);
  if (!ownership) return std::unexpected(ownership.error());
  if (*ownership == bucket_owner_enforced) {
    const auto acl = visit.store().bucket_document(visit.bucket(), BucketDocument::acl);
    if (!acl) return refused(acl.error(), visit);
    if (*acl && !is_the_owners_alone(acl_from_stored(**acl))) {
      return std::unexpected(S3Error(ErrorCode::InvalidBucketAclWithObjectOwnership));
    }
  }
  return set_document(visit, BucketDocument::ownership_controls, ownership_document(*ownership), 200);
}

Outcome get_bucket_ownership_controls(Visit& visit) {
  return get_document(visit, BucketDocument::ownership_controls, ErrorCode::OwnershipControlsNotFoundError,
                      ownership_document(bucket_owner_enforced));
}

Outcome delete_bucket_ownership_controls(Visit& visit) {
  return set_document(visit, BucketDocument::ownership_controls, "", 204);
}

Outcome put_public_access_block(Visit& visit) {
  const auto text = required_document(visit);
  if (!text) return std::unexpected(text.error());
  const auto block = parse_public_access_block(*text);
  if (!block) return std::unexpected(block.error());
  return set_document(visit, BucketDocument::public_access_block, public_access_block_document(*block), 200);
}

Outcome get_public_access_block(Visit& visit) {
  const PublicAccessBlock initial = visit.world().configurations->initial_public_access_block();
  return get_document(visit, BucketDocument::public_access_block,
                      ErrorCode::NoSuchPublicAccessBlockConfiguration,
                      initial.block_public_acls ? public_access_block_document(initial) : "");
}

Outcome delete_public_access_block(Visit& visit) {
  return set_document(visit, BucketDocument::public_access_block, "", 204);
}

/// Needs no digest (s3cmd sends none). A public policy is refused where the bucket blocks such.
/// Source: S3 user guide, "Blocking public access to your Amazon S3 storage".
Outcome put_bucket_policy(Visit& visit) {
  const auto text = required_document(visit);
  if (!text) return std::unexpected(text.error());
  const auto policy = parse_bucket_policy(*text, visit.bucket().text());
  if (!policy) return std::unexpected(policy.error());
  const auto block = visit.world().configurations->public_access_block(visit.bucket());
  if (!block) return refused(block.error(), visit);
  if (block->block_public_policy && policy->is_public()) {
    return std::unexpected(S3Error(
        ErrorCode::AccessDenied, "User: " + account_arn() +
                                     " is not authorized to perform: s3:PutBucketPolicy on resource: "
                                     "\"arn:aws:s3:::" +
                                     visit.bucket().text() +
                                     "\" because public policies are blocked by the BlockPublicPolicy block "
                                     "public access setting."));
  }
  return set_document(visit, BucketDocument::policy, policy->text, 204);
}

Outcome get_bucket_policy(Visit& visit) {
  const auto policy = policy_of_bucket(visit);
  if (!policy) return std::unexpected(policy.error());
  Response response;
  response.headers.add("Content-Type", "application/json");
  response.body = (*policy)->text;
  return response;
}

Outcome get_bucket_policy_status(Visit& visit) {
  const auto policy = policy_of_bucket(visit);
  if (!policy) return std::unexpected(policy.error());
  protocol::XmlWriter document("PolicyStatus");
  document.element("IsPublic", (*policy)->is_public());
  return xml_answer(document);
}

/// Deleting what isn't there succeeds (recorded: bucket-policy-put-get-delete).
Outcome delete_bucket_policy(Visit& visit) {
  const auto deleted =
      visit.store().set_bucket_document(visit.bucket(), BucketDocument::policy, std::nullopt);
  if (!deleted) return refused(deleted.error(), visit);
  return empty_answer(204);
}

Outcome get_bucket_acl(Visit& visit) {
  const auto acl = visit.store().bucket_document(visit.bucket(), BucketDocument::acl);
  if (!acl) return refused(acl.error(), visit);
  return document_answer(acl_document(acl_from_stored(acl->value_or(""))));
}

/// A bucket that takes no ACLs refuses even the one that it has.
Outcome put_bucket_acl(Visit& visit) {
  if (const auto bucket = visit.store().bucket(visit.bucket()); !bucket)
    return refused(bucket.error(), visit);
  const auto named = named_acl(visit.headers(), AclTarget::bucket);
  if (!named) return std::unexpected(named.error());
  const auto text = receive_document(visit);
  if (!text) return std::unexpected(text.error());
  const auto acl = acl_to_set(*named, *text);
  if (!acl) return std::unexpected(acl.error());
  if (auto ok = check_bucket_takes(visit, acl->acl); !ok) return std::unexpected(std::move(ok.error()));
  return set_document(visit, BucketDocument::acl, stored_acl(acl->acl), 200);
}

Outcome get_object_acl(Visit& visit) {
  const auto version = named_version(visit);
  if (!version) return std::unexpected(version.error());
  const auto object = visit.store().object(visit.bucket(), visit.key(), *version);
  if (!object) return refused(object.error(), visit);
  Response response = document_answer(acl_document(acl_from_stored(object->attributes.acl)));
  add_version(response.headers, *object);
  return response;
}

/// A bucket that takes no ACLs takes what its objects have anyway. Source: S3 user guide, "Controlling
/// ownership of objects": "bucket-owner-full-control canned ACL or equivalent forms expressed in XML".
Outcome put_object_acl(Visit& visit) {
  const auto version = named_version(visit);
  if (!version) return std::unexpected(version.error());
  const auto named = named_acl(visit.headers(), AclTarget::object);
  if (!named) return std::unexpected(named.error());
  const auto text = receive_document(visit);
  if (!text) return std::unexpected(text.error());
  if (const auto object = visit.store().object(visit.bucket(), visit.key(), *version); !object) {
    return refused_at_marker(object.error(), visit);
  }
  const auto acl = acl_to_set(*named, *text);
  if (!acl) return std::unexpected(acl.error());
  if (!acl->harmless) {
    if (auto ok = check_bucket_takes(visit, acl->acl); !ok) return std::unexpected(std::move(ok.error()));
  }
  const auto object = visit.store().change_attributes(
      visit.bucket(), visit.key(), *version,
      [stored = stored_acl(acl->acl)](storage::ObjectAttributes& attributes) { attributes.acl = stored; });
  if (!object) return refused_at_marker(object.error(), visit);
  Response response = empty_answer(200);
  add_version(response.headers, *object);
  return response;
}

}  // namespace partsmith::server
