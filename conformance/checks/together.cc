/// Requests at the same time, of which each must be as if it were alone; settings of buckets that are made
/// again, or that stand beside each other.

#include <algorithm>

#include <partsmith/protocol/uri.h>

#include "checks/again.h"
#include "checks/configuration.h"
#include "checks/deleting_many.h"
#include "checks/post_form.h"
#include "checks/rounds.h"
#include "checks/tags.h"
#include "checks/upload_listing.h"
#include "checks/versioning.h"

namespace partsmith::conformance::checks {
namespace {

const std::string consistency = "user guide: What is Amazon S3?, Amazon S3 data consistency model";
constexpr std::string_view xmlns = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";
constexpr std::size_t some = 6;
constexpr unsigned siblings = 4;

/// One of several that are asked at once.
std::string nth(std::string_view text, std::size_t i) {
  return std::string(text) + std::to_string(i);
}

void puts_with_metadata(CheckContext& c) {
  std::vector<client::S3Request> puts;
  for (std::size_t i = 0; i < some; ++i) {
    auto put = putting(c, "object", nth("body", i));
    put.header("x-amz-meta-n", std::to_string(i)).header("Content-Type", nth("text/n", i));
    puts.push_back(put);
  }
  for (auto& answer : c.send_together(puts)) answer.status(200).required();
  auto get = c.send(c.get());
  const auto n = get.header_value("x-amz-meta-n");
  get.status(200).body("body" + n).header("Content-Type", "text/n" + n);
}

void versions_at_once(CheckContext& c) {
  enable(c);
  std::vector<client::S3Request> puts;
  for (std::size_t i = 0; i < some; ++i) puts.push_back(putting(c, "object", nth("body", i)));
  const auto answers = c.send_together(puts);
  std::vector<std::string> ids;
  for (auto answer : answers) {
    answer.status(200).required();
    ids.push_back(version_of(answer));
  }
  auto all = of_bucket("GET", c.bucket());
  all.parameter("versions", "").parameter("prefix", c.key("object"));
  c.send(all).status(200).elements("Version", some);
  for (std::size_t i = 0; i < some; ++i) c.send(of_version(c.get(), ids[i])).status(200).body(nth("body", i));
}

void batches_at_once(CheckContext& c) {
  std::vector<client::S3Request> batches;
  for (std::size_t i = 0; i < some; ++i) {
    c.put(nth("k", i), "x");
    batches.push_back(deleting_many(c, {nth("k", i)}));
  }
  for (auto& answer : c.send_together(batches)) answer.status(200).elements("Deleted", 1);
  c.send(listing(c)).status(200).elements("Contents", 0);
}

void uploads_at_once(CheckContext& c) {
  std::vector<client::S3Request> creations(some, client::create_multipart_upload(c.bucket(), c.key()));
  auto answers = c.send_together(creations);
  std::vector<std::string> ids;
  for (auto& answer : answers) {
    answer.status(200).required();
    ids.push_back(answer.text("UploadId"));
  }
  std::ranges::sort(ids);
  const bool differ = std::ranges::adjacent_find(ids) == ids.end();
  auto listed = c.send(uploads(c));
  listed.status(200).elements("Upload", some);
  answers.front().expect(differ, "six upload IDs", "the same ID twice", {.about = "shown"}).required();
  std::vector<client::S3Request> aborts;
  for (const auto& id : ids) aborts.push_back(client::abort_multipart_upload({c.bucket(), c.key(), id}));
  for (auto& answer : c.send_together(aborts)) answer.status(204);
  c.send(uploads(c)).status(200).elements("Upload", 0);
}

void copies_of_several(CheckContext& c) {
  std::vector<client::S3Request> copies;
  for (std::size_t i = 0; i < some; ++i) {
    c.put(nth("source", i), nth("body", i), {{"x-amz-meta-n", std::to_string(i)}});
    copies.push_back(copying(c, "object", source_of(c, nth("source", i))));
  }
  auto answers = c.send_together(copies);
  for (std::size_t i = 0; i < some; ++i)
    answers[i].status(200).element("ETag", '"' + to_hex(md5(as_bytes(nth("body", i)))) + '"');
  auto get = c.send(c.get());
  get.status(200).body("body" + get.header_value("x-amz-meta-n"));
}

void tags_of_several(CheckContext& c) {
  std::vector<client::S3Request> puts;
  for (std::size_t i = 0; i < some; ++i) {
    c.put(nth("k", i), "x");
    const auto document = "<Tagging" + std::string(xmlns) + "><TagSet><Tag><Key>n</Key><Value>" +
                          std::to_string(i) + "</Value></Tag></TagSet></Tagging>";
    auto request = c.request("PUT", nth("k", i));
    request.parameter("tagging", "").header("Content-MD5", to_base64(md5(as_bytes(document))));
    request.body = document;
    puts.push_back(request);
  }
  for (auto& answer : c.send_together(puts)) {
    skip_where_missing(c, answer, "tags");
    answer.status(200);
  }
  for (std::size_t i = 0; i < some; ++i) expect_tags(c, nth("k", i), {{"n", std::to_string(i)}});
}

void form_over_another(CheckContext& c) {
  c.put("object", "the former",
        {{"x-amz-meta-n", "1"}, {"Cache-Control", "no-store"}, {"x-amz-tagging", "n=1"}});
  post(c, abcdef(c)).status(204);
  c.send(c.get()).status(200).body("abcdef");
  c.send(c.head())
      .status(200)
      .no_header("x-amz-meta-n")
      .no_header("Cache-Control")
      .no_header("x-amz-tagging-count");
}

// Buckets.

/// Stands in documents for the check's own.
constexpr std::string_view any_bucket = "BUCKET";

struct Setting {
  std::string id;
  std::string sub_resource;
  std::string what;
  std::string document;
  std::string shown;  ///< of it, where it is in force
  std::vector<Need> needs = {};
};

std::string lifecycle_of(std::string_view days) {
  return "<LifecycleConfiguration" + std::string(xmlns) +
         "><Rule><ID>a</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status><Expiration><Days>" +
         std::string(days) + "</Days></Expiration></Rule></LifecycleConfiguration>";
}

void made_again(CheckContext& c) {
  c.send(of_bucket("DELETE", c.bucket())).status(204).required();
  c.send_until(creating_bucket(c.bucket(), location_of_region(c)), has_status(200)).status(200).required();
}

/// A new bucket tells of a sub-resource what the former did before anybody set it.
Check as_a_new_one(const Setting& setting) {
  auto needs = setting.needs;
  needs.push_back(Need::own_bucket);
  return patient(
      should(
          "bucket.made-again." + setting.id, "A new bucket has none of its predecessor's " + setting.what,
          "S3 API: CreateBucket; DeleteBucket", {6},
          [setting](CheckContext& c) {
            const auto before = c.send(configuration(c, setting.sub_resource)).answer();
            auto document = setting.document;
            if (const auto at = document.find(any_bucket); at != std::string::npos)
              document.replace(at, any_bucket.size(), c.bucket());
            auto set = c.send(configuring(c, setting.sub_resource, document));
            skip_where_missing(c, set, setting.what);
            const auto status = set.answer().status;
            set.expect(status == 200 || status == 204, "200 or 204", std::to_string(status),
                       {"answer among", "", "200\n204"})
                .required();
            auto told = c.send_until(configuration(c, setting.sub_resource), [&](const Answer& answer) {
              return answer.answer().body.contains(setting.shown);
            });
            const bool in_force = told.answer().body.contains(setting.shown);
            told.status(200)
                .expect(in_force, setting.shown, "a document without it",
                        {"body fits", "", '*' + setting.shown + '*'})
                .required();
            made_again(c);
            auto now = c.send_until(configuration(c, setting.sub_resource), has_status(before.status));
            now.status(before.status);
            if (before.status == 200) now.body(before.body);
          },
          needs),
      3);
}

void uploads_gone_with_the_bucket(CheckContext& c) {
  const auto upload = c.create();
  c.part(upload, 1, "data");
  auto gone = c.send(of_bucket("DELETE", c.bucket()));
  if (gone.answer().status != 204)
    c.skip("a bucket with an upload isn't deleted, which nothing says it must be");
  c.send_until(creating_bucket(c.bucket(), location_of_region(c)), has_status(200)).status(200).required();
  c.send(uploads(c)).status(200).elements("Upload", 0);
}

/// In us-east-1 it succeeds, elsewhere it is refused: either way all stays.
void made_twice(CheckContext& c) {
  c.put("object", "data");
  c.send(configuring(c, "tagging",
                     "<Tagging" + std::string(xmlns) +
                         "><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>"))
      .status(204);
  c.send_until(configuration(c, "tagging"), has_status(200)).status(200).required();
  c.send(creating_bucket(c.bucket(), location_of_region(c)));
  c.send(configuration(c, "tagging")).status(200).element("TagSet/Tag/Value", "1");
  c.send(c.get()).status(200).body("data");
}

std::string another(const CheckContext& c) {
  return c.bucket() + "-b";
}

/// Settings of two buckets, of which each tells its own.
void settings_apart(CheckContext& c, const std::string& sub_resource, const std::string& one,
                    const std::string& two, const std::string& path, const std::string& in_one,
                    const std::string& in_two) {
  c.send(creating_bucket(another(c), location_of_region(c))).status(200).required();
  auto set = c.send(configuring(c, sub_resource, one));
  skip_where_missing(c, set, sub_resource);
  auto other = of_bucket("PUT", another(c));
  other.parameter(sub_resource, "").header("Content-MD5", to_base64(md5(as_bytes(two))));
  other.body = two;
  c.send(other);
  auto of_other = of_bucket("GET", another(c));
  of_other.parameter(sub_resource, "");
  c.send_until(configuration(c, sub_resource), has_status(200)).status(200).element(path, in_one);
  c.send_until(of_other, has_status(200)).status(200).element(path, in_two);
  c.send(of_bucket("DELETE", another(c))).status(204);
  c.send(configuration(c, sub_resource)).status(200).element(path, in_one);
}

/// Keys below a name each, the last of which is deleted while another is put there.
void siblings_at_once(CheckContext& c) {
  std::vector<client::S3Request> olds;
  std::vector<client::S3Request> both;
  for (unsigned i = 0; i < siblings; ++i) {
    const std::string folder = "f" + std::to_string(i) + '/';
    olds.push_back(putting(c, folder + "old", "x"));
    both.push_back(deleting(c, folder + "old"));
    both.push_back(putting(c, folder + "new", "y"));
  }
  for (auto& answer : c.send_together(olds)) answer.status(200).required();
  const auto answers = c.send_together(both);
  for (std::size_t i = 0; i < answers.size(); ++i) Answer(answers[i]).status(i % 2 == 0 ? 204 : 200);
  c.send(listing(c)).status(200).elements("Contents", siblings).element("Contents[1]/Key", c.key("f0/new"));
}

std::string denying_acls(const std::string& bucket, std::string_view action) {
  return R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":")" +
         std::string(action) + R"(","Resource":"arn:aws:s3:::)" + bucket + "/*\"}]}";
}

void policies_apart(CheckContext& c) {
  c.send(creating_bucket(another(c), location_of_region(c))).status(200).required();
  auto set = c.send(configuring(c, "policy", denying_acls(c.bucket(), "s3:PutObjectAcl")));
  skip_where_missing(c, set, "bucket policies");
  set.status(204);
  auto of_other = of_bucket("PUT", another(c));
  of_other.parameter("policy", "");
  of_other.body = denying_acls(another(c), "s3:PutObjectVersionAcl");
  c.send(of_other).status(204);
  auto told = c.send_until(configuration(c, "policy"), has_status(200));
  told.status(200).expect(told.answer().body.contains("\"s3:PutObjectAcl\""), "the bucket's own policy",
                          told.answer().body, {"body fits", "", "*\"s3:PutObjectAcl\"*"});
  c.send(of_bucket("DELETE", another(c))).status(204);
  c.send(configuration(c, "policy")).status(200);
}

}  // namespace

void add_together(std::vector<Check>& checks) {
  const std::vector<Need> own{Need::own_bucket};
  add_all(
      checks,
      {in_rounds(must("object.race.puts-with-metadata",
                      "Puts of one key at once: one has bytes, type and metadata of its own", consistency,
                      {some + 1, some * 8}, puts_with_metadata),
                 6),
       in_rounds(must("versions.race.puts", "Puts of one key at once make a version each",
                      "user guide: Retaining multiple versions of objects "
                      "with S3 Versioning",
                      {2 * some + 2, some * 16}, versions_at_once, {Need::own_bucket, Need::versioning}),
                 2),
       in_rounds(must("object.race.batches", "Deletes of many at once delete each", consistency,
                      {2 * some + 1, some * 4}, batches_at_once),
                 4),
       in_rounds(must("multipart.race.creations", "Uploads of one key that begin and end at once are as many",
                      "user guide: Uploading and copying objects using multipart upload, Concurrent "
                      "multipart upload operations",
                      {2 * some + 2}, uploads_at_once),
                 4),
       in_rounds(must("object.race.copies-of-several",
                      "Copies of several objects to one key at once: each tells its own", consistency,
                      {2 * some + 1, some * 16}, copies_of_several),
                 4),
       in_rounds(must("object.race.siblings",
                      "A put doesn't mind that another key of its prefix is deleted meanwhile", consistency,
                      {3 * siblings + 1, 2 * siblings}, siblings_at_once)),
       in_rounds(must("object.race.tags", "Tags that are put to several keys at once are each key's own",
                      consistency, {3 * some, some * 4}, tags_of_several, {Need::tagging}),
                 4),
       must("object.form.over-another", "A form leaves nothing of the object that it replaces",
            "S3 API: Browser-Based Uploads Using POST", {4, 4'000}, form_over_another, {Need::post_forms}),
       patient(should("bucket.made-again.uploads", "A new bucket has none of its predecessor's uploads",
                      "S3 API: CreateBucket; DeleteBucket", {5, 4}, uploads_gone_with_the_bucket, own)),
       patient(must("bucket.made-twice", "A bucket that is made though it is there keeps what it has",
                    "S3 API: CreateBucket; Error responses (BucketAlreadyOwnedByYou)", {6, 8}, made_twice,
                    own))});
  for (
      const auto& setting : std::vector<Setting>{
          {"lifecycle", "lifecycle", "lifecycle rules", lifecycle_of("9"), "<Days>9<", {Need::lifecycle}},
          {"public-access-block", "publicAccessBlock", "public access block",
           "<PublicAccessBlockConfiguration" + std::string(xmlns) +
               "><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>",
           "<BlockPublicAcls>true<"},
          {"ownership", "ownershipControls", "ownership of objects",
           "<OwnershipControls" + std::string(xmlns) +
               "><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>",
           "ObjectWriter"},
          {"encryption",
           "encryption",
           "encryption",
           "<ServerSideEncryptionConfiguration" + std::string(xmlns) +
               "><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></"
               "ApplyServerSideEncryptionByDefault>"
               "<BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>",
           "<BucketKeyEnabled>true<",
           {Need::encryption}},
          {"policy", "policy", "policy",
           R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObjectAcl",)"
           R"("Resource":"arn:aws:s3:::BUCKET/*"}]})",
           "s3:PutObjectAcl"},
          {"request-payment", "requestPayment", "payer",
           "<RequestPaymentConfiguration" + std::string(xmlns) +
               "><Payer>Requester</Payer></RequestPaymentConfiguration>",
           "Requester"}})
    checks.push_back(as_a_new_one(setting));
  const auto tags_of = [](std::string value) {
    return "<Tagging" + std::string(xmlns) + "><TagSet><Tag><Key>a</Key><Value>" + value +
           "</Value></Tag></TagSet></Tagging>";
  };
  const auto cors_of = [](std::string origin) {
    return "<CORSConfiguration" + std::string(xmlns) + "><CORSRule><AllowedOrigin>" + origin +
           "</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>";
  };
  const auto apart = [&](std::string id, std::string sub_resource, std::string one, std::string two,
                         std::string path, std::string in_one, std::string in_two, std::vector<Need> needs) {
    needs.push_back(Need::own_bucket);
    checks.push_back(patient(
        must(
            "bucket.two-apart." + id, "Two buckets have " + id + " of their own", "S3 API: CreateBucket", {7},
            [=](CheckContext& c) { settings_apart(c, sub_resource, one, two, path, in_one, in_two); }, needs),
        2));
  };
  checks.push_back(patient(should("bucket.two-apart.policy", "Two buckets have policies of their own",
                                  "S3 API: CreateBucket; PutBucketPolicy", {6}, policies_apart, own)));
  apart("tags", "tagging", tags_of("1"), tags_of("2"), "TagSet/Tag/Value", "1", "2", {});
  apart("cors", "cors", cors_of("http://one.test"), cors_of("http://two.test"), "CORSRule/AllowedOrigin",
        "http://one.test", "http://two.test", {Need::cors});
  apart("lifecycle", "lifecycle", lifecycle_of("8"), lifecycle_of("9"), "Rule/Expiration/Days", "8", "9",
        {Need::lifecycle});
}

}  // namespace partsmith::conformance::checks
