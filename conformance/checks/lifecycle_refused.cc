/// Lifecycle rules that are refused, and the words in which Amazon S3 is quoted.

#include "checks/configuration.h"

namespace partsmith::conformance::checks {
namespace {

const std::string everything = "<Filter><Prefix></Prefix></Filter>";
const std::string of_prefix = "<Prefix>a</Prefix>";
const std::string a_day = "<Expiration><Days>1</Days></Expiration>";

std::string rule(const std::string& inside, const std::string& scope = everything) {
  return "<Rule>" + scope + "<Status>Enabled</Status>" + inside + "</Rule>";
}

std::string transition(int days, const std::string& storage_class) {
  return "<Transition><Days>" + std::to_string(days) + "</Days><StorageClass>" + storage_class +
         "</StorageClass></Transition>";
}

std::string filtered(const std::string& by) {
  return "<Filter>" + by + "</Filter>";
}

std::string abort_upload() {
  return "<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation>"
         "</AbortIncompleteMultipartUpload>";
}

Check refused(const std::string& name, const std::string& title, const std::string& source,
              const std::string& rules, const std::string& code, const std::string& message) {
  return should("bucket.lifecycle.refused-" + name, title, "reported: " + source, {2},
                [=](CheckContext& c) {
                  auto put = c.send(configuring(
                      c, "lifecycle",
                      "<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + rules +
                          "</LifecycleConfiguration>"));
                  skip_where_missing(c, put, "lifecycle rules");
                  put.error(400, code).message(message);
                  c.send(configuration(c, "lifecycle")).error(404, "NoSuchLifecycleConfiguration");
                },
                {Need::own_bucket, Need::lifecycle});
}

}  // namespace

void add_lifecycle_refused(std::vector<Check>& checks) {
  const std::string request = "InvalidRequest";
  const std::string argument = "InvalidArgument";
  const std::string noobaa = "noobaa/noobaa-core#9969";
  const std::string terraform = "hashicorp/terraform-provider-aws#";
  add_all(
      checks,
      {
          refused("filter-after-prefix", "A rule of a Filter after one of a Prefix is InvalidRequest",
                  "ansible/ansible#53751", rule(a_day, of_prefix) + rule(a_day), request,
                  "Filter element can only be used in Lifecycle V2."),
          refused("prefix-after-filter", "So is one of a Prefix after one of a Filter", terraform + "23299",
                  rule(a_day) + rule(a_day, of_prefix), request,
                  "Base level prefix cannot be used in Lifecycle V2, prefixes are only supported in the "
                  "Filter."),
          refused("newer-beside-prefix", "NewerNoncurrentVersions beside a Prefix is InvalidRequest",
                  terraform + "23228",
                  rule("<NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays>"
                       "<NewerNoncurrentVersions>1</NewerNoncurrentVersions></NoncurrentVersionExpiration>",
                       of_prefix),
                  request, "NewerNoncurrentVersions element can only be used in Lifecycle V2."),
          refused("overlapping-prefixes", "Prefixes that overlap are InvalidRequest for one action",
                  "noobaa/noobaa-core#8341", rule(a_day, "<Prefix></Prefix>") + rule(a_day, of_prefix),
                  request, "Found overlapping prefixes '' and 'a' for same action type 'Expiration'"),
          refused("no-action", "A rule of no action is InvalidRequest",
                  "crossplane-contrib/provider-aws#1337", rule(""), request,
                  "At least one action needs to be specified in a rule"),
          refused("abort-and-size", "Uploads that aren't complete have no size",
                  "aws-cloudformation/cfn-lint#3554",
                  rule(abort_upload(), filtered("<ObjectSizeLessThan>9</ObjectSizeLessThan>")), request,
                  "AbortIncompleteMultipartUpload cannot be specified with Object Size."),
          refused("abort-and-tag", "Nor have they tags", "terraform-aws-modules/terraform-aws-s3-bucket#109",
                  rule(abort_upload(), filtered("<Tag><Key>a</Key><Value>b</Value></Tag>")), request,
                  "AbortIncompleteMultipartUpload cannot be specified with Tags."),
          refused("size-below-nothing", "Nothing is smaller than 0 bytes", terraform + "41521",
                  rule(a_day, filtered("<ObjectSizeLessThan>0</ObjectSizeLessThan>")), request,
                  "'ObjectSizeLessThan' should be between 1 and 1099511627776000."),
          refused("negative-transition", "A transition after less than no day is InvalidArgument", noobaa,
                  rule(transition(-1, "GLACIER")), argument,
                  "'Days' in Transition action must be nonnegative"),
          refused("one-class-twice", "Two transitions to one class are InvalidRequest", noobaa,
                  rule(transition(1, "GLACIER") + transition(2, "GLACIER")), request,
                  "'StorageClass' must be different for 'Transition' actions in same 'Rule' with filter "
                  "'(prefix=)'"),
          refused(
              "days-and-date", "Days and a Date in one rule are InvalidRequest", noobaa,
              rule("<Expiration><Date>2030-05-01T00:00:00Z</Date></Expiration>" + transition(1, "GLACIER")),
              request,
              "Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule "
              "for filter '(prefix=)'"),
          refused("expiration-before-transition",
                  "An expiration that is no later than a transition is InvalidArgument", noobaa,
                  rule(transition(30, "GLACIER") + "<Expiration><Days>30</Days></Expiration>"), argument,
                  "'Days' in the Expiration action for filter '(prefix=)' must be greater than 'Days' in the "
                  "Transition action"),
          refused("one-id-twice", "Two rules of one ID are InvalidArgument", "pingcap/tiflash#9889",
                  rule(a_day + "<ID>a</ID>") + rule(abort_upload() + "<ID>a</ID>"), argument,
                  "Rule ID must be unique. Found same ID for more than one rule"),
      });
}

}  // namespace partsmith::conformance::checks
