/// Conditions that hold for one operation hold for its neighbours, whatever the object is made of.

#include "checks/again.h"
#include "checks/completed.h"
#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

const std::string writes = "user guide: How to prevent object overwrites with conditional writes";
const std::string deletes = "user guide: How to perform conditional deletes";

/// What an object is made of, and its ETag.
struct Made {
  std::string id;
  std::string title;
  std::function<std::string(CheckContext&)> make;
  Cost cost;
};

std::vector<Made> kinds() {
  return {{"plain",
           "an object",
           [](CheckContext& c) { return c.put("object", "there").header_value("ETag"); },
           {1, 5}},
          {"empty",
           "an object without a byte",
           [](CheckContext& c) { return c.put("object", "").header_value("ETag"); },
           {1}},
          {"parts",
           "an object made of parts",
           [](CheckContext& c) {
             const auto upload = c.create();
             return etag_told(c, c.complete(upload, {c.part(upload, 1, "there")}));
           },
           {3, 5}},
          {"copy",
           "a copy",
           [](CheckContext& c) {
             c.put("first", "there");
             auto answer = c.send(copying(c, "object", source_of(c, "first")));
             answer.status(200).required();
             return answer.text("ETag");
           },
           {2, 5}}};
}

/// A write of "object" that has a condition.
struct Write {
  std::string id;
  std::string title;
  std::string source;
  std::function<client::S3Request(CheckContext&)> prepare;
  int done;
  Cost cost;
};

std::vector<Write> all_writes() {
  return {{"put",
           "PutObject",
           writes + "; S3 API: PutObject",
           [](CheckContext& c) { return putting(c, "object", "new"); },
           200,
           {3, 9}},
          {"copy",
           "CopyObject",
           writes + "; S3 API: CopyObject",
           [](CheckContext& c) {
             c.put("source", "new");
             return copying(c, "object", source_of(c, "source"));
           },
           200,
           {6, 9}},
          {"complete",
           "CompleteMultipartUpload",
           writes + "; S3 API: CompleteMultipartUpload",
           [](CheckContext& c) {
             const auto upload = c.create();
             return client::complete_multipart_upload(upload, std::vector{c.part(upload, 1, "new")});
           },
           200,
           {9, 9}},
          {"delete",
           "DeleteObject",
           deletes + "; S3 API: DeleteObject",
           [](CheckContext& c) { return deleting(c); },
           204,
           {2}}};
}

/// Each condition of a write, of each kind of object.
Check conditions(const Write& write, const Made& made) {
  return must("object.conditions." + write.id + ".of-" + made.id,
              "Conditions of " + write.title + " on " + made.title, write.source,
              {made.cost.requests + write.cost.requests + 2, made.cost.bytes + write.cost.bytes + 20},
              [=](CheckContext& c) {
                const auto etag = made.make(c);
                if (write.id == "delete") {
                  auto another = write.prepare(c);
                  c.send(another.header("If-Match", "\"00000000000000000000000000000000\""))
                      .error(412, "PreconditionFailed");
                } else {
                  auto none = write.prepare(c);
                  c.send(none.header("If-None-Match", "*")).error(412, "PreconditionFailed");
                  auto another = write.prepare(c);
                  c.send(another.header("If-Match", "\"00000000000000000000000000000000\""))
                      .error(412, "PreconditionFailed");
                }
                c.send(c.head()).status(200).header("ETag", etag);
                auto own = write.prepare(c);
                c.send(own.header("If-Match", etag)).status(write.done);
                if (write.id == "delete") {
                  c.send(c.head()).status(404);
                } else {
                  c.send(c.get()).status(200).body("new");
                }
              });
}

/// An upload that goes on is no object.
void none_match_beside_an_upload(CheckContext& c) {
  const auto other = c.create();
  c.part(other, 1, "other");
  c.send(putting(c, "object", "data").header("If-None-Match", "*")).status(200);
  c.send(c.get()).status(200).body("data");
}

/// An ETag without its quotes, where a condition takes one.
void unquoted(CheckContext& c) {
  const auto etag = c.put("object", "data").header_value("ETag");
  const auto plain = etag.substr(1, etag.size() - 2);
  for (auto request : {c.get(), c.head()}) c.send(request.header("If-Match", plain)).status(200);
  for (auto request : {c.get(), c.head()}) c.send(request.header("If-None-Match", plain)).status(304);
  c.send(copying(c, "copy", source_of(c, "object")).header("x-amz-copy-source-if-match", plain)).status(200);
  c.send(putting(c, "object", "new").header("If-Match", plain)).status(200);
}

void weak(CheckContext& c) {
  const auto etag = c.put("object", "data").header_value("ETag");
  for (auto request : {c.get(), c.head()}) c.send(request.header("If-None-Match", "W/" + etag)).status(304);
  for (auto request : {c.get(), c.head()})
    c.send(request.header("If-None-Match", "W/\"other\", W/" + etag)).status(304);
}

/// Dates tell seconds: the object's own date is its own.
void own_date(CheckContext& c) {
  c.put("object", "data");
  const auto date = c.send(c.head()).header_value("Last-Modified");
  for (auto request : {c.get(), c.head()}) c.send(request.header("If-Unmodified-Since", date)).status(200);
  for (auto request : {c.get(), c.head()}) c.send(request.header("If-Modified-Since", date)).status(304);
  auto copy = copying(c, "copy", source_of(c, "object"));
  c.send(copy.header("x-amz-copy-source-if-unmodified-since", date)).status(200);
  auto newer = copying(c, "copy", source_of(c, "object"));
  c.send(newer.header("x-amz-copy-source-if-modified-since", date)).error(412, "PreconditionFailed");
  const auto upload = c.create();
  auto part = client::upload_part_copy(upload, "1", c.bucket(), c.key());
  c.send(part.header("x-amz-copy-source-if-unmodified-since", date)).status(200);
  auto newer_part = client::upload_part_copy(upload, "1", c.bucket(), c.key());
  c.send(newer_part.header("x-amz-copy-source-if-modified-since", date)).error(412, "PreconditionFailed");
}

}  // namespace

void add_conditions_beside(std::vector<Check>& checks) {
  for (const auto& write : all_writes())
    for (const auto& made : kinds()) checks.push_back(conditions(write, made));
  add_all(checks,
          {must("object.conditions.put.none-match-beside-an-upload",
                "An upload that goes on is no object to If-None-Match", writes, {4, 13},
                none_match_beside_an_upload),
           should("object.conditions.unquoted",
                  "An ETag may be named without its quotes, by reads, copies and puts",
                  "recording: conditional-get-object", {7, 20}, unquoted),
           quirk("object.conditions.weak", "If-None-Match compares weakly", "inferred: RFC 9110, 13.1.2",
                 {5, 16}, weak),
           must("object.conditions.own-date",
                "The object's own date is neither before it nor behind it, for reads and copies",
                "S3 API: GetObject (If-Modified-Since, If-Unmodified-Since); CopyObject; RFC 9110, 13.1.3",
                {11, 24}, own_date)});
}

}  // namespace partsmith::conformance::checks
