/// Locks of the second version, of another key, beside another lock, and of what was made in another way.

#include "checks/locking.h"

namespace partsmith::conformance::checks {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

client::S3Request lock_of(const CheckContext& c, std::string subresource, const std::string& version) {
  return of_version(of_subresource(c, "GET", "object", std::move(subresource)), version);
}

protocol::Headers retained_and_held(TimePoint until) {
  auto headers = retained(until);
  headers.add(std::string(lock_hold), "ON");
  return headers;
}

void retained_and_held_at_once(CheckContext& c) {
  lock(c);
  const auto until = in_an_hour();
  const auto version = put_version(c, "object", retained_and_held(until));
  auto told = c.send(c.head()).status(200).header(lock_hold, "ON");
  expect_retained(told, until);
  c.send(holding(c, "OFF")).status(200);
  expect_locked(c.send(of_version(deleting(c), version)));
}

void hold_told_by_get(CheckContext& c) {
  lock(c);
  const auto version = put_version(c, "object", held());
  c.send(c.get()).status(200).header(lock_hold, "ON");
  c.send(of_version(c.get(), version)).status(200).header(lock_hold, "ON");
}

void copied_held(CheckContext& c) {
  lock(c);
  put_version(c, "source");
  c.send(with_all(copying(c, "copy", source_of(c, "source")), held())).status(200).required();
  c.send(c.head("copy")).status(200).header(lock_hold, "ON");
}

void retention_per_version(CheckContext& c) {
  lock(c);
  const auto first = put_version(c, "object");
  const auto second = put_version(c, "object");
  const auto until = in_an_hour();
  c.send(of_version(retaining(c, until), first)).status(200).required();
  auto told = c.send(of_version(c.head(), first)).status(200);
  expect_retained(told, until);
  auto other = c.send(of_version(c.head(), second)).status(200);
  expect_unlocked(other);
  c.send(lock_of(c, "retention", first)).status(200).element("Mode", "GOVERNANCE");
  c.send(lock_of(c, "retention", second)).error(404, "NoSuchObjectLockConfiguration");
  expect_locked(c.send(of_version(deleting(c), first)));
  c.send(of_version(deleting(c), second)).status(204);
}

void hold_told_per_version(CheckContext& c) {
  lock(c);
  const auto first = put_version(c, "object", held());
  const auto second = put_version(c, "object");
  c.send(lock_of(c, "legal-hold", first)).status(200).element("Status", "ON");
  c.send(lock_of(c, "legal-hold", second)).error(404, "NoSuchObjectLockConfiguration");
  auto told = c.send(c.head()).status(200);
  expect_unlocked(told);
}

void older_version(CheckContext& c, const protocol::Headers& headers) {
  lock(c);
  const auto first = put_version(c, "object", headers);
  put_version(c, "object");
  expect_locked(c.send(of_version(deleting(c), first)));
  c.send(of_version(c.get(), first)).status(200).body("test");
}

void hold_beside(CheckContext& c) {
  lock(c);
  const auto until = in_an_hour();
  put_version(c, "object", held());
  c.send(retaining(c, until)).status(200).required();
  auto told = c.send(c.head()).status(200).header(lock_hold, "ON");
  expect_retained(told, until);
}

/// What was let happen all the same has ended before the check does.
void not_hardened(CheckContext& c) {
  const auto start = endpoint_time(lock(c));
  const auto version = put_version(c, "object", retained(start + seconds(3)));
  const auto answer = c.send(of_version(retaining(c, start + seconds(4), "COMPLIANCE"), version));
  if (answer.answer().ok()) c.wait(seconds(6));
  expect_locked(Answer(answer));
  c.send(bypassing(of_version(deleting(c), version))).status(204);
}

void ended(CheckContext& c) {
  const auto start = endpoint_time(lock(c));
  const auto version = put_version(c, "object", retained(start + seconds(3)));
  c.wait(seconds(5));
  c.send(of_version(deleting(c), version)).status(204).header("x-amz-version-id", version);
}

std::string entry(const CheckContext& c, std::string_view name, const std::string& version) {
  return "<Object><Key>" + c.key(name) + "</Key><VersionId>" + version + "</VersionId></Object>";
}

/// Of many that are deleted each is judged by its own lock.
void each_of_many(CheckContext& c) {
  lock(c);
  const auto free = put_version(c, "free");
  const auto held_one = put_version(c, "held", held());
  const auto retained_one = put_version(c, "retained", retained(in_an_hour()));
  auto request = of_bucket("POST", c.bucket());
  request.parameter("delete", "");
  request.body = lock_document(
      "Delete", entry(c, "free", free) + entry(c, "held", held_one) + entry(c, "retained", retained_one));
  c.send(with_digest(request))
      .status(200)
      .elements("Deleted", 1)
      .element("Deleted/Key", c.key("free"))
      .elements("Error", 2)
      .element("Error[1]/Code", "AccessDenied")
      .element("Error[2]/Code", "AccessDenied");
  c.send(of_version(c.get("free"), free)).error(404, "NoSuchVersion");
  c.send(of_version(c.get("held"), held_one)).status(200).body("test");
  c.send(of_version(c.get("retained"), retained_one)).status(200).body("test");
}

void marker_deleted(CheckContext& c) {
  lock(c);
  put_version(c, "object", held());
  const auto marker = version_of(c.send(deleting(c)).status(204).has_header("x-amz-version-id").required());
  c.send(of_version(deleting(c), marker)).status(204).header("x-amz-delete-marker", "true");
  c.send(c.get()).status(200).body("test").header(lock_hold, "ON");
}

void other_keys(CheckContext& c) {
  lock(c);
  put_version(c, "object", held());
  const auto longer = put_version(c, "object-2");
  c.send(of_version(deleting(c, "object-2"), longer)).status(204);
}

void held_later_after_an_upload(CheckContext& c) {
  lock(c);
  const auto upload = c.create();
  const auto part = c.part(upload, 1, "data", {{"Content-MD5", to_base64(md5(as_bytes("data")))}});
  const auto version = version_of(c.complete(upload, {part}).has_header("x-amz-version-id").required());
  c.send(of_version(holding(c, "ON"), version)).status(200).required();
  expect_locked(c.send(of_version(deleting(c), version)));
}

void default_of_newer_versions(CheckContext& c) {
  lock(c);
  const auto version = put_version(c, "object");
  c.send(locking(c, a_day)).status(200).required();
  auto told = c.send(c.head()).status(200);
  expect_unlocked(told);
  c.send(of_version(deleting(c), version)).status(204);
}

/// A later default doesn't change what was retained by the former.
void former_default(CheckContext& c) {
  lock(c, a_day);
  const auto version = put_version(c, "object");
  c.send(locking(c)).status(200).required();
  c.send(c.head()).status(200).header(lock_mode, "GOVERNANCE");
  expect_locked(c.send(of_version(deleting(c), version)));
}

}  // namespace

void add_again_locks(std::vector<Check>& checks) {
  const std::string guide(lock_guide);
  add_all(
      checks,
      {
          must("object.lock.held-and-retained", "What is put with both is retained and held", guide, {6, 4},
               retained_and_held_at_once, own_lock),
          must("object.lock.hold-told-by-get", "GET tells a hold, also of a version that is named",
               "S3 API: GetObject (ObjectLockLegalHoldStatus)", {5, 16}, hold_told_by_get, own_lock),
          should("object.lock.copied-held", "A copy is held as its request says",
                 "S3 API: CopyObject (ObjectLockLegalHoldStatus)", {5, 4}, copied_held, own_lock),
          must("object.lock.retention-per-version", "Each version has a retention of its own", guide, {11, 8},
               retention_per_version, own_lock),
          must("object.lock.hold-told-per-version", "A hold is told of its version alone",
               "recording: legal-hold-per-version", {7, 8}, hold_told_per_version, own_lock),
          must(
              "object.lock.older-retained", "A version that is no longer the latest stays retained", guide,
              {6, 12}, [](CheckContext& c) { older_version(c, retained(in_an_hour())); }, own_lock),
          must(
              "object.lock.older-held", "And held, where it is so", guide, {6, 12},
              [](CheckContext& c) { older_version(c, held()); }, own_lock),
          must("object.lock.hold-beside", "A retention that is put leaves a hold", guide, {5, 4}, hold_beside,
               own_lock),
          should("object.lock.not-hardened", "GOVERNANCE becomes COMPLIANCE only for who bypasses it",
                 "reported: ceph/s3-tests", {5, 4}, not_hardened, own_lock),
          must("object.lock.ended", "A retention that has ended keeps nothing", guide, {4, 4}, ended,
               own_lock),
          must("object.lock.each-of-many", "Of many that are deleted each is judged by its own lock",
               "S3 API: DeleteObjects; " + guide, {9, 20}, each_of_many, own_lock),
          must("object.lock.marker-deleted", "A marker over a locked version can be deleted",
               "user guide: Removing delete markers to make an older version current", {6, 8}, marker_deleted,
               own_lock),
          must("object.lock.other-keys", "A hold is of its key, not of those that begin with it", guide,
               {5, 8}, other_keys, own_lock),
          must("object.lock.uploaded-held-later", "What was uploaded in parts can be held later", guide,
               {7, 4}, held_later_after_an_upload, own_lock),
          must("bucket.lock.default-of-newer", "A default retention is for new versions alone",
               "S3 API: PutObjectLockConfiguration", {6, 4}, default_of_newer_versions, own_lock),
          must("bucket.lock.former-default", "A default that is taken away leaves what was retained by it",
               guide, {6, 4}, former_default, own_lock),
      });
}

}  // namespace partsmith::conformance::checks
