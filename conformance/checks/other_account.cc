/// What another account may do: nothing, until an ACL grants it. The operations that it is refused are in
/// signed.cc.

#include "checks/other_account.h"

#include "checks/acl.h"

namespace partsmith::conformance::checks {
namespace {

client::S3Request all_buckets() {
  client::S3Request request;
  request.method = "GET";
  return request;
}

client::S3Request acl_of(client::S3Request request) {
  return request.parameter("acl", "");
}

std::string id_of(const std::string& account) {
  return "id=\"" + account + '"';
}

void denied(CheckContext& c, const client::S3Request& request) {
  c.send_by_other(request).error(403, "AccessDenied");
}

void bucket_of_another(CheckContext& c) {
  two_accounts(c);
  c.send_by_other(creating_bucket(c.bucket(), location_of_region(c))).error(409, "BucketAlreadyExists");
  c.send(of_bucket("HEAD", c.bucket())).status(200);
}

void not_in_the_list(CheckContext& c) {
  two_accounts(c);
  auto list = c.send_by_other(all_buckets());
  list.status(200)
      .document("ListAllMyBucketsResult")
      .expect(!list.answer().body.contains("<Name>" + c.bucket() + "</Name>"), "no bucket of another account",
              "the bucket " + c.bucket(), {"body lacks", "", "<Name>" + c.bucket() + "</Name>"});
}

void granted_read(CheckContext& c) {
  const auto accounts = two_accounts(c);
  allow_acls(c);
  c.put("object", "something");
  c.put("private", "something else");
  c.send(acl_of(c.request("PUT", "object")).header("x-amz-grant-read", id_of(accounts.other)))
      .status(200)
      .required();
  c.send_by_other(c.get()).status(200).body("something");
  denied(c, c.get("private"));
  denied(c, acl_of(c.get()));
  denied(c, putting(c, "object", "other"));
  auto anyone = c.get();
  anyone.signing = client::Signing::anonymous;
  c.send(anyone).error(403, "AccessDenied");
}

void authenticated_read(CheckContext& c) {
  two_accounts(c);
  allow_acls(c);
  c.put("object", "something");
  c.send(acl_of(c.request("PUT", "object")).header("x-amz-acl", "authenticated-read")).status(200).required();
  c.send_by_other(c.get()).status(200).body("something");
  denied(c, putting(c, "object", "other"));
  auto anyone = c.get();
  anyone.signing = client::Signing::anonymous;
  c.send(anyone).error(403, "AccessDenied");
}

/// Who writes owns what was written, and the bucket's owner can only delete it.
void granted_write(CheckContext& c) {
  const auto accounts = two_accounts(c);
  allow_acls(c);
  c.send(acl_of(of_bucket("PUT", c.bucket()))
             .header("x-amz-grant-full-control", id_of(accounts.own))
             .header("x-amz-grant-write", id_of(accounts.other)))
      .status(200)
      .required();
  c.send_by_other(putting(c, "object", "theirs")).status(200).required();
  c.send_by_other(c.get()).status(200).body("theirs");
  c.send_by_other(acl_of(c.get())).status(200).element("Owner/ID", accounts.other);
  c.send(c.get()).error(403, "AccessDenied");
  c.send(deleting(c)).status(204);
  c.send(c.get()).error(404, "NoSuchKey");
}

/// Who asks first finds out whose the keys are.
Cost with(Cost cost) {
  return cost += of_two_accounts;
}

}  // namespace

Accounts two_accounts(CheckContext& c) {
  const auto own = c.send(all_buckets().parameter("max-buckets", "1")).text("Owner/ID");
  const auto told = c.send_by_other(all_buckets().parameter("max-buckets", "1"));
  const auto code = told.text("Code");
  if (code == "InvalidAccessKeyId" || code == "SignatureDoesNotMatch")
    c.skip("the endpoint refuses the second access key: " + code);
  const auto other = told.text("Owner/ID");
  if (own.empty() || other.empty()) c.skip("ListBuckets doesn't tell which accounts the two keys are of");
  if (own == other) c.not_offered("both keys are of one account, as ListBuckets tells: " + own);
  return {own, other};
}

void add_other_account(std::vector<Check>& checks) {
  const std::string mapping = "user guide: Access control list (ACL) overview";
  const std::string ownership =
      "user guide: Controlling ownership of objects and disabling ACLs for your bucket";
  const std::vector<Need> needs{Need::own_bucket, Need::second_account};
  const std::vector<Need> with_acl{Need::own_bucket, Need::acl, Need::second_account};
  add_all(checks, {
                      must("bucket.other-account.create", "A bucket's name that another account has is taken",
                           "S3 API: CreateBucket (BucketAlreadyExists)", with({2}), bucket_of_another, needs),
                      must("bucket.other-account.list", "Buckets are listed to their owner only",
                           "S3 API: ListBuckets", with({1, 100'000}), not_in_the_list, needs),
                      should("object.other-account.granted-read",
                             "An account reads the object that it was granted to read, and does nothing else",
                             mapping, with({10, 41}), granted_read, with_acl),
                      should("object.other-account.authenticated-read",
                             "An object of authenticated-read is read by any account, and not by nobody",
                             mapping, with({7, 23}), authenticated_read, with_acl),
                      should("object.other-account.granted-write",
                             "Who was granted to write owns what it writes; the bucket's owner may delete it",
                             ownership + "; " + mapping, with({9, 12}), granted_write, with_acl),
                  });
}

}  // namespace partsmith::conformance::checks
