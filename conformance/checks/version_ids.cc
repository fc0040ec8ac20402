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
}

}  // namespace partsmith::conformance::checks
