/// Versions under a legal hold.

#include "checks/locking.h"

namespace partsmith::conformance::checks {
namespace {

client::S3Request hold_of(const CheckContext& c) {
  return of_subresource(c, "GET", "object", "legal-hold");
}

void kept(CheckContext& c) {
  lock(c);
  const auto version = put_version(c, "object");
  c.send(of_version(holding(c, "ON"), version)).status(200).body("");
  c.send(of_version(hold_of(c), version)).status(200).document("LegalHold").element("Status", "ON");
  c.send(c.head()).status(200).header(lock_hold, "ON").no_header(lock_mode);
}

void put_held(CheckContext& c) {
  lock(c);
  put_version(c, "object", held());
  c.send(c.head()).status(200).header(lock_hold, "ON");
  c.send(hold_of(c)).status(200).element("Status", "ON");
}

void lifted(CheckContext& c) {
  lock(c);
  const auto version = put_version(c, "object", held());
  c.send(holding(c, "OFF")).status(200);
  c.send(c.head()).status(200).header(lock_hold, "OFF");
  c.send(of_version(deleting(c), version)).status(204);
}

void not_deleted(CheckContext& c) {
  lock(c);
  const auto version = put_version(c, "object", held());
  expect_locked(c.send(of_version(deleting(c), version)));
  c.send(deleting_version_among_many(c, version))
      .status(200)
      .elements("Deleted", 0)
      .element("Error/Code", "AccessDenied")
      .wording("Error/Message", is_locked);
  c.send(of_version(c.get(), version)).status(200).body("test");
}

void not_bypassed(CheckContext& c) {
  lock(c);
  const auto version = put_version(c, "object", held());
  expect_locked(c.send(bypassing(of_version(deleting(c), version))));
}

void beside_a_retention(CheckContext& c) {
  lock(c);
  const auto version = put_version(c, "object", retained(in_an_hour()));
  c.send(holding(c, "ON")).status(200);
  c.send(holding(c, "OFF")).status(200);
  expect_locked(c.send(of_version(deleting(c), version)));
}

void per_version(CheckContext& c) {
  lock(c);
  const auto first = put_version(c, "object", held());
  const auto second = put_version(c, "object", held());
  c.send(of_version(holding(c, "OFF"), first)).status(200);
  c.send(of_version(c.head(), first)).status(200).header(lock_hold, "OFF");
  c.send(of_version(c.head(), second)).status(200).header(lock_hold, "ON");
  c.send(of_version(deleting(c), first)).status(204);
  expect_locked(c.send(of_version(deleting(c), second)));
}

void unknown(CheckContext& c) {
  lock(c);
  put_version(c, "object");
  c.send(holding(c, "abc")).error(400, "MalformedXML").message(no_xml_of_lock);
}

void no_document(CheckContext& c) {
  lock(c);
  put_version(c, "object");
  auto request = of_subresource(c, "PUT", "object", "legal-hold");
  request.body = "";
  c.send(request).error(400, "MalformedXML").message(no_xml_of_lock);
}

}  // namespace

void add_object_hold(std::vector<Check>& checks) {
  add_all(checks,
          {
              must("object.lock.hold-kept", "A legal hold is put, and told",
                   "recording: legal-hold-put-and-get", {6, 4}, kept, own_lock),
              must("object.lock.hold-put-with", "An object is put with a legal hold",
                   "recording: put-object-with-legal-hold", {5, 4}, put_held, own_lock),
              should("object.lock.hold-lifted", "A hold that was lifted is told as OFF, and keeps nothing",
                     "recording: legal-hold-per-version", {6, 4}, lifted, own_lock),
              must("object.lock.hold-not-deleted", "A version that is held can't be deleted",
                   "recording: legal-hold-stops-delete", {6, 8}, not_deleted, own_lock),
              must("object.lock.hold-not-bypassed", "Not by who bypasses GOVERNANCE, either",
                   std::string(lock_guide), {4, 4}, not_bypassed, own_lock),
              must("object.lock.hold-beside-retention", "A hold that is lifted leaves the retention",
                   std::string(lock_guide), {6, 4}, beside_a_retention, own_lock),
              must("object.lock.hold-per-version", "Each version has a hold of its own",
                   "recording: legal-hold-per-version", {9, 8}, per_version, own_lock),
              should("object.lock.hold-unknown", "A hold that is neither ON nor OFF is MalformedXML",
                     "reported: versitygw#560", {4, 4}, unknown, own_lock),
              should("object.lock.hold-without-document", "So is one without document",
                     "recording: legal-hold-errors", {4, 4}, no_document, own_lock),
          });
}

}  // namespace partsmith::conformance::checks
