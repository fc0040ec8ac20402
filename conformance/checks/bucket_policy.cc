/// Policies of buckets: kept and told, whom they let in and whom they keep out, which are public, and which
/// are none.

#include <nlohmann/json.hpp>

#include "checks/configuration.h"

namespace partsmith::conformance::checks {
namespace {

using json = nlohmann::ordered_json;

/// One statement. `resources` are what follows the bucket's name in the ARN.
struct Statement {
  std::string actions;  ///< JSON
  std::vector<std::string> resources = {"/*"};
  std::string condition = {};  ///< JSON
  std::string effect = "Allow";
  std::string principal = "\"*\"";  ///< JSON
};

std::string statement_text(const CheckContext& c, const Statement& statement) {
  std::string resources;
  for (const std::string& resource : statement.resources) {
    if (!resources.empty()) resources += ',';
    resources += "\"arn:aws:s3:::" + c.bucket() + resource + '"';
  }
  if (statement.resources.size() > 1) resources = '[' + resources + ']';
  return "{\"Effect\":\"" + statement.effect + "\",\"Principal\":" + statement.principal +
         ",\"Action\":" + statement.actions + ",\"Resource\":" + resources +
         (statement.condition.empty() ? "" : ",\"Condition\":" + statement.condition) + '}';
}

std::string policy(const CheckContext& c, const std::vector<Statement>& statements) {
  std::string all;
  for (const Statement& statement : statements) {
    if (!all.empty()) all += ',';
    all += statement_text(c, statement);
  }
  return R"({"Version":"2012-10-17","Statement":[)" + all + "]}";
}

void block_nothing(CheckContext& c) {
  auto answer = c.send(configuration(c, "publicAccessBlock", "DELETE"));
  skip_where_missing(c, answer, "public access blocks");
  answer.status(204).required();
}

Answer put(CheckContext& c, const std::string& text) {
  auto answer = c.send_until(configuring(c, "policy", text), has_status(204));
  skip_where_missing(c, answer, "bucket policies");
  return answer;
}

/// Of a bucket that blocks nothing.
void set(CheckContext& c, const std::vector<Statement>& statements) {
  block_nothing(c);
  put(c, policy(c, statements)).status(204).required();
}

client::S3Request by_anyone(client::S3Request request) {
  request.signing = client::Signing::anonymous;
  return request;
}
Answer granted(CheckContext& c, const client::S3Request& request, int status = 200) {
  auto answer = c.send_until(by_anyone(request), has_status(status));
  answer.status(status);
  return answer;
}
void denied(CheckContext& c, const client::S3Request& request) {
  c.send_until(by_anyone(request), has_status(403)).error(403, "AccessDenied");
}

const Statement read_objects{R"("s3:GetObject")"};

Statement denying(Statement statement) {
  statement.effect = "Deny";
  return statement;
}
Statement of_objects(Statement statement, std::vector<std::string> resources) {
  statement.resources = std::move(resources);
  return statement;
}
Statement under(Statement statement, std::string condition) {
  statement.condition = std::move(condition);
  return statement;
}

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
  c.send(configuration(c, "policy")).error(404, "NoSuchBucketPolicy").field("BucketName", c.bucket());
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
  c.send_until(configuration(c, "policy"), has_status(404)).error(404, "NoSuchBucketPolicy");
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

void public_read(CheckContext& c) {
  c.put("object", "something");
  set(c, {read_objects});
  granted(c, c.get()).body("something").required();
  granted(c, c.head()).header("Content-Length", "9");
  denied(c, of_bucket("GET", c.bucket()));
  denied(c, putting(c, "object", "else"));
  denied(c, deleting(c));
}

void public_list(CheckContext& c) {
  c.put("object", "something");
  set(c, {{R"("s3:ListBucket")", {""}}});
  granted(c, listing(c)).element("Contents/Key", c.key()).required();
  denied(c, c.get());
}

void public_write(CheckContext& c) {
  set(c, {{R"(["s3:PutObject","s3:DeleteObject"])"}});
  granted(c, putting(c, "object", "something")).required();
  denied(c, c.get());
  granted(c, deleting(c), 204);
  c.send(listing(c)).status(200).no_element("Contents");
}

void below_a_prefix(CheckContext& c) {
  c.put("open/object", "something");
  c.put("open", "else");
  set(c, {of_objects(read_objects, {'/' + c.key("open/*")})});
  granted(c, c.get("open/object")).required();
  denied(c, c.get("open"));
}

void beside_another(CheckContext& c) {
  c.put("one", "1");
  c.put("two", "2");
  c.put("three", "3");
  set(c, {of_objects(read_objects, {'/' + c.key("one"), '/' + c.key("two")})});
  granted(c, c.get("one")).required();
  granted(c, c.get("two"));
  denied(c, c.get("three"));
}

void denial_outweighs(CheckContext& c) {
  c.put("object", "something");
  c.put("other", "something else");
  set(c, {denying(of_objects(read_objects, {'/' + c.key("object")})), read_objects});
  granted(c, c.get("other")).required();
  denied(c, c.get());
}

void owner_denied(CheckContext& c) {
  c.put("object", "something");
  c.put("other", "something else");
  set(c, {denying(of_objects(read_objects, {'/' + c.key("object")}))});
  c.send_until(c.get(), has_status(403)).error(403, "AccessDenied");
  c.send(c.get("other")).status(200);
  c.send(copying(c, "copy", source_of(c, "object"))).error(403, "AccessDenied");
  c.send(configuration(c, "policy", "DELETE")).status(204).required();
  c.send_until(c.get(), has_status(200)).status(200);
}

void each_deletion(CheckContext& c) {
  c.put("a/1", "1");
  c.put("b/1", "1");
  set(c, {denying(of_objects({R"("s3:DeleteObject")"}, {'/' + c.key("b/*")}))});
  c.send_until(deleting(c, "b/1"), has_status(403)).error(403, "AccessDenied").required();
  const std::string document = "<Delete><Object><Key>" + c.key("a/1") + "</Key></Object><Object><Key>" +
                               c.key("b/1") + "</Key></Object></Delete>";
  auto request = of_bucket("POST", c.bucket());
  request.parameter("delete", "").header("Content-MD5", to_base64(md5(as_bytes(document))));
  request.body = document;
  c.send(request)
      .status(200)
      .element("Deleted/Key", c.key("a/1"))
      .element("Error/Key", c.key("b/1"))
      .element("Error/Code", "AccessDenied");
  c.send(configuration(c, "policy", "DELETE")).status(204);
}

/// One request that a condition lets through and one that it doesn't.
void on_condition(CheckContext& c, const Statement& statement, const client::S3Request& lets_in,
                  const client::S3Request& keeps_out) {
  c.put("object", "something");
  set(c, {statement});
  granted(c, lets_in).required();
  denied(c, keeps_out);
}

void referer(CheckContext& c) {
  const auto from = [&](std::string_view page) {
    auto request = c.get();
    request.header("Referer", std::string(page));
    return request;
  };
  on_condition(c, under(read_objects, R"({"StringLike":{"aws:Referer":"https://example.com/*"}})"),
               from("https://example.com/page"), from("https://example.org/page"));
}

void listed_prefix(CheckContext& c) {
  on_condition(
      c, under({R"("s3:ListBucket")", {""}}, R"({"StringEquals":{"s3:prefix":")" + c.key("a/") + R"("}})"),
      listing(c, "a/"), listing(c, "b/"));
}

void elsewhere(CheckContext& c) {
  c.put("object", "something");
  set(c, {under(read_objects, R"({"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}})"),
          of_objects(read_objects, {'/' + c.key("other")})});
  c.put("other", "something else");
  granted(c, c.get("other")).required();
  denied(c, c.get());
}

void missing_key(CheckContext& c) {
  c.put("object", "something");
  set(c, {read_objects});
  granted(c, c.get()).required();
  denied(c, c.get("missing"));
  put(c, policy(c, {read_objects, {R"("s3:ListBucket")", {""}}})).status(204).required();
  c.send_until(by_anyone(c.get("missing")), has_status(404)).error(404, "NoSuchKey");
}

client::S3Request blocking(const CheckContext& c, const std::string& what) {
  return configuring(c, "publicAccessBlock",
                     "<PublicAccessBlockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><" +
                         what + ">true</" + what + "></PublicAccessBlockConfiguration>");
}

void blocked(CheckContext& c) {
  block_nothing(c);
  c.send(blocking(c, "BlockPublicPolicy")).status(200).required();
  c.send_until(configuring(c, "policy", policy(c, {read_objects})), has_status(403))
      .error(403, "AccessDenied");
  put(c, policy(c, {denying(read_objects)})).status(204);
}

void restricted(CheckContext& c) {
  c.put("object", "something");
  set(c, {read_objects});
  granted(c, c.get()).required();
  c.send(blocking(c, "RestrictPublicBuckets")).status(200).required();
  denied(c, c.get());
  c.send(c.get()).status(200);
}

void status(CheckContext& c, const Statement& statement, const std::string& is_public) {
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
  const auto of = [](const Statement& statement) {
    return [statement](const CheckContext& c) { return policy(c, {statement}); };
  };
  const auto text = [](std::string what) { return [what](const CheckContext&) { return what; }; };
  const std::string mismatch = "Action does not apply to any resource(s) in statement";
  Statement user = read_objects;
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
  const std::string guide = "user guide: Bucket policies for Amazon S3";
  const std::string logic = "user guide: How Amazon S3 authorizes a request";
  const std::string conditions = "user guide: Bucket policy examples using condition keys";
  const std::string of_public = "user guide: Blocking public access to your Amazon S3 storage";
  const Statement here = under(read_objects, R"({"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}})");
  add_all(
      checks,
      {
          patient(should("bucket.policy.kept", "A policy is kept, and comes back",
                         "recording: bucket-policy-put-get-delete", {4}, kept, own),
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
          patient(should("bucket.policy.public-read",
                         "Anybody reads what a policy lets everyone read, and does nothing else", guide,
                         {8, 22}, public_read, own),
                  6),
          patient(should("bucket.policy.public-list",
                         "Anybody lists what a policy lets everyone list, and reads nothing", guide, {5, 9},
                         public_list, own),
                  3),
          patient(should("bucket.policy.public-write",
                         "Anybody puts and deletes where a policy lets everyone, and reads nothing", guide,
                         {6, 9}, public_write, own),
                  4),
          patient(should("bucket.policy.prefix", "A policy of keys below a prefix is about no other", guide,
                         {6, 22}, below_a_prefix, own),
                  3),
          patient(should("bucket.policy.two-keys", "A policy of two keys is about both and no third", guide,
                         {8, 5}, beside_another, own),
                  4),
          patient(should("bucket.policy.deny-outweighs", "What denies outweighs what allows, first or last",
                         logic, {6, 37}, denial_outweighs, own),
                  3),
          patient(
              should("bucket.policy.deny-owner", "The owner, too, is denied what everyone is, copies as well",
                     logic, {9, 46}, owner_denied, own),
              3),
          patient(should("bucket.policy.deny-some-deletions", "Of several deletions each is decided", logic,
                         {7, 2}, each_deletion, own),
                  2),
          patient(should("bucket.policy.condition-referer", "A condition on the page that asks", conditions,
                         {5, 18}, referer, own),
                  3),
          patient(should("bucket.policy.condition-prefix", "A condition on the prefix that is listed",
                         conditions, {5, 9}, listed_prefix, own),
                  3),
          patient(should("bucket.policy.condition-address", "A condition on the address that asks",
                         conditions, {6, 37}, elsewhere, own),
                  3),
          patient(
              should("bucket.policy.missing-key", "A missing key is told to who may list, and to nobody else",
                     "S3 API: GetObject (Permissions)", {7, 18}, missing_key, own),
              5),
          patient(should("bucket.policy.blocked", "A bucket that blocks public policies takes no other",
                         of_public, {4}, blocked, own),
                  2),
          patient(should("bucket.policy.restricted", "A restricted public bucket lets in its owner alone",
                         of_public, {7, 27}, restricted, own),
                  4),
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
