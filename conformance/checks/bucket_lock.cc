/// Object Lock of buckets: how it is told, what is none, and what new versions get by it.

#include "checks/locking.h"

namespace partsmith::conformance::checks {
namespace {

constexpr const char* put_api = "S3 API: PutObjectLockConfiguration";

void kept(CheckContext& c) {
  lock(c, "<Mode>COMPLIANCE</Mode><Years>1</Years>");
  c.send(configuration(c, "object-lock"))
      .status(200)
      .document("ObjectLockConfiguration")
      .element("ObjectLockEnabled", "Enabled")
      .element("Rule/DefaultRetention/Mode", "COMPLIANCE")
      .element("Rule/DefaultRetention/Years", "1")
      .no_element("Rule/DefaultRetention/Days");
}

void replaced(CheckContext& c) {
  lock(c, a_day);
  c.send(locking(c, "<Mode>GOVERNANCE</Mode><Days>2</Days>")).status(200).required();
  c.send(configuration(c, "object-lock")).status(200).element("Rule/DefaultRetention/Days", "2");
}

void without_rule(CheckContext& c) {
  lock(c, a_day);
  c.send(locking(c)).status(200).required();
  c.send(configuration(c, "object-lock"))
      .status(200)
      .element("ObjectLockEnabled", "Enabled")
      .no_element("Rule");
  put_version(c, "object");
  auto told = c.send(c.head()).status(200);
  expect_unlocked(told);
}

void not_suspended(CheckContext& c) {
  lock(c);
  c.send(set_versioning(c, "Suspended"))
      .error(409, "InvalidBucketState")
      .message(
          "An Object Lock configuration is present on this bucket, so the versioning state cannot be "
          "changed.");
  c.send(set_versioning(c, "Enabled")).status(200);
  c.send(configuration(c, "versioning")).status(200).element("Status", "Enabled");
}

/// The one that is there stays.
Check malformed(const std::string& name, const std::string& title, const std::string& content) {
  return should(
      "bucket.lock.malformed-" + name, title, "recording: object-lock-configuration-malformed", {4},
      [=](CheckContext& c) {
        lock(c);
        c.send(configuring(c, "object-lock", lock_document("ObjectLockConfiguration", content)))
            .error(400, "MalformedXML")
            .message(no_xml_of_lock);
        c.send(configuration(c, "object-lock")).status(200).no_element("Rule");
      },
      own_lock);
}

void days_of_nothing(CheckContext& c) {
  lock(c);
  c.send(locking(c, "<Mode>GOVERNANCE</Mode><Days>0</Days>"))
      .error(400, "InvalidArgument")
      .message("Default retention period must be a positive integer value.")
      .field("ArgumentName", "Days");
}

/// A day after Last-Modified, more or less: the version was made then.
void expect_a_day(Answer& answer) {
  answer.header(lock_mode, "GOVERNANCE");
  const auto modified = protocol::parse_http_date(answer.header_value("last-modified"));
  const auto told = answer.header_value(lock_until);
  const auto until = protocol::parse_iso8601(told);
  using namespace std::chrono;
  const bool holds = modified && until && abs(*until - *modified - days(1)) <= minutes(2);
  answer.expect(holds, std::string(lock_until) + " a day after Last-Modified",
                std::string(lock_until) + ' ' + (told.empty() ? "is missing" : told));
}

void by_default(CheckContext& c) {
  lock(c, a_day);
  const auto version = put_version(c, "object");
  auto told = c.send(c.head()).status(200);
  expect_a_day(told);
  expect_locked(c.send(of_version(deleting(c), version)));
}

void own_retention(CheckContext& c) {
  lock(c, a_day);
  const auto until = in_an_hour();
  put_version(c, "object", retained(until));
  auto told = c.send(c.head()).status(200);
  expect_retained(told, until);
}

void held_and_by_default(CheckContext& c) {
  lock(c, a_day);
  put_version(c, "object", held());
  c.send(c.head()).status(200).header(lock_mode, "GOVERNANCE").header(lock_hold, "ON");
}

void mode_alone(CheckContext& c) {
  lock(c, a_day);
  auto request = with_digest(putting(c, "object", "test"));
  c.send(request.header(std::string(lock_mode), "GOVERNANCE"))
      .error(400, "InvalidArgument")
      .field("ArgumentName", lock_until);
}

void copies(CheckContext& c) {
  lock(c, a_day);
  put_version(c, "source");
  c.send(copying(c, "copy", source_of(c, "source"))).status(200).required();
  auto told = c.send(c.head("copy")).status(200);
  expect_a_day(told);
}

void uploads(CheckContext& c) {
  lock(c, a_day);
  const auto upload = c.create();
  const auto part = c.part(upload, 1, "data", {{"Content-MD5", to_base64(md5(as_bytes("data")))}});
  c.complete(upload, {part});
  c.send(c.head()).status(200).header(lock_mode, "GOVERNANCE").has_header(lock_until);
}

void digest_of_an_object(CheckContext& c) {
  lock(c, a_day);
  c.send(putting(c, "object", "test"))
      .error(400, "InvalidRequest")
      .message(
          "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock "
          "parameters");
  c.send(c.head()).status(404);
}

void digest_of_a_part(CheckContext& c) {
  lock(c, a_day);
  c.send(client::upload_part(c.create(), "1", "test"))
      .error(400, "InvalidRequest")
      .message(
          "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Part requests with Object Lock "
          "parameters");
}

std::vector<Check> malformed_ones() {
  const std::string enabled = "<ObjectLockEnabled>Enabled</ObjectLockEnabled>";
  const auto rule = [](const std::string& content) {
    return "<Rule><DefaultRetention>" + content + "</DefaultRetention></Rule>";
  };
  return {
      malformed("not-enabled", "A rule without ObjectLockEnabled is MalformedXML", rule(std::string(a_day))),
      malformed("nothing", "So is a document that says nothing", ""),
      malformed("empty-rule", "So is a rule without DefaultRetention", enabled + "<Rule></Rule>"),
      malformed("empty-retention", "So is a DefaultRetention without mode and period", enabled + rule("")),
      malformed("no-period", "So is one without period", enabled + rule("<Mode>GOVERNANCE</Mode>")),
      malformed("mode-unknown", "So is one of another mode",
                enabled + rule("<Mode>BAD-VALUE</Mode><Days>1</Days>")),
      malformed("days-and-years", "So is one of Days and Years",
                enabled + rule(std::string(a_day) + "<Years>1</Years>")),
  };
}

}  // namespace

void add_bucket_lock(std::vector<Check>& checks) {
  const std::string recorded = "recording: default-retention";
  add_all(
      checks,
      {
          must("bucket.lock.kept", "A default retention is kept, and told as it was set",
               std::string(put_api) + "; S3 API: GetObjectLockConfiguration", {3}, kept, own_lock),
          must("bucket.lock.replaced", "The next one replaces it", put_api, {4}, replaced, own_lock),
          should("bucket.lock.without-rule", "An Object Lock without rule takes the default retention away",
                 put_api, {6, 4}, without_rule, own_lock),
          must("bucket.lock.not-suspended", "Versions of a bucket with Object Lock can't be suspended",
               "recording: suspend-versioning-on-object-lock-bucket", {5}, not_suspended, own_lock),
          quirk("bucket.lock.days-of-nothing", "A default retention of 0 days is InvalidArgument",
                "reported: versitygw#1738", {3}, days_of_nothing, own_lock),
          must("bucket.lock.default", "What is put is retained as its bucket has it, and isn't deleted",
               recorded, {5, 4}, by_default, own_lock),
          must("bucket.lock.own-retention", "A version's own retention counts, also where it is shorter",
               recorded, {4, 4}, own_retention, own_lock),
          should("bucket.lock.held-and-default", "What is put under a legal hold is retained, too", put_api,
                 {4, 4}, held_and_by_default, own_lock),
          should("bucket.lock.mode-alone", "A mode without date isn't completed by the default", recorded,
                 {3, 4}, mode_alone, own_lock),
          should("bucket.lock.default-of-copies", "A copy is retained as its bucket has it", put_api, {5, 4},
                 copies, own_lock),
          must("bucket.lock.default-of-uploads", "So is an upload that is completed", put_api, {6, 4},
               uploads, own_lock),
          should("bucket.lock.digest-of-objects", "What will be retained is put with a digest of its bytes",
                 "S3 API: PutObject (ContentMD5); reported: zio-s3#394", {4, 4}, digest_of_an_object,
                 own_lock),
          should("bucket.lock.digest-of-parts", "So are parts", "reported: s3cmd#1436, go-cloud#3249", {4, 4},
                 digest_of_a_part, own_lock),
      });
  add_all(checks, malformed_ones());
}

}  // namespace partsmith::conformance::checks
