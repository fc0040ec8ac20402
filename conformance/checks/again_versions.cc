/// Each read of a version that isn't the current one, and lists of versions between which markers stand.

#include "checks/again.h"
#include "checks/making.h"
#include "checks/tags.h"
#include "checks/versioning.h"

namespace partsmith::conformance::checks {
namespace {

struct Two {
  std::string first;
  std::string second;
};

/// Two versions that differ in all.
Two two_versions(CheckContext& c) {
  enable(c);
  const auto first = c.put("object", "the first",
                           {{"x-amz-meta-n", "1"}, {"x-amz-tagging", "n=1"}, {"Content-Type", "text/one"}});
  const auto second = c.put("object", "2nd", {{"x-amz-meta-n", "2"}, {"x-amz-tagging", "n=2"}});
  return {version_of(first), version_of(second)};
}

Check of_former(const std::string& id, std::string title, std::string api, Cost cost,
                std::function<void(CheckContext&, const Two&)> body) {
  return must("versions.former." + id, std::move(title), "S3 API: " + std::move(api) + " (versionId)",
              {cost.requests + 3, cost.bytes + 12},
              [body = std::move(body)](CheckContext& c) { body(c, two_versions(c)); },
              {Need::own_bucket, Need::versioning});
}

void markers_between_versions(CheckContext& c) {
  enable(c);
  c.put("a", "1");
  c.send(deleting(c, "a")).status(204);
  c.put("a", "2");
  c.send(deleting(c, "b")).status(204);
  c.put("c", "3");
  auto all = c.send(versions_of(c));
  all.status(200).elements("Version", 3).elements("DeleteMarker", 2);
  const auto& body = all.answer().body;
  std::string order;
  for (std::size_t at = 0; (at = body.find('<', at)) != std::string::npos; ++at) {
    if (body.compare(at, 9, "<Version>") == 0) order += 'v';
    if (body.compare(at, 14, "<DeleteMarker>") == 0) order += 'm';
  }
  all.expect(order == "vmvmv", "versions and markers in the order of keys and time", order,
             {"body fits", "", "*<Version>*<DeleteMarker>*<Version>*<DeleteMarker>*<Version>*"})
      .element("Version[1]/IsLatest", "true")
      .element("Version[2]/IsLatest", "false")
      .element("DeleteMarker[1]/IsLatest", "false")
      .element("DeleteMarker[2]/IsLatest", "true");
  auto below = of_bucket("GET", c.bucket());
  below.parameter("versions", "").parameter("prefix", c.key("c"));
  c.send(below).status(200).elements("Version", 1).elements("DeleteMarker", 0);
  auto behind = versions_of(c);
  behind.parameter("key-marker", c.key("a"));
  c.send(behind).status(200).elements("Version", 1).elements("DeleteMarker", 1);
}

void one_latest(CheckContext& c) {
  enable(c);
  std::vector<std::string> ids;
  for (const auto* text : {"1", "2", "3"}) ids.push_back(version_of(c.put("object", text)));
  const auto latest_is = [&](const std::string& id, std::size_t count) {
    auto all = c.send(versions_of(c));
    all.status(200).elements("Version", count).element("Version[1]/VersionId", id);
    all.element("Version[1]/IsLatest", "true");
    if (count > 1) all.element("Version[2]/IsLatest", "false");
  };
  latest_is(ids[2], 3);
  c.send(of_version(deleting(c), ids[2])).status(204);
  latest_is(ids[1], 2);
  c.send(of_version(deleting(c), ids[0])).status(204);
  latest_is(ids[1], 1);
}

void batch_by_version(CheckContext& c, const Two& two) {
  const auto other = c.put("other", "x");
  std::string document = "<Delete>";
  document +=
      "<Object><Key>" + c.key("other") + "</Key><VersionId>" + version_of(other) + "</VersionId></Object>";
  document += "<Object><Key>" + c.key() + "</Key><VersionId>" + two.first + "</VersionId></Object></Delete>";
  auto request = of_bucket("POST", c.bucket());
  request.parameter("delete", "").header("Content-MD5", to_base64(md5(as_bytes(document))));
  request.body = document;
  c.send(request).status(200).elements("Deleted", 2).element("Deleted[2]/VersionId", two.first);
  c.send(of_version(c.get(), two.first)).error(404, "NoSuchVersion");
  c.send(c.get()).status(200).body("2nd");
}

void second_page_below_a_prefix(CheckContext& c) {
  enable(c);
  for (const auto* name : {"in/1", "in/2/a", "in/3", "out"}) c.put(name, "x");
  c.send(deleting(c, "out-of-it")).status(204);
  auto request = of_bucket("GET", c.bucket());
  request.parameter("versions", "").parameter("prefix", c.key("in/")).parameter("delimiter", "/");
  auto first_page = request;
  auto first = c.send(first_page.parameter("max-keys", "1"));
  first.status(200)
      .element("Version/Key", c.key("in/1"))
      .element("IsTruncated", "true")
      .element("NextKeyMarker", c.key("in/1"))
      .has_element("NextVersionIdMarker")
      .required();
  request.parameter("key-marker", first.text("NextKeyMarker"))
      .parameter("version-id-marker", first.text("NextVersionIdMarker"));
  c.send(request)
      .status(200)
      .elements("Version", 1)
      .element("Version/Key", c.key("in/3"))
      .elements("DeleteMarker", 0)
      .element("CommonPrefixes/Prefix", c.key("in/2/"));
}

void suspended_again(CheckContext& c) {
  c.put("object", "before");
  enable(c);
  const auto kept = version_of(c.put("object", "kept"));
  c.send(set_versioning(c, "Suspended")).status(200);
  c.put("object", "first null");
  c.put("object", "second null");
  c.send(versions_of(c)).status(200).elements("Version", 2);
  c.send(of_version(c.get(), "null")).status(200).body("second null");
  c.send(of_version(c.get(), kept)).status(200).body("kept");
}

}  // namespace

void add_again_versions(std::vector<Check>& checks) {
  checks.push_back(of_former("head", "HEAD of a former version tells of it", "HeadObject", {1, 0},
                             [](CheckContext& c, const Two& two) {
                               c.send(of_version(c.head(), two.first))
                                   .status(200)
                                   .header("Content-Length", "9")
                                   .header("Content-Type", "text/one")
                                   .header("x-amz-meta-n", "1")
                                   .header("x-amz-version-id", two.first);
                             }));
  checks.push_back(of_former("range", "A range of a former version", "GetObject", {1, 3},
                             [](CheckContext& c, const Two& two) {
                               c.send(of_version(c.get(), two.first).header("Range", "bytes=4-6"))
                                   .status(206)
                                   .header("x-amz-version-id", two.first)
                                   .header("x-amz-meta-n", "1")
                                   .body("fir");
                             }));
  checks.push_back(
      of_former("condition", "A condition on a former version looks at it", "GetObject", {2, 9},
                [](CheckContext& c, const Two& two) {
                  const std::string etag = '"' + to_hex(md5(as_bytes("the first"))) + '"';
                  c.send(of_version(c.get(), two.first).header("If-Match", etag)).status(200);
                  c.send(of_version(c.get(), two.first).header("If-None-Match", etag)).status(304);
                }));
  checks.push_back(of_former("tags", "Tags of a former version are its own", "GetObjectTagging", {1, 0},
                             [](CheckContext& c, const Two& two) {
                               const auto told = c.send(of_version(getting_tags(c), two.first));
                               const auto tags = tags_of(told);
                               auto answer = told;
                               answer.status(200).expect(
                                   tags == Tags{{"n", "1"}}, "the tag n=1", "others",
                                   {"texts", "TagSet/Tag/Key TagSet/Tag/Value", "n\n1"});
                             }));
  checks.push_back(
      of_former("attributes", "So are its attributes", "GetObjectAttributes", {1, 0},
                [](CheckContext& c, const Two& two) {
                  auto request = of_version(c.get(), two.first);
                  request.parameter("attributes").header("x-amz-object-attributes", "ObjectSize,ETag");
                  c.send(request)
                      .status(200)
                      .header("x-amz-version-id", two.first)
                      .element("ObjectSize", "9")
                      .element("ETag", to_hex(md5(as_bytes("the first"))));
                }));
  checks.push_back(
      of_former("copy", "A copy of a former version is a copy of it", "CopyObject", {2, 9},
                [](CheckContext& c, const Two& two) {
                  c.send(copying(c, "copy", source_of(c, "object") + "?versionId=" + two.first))
                      .status(200)
                      .header("x-amz-copy-source-version-id", two.first);
                  c.send(c.get("copy")).status(200).header("x-amz-meta-n", "1").body("the first");
                }));
  checks.push_back(of_former("batch", "DeleteObjects deletes the version that each entry names",
                             "DeleteObjects", {4, 10}, batch_by_version));
  const std::vector<Need> versioned{Need::own_bucket, Need::versioning};
  const std::string versions = "S3 API: ListObjectVersions";
  add_all(
      checks,
      {
          must("versions.list.markers-between", "Delete markers stand between versions, each in its place",
               versions, {9, 3}, markers_between_versions, versioned),
          must("versions.list.one-latest", "One version of a key is the latest, whatever is deleted",
               versions, {9, 3}, one_latest, versioned),
          must("versions.list.second-page-below-a-prefix",
               "The second page of versions has the prefix and the delimiter of the first", versions, {8, 4},
               second_page_below_a_prefix, versioned),
          must("versions.suspended-again", "While versioning is suspended each put replaces the null version",
               std::string(versions_guide), {9, 60}, suspended_again, versioned),
      });
}

}  // namespace partsmith::conformance::checks
