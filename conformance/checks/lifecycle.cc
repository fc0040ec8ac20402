/// Lifecycle rules: what is a rule, and what answers tell of what the rules will do.

#include <chrono>

#include <partsmith/protocol/dates.h>

#include "checks/configuration.h"
#include "checks/versioning.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view api = "S3 API: PutBucketLifecycleConfiguration";

std::string document(const std::string& rules) {
  return "<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + rules +
         "</LifecycleConfiguration>";
}

std::string rule(const std::string& inner) {
  return "<Rule>" + inner + "</Rule>";
}

constexpr std::string_view enabled = "<Status>Enabled</Status>";
constexpr std::string_view a_week = "<Expiration><Days>7</Days></Expiration>";

std::string whole_bucket() {
  return rule(std::string(a_week) + "<ID>wholebucket</ID><Filter><Prefix></Prefix></Filter>" +
              std::string(enabled));
}

/// A step that a check takes for granted, unless there are no lifecycle rules at all.
void set_rules(CheckContext& c, const std::string& rules) {
  auto answer = c.send(configuring(c, "lifecycle", document(rules)));
  skip_where_missing(c, answer, "lifecycle rules");
  answer.status(200).required();
}

client::S3Request rules_of(const CheckContext& c) {
  return configuration(c, "lifecycle");
}

void kept(CheckContext& c) {
  set_rules(
      c, whole_bucket() + rule("<ID>uploads</ID><Filter><Prefix>u/</Prefix></Filter><Status>Disabled</Status>"
                               "<AbortIncompleteMultipartUpload><DaysAfterInitiation>2</DaysAfterInitiation>"
                               "</AbortIncompleteMultipartUpload>"));
  c.send_until(rules_of(c), has_status(200))
      .status(200)
      .document("LifecycleConfiguration")
      .elements("Rule", 2)
      .element("Rule[1]/ID", "wholebucket")
      .element("Rule[1]/Status", "Enabled")
      .element("Rule[1]/Filter/Prefix", "")
      .element("Rule[1]/Expiration/Days", "7")
      .element("Rule[2]/ID", "uploads")
      .element("Rule[2]/Status", "Disabled")
      .element("Rule[2]/Filter/Prefix", "u/")
      .element("Rule[2]/AbortIncompleteMultipartUpload/DaysAfterInitiation", "2");
  c.send(configuration(c, "lifecycle", "DELETE")).status(204).body("");
  c.send_until(rules_of(c), has_status(404)).error(404, "NoSuchLifecycleConfiguration");
}

void gone_with_bucket(CheckContext& c) {
  set_rules(c, whole_bucket());
  c.send_until(rules_of(c), has_status(200))
      .status(200)
      .header("x-amz-transition-default-minimum-object-size", "all_storage_classes_128K")
      .elements("Rule", 1)
      .element("Rule/ID", "wholebucket");
  c.send(of_bucket("DELETE", c.bucket())).status(204).required();
  c.send_until(creating_bucket(c.bucket(), location_of_region(c)), has_status(200)).status(200).required();
  c.send_until(rules_of(c), has_status(404))
      .error(404, "NoSuchLifecycleConfiguration")
      .message("The lifecycle configuration does not exist")
      .field("BucketName", c.bucket());
}

Check wrong_rule(std::string name, std::string title, std::string inner, std::string code,
                 std::string message) {
  return should(
      "bucket.lifecycle." + std::move(name), std::move(title), "recording: lifecycle-invalid-configurations",
      {2},
      [inner = std::move(inner), code = std::move(code), message = std::move(message)](CheckContext& c) {
        auto answer = c.send(configuring(c, "lifecycle", document(rule(inner + std::string(enabled)))));
        skip_where_missing(c, answer, "lifecycle rules");
        answer.error(400, code).message(message);
        c.send(rules_of(c)).error(404, "NoSuchLifecycleConfiguration");
      },
      {Need::own_bucket, Need::lifecycle});
}

void not_at_midnight(CheckContext& c) {
  auto answer = c.send(configuring(
      c, "lifecycle",
      document(rule(
          "<Expiration><Date>2023-01-01T02:02:00Z</Date></Expiration><ID>wrong-data</ID><Filter></Filter>" +
          std::string(enabled)))));
  skip_where_missing(c, answer, "lifecycle rules");
  answer.error(400, "InvalidArgument")
      .message("'Date' must be at midnight GMT")
      .field("ArgumentName", "Date")
      .has_element("ArgumentValue");
}

std::vector<Check> wrong_rules() {
  const std::string malformed =
      "The XML you provided was not well-formed or did not validate against our published schema";
  const std::string week(a_week);
  const std::string all = "<Filter></Filter>";
  return {
      wrong_rule("no-filter", "A rule without a filter is MalformedXML", week + "<ID>wholebucket</ID>",
                 "MalformedXML", malformed),
      wrong_rule(
          "noncurrent-nothing", "A NoncurrentVersionExpiration that says nothing is MalformedXML",
          week + all + "<ID>wholebucket</ID><NoncurrentVersionExpiration></NoncurrentVersionExpiration>",
          "MalformedXML", malformed),
      wrong_rule(
          "filter-and-beside-prefix", "A filter with And and a prefix beside it is MalformedXML",
          week + "<Filter><Prefix></Prefix><And><Prefix>test</Prefix></And></Filter><ID>wholebucket</ID>",
          "MalformedXML", malformed),
      wrong_rule("filter-of-two", "A filter with a prefix and a size, but no And, is MalformedXML",
                 week + "<Filter><ObjectSizeGreaterThan>500</ObjectSizeGreaterThan><Prefix></Prefix></Filter>"
                        "<ID>wholebucket</ID>",
                 "MalformedXML", malformed),
      wrong_rule(
          "tag-twice", "A tag's key twice in a filter is InvalidRequest",
          "<ID>duplicate-tag-keys</ID><Filter><And><Tag><Key>testlifecycle</Key><Value>positive</Value></Tag>"
          "<Tag><Key>testlifecycle</Key><Value>positive-two</Value></Tag></And></Filter>"
          "<Expiration><Days>1</Days></Expiration>",
          "InvalidRequest", "Duplicate Tag Keys are not allowed."),
      wrong_rule("days-and-marker", "An expiration of days and of delete markers is MalformedXML",
                 all + "<ID>expired-delete-marker-and-days</ID><Expiration><Days>1</Days>"
                       "<ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>",
                 "MalformedXML", malformed),
  };
}

/// Midnight GMT, after `days` and the rest of the day; the endpoint's clock may be off a little.
void expect_midnight_after(Answer& answer, std::string_view date, int days, const std::string& what,
                           std::string header) {
  const auto then = protocol::parse_http_date(date);
  const auto now = SystemClock().now();
  constexpr auto leeway = std::chrono::minutes(20);
  const bool midnight = then && std::chrono::floor<std::chrono::days>(*then) == *then;
  const bool in_time = then && *then > now + std::chrono::days(days) - leeway &&
                       *then < now + std::chrono::days(days + 1) + leeway;
  answer.expect(midnight && in_time,
                what + " at the first midnight GMT that is " + std::to_string(days) + " days ahead or more",
                date.empty() ? "no date" : std::string(date),
                {"header midnight", std::move(header), std::to_string(days)});
}

std::string abort_after_two_days() {
  return rule("<ID>sweep</ID><Filter><Prefix>partsmith-conform/</Prefix></Filter>" + std::string(enabled) +
              "<AbortIncompleteMultipartUpload><DaysAfterInitiation>2</DaysAfterInitiation>"
              "</AbortIncompleteMultipartUpload>");
}

void abort_date(CheckContext& c) {
  set_rules(c, abort_after_two_days());
  auto created =
      c.send_until(client::create_multipart_upload(c.bucket(), c.key()), has_header("x-amz-abort-date"));
  created.status(200).header("x-amz-abort-rule-id", "sweep");
  expect_midnight_after(created, created.header_value("x-amz-abort-date"), 2, "x-amz-abort-date",
                        "x-amz-abort-date");
  created.required();
  auto listed = c.send(client::list_parts({c.bucket(), c.key(), created.text("UploadId")}));
  listed.status(200)
      .header("x-amz-abort-date", created.header_value("x-amz-abort-date"))
      .header("x-amz-abort-rule-id", "sweep");
}

void abort_elsewhere(CheckContext& c) {
  set_rules(c, abort_after_two_days());
  auto ours =
      c.send_until(client::create_multipart_upload(c.bucket(), c.key()), has_header("x-amz-abort-date"));
  ours.status(200).has_header("x-amz-abort-date").required();
  c.touches("elsewhere");
  c.send(client::create_multipart_upload(c.bucket(), "elsewhere"))
      .status(200)
      .no_header("x-amz-abort-date")
      .no_header("x-amz-abort-rule-id");
}

std::string expiring() {
  return rule("<ID>three-days</ID><Filter><Prefix>partsmith-conform/</Prefix></Filter>" +
              std::string(enabled) + "<Expiration><Days>3</Days></Expiration>");
}

/// expiry-date="Fri, 23 Dec 2012 00:00:00 GMT", rule-id="picture-deletion-rule"
void expect_expiration(Answer& answer) {
  const auto told = answer.header_value("x-amz-expiration");
  const std::string begin = "expiry-date=\"";
  const std::string end = "\", rule-id=\"three-days\"";
  const bool form = told.starts_with(begin) && told.ends_with(end);
  answer.expect(form, "x-amz-expiration: " + begin + "…" + end, told.empty() ? "no x-amz-expiration" : told,
                {"header fits", "x-amz-expiration", begin + '*' + end});
  if (!form) return;
  const auto date = told.substr(begin.size(), told.size() - begin.size() - end.size());
  expect_midnight_after(answer, date, 3, "an expiry-date", "x-amz-expiration");
}

void expiration(CheckContext& c) {
  set_rules(c, expiring());
  auto put = c.send_until(putting(c, "object", "data"), has_header("x-amz-expiration"));
  put.status(200);
  expect_expiration(put);
  put.required();
  for (const auto& request : {c.head(), c.get(), copying(c, "copy", source_of(c, "object"))}) {
    auto answer = c.send(request);
    answer.status(200);
    expect_expiration(answer);
  }
}

void expiration_of_upload(CheckContext& c) {
  set_rules(c, expiring());
  c.send_until(putting(c, "before", "data"), has_header("x-amz-expiration"))
      .has_header("x-amz-expiration")
      .required();
  const auto upload = c.create();
  auto completed = c.complete(upload, {c.part(upload, 1, "data")});
  expect_expiration(completed);
}

void minimum_size(CheckContext& c) {
  constexpr const char* header = "x-amz-transition-default-minimum-object-size";
  auto put =
      c.send(configuring(c, "lifecycle", document(whole_bucket())).header(header, "varies_by_storage_class"));
  skip_where_missing(c, put, "lifecycle rules");
  put.status(200).header(header, "varies_by_storage_class").required();
  const auto told_as = [&](std::string_view value) {
    return [value](const Answer& answer) { return answer.header_value(header) == value; };
  };
  c.send_until(rules_of(c), told_as("varies_by_storage_class"))
      .status(200)
      .header(header, "varies_by_storage_class");
  c.send(configuring(c, "lifecycle", document(whole_bucket())))
      .status(200)
      .header(header, "all_storage_classes_128K");
  c.send_until(rules_of(c), told_as("all_storage_classes_128K"))
      .status(200)
      .header(header, "all_storage_classes_128K");
  c.send(configuring(c, "lifecycle", document(whole_bucket())).header(header, "value"))
      .error(400, "InvalidRequest")
      .message("Invalid TransitionDefaultMinimumObjectSize found: value");
}

void expiration_of_versions(CheckContext& c) {
  enable(c);
  set_rules(c, expiring());
  auto put = c.send_until(putting(c, "object", "test"), has_header("x-amz-expiration"));
  put.status(200).required();
  const auto first = version_of(put);
  const auto second = version_of(c.put("object", "test"));
  for (const auto& version : {first, second})
    c.send(of_version(c.head(), version)).status(200).no_header("x-amz-expiration");
  auto current = c.send(c.head());
  current.status(200).header("x-amz-version-id", second);
  expect_expiration(current);
}

}  // namespace

void add_lifecycle(std::vector<Check>& checks) {
  const std::string source(api);
  const std::vector<Need> needs{Need::own_bucket, Need::lifecycle};
  const std::string aborting =
      "user guide: Configuring a bucket lifecycle configuration to delete incomplete multipart uploads";
  add_all(
      checks,
      {
          patient(must("bucket.lifecycle.kept",
                       "Lifecycle rules come back as they were put, until they are deleted",
                       source + "; DeleteBucketLifecycle", {4}, kept, needs),
                  2),
          patient(should("bucket.lifecycle.gone-with-bucket",
                         "A new bucket has none of the rules of its predecessor",
                         "recording: lifecycle-gone-with-bucket", {5}, gone_with_bucket, needs),
                  3),
          should("bucket.lifecycle.not-at-midnight", "A date that isn't midnight is InvalidArgument",
                 "recording: lifecycle-invalid-configurations", {1}, not_at_midnight, needs),
          patient(must(
              "multipart.lifecycle.abort-date",
              "Creating an upload and listing its parts tell when and by which rule it is aborted",
              "S3 API: CreateMultipartUpload (x-amz-abort-date, x-amz-abort-rule-id); ListParts; " + aborting,
              {3}, abort_date, needs)),
          patient(must("multipart.lifecycle.abort-elsewhere",
                       "An upload that no rule is for is told no such date",
                       "S3 API: CreateMultipartUpload (x-amz-abort-date)", {3}, abort_elsewhere, needs)),
          patient(must("object.lifecycle.expiration",
                       "Put, head, get and copy tell when an object expires, and why",
                       "S3 API: PutObject (x-amz-expiration); HeadObject; GetObject; CopyObject", {5, 8},
                       expiration, needs)),
          patient(should("multipart.lifecycle.expiration", "So does a completed upload",
                         "S3 API: CompleteMultipartUpload (x-amz-expiration)", {5, 8}, expiration_of_upload,
                         needs)),
      });
  add_all(checks, wrong_rules());
  add_all(
      checks,
      {
          patient(should("bucket.lifecycle.minimum-size",
                         "The minimum size of transitions is kept until a put that names none",
                         "recording: lifecycle-transition-default-minimum-size", {5}, minimum_size, needs),
                  2),
          patient(should("object.lifecycle.expiration-of-versions",
                         "When it expires is told of the current version, if the request names none",
                         "recording: lifecycle-expiration-header-versioned", {7, 8}, expiration_of_versions,
                         {Need::own_bucket, Need::lifecycle, Need::versioning})),
      });
}

}  // namespace partsmith::conformance::checks
