/// Tags of objects: put with them, alone, with uploads and with copies; and of buckets.

#include "checks/tags.h"

#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view limits_of_tags =
    "user guide: Categorizing your objects using tags (restrictions on tags)";

std::string text_of(const Tags& tags) {
  std::string text;
  for (const auto& [key, value] : tags) text += (text.empty() ? "" : ", ") + key + '=' + value;
  return text.empty() ? "no tags" : text;
}

std::string document(const std::vector<std::pair<std::string, std::string>>& tags) {
  std::string text = "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet>";
  for (const auto& [key, value] : tags)
    text += "<Tag><Key>" + key + "</Key><Value>" + value + "</Value></Tag>";
  return text + "</TagSet></Tagging>";
}

client::S3Request with_document(client::S3Request request, std::string body) {
  request.parameter("tagging", "").header("Content-MD5", to_base64(md5(as_bytes(body))));
  request.body = std::move(body);
  return request;
}

client::S3Request putting_tags(const CheckContext& c,
                               const std::vector<std::pair<std::string, std::string>>& tags) {
  return with_document(c.request("PUT", "object"), document(tags));
}

client::S3Request deleting_tags(const CheckContext& c) {
  return deleting(c).parameter("tagging", "");
}

/// A step that a check takes for granted, unless there are no tags at all.
Answer put_tagged(CheckContext& c, std::string_view name, std::string body, std::string tags) {
  auto request = putting(c, name, std::move(body));
  request.header("x-amz-tagging", std::move(tags));
  auto answer = c.send(request);
  skip_where_missing(c, answer, "tags");
  answer.status(200).required();
  return answer;
}

/// "k0=v&k1=v…"
std::string this_many(int count) {
  std::string tags;
  for (int i = 0; i < count; ++i) tags += (tags.empty() ? "k" : "&k") + std::to_string(i) + "=v";
  return tags;
}

void put_with_object(CheckContext& c) {
  put_tagged(c, "object", "test", "key1=value1&key%202=a%2Bb&empty=");
  expect_tags(c, "object", {{"key1", "value1"}, {"key 2", "a+b"}, {"empty", ""}});
}

void counted(CheckContext& c) {
  put_tagged(c, "object", "test", "key1=value1&key2=value2");
  c.send(c.get()).status(200).header("x-amz-tagging-count", "2");
  c.put("untagged", "test");
  c.send(c.get("untagged")).status(200).no_header("x-amz-tagging-count");
}

void counted_by_head(CheckContext& c) {
  put_tagged(c, "object", "test", "key1=value1&key2=value2");
  c.send(c.head()).status(200).header("x-amz-tagging-count", "2");
}

void overwritten(CheckContext& c) {
  put_tagged(c, "object", "test", "key1=value1");
  c.put("object", "again");
  expect_tags(c, "object", {});
}

void put_alone(CheckContext& c) {
  c.put("object", "test", {{"x-amz-meta-colour", "blue"}});
  auto put = c.send(putting_tags(c, {{"key1", "value1"}, {"key2", "value2"}}));
  skip_where_missing(c, put, "tags");
  put.status(200).body("");
  expect_tags(c, "object", {{"key1", "value1"}, {"key2", "value2"}});
  c.send(putting_tags(c, {{"key3", "value3"}})).status(200);
  expect_tags(c, "object", {{"key3", "value3"}});
  c.send(c.get())
      .status(200)
      .header("ETag", "\"098f6bcd4621d373cade4e832627b4f6\"")
      .header("x-amz-meta-colour", "blue")
      .body("test");
}

void deleted(CheckContext& c) {
  put_tagged(c, "object", "test", "key1=value1");
  c.send(deleting_tags(c)).status(204).body("");
  expect_tags(c, "object", {});
  c.send(c.get()).status(200).no_header("x-amz-tagging-count").body("test");
}

void missing(CheckContext& c) {
  auto answer = c.send(getting_tags(c));
  skip_where_missing(c, answer, "tags");
  answer.error(404, "NoSuchKey").message("The specified key does not exist.");
}

/// What PutObjectTagging refuses changes nothing.
void refused(CheckContext& c, const std::string& body, const std::string& code, const std::string& message) {
  put_tagged(c, "object", "test", "key1=value1");
  auto answer = c.send(with_document(c.request("PUT", "object"), body));
  answer.error(400, code);
  if (!message.empty()) answer.message(message);
  expect_tags(c, "object", {{"key1", "value1"}});
}

/// A tag set that is wrong, for an object and for a bucket, whose words for reserved keys differ.
struct WrongTags {
  std::string name;
  std::string title;
  std::string tags;  ///< `<Tag>`s
  std::string code;
  std::string message;
  std::vector<std::pair<std::string, std::string>> fields;
};

std::vector<WrongTags> wrong_tags(bool of_bucket) {
  const std::string malformed =
      "The XML you provided was not well-formed or did not validate against our published schema";
  const auto tag = [](const std::string& key, const std::string& value) {
    return "<Tag><Key>" + key + "</Key><Value>" + value + "</Value></Tag>";
  };
  return {
      {"bad-key",
       "A comma in a tag's key is InvalidTag",
       tag("Key1,Key2", "Val1"),
       "InvalidTag",
       "The TagKey you have provided is invalid",
       {{"TagKey", "Key1,Key2"}}},
      {"bad-value",
       "A comma in a tag's value is InvalidTag",
       tag("Key1", "Val1,Val2"),
       "InvalidTag",
       "The TagValue you have provided is invalid",
       {{"TagKey", "Key1"}, {"TagValue", "Val1,Val2"}}},
      {"reserved",
       "A tag of the system's is InvalidTag",
       tag("aws:prefixed", "Val1"),
       "InvalidTag",
       of_bucket ? "System tags cannot be added/updated by requester"
                 : "Your TagKey cannot be prefixed with aws:",
       {{"TagKey", "aws:prefixed"}}},
      {"no-key", "A tag without anything is MalformedXML", "<Tag></Tag>", "MalformedXML", malformed, {}},
      {"no-value",
       "A tag without a value is MalformedXML",
       "<Tag><Key>key1</Key></Tag>",
       "MalformedXML",
       malformed,
       {}},
  };
}

std::string tag_set(const std::string& tags) {
  return "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet>" + tags + "</TagSet></Tagging>";
}

std::vector<Check> refused_tags() {
  std::vector<Check> checks;
  for (const bool bucket : {false, true}) {
    for (const WrongTags& wrong : wrong_tags(bucket)) {
      checks.push_back(should(
          (bucket ? "bucket.tags." : "object.tags.") + wrong.name, wrong.title,
          "recording: tag-sets-refused-bucket-and-object", bucket ? Cost{1} : Cost{2},
          [bucket, wrong](CheckContext& c) {
            if (!bucket) c.put("object", "");
            auto request = bucket ? of_bucket("PUT", c.bucket()) : c.request("PUT", "object");
            auto answer = c.send(with_document(std::move(request), tag_set(wrong.tags)));
            skip_where_missing(c, answer, "tags");
            answer.error(400, wrong.code).message(wrong.message);
            for (const auto& [name, value] : wrong.fields) answer.field(name, value);
          },
          bucket ? std::vector<Need>{Need::own_bucket, Need::tagging} : std::vector<Need>{Need::tagging}));
    }
  }
  return checks;
}

constexpr std::string_view no_tag_set =
    "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"></Tagging>";

void without_a_set(CheckContext& c) {
  put_tagged(c, "object", "test", "key1=value1");
  c.send(with_document(c.request("PUT", "object"), std::string(no_tag_set))).status(200);
  expect_tags(c, "object", {});
}

void bucket_without_a_set(CheckContext& c) {
  auto put = c.send(with_document(of_bucket("PUT", c.bucket()), document({{"tag3", "tag3"}})));
  skip_where_missing(c, put, "tags");
  put.status(204).required();
  c.send(with_document(of_bucket("PUT", c.bucket()), std::string(no_tag_set))).status(204);
  c.send_until(of_bucket("GET", c.bucket()).parameter("tagging", ""),
               [](const Answer& answer) { return answer.answer().status == 404; })
      .error(404, "NoSuchTagSet")
      .field("BucketName", c.bucket());
}

void bucket_in_the_key(CheckContext& c) {
  auto answer = c.send(getting_tags(c));
  skip_where_missing(c, answer, "tags");
  answer.error(404, "NoSuchKey").field("Key", c.bucket() + '/' + c.key());
  c.send(deleting_tags(c)).error(404, "NoSuchKey").field("Key", c.key());
}

void comma_in_the_header(CheckContext& c) {
  const std::string header = "key1=val1,key2=val2";
  auto answer = c.send(putting(c, "object", "").header("x-amz-tagging", header));
  skip_where_missing(c, answer, "tags");
  answer.error(400, "InvalidArgument")
      .message(
          "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without "
          "tag "
          "name duplicates.")
      .field("ArgumentName", "x-amz-tagging")
      .field("ArgumentValue", header);
}

void bucket_made_with_tags(CheckContext& c) {
  c.send(of_bucket("DELETE", c.bucket())).status(204).required();
  auto request = of_bucket("PUT", c.bucket());
  request.body =
      "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
      "<Tags><Tag><Key>tag1</Key><Value>value1</Value></Tag></Tags></CreateBucketConfiguration>";
  if (c.client().options().region != "us-east-1") c.skip("the endpoint's region isn't us-east-1");
  auto created = c.send_until(request, [](const Answer& answer) { return answer.answer().status == 200; });
  if (created.text("Code") == "OperationAborted") c.skip("the name of a deleted bucket isn't free again yet");
  created.status(200).required();
  c.send(of_bucket("GET", c.bucket()).parameter("tagging", ""))
      .status(200)
      .element("TagSet/Tag/Key", "tag1")
      .element("TagSet/Tag/Value", "value1");
}

void upload(CheckContext& c) {
  auto request = client::create_multipart_upload(c.bucket(), c.key());
  request.header("x-amz-tagging", "key1=value1&key2=value2");
  auto created = c.send(request);
  skip_where_missing(c, created, "tags");
  created.status(200).required();
  const client::UploadAddress upload{c.bucket(), c.key(), created.text("UploadId")};
  c.complete(upload, {c.part(upload, 1, "data")});
  expect_tags(c, "object", {{"key1", "value1"}, {"key2", "value2"}});
  c.send(c.get()).status(200).header("x-amz-tagging-count", "2").body("data");
}

void upload_without(CheckContext& c) {
  put_tagged(c, "object", "test", "key1=value1");
  const auto upload = c.create();
  c.complete(upload, {c.part(upload, 1, "data")});
  expect_tags(c, "object", {});
}

void upload_refused(CheckContext& c, const std::string& tags) {
  auto request = client::create_multipart_upload(c.bucket(), c.key());
  request.header("x-amz-tagging", tags);
  auto created = c.send(request);
  skip_where_missing(c, created, "tags");
  created.status(400);
}

void copies(CheckContext& c, const std::string& directive, const Tags& named, const Tags& unnamed) {
  put_tagged(c, "source", "test", "key1=value1");
  const auto copy = [&](std::string_view to, bool with_tags) {
    auto request = copying(c, to, source_of(c, "source"));
    if (with_tags) request.header("x-amz-tagging", "key2=value2");
    if (!directive.empty()) request.header("x-amz-tagging-directive", directive);
    c.send(request).status(200).element("ETag", "\"098f6bcd4621d373cade4e832627b4f6\"");
  };
  copy("copy", true);
  expect_tags(c, "copy", named);
  copy("copy-tag-empty", false);
  expect_tags(c, "copy-tag-empty", unnamed);
}

void bucket_tags(CheckContext& c) {
  auto get = of_bucket("GET", c.bucket());
  get.parameter("tagging", "");
  auto none = c.send(get);
  skip_where_missing(c, none, "tags of buckets");
  none.error(404, "NoSuchTagSet").field("BucketName", c.bucket());
  auto put = c.send(with_document(of_bucket("PUT", c.bucket()), document({{"team", "films"}})));
  put.status(204).required();
  auto told = c.send_until(get, [](const Answer& answer) { return answer.answer().status == 200; });
  told.status(200).document("Tagging");
  told.expect(tags_of(told) == Tags{{"team", "films"}}, "the tag team=films", text_of(tags_of(told)),
              {"texts", "TagSet/Tag/Key TagSet/Tag/Value", "team\nfilms"});
  auto remove = of_bucket("DELETE", c.bucket());
  remove.parameter("tagging", "");
  c.send(remove).status(204);
  c.send_until(get, [](const Answer& answer) {
     return answer.answer().status == 404;
   }).error(404, "NoSuchTagSet");
}

std::vector<Check> of_copies() {
  const std::string recorded = "recording: copy-object-tagging-directive-";
  const Tags first{{"key1", "value1"}};
  const Tags second{{"key2", "value2"}};
  const auto copied = [&](std::string name, std::string title, std::string directive, Tags named,
                          Tags unnamed) {
    return must("object.copy.tags-" + name, std::move(title), recorded + name, {5, 4},
                [=](CheckContext& c) { copies(c, directive, named, unnamed); }, {Need::tagging});
  };
  return {
      copied("copy", "x-amz-tagging-directive COPY takes the source's tags, whatever is sent", "COPY", first,
             first),
      copied("replace", "REPLACE takes those that are sent, or none", "REPLACE", second, {}),
      copied("none", "COPY is the default", "", first, first),
  };
}

}  // namespace

client::S3Request getting_tags(const CheckContext& c, std::string_view name) {
  return c.get(name).parameter("tagging", "");
}

Tags tags_of(const Answer& answer) {
  Tags tags;
  const auto document = answer.answer().document();
  if (!document) return tags;
  for (const auto& set : document->children) {
    if (set.name != "TagSet") continue;
    for (const auto& tag : set.children)
      tags[tag.child_text("Key").value_or("")] = tag.child_text("Value").value_or("");
  }
  return tags;
}

Answer expect_tags(CheckContext& c, std::string_view name, const Tags& expected) {
  auto answer = c.send(getting_tags(c, name));
  skip_where_missing(c, answer, "tags");
  answer.status(200).document("Tagging").has_element("TagSet");
  std::vector<std::string> texts;
  for (const auto& [key, value] : expected) texts.push_back(key + '=' + value);
  answer.expect(tags_of(answer) == expected, text_of(expected), text_of(tags_of(answer)),
                {"texts sorted", "TagSet/Tag", lines(texts)});
  return answer;
}

void add_tags(std::vector<Check>& checks) {
  const std::vector<Need> needs{Need::tagging};
  const std::string limit(limits_of_tags);
  const std::string put = "S3 API: PutObjectTagging";
  add_all(
      checks,
      {
          must("object.tags.put-with-object",
               "Tags in x-amz-tagging are URL-encoded, and become the object's",
               "recording: copy-object-tagging-directive-copy (get-object-tag); S3 API: PutObject "
               "(x-amz-tagging)",
               {2, 4}, put_with_object, needs),
          must("object.tags.count", "GET tells how many tags there are, if any",
               "S3 API: GetObject (x-amz-tagging-count)", {4, 16}, counted, needs),
          should("object.tags.count-head", "So does HEAD", "S3 API: HeadObject (x-amz-tagging-count)", {2, 4},
                 counted_by_head, needs),
          must("object.tags.overwritten", "An object that replaces another doesn't inherit its tags", limit,
               {3, 9}, overwritten, needs),
          must("object.tags.put", "PutObjectTagging replaces all tags, and nothing else", put, {6, 8},
               put_alone, needs),
          must("object.tags.delete", "DeleteObjectTagging leaves the object without tags",
               "S3 API: DeleteObjectTagging", {4, 8}, deleted, needs),
          must("object.tags.missing-key", "The tags of a missing key are NoSuchKey",
               "S3 API: GetObjectTagging", {1}, missing, needs),
          must(
              "object.tags.twice", "A key twice among the tags is InvalidTag",
              put + ", Error responses (InvalidTag)", {3, 4},
              [](CheckContext& c) {
                refused(c, document({{"a", "1"}, {"a", "2"}}), "InvalidTag",
                        "Cannot provide multiple Tags with the same key");
              },
              needs),
          should(
              "object.tags.eleven", "An object has at most ten tags", limit, {3, 4},
              [](CheckContext& c) {
                std::vector<std::pair<std::string, std::string>> tags;
                for (int i = 0; i < 11; ++i) tags.emplace_back("k" + std::to_string(i), "v");
                refused(c, document(tags), "BadRequest", "");
              },
              needs),
          must(
              "object.tags.key-too-long", "A tag's key has at most 128 characters", limit, {3, 4},
              [](CheckContext& c) { refused(c, document({{repeated("k", 129), "v"}}), "InvalidTag", ""); },
              needs),
          must(
              "object.tags.value-too-long", "A tag's value has at most 256 characters", limit, {3, 4},
              [](CheckContext& c) { refused(c, document({{"k", repeated("v", 257)}}), "InvalidTag", ""); },
              needs),
          must(
              "object.tags.malformed", "Tags that are no XML are MalformedXML",
              put + ", Error responses (MalformedXML)", {3, 4},
              [](CheckContext& c) { refused(c, "<Tagging><TagSet>", "MalformedXML", ""); }, needs),
          must("multipart.tags.upload", "The tags of an upload become the object's",
               "S3 API: CreateMultipartUpload (x-amz-tagging)", {5, 8}, upload, needs),
          must("multipart.tags.none", "An upload without tags leaves none of the object that it replaces",
               limit, {5, 8}, upload_without, needs),
          should(
              "multipart.tags.eleven", "An upload with eleven tags is refused when it is created", limit, {1},
              [](CheckContext& c) { upload_refused(c, this_many(11)); }, needs),
          should(
              "multipart.tags.twice", "So is one with a key twice", limit, {1},
              [](CheckContext& c) { upload_refused(c, "a=1&a=2"); }, needs),
      });
  add_all(checks, of_copies());
  add_all(checks, refused_tags());
  const std::string header = "recording: object-tagging-missing-bucket-or-key-and-bad-header";
  add_all(
      checks,
      {
          should("object.tags.no-set", "A document without a TagSet means no tags",
                 "recording: put-object-tagging-without-tag-set", {3, 4}, without_a_set, needs),
          quirk("object.tags.bucket-in-key", "Only to GetObjectTagging the missing key comes with its bucket",
                header + " (no-key-tags)", {2}, bucket_in_the_key, needs),
          should("object.tags.comma", "Tags in a header with a comma between them are InvalidArgument",
                 header + " (put-obj-wrong-format)", {1}, comma_in_the_header, needs),
      });
  auto emptied = should("bucket.tags.no-set", "A document without a TagSet leaves a bucket without tags",
                        "recording: put-bucket-tagging-without-tag-set", {3}, bucket_without_a_set,
                        {Need::own_bucket, Need::tagging});
  auto made =
      should("bucket.create.tags", "A bucket may be made with tags", "recording: create-bucket-with-tags",
             {3}, bucket_made_with_tags, {Need::own_bucket, Need::tagging});
  for (auto* check : {&emptied, &made}) {
    check->repeats = 5;
    checks.push_back(std::move(*check));
  }
  auto bucket =
      should("bucket.tags", "A bucket's tags are put, told and deleted; without any it is NoSuchTagSet",
             "S3 API: PutBucketTagging; GetBucketTagging; DeleteBucketTagging", {5}, bucket_tags,
             {Need::own_bucket, Need::tagging});
  bucket.repeats = 10;
  checks.push_back(std::move(bucket));
}

}  // namespace partsmith::conformance::checks
