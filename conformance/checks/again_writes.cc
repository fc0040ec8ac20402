/// Copies, tags, metadata and batches: each header, the second tag, the key that isn't there among others,
/// and what is replaced.

#include "checks/again.h"
#include "checks/making.h"
#include "checks/rounds.h"
#include "checks/stored.h"
#include "checks/tags.h"

namespace partsmith::conformance::checks {
namespace {

const std::string copy_api = "S3 API: CopyObject";

/// One header of a copy: kept, replaced, or left out by REPLACE.
Check copy_of_header(const std::string& name, const std::string& value) {
  return must(
      "object.copy.header." + protocol::lower_case(name), name + " of a copy: its source's, another, or none",
      copy_api + " (x-amz-metadata-directive)", {7, 20}, [=](CheckContext& c) {
        c.put("source", "data", {{name, value}, {"x-amz-meta-other", "1"}});
        c.send(copying(c, "kept", source_of(c, "source"))).status(200);
        c.send(c.head("kept")).status(200).header(name, value).header("x-amz-meta-other", "1");
        auto replacing = copying(c, "replaced", source_of(c, "source"));
        replacing.header("x-amz-metadata-directive", "REPLACE").header(name, "x-" + value);
        c.send(replacing).status(200);
        c.send(c.head("replaced")).status(200).header(name, "x-" + value).no_header("x-amz-meta-other");
        auto leaving = copying(c, "left", source_of(c, "source"));
        leaving.header("x-amz-metadata-directive", "REPLACE");
        c.send(leaving).status(200);
        auto left = c.send(c.head("left"));
        left.status(200).no_header("x-amz-meta-other");
        if (name == "Content-Type") {
          left.header(name, "binary/octet-stream");
        } else {
          left.no_header(name);
        }
      });
}

/// A copy over an object leaves nothing of what was there.
void copy_over_another(CheckContext& c) {
  c.put("source", "new", {{"x-amz-meta-new", "1"}});
  c.put("object", "the former", stored);
  c.send(copying(c, "object", source_of(c, "source"))).status(200);
  c.send(c.head())
      .status(200)
      .header("Content-Length", "3")
      .header("x-amz-meta-new", "1")
      .no_header("x-amz-meta-colour")
      .no_header("Cache-Control");
}

void copy_of_two_parts(CheckContext& c) {
  const auto upload = c.create("source", {{"x-amz-meta-n", "1"}, {"x-amz-tagging", "n=1"}});
  const auto first = c.part(upload, 1, repeated("a", large_part));
  c.complete(upload, {first, c.part(upload, 2, "tail")});
  const auto whole = repeated("a", large_part) + "tail";
  c.send(copying(c, "object", source_of(c, "source")))
      .status(200)
      .element("ETag", '"' + to_hex(md5(as_bytes(whole))) + '"');
  c.send(c.head())
      .status(200)
      .header("x-amz-meta-n", "1")
      .header("Content-Length", std::to_string(whole.size()));
  c.send(c.get().header("Range", "bytes=-6")).status(206).body("aatail");
  expect_tags(c, "object", {{"n", "1"}});
}

/// What is copied at the same time to several keys.
void copies_at_once(CheckContext& c) {
  c.put("source", "data", stored);
  std::vector<client::S3Request> requests;
  for (const auto* name : {"a", "b", "c", "d"}) requests.push_back(copying(c, name, source_of(c, "source")));
  for (auto& answer : c.send_together(requests))
    answer.status(200).element("ETag", "\"8d777f385d3dfec8815d20f7496026dc\"");
  for (const auto* name : {"a", "d"})
    c.send(c.get(name)).status(200).header("x-amz-meta-colour", "blue").body("data");
}

// Conditions.

void match_of_the_beginning(CheckContext& c) {
  auto etag = c.put("object", "old").header_value("ETag");
  etag.replace(9, 24, repeated("0", 24));
  auto request = putting(c, "object", "new");
  request.header("If-Match", etag);
  c.send(request).error(412, "PreconditionFailed");
  c.send(c.get()).status(200).body("old");
}

void match_of_the_former(CheckContext& c) {
  const auto former = c.put("object", "first").header_value("ETag");
  const auto now = c.put("object", "second").header_value("ETag");
  auto request = putting(c, "object", "third");
  request.header("If-Match", former);
  c.send(request).error(412, "PreconditionFailed");
  auto right = putting(c, "object", "third");
  right.header("If-Match", now);
  c.send(right).status(200);
  c.send(c.get()).status(200).body("third");
}

void none_match_after_delete(CheckContext& c) {
  c.put("object", "old");
  c.send(deleting(c)).status(204);
  auto request = putting(c, "object", "new");
  request.header("If-None-Match", "*");
  c.send(request).status(200);
  c.send(request).error(412, "PreconditionFailed");
}

// Tags.

client::S3Request tagging(const CheckContext& c, const Tags& tags) {
  std::string document = "<Tagging><TagSet>";
  for (const auto& [key, value] : tags)
    document += "<Tag><Key>" + key + "</Key><Value>" + value + "</Value></Tag>";
  document += "</TagSet></Tagging>";
  auto request = c.request("PUT", "object");
  request.parameter("tagging").header("Content-MD5", to_base64(md5(as_bytes(document))));
  request.body = document;
  return request;
}

void tags_replaced_again(CheckContext& c) {
  c.put("object", "data", {{"x-amz-tagging", "a=1&b=2&c=3"}});
  expect_tags(c, "object", {{"a", "1"}, {"b", "2"}, {"c", "3"}});
  c.send(tagging(c, {{"b", "4"}, {"d", "5"}})).status(200);
  expect_tags(c, "object", {{"b", "4"}, {"d", "5"}});
  c.send(c.head()).status(200).header("x-amz-tagging-count", "2");
  c.send(tagging(c, {{"e", "6"}})).status(200);
  expect_tags(c, "object", {{"e", "6"}});
}

void several_tags_deleted(CheckContext& c) {
  c.put("object", "data", {{"x-amz-tagging", "a=1&b=2&c=3"}});
  auto request = c.request("DELETE", "object");
  request.parameter("tagging");
  c.send(request).status(204);
  expect_tags(c, "object", {});
  c.send(c.head()).status(200).no_header("x-amz-tagging-count");
}

void tags_of_a_form(CheckContext& c, bool upload_in_parts) {
  const protocol::Headers headers{{"x-amz-tagging", "a+key=one+value&b%2Bc=d%3De&empty="}};
  if (upload_in_parts) {
    const auto upload = c.create("object", headers);
    c.complete(upload, {c.part(upload, 1, "data")});
  } else {
    c.put("object", "data", headers);
  }
  expect_tags(c, "object", {{"a key", "one value"}, {"b+c", "d=e"}, {"empty", ""}});
}

// Metadata.

void names_with_hyphens(CheckContext& c, bool upload_in_parts) {
  const protocol::Headers headers{
      {"x-amz-meta-a-b-c-d", "1"}, {"x-amz-meta-a-b-c-e", "2"}, {"x-amz-meta-a", "3"}};
  if (upload_in_parts) {
    const auto upload = c.create("object", headers);
    c.complete(upload, {c.part(upload, 1, "data")});
  } else {
    c.put("object", "data", headers);
  }
  auto head = c.send(c.head());
  head.status(200);
  for (const auto& [name, value] : headers) head.header(name, value);
}

void given_twice(CheckContext& c) {
  auto request = putting(c, "object", "data");
  request.header("x-amz-meta-colour", "blue").header("x-amz-meta-colour", "red");
  c.send(request).status(200);
  auto head = c.send(c.head());
  auto told = head.header_value("x-amz-meta-colour");
  std::erase(told, ' ');
  head.status(200).expect(told == "blue,red", "x-amz-meta-colour: blue,red", told,
                          {"header fits", "x-amz-meta-colour", "blue,*red"});
}

void empty_value(CheckContext& c) {
  c.put("object", "data", {{"x-amz-meta-empty", ""}, {"x-amz-meta-full", "1"}});
  auto head = c.send(c.head());
  const bool told =
      head.answer().headers.has("x-amz-meta-empty") || head.header_value("x-amz-missing-meta") == "1";
  head.status(200)
      .header("x-amz-meta-full", "1")
      .expect(told, "x-amz-meta-empty without a value, or x-amz-missing-meta: 1", "neither");
}

void second_put_forgets(CheckContext& c) {
  c.put("object", "first", stored);
  c.put("object", "second", {{"x-amz-meta-n", "2"}});
  auto head = c.send(c.head());
  head.status(200).header("x-amz-meta-n", "2").header("Content-Type", "binary/octet-stream");
  for (const auto& [name, value] : stored)
    if (name != "Content-Type") head.no_header(name);
}

// Bodies in chunks.

void other_coding_in_chunks(CheckContext& c, client::Payload payload, bool upload_in_parts) {
  const std::string coding = "gzip";
  if (upload_in_parts) {
    const auto upload = c.create("object", {{"Content-Encoding", coding}});
    auto part = client::upload_part(upload, "1", "data");
    part.payload = payload;
    if (payload == client::Payload::unsigned_trailer) part.trailer = ChecksumAlgorithm::crc32;
    auto answer = c.send(part);
    answer.status(200).required();
    c.complete(upload, {{"1", answer.header_value("ETag"), {}}});
  } else {
    auto put = putting(c, "object", "data");
    put.payload = payload;
    put.header("Content-Encoding", "aws-chunked,gzip");
    if (payload == client::Payload::unsigned_trailer) put.trailer = ChecksumAlgorithm::crc32;
    c.send(put).status(200);
  }
  c.send(c.head()).status(200).header("Content-Encoding", coding);
  c.send(c.get()).status(200).header("Content-Encoding", coding).body("data");
}

// Batches.

client::S3Request deleting_all(const CheckContext& c, const std::vector<std::string>& names, bool quiet) {
  std::string document = "<Delete>";
  for (const auto& name : names) document += "<Object><Key>" + c.key(name) + "</Key></Object>";
  if (quiet) document += "<Quiet>true</Quiet>";
  document += "</Delete>";
  auto request = of_bucket("POST", c.bucket());
  request.parameter("delete", "").header("Content-MD5", to_base64(md5(as_bytes(document))));
  request.body = document;
  return request;
}

void batch_with_gaps(CheckContext& c, bool quiet) {
  for (const auto* name : {"a", "c", "e", "kept"}) c.put(name, "x");
  const std::vector<std::string> names{"a", "b", "c", "d", "e"};
  auto answer = c.send(deleting_all(c, names, quiet));
  answer.status(200).elements("Error", 0).elements("Deleted", quiet ? 0 : 5);
  if (!quiet) {
    std::vector<std::string> told;
    for (std::size_t i = 1; i <= 5; ++i)
      told.push_back(answer.text("Deleted[" + std::to_string(i) + "]/Key"));
    std::ranges::sort(told);
    std::vector<std::string> keys;
    for (const auto& name : names) keys.push_back(c.key(name));
    answer.expect(told == keys, "each of the five keys", "others",
                  {"texts sorted", "Deleted/Key", lines(keys)});
  }
  c.send(listing(c)).status(200).elements("Contents", 1).element("Contents/Key", c.key("kept"));
}

void batch_twice(CheckContext& c) {
  for (const auto* name : {"a", "b"}) c.put(name, "x");
  for (int time = 0; time < 2; ++time)
    c.send(deleting_all(c, {"a", "b"}, false)).status(200).elements("Deleted", 2).elements("Error", 0);
}

void deletes_at_once(CheckContext& c) {
  for (const auto* name : {"a", "b", "c"}) c.put(name, "x");
  std::vector<client::S3Request> requests;
  // So many that some meet: a server that is wrong only then is found in every run.
  for (const auto* name : {"a", "a", "a", "a", "b", "b", "b", "b"}) requests.push_back(deleting(c, name));
  for (auto& answer : c.send_together(requests)) answer.status(204);
  c.send(listing(c)).status(200).elements("Contents", 1).element("Contents/Key", c.key("c"));
}

void puts_at_once(CheckContext& c) {
  std::vector<client::S3Request> requests;
  std::vector<std::string> bodies;
  for (unsigned i = 0; i < 8; ++i) {
    bodies.push_back(repeated(std::string(1, static_cast<char>('a' + i)), 20'000));
    requests.push_back(putting(c, "k" + std::to_string(i), bodies.back()));
  }
  auto answers = c.send_together(requests);
  for (std::size_t i = 0; i < bodies.size(); ++i)
    answers[i].status(200).header("ETag", '"' + to_hex(md5(as_bytes(bodies[i]))) + '"');
  c.send(listing(c)).status(200).elements("Contents", 8);
  for (const std::size_t i : {0U, 7U}) c.send(c.get("k" + std::to_string(i))).status(200).body(bodies[i]);
}

}  // namespace

void add_again_writes(std::vector<Check>& checks) {
  for (const auto& [name, value] : stored)
    if (name != "Expires") checks.push_back(copy_of_header(name, value));
  const std::string writes = "user guide: How to prevent object overwrites with conditional writes";
  const std::string tags = "user guide: Categorizing your objects using tags";
  const std::string metadata = "user guide: Working with object metadata";
  const std::string batch = "S3 API: DeleteObjects";
  const std::string consistency = "user guide: What is Amazon S3?, Amazon S3 data consistency model";
  const std::string chunks = "S3 API: Signature calculations: Transferring payload in multiple chunks";
  add_all(
      checks,
      {
          must("object.copy.over-another", "A copy leaves nothing of what it replaces", copy_api, {4, 20},
               copy_over_another),
          must("object.copy.of-two-parts", "A copy of an object of two parts is a plain one, with all it had",
               "recording: multipart-copy-object-etag; " + copy_api, {8, large_part + 20}, copy_of_two_parts),
          must("object.copy.at-once", "Copies of one object at the same time are all whole", consistency,
               {7, 20}, copies_at_once),
          must("object.conditions.put.if-match-beginning",
               "An ETag that only begins like the object's is another", writes, {3, 10},
               match_of_the_beginning),
          must("object.conditions.put.if-match-former", "The ETag of what was overwritten is another", writes,
               {5, 30}, match_of_the_former),
          must("object.conditions.put.if-none-match-after-delete",
               "If-None-Match: * puts where one was deleted", writes, {4, 10}, none_match_after_delete),
          must("object.tags.replaced-again", "Each PutObjectTagging replaces all tags", tags, {7, 4},
               tags_replaced_again),
          must("object.tags.several-deleted", "All of several tags are deleted", tags, {4, 4},
               several_tags_deleted),
          must("object.tags.form-encoded", "In x-amz-tagging a plus sign is a space",
               "S3 API: PutObject (x-amz-tagging)", {2, 4},
               [](CheckContext& c) { tags_of_a_form(c, false); }),
          must("multipart.tags.form-encoded", "So it is at Create",
               "S3 API: CreateMultipartUpload (x-amz-tagging)", {4, 4},
               [](CheckContext& c) { tags_of_a_form(c, true); }),
          must("object.metadata.hyphens", "Names of metadata may have several hyphens", metadata, {2, 4},
               [](CheckContext& c) { names_with_hyphens(c, false); }),
          must("multipart.metadata.hyphens", "So they may at Create", metadata, {4, 4},
               [](CheckContext& c) { names_with_hyphens(c, true); }),
          should("object.metadata.given-twice",
                 "Metadata given twice is one, its values with a comma between them", metadata, {2, 4},
                 given_twice),
          should("object.metadata.empty", "Metadata without a value isn't lost in silence",
                 "reported: treeverse/lakeFS#9727", {2, 4}, empty_value),
          must("object.put.second-forgets", "A put keeps no header of the object before", "S3 API: PutObject",
               {3, 16}, second_put_forgets),
          must("object.put.coding-in-chunks", "Another coding beside aws-chunked stays", chunks, {3, 1'000},
               [](CheckContext& c) { other_coding_in_chunks(c, client::Payload::signed_chunks, false); }),
          must("object.put.coding-in-unsigned-chunks", "So it does with a trailer", chunks, {3, 1'000},
               [](CheckContext& c) { other_coding_in_chunks(c, client::Payload::unsigned_trailer, false); }),
          must("multipart.part.coding-in-chunks", "Chunks of a part leave the upload's coding", chunks,
               {5, 1'000},
               [](CheckContext& c) { other_coding_in_chunks(c, client::Payload::signed_chunks, true); }),
          must("object.delete-many.with-gaps", "Keys that aren't there stop no others", batch, {6, 4},
               [](CheckContext& c) { batch_with_gaps(c, false); }),
          must("object.delete-many.with-gaps-quietly", "With Quiet none of several is told",
               batch + " (Quiet)", {6, 4}, [](CheckContext& c) { batch_with_gaps(c, true); }),
          must("object.delete-many.twice", "Deleting the same keys again succeeds", batch, {4, 2},
               batch_twice),
          in_rounds(must("object.race.deletes",
                         "Deletes of one key at the same time succeed, and leave others", consistency,
                         {12, 3}, deletes_at_once)),
          in_rounds(
              must("object.race.puts-of-one-size", "Puts of one size at the same time keep their own bytes",
                   consistency, {11, 200'000}, puts_at_once),
              2),
      });
}

}  // namespace partsmith::conformance::checks
