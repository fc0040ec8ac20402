/// Whom a bucket's policy lets in, and whom it keeps out.

#include "checks/bucket_policy.h"

namespace partsmith::conformance::checks {
namespace {

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

void by_letter(CheckContext& c) {
  c.put("object", "something");
  c.put("Object", "else");
  c.put("objects", "else");
  set(c, {of_objects(read_objects, {'/' + c.key("objec?")})});
  granted(c, c.get()).required();
  denied(c, c.get("Object"));
  denied(c, c.get("objects"));
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
void on_condition(CheckContext& c, const PolicyStatement& statement, const client::S3Request& lets_in,
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

void restricted(CheckContext& c) {
  c.put("object", "something");
  set(c, {read_objects});
  granted(c, c.get()).required();
  c.send(blocking(c, "RestrictPublicBuckets")).status(200).required();
  denied(c, c.get());
  c.send(c.get()).status(200);
}

}  // namespace

void add_bucket_policy_access(std::vector<Check>& checks) {
  const std::vector<Need> own{Need::own_bucket};
  const std::string guide = "user guide: Bucket policies for Amazon S3";
  const std::string logic = "user guide: How Amazon S3 authorizes a request";
  const std::string conditions = "user guide: Bucket policy examples using condition keys";
  const std::string of_public = "user guide: Blocking public access to your Amazon S3 storage";
  add_all(
      checks,
      {
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
          patient(should("bucket.policy.by-letter",
                         "A question mark stands for one character, and letter case matters",
                         "S3 API: PutBucketPolicy; user guide: Bucket policies for Amazon S3", {8, 17},
                         by_letter, own),
                  4),
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
          patient(should("bucket.policy.restricted", "A restricted public bucket lets in its owner alone",
                         of_public, {7, 27}, restricted, own),
                  4),
      });
}

}  // namespace partsmith::conformance::checks
