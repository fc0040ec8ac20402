/// Versions that are retained: what can't be done with them, by whom it can, and until when.

#include "checks/locking.h"

namespace partsmith::conformance::checks {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

void kept(CheckContext& c) {
  lock(c);
  const auto version = put_version(c, "object");
  const auto until = in_an_hour();
  c.send(of_version(retaining(c, until), version)).status(200).body("");
  c.send(of_version(of_subresource(c, "GET", "object", "retention"), version))
      .status(200)
      .document("Retention")
      .element("Mode", "GOVERNANCE")
      .has_element("RetainUntilDate");
  auto told = c.send(c.head()).status(200);
  expect_retained(told, until).no_header(lock_hold);
}

void told(CheckContext& c, const std::string& method) {
  lock(c);
  const auto until = in_an_hour();
  put_version(c, "object", retained(until));
  auto answer = c.send(c.request(method, "object")).status(200);
  expect_retained(answer, until);
}

/// The version is there afterwards.
void not_deleted(CheckContext& c) {
  lock(c);
  const auto version = put_version(c, "object", retained(in_an_hour()));
  expect_locked(c.send(of_version(deleting(c), version)));
  c.send(of_version(c.get(), version)).status(200).body("test");
}

void bypassed(CheckContext& c) {
  lock(c);
  const auto version = put_version(c, "object", retained(in_an_hour()));
  c.send(bypassing(of_version(deleting(c), version))).status(204).header("x-amz-version-id", version);
  c.send(of_version(c.get(), version)).error(404, "NoSuchVersion");
}

void not_bypassed(CheckContext& c) {
  lock(c);
  const auto version = put_version(c, "object", retained(in_an_hour()));
  auto request = of_version(deleting(c), version);
  expect_locked(c.send(request.header("x-amz-bypass-governance-retention", "false")));
}

void among_many(CheckContext& c) {
  lock(c);
  const auto version = put_version(c, "object", retained(in_an_hour()));
  c.send(deleting_version_among_many(c, version))
      .status(200)
      .elements("Deleted", 0)
      .element("Error/Key", c.key())
      .element("Error/VersionId", version)
      .element("Error/Code", "AccessDenied")
      .wording("Error/Message", is_locked);
  c.send(bypassing(deleting_version_among_many(c, version)))
      .status(200)
      .elements("Error", 0)
      .element("Deleted/VersionId", version);
}

void marker(CheckContext& c) {
  lock(c);
  const auto version = put_version(c, "object", retained(in_an_hour()));
  c.send(deleting(c)).status(204).header("x-amz-delete-marker", "true").has_header("x-amz-version-id");
  c.send(c.get()).error(404, "NoSuchKey");
  c.send(of_version(c.get(), version)).status(200).body("test");
}

void of_marker(CheckContext& c) {
  lock(c);
  put_version(c, "object", retained(in_an_hour()));
  const auto version = version_of(c.send(deleting(c)).status(204).has_header("x-amz-version-id").required());
  c.send(of_version(retaining(c, in_an_hour()), version))
      .error(405, "MethodNotAllowed")
      .field("Method", "PUT")
      .field("ResourceType", "DeleteMarker");
  c.send(of_version(of_subresource(c, "GET", "object", "retention"), version)).error(405, "MethodNotAllowed");
}

void overwritten(CheckContext& c) {
  lock(c);
  const auto version = put_version(c, "object", retained(in_an_hour()));
  c.put("object", "newer");
  c.send(c.get()).status(200).body("newer").no_header(lock_mode);
  c.send(of_version(c.get(), version)).status(200).body("test");
}

void extended(CheckContext& c) {
  lock(c);
  const auto until = in_an_hour();
  const auto version = put_version(c, "object", retained(until));
  c.send(of_version(retaining(c, until + minutes(10)), version)).status(200);
  auto answer = c.send(c.head()).status(200);
  expect_retained(answer, until + minutes(10));
}

void shortened(CheckContext& c) {
  lock(c);
  const auto until = in_an_hour();
  const auto version = put_version(c, "object", retained(until));
  expect_locked(c.send(of_version(retaining(c, until - minutes(10)), version)));
  auto answer = c.send(c.head()).status(200);
  expect_retained(answer, until);
}

void shortened_by_bypass(CheckContext& c) {
  lock(c);
  const auto until = in_an_hour();
  const auto version = put_version(c, "object", retained(until));
  c.send(bypassing(of_version(retaining(c, until - minutes(10)), version))).status(200);
  auto answer = c.send(c.head()).status(200);
  expect_retained(answer, until - minutes(10));
}

void taken_away(CheckContext& c) {
  lock(c);
  const auto version = put_version(c, "object", retained(in_an_hour()));
  c.send(bypassing(retaining(c, ""))).status(200);
  c.send(of_version(deleting(c), version)).status(204);
}

/// COMPLIANCE, which nobody can undo, ends before the check does.
void compliance(CheckContext& c) {
  constexpr seconds kept{3};
  const auto start = endpoint_time(lock(c));
  const auto until = start + kept;
  const auto begun = std::chrono::steady_clock::now();
  const auto version = put_version(c, "object", retained(until, "COMPLIANCE"));
  expect_locked(c.send(of_version(deleting(c), version)));
  expect_locked(c.send(bypassing(of_version(deleting(c), version))));
  expect_locked(c.send(bypassing(of_version(retaining(c, until - seconds(1), "COMPLIANCE"), version))));
  expect_locked(c.send(bypassing(of_version(retaining(c, until + seconds(1)), version))));
  const bool in_time = std::chrono::steady_clock::now() < begun + kept - seconds(1);
  c.wait(std::chrono::ceil<std::chrono::milliseconds>(begun + kept + seconds(2) -
                                                      std::chrono::steady_clock::now()));
  if (!in_time) c.skip("the endpoint took longer to answer than the version was retained");
  c.send(of_version(deleting(c), version)).status(204).header("x-amz-version-id", version);
}

void in_the_past(CheckContext& c) {
  lock(c);
  put_version(c, "object", retained(in_an_hour()));
  c.send(retaining(c, "<Mode>GOVERNANCE</Mode><RetainUntilDate>2020-01-01T00:00:00Z</RetainUntilDate>"))
      .error(400, "InvalidArgument")
      .message("The retain until date must be in the future!")
      .field("ArgumentName", "RetainUntilDate")
      .field("ArgumentValue", "Tue Dec 31 16:00:00 PST 2019");
}

Check malformed(const std::string& name, const std::string& title, const std::string& content) {
  return should(
      "object.lock.malformed-" + name, title, "recording: retention-errors", {4, 4},
      [=](CheckContext& c) {
        lock(c);
        put_version(c, "object");
        c.send(bypassing(retaining(c, content))).error(400, "MalformedXML").message(no_xml_of_lock);
      },
      own_lock);
}

void never_set(CheckContext& c) {
  lock(c);
  put_version(c, "object");
  for (const std::string subresource : {"retention", "legal-hold"}) {
    c.send(of_subresource(c, "GET", "object", subresource))
        .error(404, "NoSuchObjectLockConfiguration")
        .message("The specified object does not have a ObjectLock configuration");
  }
}

void missing_key(CheckContext& c) {
  lock(c);
  c.send(retaining(c, in_an_hour())).error(404, "NoSuchKey").field("Key", c.key());
  c.send(holding(c, "ON")).error(404, "NoSuchKey").field("Key", c.key());
}

void date_before_mode(CheckContext& c) {
  lock(c);
  auto request = with_digest(putting(c, "object", "test"));
  c.send(request.header(std::string(lock_mode), "BAD-VALUE"))
      .error(400, "InvalidArgument")
      .message("x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied")
      .field("ArgumentName", lock_until);
}

void mode_unknown(CheckContext& c) {
  lock(c);
  auto request = c.request("POST", "object");
  request.parameter("uploads", "");
  c.send(with_all(request, retained(in_an_hour(), "BAD-VALUE")))
      .error(400, "InvalidArgument")
      .message("Unknown wormMode directive.")
      .field("ArgumentName", lock_mode)
      .field("ArgumentValue", "BAD-VALUE");
}

void not_copied(CheckContext& c, const protocol::Headers& headers) {
  lock(c);
  put_version(c, "source", headers);
  c.send(copying(c, "copy", source_of(c, "source"))).status(200).required();
  auto answer = c.send(c.head("copy")).status(200);
  expect_unlocked(answer);
}

void copied_retained(CheckContext& c) {
  lock(c);
  put_version(c, "source");
  const auto until = in_an_hour();
  c.send(with_all(copying(c, "copy", source_of(c, "source")), retained(until))).status(200).required();
  auto answer = c.send(c.head("copy")).status(200);
  expect_retained(answer, until);
}

void uploaded(CheckContext& c, const protocol::Headers& headers) {
  lock(c);
  const auto upload = c.create("object", headers);
  const auto part = c.part(upload, 1, "data", {{"Content-MD5", to_base64(md5(as_bytes("data")))}});
  const auto version = version_of(c.complete(upload, {part}));
  auto answer = c.send(c.head()).status(200);
  for (const auto& [name, value] : headers) {
    if (name != lock_until) answer.header(name, value);
  }
  expect_locked(c.send(of_version(deleting(c), version)));
}

}  // namespace

void add_object_lock(std::vector<Check>& checks) {
  const std::string guide(lock_guide);
  const std::string errors = "recording: retention-errors";
  add_all(
      checks,
      {
          must("object.lock.kept", "A version is retained, and tells it", "recording: retention-governance",
               {6, 4}, kept, own_lock),
          must(
              "object.lock.told-by-head", "HEAD tells what a version was put with",
              "recording: retention-extend-and-shorten", {4, 4}, [](CheckContext& c) { told(c, "HEAD"); },
              own_lock),
          must(
              "object.lock.told-by-get", "So does GET", "S3 API: GetObject (ObjectLockMode)", {4, 8},
              [](CheckContext& c) { told(c, "GET"); }, own_lock),
          must("object.lock.not-deleted", "A version that is retained can't be deleted",
               "recording: retention-governance", {5, 8}, not_deleted, own_lock),
          must("object.lock.bypassed", "Who bypasses GOVERNANCE deletes it",
               "recording: retention-governance", {5, 4}, bypassed, own_lock),
          should("object.lock.bypass-of-false", "To bypass is to say true",
                 "S3 API: DeleteObject (BypassGovernanceRetention)", {4, 4}, not_bypassed, own_lock),
          must("object.lock.among-many", "DeleteObjects tells it in Errors, and bypasses, too",
               "recording: legal-hold-stops-delete; S3 API: DeleteObjects (BypassGovernanceRetention)",
               {5, 4}, among_many, own_lock),
          must("object.lock.marker", "A delete that names no version makes a marker",
               "recording: retention-and-delete-markers", {6, 8}, marker, own_lock),
          should("object.lock.of-marker", "A marker has no retention",
                 "recording: retention-and-delete-markers", {6, 4}, of_marker, own_lock),
          must("object.lock.overwritten", "A put makes a newer version, which isn't retained", guide, {6, 18},
               overwritten, own_lock),
          must("object.lock.extended", "A retention is extended without bypass",
               "recording: retention-extend-and-shorten", {5, 4}, extended, own_lock),
          must("object.lock.shortened", "It isn't shortened", "recording: retention-extend-and-shorten",
               {5, 4}, shortened, own_lock),
          must("object.lock.shortened-by-bypass", "But by who bypasses it",
               "user guide: Object Lock considerations (Bypassing governance mode)", {5, 4},
               shortened_by_bypass, own_lock),
          should("object.lock.taken-away", "An element without children, with bypass, takes it away",
                 "recording: retention-governance", {5, 4}, taken_away, own_lock),
          must("object.lock.compliance", "COMPLIANCE yields to nobody, until its time has come",
               "recording: retention-compliance", {8, 4}, compliance, own_lock),
          should("object.lock.in-the-past", "A date in the past is told before what can't be shortened",
                 errors, {4, 4}, in_the_past, own_lock),
          malformed("mode-unknown", "A retention of another mode is MalformedXML",
                    "<Mode>BAD-VALUE</Mode><RetainUntilDate>2099-01-01T00:00:00Z</RetainUntilDate>"),
          malformed("mode-alone", "So is one without date", "<Mode>GOVERNANCE</Mode>"),
          should("object.lock.never-set", "What never was set is NoSuchObjectLockConfiguration",
                 errors + "; recording: legal-hold-put-and-get", {5, 4}, never_set, own_lock),
          should("object.lock.missing-key", "A missing key can't be retained or held",
                 errors + "; recording: legal-hold-errors", {4}, missing_key, own_lock),
          should("object.lock.date-before-mode", "A missing date is told before an unknown mode",
                 "recording: object-lock-header-validation", {3, 4}, date_before_mode, own_lock),
          should("object.lock.upload-mode-unknown", "An upload isn't begun in an unknown mode",
                 "recording: object-lock-header-validation", {3}, mode_unknown, own_lock),
          must(
              "object.lock.retention-not-copied", "A copy doesn't take over a retention",
              "recording: copy-object-drops-retention", {5, 4},
              [](CheckContext& c) { not_copied(c, retained(in_an_hour())); }, own_lock),
          must(
              "object.lock.hold-not-copied", "Nor a legal hold", "recording: copy-object-drops-legal-hold",
              {5, 4}, [](CheckContext& c) { not_copied(c, held()); }, own_lock),
          should("object.lock.copied-retained", "A copy is retained as its request says",
                 "S3 API: CopyObject (ObjectLockMode)", {5, 4}, copied_retained, own_lock),
          must(
              "object.lock.uploaded-retained", "An upload that is completed is retained as it was begun",
              "S3 API: CreateMultipartUpload (ObjectLockMode)", {7, 4},
              [](CheckContext& c) { uploaded(c, retained(in_an_hour())); }, own_lock),
          must(
              "object.lock.uploaded-held", "And held, if it was begun so",
              "S3 API: CreateMultipartUpload (ObjectLockLegalHoldStatus)", {7, 4},
              [](CheckContext& c) { uploaded(c, held()); }, own_lock),
      });
}

}  // namespace partsmith::conformance::checks
