/// Conditional reads, writes and deletes of objects.

#include <chrono>

#include <partsmith/protocol/dates.h>

#include "checks/versioning.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view etag = "\"8d777f385d3dfec8815d20f7496026dc\"";  // of "data"
constexpr std::string_view other_etag = "\"d41d8cd98f00b204e9800998ecf8427e\"";

/// A condition of a read, and whether S3 answers with the object, 304, or 412 naming the condition.
struct Condition {
  std::string name;
  std::string title;
  std::string source;
  protocol::Headers headers;
  int status;
  std::string failed = {};  ///< of 412
};

void expect_outcome(Answer& answer, const Condition& condition, bool has_body) {
  if (condition.status == 412 && has_body) {
    answer.error(412, "PreconditionFailed")
        .message("At least one of the pre-conditions you specified did not hold")
        .field("Condition", condition.failed);
    return;
  }
  answer.status(condition.status);
  if (condition.status == 200) answer.header("ETag", etag);
  if (has_body && condition.status == 200) answer.body("data");
  if (condition.status == 304) answer.body("");
}

void add_condition(std::vector<Check>& checks, const Condition& condition) {
  for (const std::string method : {"GET", "HEAD"}) {
    const bool get = method == "GET";
    checks.push_back(
        must("object.conditions." + std::string(get ? "get." : "head.") + condition.name,
             condition.title + (get ? "" : " (HEAD)"),
             "recording: conditional-" + std::string(get ? "get" : "head") + "-object" + condition.source,
             {2, get && condition.status == 200 ? 8U : 4U}, [condition, method, get](CheckContext& c) {
               c.put("object", "data");
               auto request = c.request(method, "object");
               request.headers = condition.headers;
               auto answer = c.send(request);
               expect_outcome(answer, condition, get);
             }));
  }
}

/// What S3 itself says about the time of the object.
void add_own_time(std::vector<Check>& checks, std::string name, std::string title, std::string header,
                  int status) {
  checks.push_back(must("object.conditions.get." + name, std::move(title),
                        "recording: conditional-get-object (" + name + ")", {3, status == 200 ? 8U : 4U},
                        [header, status](CheckContext& c) {
                          c.put("object", "data");
                          auto head = c.send(c.head());
                          head.status(200).has_header("Last-Modified").required();
                          c.send(c.get().header(header, head.header_value("Last-Modified"))).status(status);
                        }));
}

/// A client whose clock is ahead by a minute is told that nothing changed; one of another day isn't.
void add_in_a_minute(std::vector<Check>& checks) {
  const std::string source = "reported: adobe/S3Mock (GetPutDeleteObjectIT, run on Amazon S3 in 2025)";
  for (const std::string method : {"GET", "HEAD"}) {
    checks.push_back(
        quirk("object.conditions." + std::string(method == "GET" ? "get" : "head") +
                  ".if-modified-since-in-a-minute",
              "If-Modified-Since with a time that is a minute ahead is 304 (" + method + ")", source, {2, 8},
              [method](CheckContext& c) {
                c.put("object", "data");
                const auto soon = SystemClock().now() + std::chrono::minutes(1);
                c.send(c.request(method, "object").header("If-Modified-Since", protocol::http_date(soon)))
                    .status(304)
                    .body("");
              }));
  }
}

void put_if_none_match_holds(CheckContext& c) {
  c.send(putting(c, "object", "data").header("If-None-Match", "*")).status(200).header("ETag", etag);
  c.send(c.get()).status(200).body("data");
}

void put_if_none_match_fails(CheckContext& c) {
  c.put("object", "what was there");
  c.send(putting(c, "object", "data").header("If-None-Match", "*"))
      .error(412, "PreconditionFailed")
      .message("At least one of the pre-conditions you specified did not hold")
      .field("Condition", "If-None-Match");
  c.send(c.get()).status(200).body("what was there");
}

void put_if_match_holds(CheckContext& c) {
  c.put("object", "data");
  c.send(putting(c, "object", "new").header("If-Match", std::string(etag))).status(200);
  c.send(c.get()).status(200).body("new");
}

void put_if_match_fails(CheckContext& c) {
  c.put("object", "data");
  c.send(putting(c, "object", "new").header("If-Match", std::string(other_etag)))
      .error(412, "PreconditionFailed")
      .field("Condition", "If-Match");
  c.send(c.get()).status(200).body("data");
}

void put_if_match_of_nothing(CheckContext& c) {
  c.send(putting(c, "object", "new").header("If-Match", std::string(etag))).error(404, "NoSuchKey");
  c.send(c.get()).error(404, "NoSuchKey");
}

void put_both_conditions(CheckContext& c) {
  c.send(putting(c, "object", "new").header("If-Match", std::string(etag)).header("If-None-Match", "*"))
      .error(501, "NotImplemented")
      .field("Header", "If-Match,If-None-Match")
      .field("additionalMessage", "Multiple conditional request headers present in the request");
}

void put_if_none_match_etag(CheckContext& c) {
  c.put("object", "data");
  c.send(putting(c, "object", "new").header("If-None-Match", std::string(etag)))
      .error(501, "NotImplemented")
      .field("Header", "If-None-Match")
      .field("additionalMessage", "We don't accept the provided value of If-None-Match header for this API");
  c.send(c.get()).status(200).body("data");
}

void delete_if_match_of_nothing(CheckContext& c, std::string value) {
  c.send(deleting(c).header("If-Match", std::move(value))).error(404, "NoSuchKey").field("Key", c.key());
}

void delete_if_match_any(CheckContext& c) {
  c.put("object", "data");
  c.send(deleting(c).header("If-Match", "*")).status(204);
  c.send(c.get()).error(404, "NoSuchKey");
}

/// Over a delete marker nothing is there, and no second marker is made.
void delete_if_match_over_a_marker(CheckContext& c) {
  enable(c);
  c.put("object", "data");
  c.send(deleting(c)).status(204).required();
  c.send(deleting(c).header("If-Match", "*")).error(404, "NoSuchKey");
  c.send(versions_of(c)).status(200).elements("DeleteMarker", 1).elements("Version", 1);
}

void delete_if_match_of_a_version(CheckContext& c) {
  enable(c);
  const auto version = version_of(c.put("object", "data"));
  c.send(of_version(deleting(c), version).header("If-Match", std::string(etag)))
      .error(501, "NotImplemented")
      .field("Header", "If-Match");
  c.send(c.get()).status(200).body("data");
}

void delete_if_match_of_directory_buckets(CheckContext& c, const std::string& header, std::string value) {
  c.put("object", "data");
  c.send(deleting(c).header(header, std::move(value))).error(501, "NotImplemented").field("Header", header);
  c.send(c.get()).status(200).body("data");
}

void if_range(CheckContext& c, std::string validator, bool holds) {
  c.put("object", "data");
  auto answer = c.send(c.get().header("Range", "bytes=1-2").header("If-Range", std::move(validator)));
  answer.status(holds ? 206 : 200).body(holds ? "at" : "data");
}

void delete_if_match_holds(CheckContext& c) {
  c.put("object", "data");
  c.send(deleting(c).header("If-Match", std::string(etag))).status(204);
  c.send(c.get()).error(404, "NoSuchKey");
}

void delete_if_match_fails(CheckContext& c) {
  c.put("object", "data");
  c.send(deleting(c).header("If-Match", std::string(other_etag)))
      .error(412, "PreconditionFailed")
      .message("At least one of the pre-conditions you specified did not hold");
  c.send(c.get()).status(200).body("data");
}

}  // namespace

void add_object_conditions(std::vector<Check>& checks) {
  const std::string good(etag);
  const std::string past(long_ago);
  const std::string future(far_future);
  add_condition(checks, {"if-match-fails",
                         "If-Match with another ETag fails, whatever else is asked",
                         " (precondition-if-match)",
                         {{"If-Match", "etag123"}, {"If-None-Match", good}, {"If-Unmodified-Since", past}},
                         412,
                         "If-Match"});
  add_condition(checks, {"if-unmodified-since-fails",
                         "An object modified since then fails before If-None-Match is looked at",
                         " (precondition-if-unmodified-since)",
                         {{"If-Unmodified-Since", past}, {"If-None-Match", good}},
                         412,
                         "If-Unmodified-Since"});
  add_condition(checks, {"if-none-match",
                         "If-None-Match with the object's ETag is 304",
                         " (precondition-if-none-match)",
                         {{"If-None-Match", good}},
                         304});
  add_condition(checks, {"if-none-match-unquoted",
                         "An ETag without quotes matches",
                         " (etag-missing-quotes)",
                         {{"If-None-Match", good.substr(1, good.size() - 2)}},
                         304});
  add_condition(checks, {"if-none-match-other",
                         "If-None-Match with another ETag gives the object",
                         " (obj-success)",
                         {{"If-None-Match", "etag123"}, {"If-Modified-Since", past}},
                         200});
  add_condition(checks, {"all-hold",
                         "All four conditions may hold at once",
                         " (obj-success)",
                         {{"If-Match", good.substr(1, good.size() - 2)},
                          {"If-None-Match", "etag123"},
                          {"If-Modified-Since", past},
                          {"If-Unmodified-Since", future}},
                         200});
  add_condition(checks, {"if-modified-since-future",
                         "If-Modified-Since with a time to come is ignored",
                         " (obj-ignore-future-modified-since)",
                         {{"If-Modified-Since", future}},
                         200});
  add_condition(checks, {"if-match-quoted",
                         "If-Match with the object's ETag gives the object",
                         "; get-if-match-fails (its opposite)",
                         {{"If-Match", good}},
                         200});
  add_condition(checks, {"if-match-fails-alone",
                         "If-Match with another ETag is 412",
                         " (precondition-if-match)",
                         {{"If-Match", "etag123"}},
                         412,
                         "If-Match"});
  add_in_a_minute(checks);
  add_own_time(checks, "precondition-if-modified-since-is-object",
               "If-Modified-Since with the object's own time is 304", "If-Modified-Since", 304);
  add_own_time(checks, "precondition-if-unmodified-since-is-object",
               "If-Unmodified-Since with the object's own time gives the object", "If-Unmodified-Since", 200);
  const std::string writes =
      "user guide: How to prevent object overwrites with conditional writes; S3 API: PutObject";
  const std::string deletes =
      "user guide: How to perform conditional deletes; S3 API: DeleteObject (If-Match)";
  const std::string measured = "reported: localstack#13894, ministack#1475 (measured on Amazon S3)";
  const std::string directory = "reported: ministack#1501 (measured on Amazon S3)";
  const std::vector<Need> own{Need::own_bucket, Need::versioning};
  const std::string ranges = "reported: aws-sdk-kotlin#1645; RFC 9110, 13.1.5";
  add_all(
      checks,
      {
          must("object.conditions.get.if-match-words",
               "If-Match with a text that is no ETag is 412 naming If-Match", "recording: get-if-match-fails",
               {2, 4},
               [](CheckContext& c) {
                 c.put("object", "data");
                 c.send(c.get().header("If-Match", "\"not good etag\""))
                     .error(412, "PreconditionFailed")
                     .field("Condition", "If-Match");
               }),
          must("object.conditions.put.if-none-match-holds", "If-None-Match: * puts an object where none is",
               writes, {2, 8}, put_if_none_match_holds),
          must("object.conditions.put.if-none-match-fails",
               "If-None-Match: * is 412 where an object is, and leaves it", writes, {3, 32},
               put_if_none_match_fails),
          must("object.conditions.put.if-match-holds", "If-Match with the object's ETag replaces it", writes,
               {3, 10}, put_if_match_holds),
          must("object.conditions.put.if-match-fails",
               "If-Match with another ETag is 412, and leaves the object", writes, {3, 11},
               put_if_match_fails),
          must("object.conditions.put.if-match-of-nothing", "If-Match where no object is is NoSuchKey",
               writes, {2, 3}, put_if_match_of_nothing),
          must("object.conditions.put.both", "If-Match and If-None-Match together are NotImplemented",
               "recording: put-if-match-with-if-none-match", {1, 3}, put_both_conditions),
          must("object.conditions.put.if-none-match-etag",
               "An ETag in If-None-Match is NotImplemented, and leaves the object",
               "recording: put-if-none-match-with-etag", {3, 11}, put_if_none_match_etag),
          should("object.conditions.delete.if-match-holds", "If-Match with the object's ETag deletes it",
                 deletes, {3, 4}, delete_if_match_holds),
          should("object.conditions.delete.if-match-fails",
                 "If-Match with another ETag is 412, and leaves the object", deletes, {3, 8},
                 delete_if_match_fails),
          should("object.conditions.delete.if-match-any", "If-Match: * deletes the object that is there",
                 measured, {3, 4}, delete_if_match_any),
          should("object.conditions.delete.if-match-of-nothing",
                 "If-Match with an ETag where no object is is NoSuchKey", measured, {1},
                 [](CheckContext& c) { delete_if_match_of_nothing(c, std::string(etag)); }),
          should("object.conditions.delete.if-match-any-of-nothing",
                 "If-Match: * where no object is is NoSuchKey", measured, {1},
                 [](CheckContext& c) { delete_if_match_of_nothing(c, "*"); }),
          should("object.conditions.delete.if-match-over-a-marker",
                 "If-Match: * over a delete marker is NoSuchKey, and makes no second one", measured, {5, 4},
                 delete_if_match_over_a_marker, own),
          should("object.conditions.delete.if-match-of-a-version",
                 "If-Match beside a version id is NotImplemented, and leaves the version",
                 "reported: localstack#13894", {4, 8}, delete_if_match_of_a_version, own),
          quirk(
              "object.conditions.delete.size", "x-amz-if-match-size is NotImplemented, and leaves the object",
              directory, {3, 8},
              [](CheckContext& c) { delete_if_match_of_directory_buckets(c, "x-amz-if-match-size", "99"); }),
          quirk("object.conditions.delete.last-modified-time",
                "x-amz-if-match-last-modified-time is NotImplemented, and leaves the object", directory,
                {3, 8},
                [](CheckContext& c) {
                  delete_if_match_of_directory_buckets(c, "x-amz-if-match-last-modified-time",
                                                       std::string(long_ago));
                }),
          should("object.conditions.get.if-range-holds", "If-Range with the object's ETag gives the range",
                 ranges, {2, 6}, [](CheckContext& c) { if_range(c, std::string(etag), true); }),
          should("object.conditions.get.if-range-fails", "If-Range with another ETag gives the whole object",
                 ranges, {2, 8}, [](CheckContext& c) { if_range(c, std::string(other_etag), false); }),
      });
}

}  // namespace partsmith::conformance::checks
