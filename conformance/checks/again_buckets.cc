/// Buckets: more than one of them in a list, and configurations that replace others, rule by rule.

#include "checks/again.h"
#include "checks/configuration.h"
#include "run_id.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view xmlns = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";

std::string document(std::string_view root, std::string_view content) {
  return '<' + std::string(root) + std::string(xmlns) + '>' + std::string(content) + "</" +
         std::string(root) + '>';
}

/// A second bucket, whose name begins as the check's own does.
std::string second_bucket(CheckContext& c) {
  auto name = c.bucket().substr(0, 50) + std::string(second_bucket_suffix);
  c.send(creating_bucket(name, location_of_region(c))).status(200).required();
  return name;
}

client::S3Request all_buckets() {
  client::S3Request request;
  request.method = "GET";
  return request;
}

/// Of the buckets that begin like the check's own: itself and the second.
void both_listed(CheckContext& c) {
  const auto other = second_bucket(c);
  auto request = all_buckets();
  request.parameter("prefix", c.bucket().substr(0, 50));
  auto answer = c.send(request);
  answer.status(200)
      .element("Prefix", c.bucket().substr(0, 50))
      .element("Buckets/Bucket[1]/Name", c.bucket())
      .has_element("Buckets/Bucket[1]/CreationDate")
      .element("Buckets/Bucket[2]/Name", other)
      .no_element("Buckets/Bucket[3]");
}

void in_pages(CheckContext& c) {
  const auto other = second_bucket(c);
  auto request = all_buckets();
  request.parameter("prefix", c.bucket().substr(0, 50)).parameter("max-buckets", "1");
  auto first = c.send(request);
  first.status(200)
      .element("Buckets/Bucket[1]/Name", c.bucket())
      .no_element("Buckets/Bucket[2]")
      .has_element("ContinuationToken")
      .required();
  request.parameter("continuation-token", first.text("ContinuationToken"));
  c.send(request)
      .status(200)
      .element("Buckets/Bucket[1]/Name", other)
      .no_element("Buckets/Bucket[2]")
      .no_element("ContinuationToken");
}

void no_such_prefix(CheckContext& c) {
  auto request = all_buckets();
  request.parameter("prefix", "partsmith-conform-there-is-none");
  c.send(request).status(200).document("ListAllMyBucketsResult").no_element("Buckets/Bucket");
}

void empty_prefix(CheckContext& c) {
  c.send(all_buckets().parameter("prefix", "").parameter("max-buckets", "1"))
      .status(200)
      .element("Prefix", "")
      .has_element("Buckets/Bucket/Name");
}

void no_prefix(CheckContext& c) {
  c.send(all_buckets().parameter("max-buckets", "1"))
      .status(200)
      .no_element("Prefix")
      .has_element("Buckets/Bucket/Name");
}

void region_in_capitals(CheckContext& c) {
  auto region = c.client().options().region;
  for (char& letter : region)
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  c.send(all_buckets().parameter("prefix", c.bucket()).parameter("bucket-region", region))
      .status(200)
      .element("Buckets/Bucket/Name", c.bucket())
      .no_element("Buckets/Bucket[2]");
}

void among_all(CheckContext& c) {
  auto answer = c.send(all_buckets());
  answer.status(200).document("ListAllMyBucketsResult").has_element("Owner/ID");
  const auto& body = answer.answer().body;
  answer.expect(body.find("<Name>" + c.bucket() + "</Name>") != std::string::npos, "the bucket " + c.bucket(),
                "others", {"body fits", "", "*<Name>" + c.bucket() + "</Name>*"});
}

/// What is in the one isn't in the other.
void two_apart(CheckContext& c) {
  const auto other = second_bucket(c);
  c.put("object", "here");
  auto there = c.get();
  there.bucket = other;
  c.send(there).error(404, "NoSuchKey");
  auto upload = client::create_multipart_upload(c.bucket(), c.key());
  const auto id = c.send(upload).text("UploadId");
  auto of_other = client::list_parts({other, c.key(), id});
  c.send(of_other).error(404, "NoSuchUpload");
  c.send(client::list_multipart_uploads(other)).status(200).elements("Upload", 0);
  c.send(client::abort_multipart_upload({c.bucket(), c.key(), id})).status(204);
}

void copied_between(CheckContext& c) {
  const auto other = second_bucket(c);
  c.put("object", "here", {{"x-amz-meta-n", "1"}});
  auto copy = copying(c, "object", source_of(c, "object"));
  copy.bucket = other;
  c.send(copy).status(200);
  auto there = c.get();
  there.bucket = other;
  c.send(there).status(200).header("x-amz-meta-n", "1").body("here");
  auto removing = deleting(c);
  removing.bucket = other;
  c.send(removing).status(204);
  c.send(c.get()).status(200).body("here");
}

/// Where both buckets have the key, the source's is meant, of whole copies and of parts.
void copied_beside_the_same_key(CheckContext& c) {
  const auto other = second_bucket(c);
  c.put("object", "here");
  auto same = putting(c, "object", "there");
  same.bucket = other;
  c.send(same).status(200);
  auto copy = copying(c, "copy", other + '/' + c.key("object"));
  c.send(copy).status(200);
  c.send(c.get("copy")).status(200).body("there");
  const auto upload = c.create("parts");
  const auto part = c.send(client::upload_part_copy(upload, "1", other, c.key("object")));
  c.complete(upload, {{"1", part.text("ETag"), {}}});
  c.send(c.get("parts")).status(200).body("there");
  auto removing = deleting(c);
  removing.bucket = other;
  c.send(removing).status(204);
}

std::string tag(std::string_view key, std::string_view value) {
  return "<Tag><Key>" + std::string(key) + "</Key><Value>" + std::string(value) + "</Value></Tag>";
}

void tags_replaced(CheckContext& c) {
  const auto set = [&](const std::string& tags) {
    auto answer = c.send(configuring(c, "tagging", document("Tagging", "<TagSet>" + tags + "</TagSet>")));
    skip_where_missing(c, answer, "bucket tags");
    answer.status(204).required();
  };
  set(tag("a", "1") + tag("b", "2"));
  c.send_until(configuration(c, "tagging"), has_status(200)).status(200);
  set(tag("c", "3"));
  const auto replaced = [](const Answer& answer) { return answer.text("TagSet/Tag[1]/Key") == "c"; };
  c.send_until(configuration(c, "tagging"), replaced)
      .status(200)
      .element("TagSet/Tag[1]/Key", "c")
      .element("TagSet/Tag[1]/Value", "3")
      .no_element("TagSet/Tag[2]");
}

void block_replaced(CheckContext& c) {
  const std::string sub = "publicAccessBlock";
  auto first = c.send(configuring(
      c, sub,
      document(
          "PublicAccessBlockConfiguration",
          "<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>"
          "<BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets>")));
  skip_where_missing(c, first, "public access block");
  first.status(200).required();
  c.send(configuring(c, sub,
                     document("PublicAccessBlockConfiguration", "<BlockPublicAcls>true</BlockPublicAcls>")))
      .status(200)
      .required();
  const auto replaced = [](const Answer& answer) { return answer.text("BlockPublicPolicy") == "false"; };
  c.send_until(configuration(c, sub), replaced)
      .status(200)
      .element("BlockPublicAcls", "true")
      .element("IgnorePublicAcls", "false")
      .element("BlockPublicPolicy", "false")
      .element("RestrictPublicBuckets", "false");
  c.send(configuration(c, sub, "DELETE")).status(204);
  c.send_until(configuration(c, sub), has_status(404)).error(404, "NoSuchPublicAccessBlockConfiguration");
}

Check ownership(const std::string& word) {
  return patient(should(
      "bucket.ownership-controls." + protocol::lower_case(word), word + " is kept",
      "S3 API: PutBucketOwnershipControls", {2, 0},
      [=](CheckContext& c) {
        auto put = c.send(configuring(
            c, "ownershipControls",
            document("OwnershipControls", "<Rule><ObjectOwnership>" + word + "</ObjectOwnership></Rule>")));
        skip_where_missing(c, put, "ownership controls");
        put.status(200).required();
        const auto is_set = [=](const Answer& answer) { return answer.text("Rule/ObjectOwnership") == word; };
        c.send_until(configuration(c, "ownershipControls"), is_set)
            .status(200)
            .element("Rule/ObjectOwnership", word);
      },
      {Need::own_bucket}));
}

/// Which of three rules a page of that origin is for.
void rule_by_rule(CheckContext& c) {
  const auto rule = [](std::string_view from, std::string_view method, std::string_view age) {
    return "<CORSRule><AllowedOrigin>" + std::string(from) + "</AllowedOrigin><AllowedMethod>" +
           std::string(method) + "</AllowedMethod><MaxAgeSeconds>" + std::string(age) +
           "</MaxAgeSeconds></CORSRule>";
  };
  auto set =
      c.send(configuring(c, "cors",
                         document("CORSConfiguration", rule("http://one.test", "GET", "11") +
                                                           rule("http://two.test", "PUT", "22") +
                                                           rule("http://three.test", "DELETE", "33"))));
  skip_where_missing(c, set, "CORS");
  set.status(200).required();
  const auto preflight = [&](std::string_view from, std::string_view method) {
    auto request = c.request("OPTIONS", "object");
    request.signing = client::Signing::anonymous;
    request.header("Origin", std::string(from)).header("Access-Control-Request-Method", std::string(method));
    return request;
  };
  c.send_until(preflight("http://one.test", "GET"), has_status(200))
      .status(200)
      .header("Access-Control-Max-Age", "11");
  c.send(preflight("http://two.test", "PUT")).status(200).header("Access-Control-Max-Age", "22");
  c.send(preflight("http://three.test", "DELETE")).status(200).header("Access-Control-Max-Age", "33");
  c.send(preflight("http://two.test", "GET")).status(403);
  c.send(preflight("http://one.test", "PUT")).status(403);
  c.send(configuration(c, "cors"))
      .status(200)
      .elements("CORSRule", 3)
      .element("CORSRule[3]/AllowedOrigin", "http://three.test");
}

}  // namespace

void add_again_buckets(std::vector<Check>& checks) {
  const std::vector<Need> own{Need::own_bucket};
  const std::string list = "S3 API: ListBuckets";
  add_all(
      checks,
      {
          must("bucket.list.among-all", "A bucket is in the list of all", list, {1, longest_list}, among_all,
               own),
          must("bucket.list.both", "Of two buckets both are in the list", list + " (prefix)",
               {2, longest_list / 15}, both_listed, own),
          should("bucket.list.no-such-prefix", "A prefix of no bucket lists none", list + " (prefix)",
                 {1, longest_list / 15}, no_such_prefix, own),
          should("bucket.list.prefix-empty", "An empty prefix is told, and chooses all", measured_by_backlot,
                 {1, longest_list / 15}, empty_prefix, own),
          should("bucket.list.no-prefix", "A prefix that isn't given isn't told",
                 "recording: list-and-delete-bucket; " + list, {1, longest_list / 15}, no_prefix, own),
          quirk("bucket.list.region-in-capitals", "A region in capitals is the region", measured_by_backlot,
                {1, longest_list / 15}, region_in_capitals, own),
          must("bucket.list.pages", "Two buckets are two pages of one",
               list + " (max-buckets, continuation-token)", {3, longest_list / 15}, in_pages, own),
          must("bucket.two-apart", "What is in one bucket isn't in another", "S3 API: GetObject, ListParts",
               {7, 8}, two_apart, own),
          must("bucket.copied-between", "An object can be copied from bucket to bucket", "S3 API: CopyObject",
               {6, 12}, copied_between, own),
          must("bucket.copied-beside-the-same-key",
               "A source in another bucket is meant though the key is in this one, too",
               "S3 API: CopyObject (x-amz-copy-source); UploadPartCopy (x-amz-copy-source)", {10, 20},
               copied_beside_the_same_key, own),
          patient(should("bucket.tags.replaced", "A bucket's tags are replaced whole",
                         "S3 API: PutBucketTagging", {4}, tags_replaced, own),
                  2),
          patient(should("bucket.public-access-block.replaced",
                         "What PutPublicAccessBlock doesn't name is off; deleted, there is none",
                         "S3 API: PutPublicAccessBlock, DeletePublicAccessBlock", {5}, block_replaced, own),
                  2),
          ownership("BucketOwnerPreferred"),
          ownership("ObjectWriter"),
          ownership("BucketOwnerEnforced"),
          patient(should("bucket.cors.rule-by-rule", "Each CORS rule counts for its own origin and method",
                         "user guide: Using cross-origin resource sharing (CORS)", {7}, rule_by_rule,
                         {Need::own_bucket, Need::cors})),
      });
}

}  // namespace partsmith::conformance::checks
