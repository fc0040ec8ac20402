/// encoding-type of the four listings that have it: `url` is the only one, and an empty one is none.

#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

struct Listing {
  std::string id;  ///< of the check
  std::string operation;
  std::string recorded;  ///< the end of the case's name
  std::vector<std::pair<std::string, std::string>> query = {};
};

std::vector<Listing> listings() {
  return {{"object.list-v1", "ListObjects", "list-objects"},
          {"object.list", "ListObjectsV2", "list-objects-v2", {{"list-type", "2"}}},
          {"versions.list", "ListObjectVersions", "list-object-versions", {{"versions", ""}}},
          {"multipart.list-uploads", "ListMultipartUploads", "list-multipart-uploads", {{"uploads", ""}}}};
}

Check refused(const Listing& listing, std::string_view name, std::string_view value) {
  const bool empty = value.empty();
  return should(listing.id + ".encoding-type-" + std::string(name),
                listing.operation +
                    (empty ? " refuses an empty encoding-type" : " refuses another encoding-type than url"),
                "recording: list-encoding-type-refused-" + listing.recorded +
                    (empty ? " (empty-value)" : " (wrong-value)"),
                {1}, [listing, value = std::string(value)](CheckContext& c) {
                  auto request = of_bucket("GET", c.bucket());
                  for (const auto& [parameter, text] : listing.query) request.parameter(parameter, text);
                  request.parameter("encoding-type", value);
                  auto answer = c.send(request);
                  skip_where_missing(c, answer, "versioning");
                  answer.error(400, "InvalidArgument")
                      .message("Invalid Encoding Method specified in Request")
                      .field("ArgumentName", "encoding-type")
                      .field("ArgumentValue", value);
                });
}

}  // namespace

void add_encoding_type(std::vector<Check>& checks) {
  for (const Listing& listing : listings()) {
    checks.push_back(refused(listing, "of-another", "value"));
    // That of version 2 stands with the other checks of this list.
    if (listing.id != "object.list") checks.push_back(refused(listing, "of-nothing", ""));
  }
}

}  // namespace partsmith::conformance::checks
