#include "policies/store_policy.h"

#include <algorithm>
#include <array>

#include "account.h"
#include "configuration/bucket_configurations.h"
#include "policies/bucket_policy.h"
#include "world.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;
using Verdict = BucketPolicy::Verdict;

/// Whoever locks itself out can still get in: the account may always read, put and delete its policies.
/// Source: S3 API reference, PutBucketPolicy.
bool is_of_policies(std::string_view action) {
  constexpr auto actions =
      std::to_array<std::string_view>({"s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"});
  return std::ranges::find(actions, action) != actions.end();
}

/// DeleteObjects, which asks again for each object.
bool is_of_many(std::string_view action, const Target& resource) {
  return action == "s3:DeleteObject" && std::holds_alternative<BucketTarget>(resource);
}

std::string arn_of(const Target& resource) {
  const std::string bucket = "arn:aws:s3:::" + bucket_of(resource)->text();
  const auto* object = std::get_if<ObjectTarget>(&resource);
  return object == nullptr ? bucket : bucket + '/' + object->key.text();
}

std::unexpected<S3Error> denied() {
  return std::unexpected(S3Error(ErrorCode::AccessDenied));
}

std::unexpected<S3Error> damaged(const storage::StoreError& error) {
  S3Error internal(ErrorCode::InternalError);
  internal.log_detail = error.detail;
  return std::unexpected(std::move(internal));
}

/// Source: S3 user guide, "Troubleshoot access denied (403 Forbidden) errors in Amazon S3".
std::unexpected<S3Error> denied_by_policy(std::string_view action, const Target& resource) {
  return std::unexpected(S3Error(
      ErrorCode::AccessDenied,
      "User: " + account_arn() + " is not authorized to perform: " + std::string(action) +
          " on resource: \"" + arn_of(resource) + "\" with an explicit deny in a resource-based policy"));
}

}  // namespace

struct StorePolicy::Asked {
  const Principal& principal;
  std::string_view action;
  const Target& resource;
  const Circumstances& circumstances;
};

bool needs_account(protocol::OperationId operation) {
  using enum protocol::OperationId;
  constexpr std::array accounts_only{CreateMultipartUpload, UploadPart, UploadPartCopy,
                                     CompleteMultipartUpload, CopyObject};
  return std::ranges::find(accounts_only, operation) != accounts_only.end();
}

/// Under a policy that can't be read nobody is let in. The operation tells that a bucket isn't there.
S3Result<void> StorePolicy::check(const Principal& principal, std::string_view action, const Target& resource,
                                  const Circumstances& circumstances) const {
  const BucketName* bucket = bucket_of(resource);
  if (bucket == nullptr) return principal.is_anonymous() ? S3Result<void>(denied()) : S3Result<void>();
  const auto read = configurations_.policy(*bucket);
  if (!read && principal.is_anonymous()) return denied();
  if (!read && read.error().code == storage::StoreErrorCode::damaged && !is_of_policies(action))
    return damaged(read.error());
  const BucketPolicy* policy = read ? read->get() : nullptr;
  const Asked asked{principal, action, resource, circumstances};
  if (policy != nullptr && !is_of_many(action, resource) &&
      policy->decide(principal, action, resource, circumstances) == Verdict::denied) {
    if (principal.is_anonymous()) return denied();
    if (!is_of_policies(action)) return denied_by_policy(action, resource);
  }
  if (!principal.is_anonymous()) return {};
  if (policy != nullptr && !is_restricted(*bucket, *policy) && is_allowed(*policy, asked)) return {};
  if (acls_.to_everyone(action, resource)) return {};
  return denied();
}

/// Whether the public access block leaves a public policy to those who have an account. What can't be read
/// does.
bool StorePolicy::is_restricted(const BucketName& bucket, const BucketPolicy& policy) const {
  const auto block = configurations_.public_access_block(bucket);
  return (!block || block->restrict_public_buckets) && policy.is_public();
}

bool StorePolicy::is_allowed(const BucketPolicy& policy, const Asked& asked) const {
  if (is_of_many(asked.action, asked.resource)) return policy.allows_some(asked.principal, asked.action);
  const Verdict verdict = policy.decide(asked.principal, asked.action, asked.resource, asked.circumstances);
  return verdict == Verdict::allowed && may_know(policy, asked);
}

/// Who may read an object, but not list the bucket, isn't told that there is none.
/// Source: S3 API reference, GetObject, HeadObject: "Permissions".
bool StorePolicy::may_know(const BucketPolicy& policy, const Asked& asked) const {
  const auto* object = std::get_if<ObjectTarget>(&asked.resource);
  const bool reads = asked.action == "s3:GetObject" || asked.action == "s3:GetObjectVersion";
  if (object == nullptr || !reads || store_.object(object->bucket, object->key, object->version)) return true;
  const Target bucket = BucketTarget{object->bucket};
  constexpr std::string_view list = "s3:ListBucket";
  return policy.decide(asked.principal, list, bucket, asked.circumstances) == Verdict::allowed ||
         acls_.to_everyone(list, bucket);
}

std::shared_ptr<const Policy> policy_of(storage::Store& store, BucketConfigurations& configurations) {
  return std::make_shared<StorePolicy>(store, configurations);
}

}  // namespace partsmith::server
