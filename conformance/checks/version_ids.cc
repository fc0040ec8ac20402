/// What each way to look at a key answers to a version ID that no version has.

#include "checks/versioning.h"

namespace partsmith::conformance::checks {
namespace {

struct Way {
  std::string name;
  std::string method;
  std::string resource;
};

client::S3Request look(const CheckContext& c, const Way& way, std::string_view key) {
  auto request = c.request(way.method, key);
  if (!way.resource.empty()) request.parameter(way.resource, "");
  if (way.resource == "attributes") request.header("x-amz-object-attributes", "ETag");
  return request;
}

Check refused(const Way& way, const std::string& name, const std::string& id, const std::string& message,
              std::string title) {
  return should("versions." + way.name + "." + name, std::move(title), measured_by_backlot, {2, 1},
                [=](CheckContext& c) {
                  c.put("a", "1");
                  auto answer = c.send(of_version(look(c, way, "a"), id));
                  if (way.method == "HEAD") {
                    answer.status(400).body("");
                    return;
                  }
                  answer.error(400, "InvalidArgument")
                      .message(message)
                      .field("ArgumentName", "versionId")
                      .field("ArgumentValue", id);
                });
}

Check null_of_none(const Way& way) {
  return should("versions." + way.name + ".null-of-none",
                "The version null of a key that isn't there is NoSuchVersion", measured_by_backlot, {1},
                [way](CheckContext& c) {
                  auto answer = c.send(of_version(look(c, way, "missing"), "null"));
                  const auto key = c.key("missing");
                  answer.error(404, "NoSuchVersion")
                      .message("The specified version does not exist.")
                      .field("Key", way.resource == "tagging" ? c.bucket() + '/' + key : key)
                      .field("VersionId", "null")
                      .no_header("x-amz-delete-marker");
                });
}

/// Of tags: a marker has none, be it named or just the current version.
struct TagsOfAMarker {
  std::string name;
  std::string title;
  std::string method;
  bool named;
  std::string source;
};

Check at_a_marker(const TagsOfAMarker& row) {
  return should(row.name, row.title + " is MethodNotAllowed", row.source, {3},
                [row](CheckContext& c) {
                  enable(c);
                  const auto marker = c.send(deleting(c));
                  auto request = c.request(row.method, "object");
                  request.parameter("tagging", "");
                  if (row.method == "PUT") {
                    const std::string tags =
                        "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>";
                    request.header("Content-MD5", to_base64(md5(as_bytes(tags))));
                    request.body = tags;
                  }
                  if (row.named) request = of_version(std::move(request), version_of(marker));
                  c.send(request)
                      .error(405, "MethodNotAllowed")
                      .message("The specified method is not allowed against this resource.")
                      .field("Method", row.method)
                      .field("ResourceType", "DeleteMarker");
                },
                {Need::own_bucket, Need::versioning, Need::tagging});
}

std::vector<TagsOfAMarker> of_markers() {
  return {
      {"versions.tags-of.marker", "Reading tags of a key whose current version is a delete marker", "GET",
       false, "reported: localstack#11180"},
      {"versions.tags-of.marker-put", "Putting tags on a key whose current version is a delete marker", "PUT",
       false, "reported: moto#9401"},
      {"versions.tags-of.marker-named-put", "Putting tags on a delete marker by its ID", "PUT", true,
       "reported: versitygw#1750"},
  };
}

}  // namespace

void add_version_ids(std::vector<Check>& checks) {
  const std::vector<Way> ways{{"get", "GET", ""},
                              {"head", "HEAD", ""},
                              {"attributes-of", "GET", "attributes"},
                              {"acl-of", "GET", "acl"},
                              {"tags-of", "GET", "tagging"}};
  for (const auto& way : ways) {
    checks.push_back(refused(way, "malformed-id", "nonsense", "Invalid version id specified",
                             "A version ID that is none is InvalidArgument"));
    checks.push_back(refused(way, "empty-id", "", "Version id cannot be the empty string",
                             "An empty version ID is InvalidArgument"));
    if (way.method != "HEAD") checks.push_back(null_of_none(way));
  }
  for (const auto& row : of_markers()) checks.push_back(at_a_marker(row));
}

}  // namespace partsmith::conformance::checks
