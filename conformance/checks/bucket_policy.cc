/// Policies of buckets: kept and told, whom they let in and whom they keep out, which are public, and which
/// are none.

#include "checks/bucket_policy.h"

#include <nlohmann/json.hpp>

namespace partsmith::conformance::checks {
namespace {

using json = nlohmann::ordered_json;

/// A list of one says what its element says.
json unlisted(json value) {
  if (value.is_array() && value.size() == 1) value = json(value.front());
  if (value.is_structured()) {
    for (auto& inner : value) inner = unlisted(inner);
  }
  return value;
}

Answer& expect_policy(Answer& answer, const std::string& text) {
  const auto told = nlohmann::json::parse(answer.answer().body, nullptr, false);
  const bool same = !told.is_discarded() && nlohmann::json(unlisted(json::parse(answer.answer().body))) ==
                                                nlohmann::json(unlisted(json::parse(text)));
  return answer.expect(same, "the policy " + text, answer.answer().body);
}

void kept(CheckContext& c) {
  block_nothing(c);
  const auto text = policy(c, {read_objects});
  put(c, text).status(204).required();
  auto told = c.send_until(configuration(c, "policy"), has_status(200));
  expect_policy(told.status(200), text);
}

void in_order(CheckContext& c) {
  block_nothing(c);
  const std::string resource = "\"arn:aws:s3:::" + c.bucket() + "/*\"";
  put(c, R"({"Version":"2012-10-17","Statement":[{"Action":"s3:GetObject","Effect":"Allow","Resource":)" +
             resource + R"(,"Principal":{"AWS":"*"}}]})")
      .status(204)
      .required();
  c.send_until(configuration(c, "policy"), has_status(200))
      .status(200)
      .body(
          R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"s3:GetObject","Resource":)" +
          resource + "}]}");
}

void list_of_one(CheckContext& c) {
  set(c, {{R"(["s3:GetObject"])"}});
  c.send_until(configuration(c, "policy"), has_status(200)).status(200).body(policy(c, {read_objects}));
}

void replaced(CheckContext& c) {
  const auto second = of_objects(read_objects, {"/second/*"});
  set(c, {read_objects});
  const auto text = policy(c, {second});
  put(c, text).status(204).required();
  auto told = c.send_until(configuration(c, "policy"),
                           [&](const Answer& answer) { return answer.answer().body.contains("/second/"); });
  expect_policy(told.status(200), text);
}

void deleted(CheckContext& c) {
  set(c, {read_objects});
  c.send_until(configuration(c, "policy"), has_status(200)).status(200).required();
  c.send(configuration(c, "policy", "DELETE")).status(204);
  c.send_until(configuration(c, "policy"), has_status(404))
      .error(404, "NoSuchBucketPolicy")
      .field("BucketName", c.bucket());
  c.send(configuration(c, "policy", "DELETE")).status(204);
}

void other_owner(CheckContext& c) {
  block_nothing(c);
  const auto text = policy(c, {read_objects});
  auto putting = configuring(c, "policy", text);
  putting.header("x-amz-expected-bucket-owner", "000000000002");
  auto refused = c.send(putting);
  skip_where_missing(c, refused, "bucket policies");
  refused.error(403, "AccessDenied");
  put(c, text).status(204).required();
  for (const std::string method : {"GET", "DELETE"}) {
    auto request = configuration(c, "policy", method);
    request.header("x-amz-expected-bucket-owner", "000000000002");
    c.send(request).error(403, "AccessDenied");
  }
  auto told = c.send(configuration(c, "policy"));
  expect_policy(told.status(200), text);
}

void blocked(CheckContext& c) {
  block_nothing(c);
  c.send(blocking(c, "BlockPublicPolicy")).status(200).required();
  c.send_until(configuring(c, "policy", policy(c, {read_objects})), has_status(403))
      .error(403, "AccessDenied");
  put(c, policy(c, {denying(read_objects)})).status(204);
}

void status(CheckContext& c, const PolicyStatement& statement, const std::string& is_public) {
  set(c, {statement});
  c.send_until(configuration(c, "policyStatus"), has_status(200))
      .status(200)
      .document("PolicyStatus")
      .element("IsPublic", is_public);
}

/// Something that is no policy.
struct NoPolicy {
  std::string id;
  std::string title;
  std::string source;
  std::string message;
  std::function<std::string(const CheckContext&)> text;
};

std::vector<NoPolicy> no_policies() {
  const auto of = [](const PolicyStatement& statement) {
    return [statement](const CheckContext& c) { return policy(c, {statement}); };
  };
  const auto text = [](std::string what) { return [what](const CheckContext&) { return what; }; };
  const std::string mismatch = "Action does not apply to any resource(s) in statement";
  PolicyStatement user = read_objects;
  user.principal = R"({"AWS":"user"})";
  return {
      {"no-json", "A body that isn't JSON", "reported: aws-cli#2779",
       "Policies must be valid JSON and the first byte must be '{'", text("policy.json")},
      {"broken-json", "A policy with a comma too many", "reported: versitygw#1156",
       "This policy contains invalid Json", text(R"({"Version":"2012-10-17",})")},
      {"no-statement", "A policy without a statement", "reported: versitygw#1176",
       "Missing required field Statement", text(R"({"Version":"2012-10-17"})")},
      {"action", "A policy of an unknown action", "reported: versitygw#650", "Policy has invalid action",
       of({R"("invalid_action")"})},
      {"resource", "A policy of another bucket", "reported: versitygw#648", "Policy has invalid resource",
       of(of_objects(read_objects, {"-other/*"}))},
      {"action-of-objects", "An action of objects on the bucket", "reported: versitygw#645", mismatch,
       of({R"("s3:PutObject")", {""}})},
      {"action-of-buckets", "An action of buckets on objects", "reported: humanmade/S3-Uploads#239", mismatch,
       of({R"("s3:ListBucket")"})},
      {"principal", "A name for a principal", "reported: red-hat-storage/ocs-ci#9098",
       "Invalid principal in policy", of(user)},
  };
}

Check refused(const NoPolicy& none) {
  return should("bucket.policy.refused-" + none.id, none.title + " is MalformedPolicy", none.source, {3},
                [none](CheckContext& c) {
                  block_nothing(c);
                  auto answer = c.send(configuring(c, "policy", none.text(c)));
                  skip_where_missing(c, answer, "bucket policies");
                  answer.error(400, "MalformedPolicy").message(none.message);
                  c.send(configuration(c, "policy")).error(404, "NoSuchBucketPolicy");
                },
                {Need::own_bucket});
}

}  // namespace

void add_bucket_policy(std::vector<Check>& checks) {
  const std::vector<Need> own{Need::own_bucket};
  const std::string of_public = "user guide: Blocking public access to your Amazon S3 storage";
  const PolicyStatement here = under(read_objects, R"({"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}})");
  add_all(
      checks,
      {
          patient(should("bucket.policy.kept", "A policy is kept, and comes back",
                         "recording: bucket-policy-put-get-delete", {3}, kept, own),
                  2),
          patient(should("bucket.policy.in-order", "A statement comes back in S3's order of members",
                         "recording: get-bucket-policy, put-bucket-policy", {3}, in_order, own),
                  2),
          patient(quirk("bucket.policy.list-of-one", "A list of one action comes back as the action",
                        "reported: hashicorp/terraform#2432", {3}, list_of_one, own),
                  2),
          patient(should("bucket.policy.replaced", "A policy takes the place of the one before",
                         "S3 API: PutBucketPolicy", {4}, replaced, own),
                  3),
          patient(should("bucket.policy.deleted", "A policy is deleted, also twice",
                         "recording: bucket-policy-put-get-delete, delete-bucket-policy", {6}, deleted, own),
                  3),
          patient(should("bucket.policy.expected-owner",
                         "Another owner's policy is neither put nor told nor deleted",
                         "recording: put-bucket-policy-expected-owner, delete-bucket-policy-expected-owner",
                         {6}, other_owner, own)),
          patient(should("bucket.policy.blocked", "A bucket that blocks public policies takes no other",
                         of_public, {4}, blocked, own),
                  2),
          patient(should(
                      "bucket.policy.status-public", "A policy that lets everyone in is public", of_public,
                      {3}, [](CheckContext& c) { status(c, read_objects, "true"); }, own),
                  2),
          patient(should(
                      "bucket.policy.status-not-public", "One that lets in some addresses isn't", of_public,
                      {3}, [here](CheckContext& c) { status(c, here, "false"); }, own),
                  2),
      });
  for (const NoPolicy& none : no_policies()) checks.push_back(refused(none));
}

}  // namespace partsmith::conformance::checks
