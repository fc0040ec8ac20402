#include "router.h"

#include "catch.h"

using namespace partsmith;
using namespace partsmith::server;
using protocol::Scope;

TEST_CASE("Method, scope, query and headers tell the operation") {
  struct Case {
    std::string method;
    Scope scope;
    std::string query, header, operation;
  };
  const auto c = GENERATE(values<Case>({
      {"GET", Scope::service, "", "", "ListBuckets"},
      {"PUT", Scope::bucket, "", "", "CreateBucket"},
      {"GET", Scope::bucket, "", "", "ListObjects"},
      {"GET", Scope::bucket, "list-type=2&prefix=a", "", "ListObjectsV2"},
      {"GET", Scope::bucket, "list-type=1", "", "ListObjects"},
      {"GET", Scope::bucket, "uploads", "", "ListMultipartUploads"},
      {"GET", Scope::bucket, "location", "", "GetBucketLocation"},
      {"GET", Scope::bucket, "versioning", "", "GetBucketVersioning"},
      {"POST", Scope::bucket, "delete", "", "DeleteObjects"},
      {"PUT", Scope::object, "", "", "PutObject"},
      {"PUT", Scope::object, "", "x-amz-copy-source", "CopyObject"},
      {"PUT", Scope::object, "partNumber=1&uploadId=u", "", "UploadPart"},
      {"PUT", Scope::object, "uploadId=u&partNumber=1&x-id=UploadPart", "", "UploadPart"},
      {"PUT", Scope::object, "partNumber=1&uploadId=u", "X-Amz-Copy-Source", "UploadPartCopy"},
      {"POST", Scope::object, "uploads", "", "CreateMultipartUpload"},
      {"POST", Scope::object, "uploads=", "", "CreateMultipartUpload"},
      {"POST", Scope::object, "uploadId=u", "", "CompleteMultipartUpload"},
      {"DELETE", Scope::object, "uploadId=u", "", "AbortMultipartUpload"},
      {"DELETE", Scope::object, "", "", "DeleteObject"},
      {"GET", Scope::object, "uploadId=u", "", "ListParts"},
      {"GET", Scope::object, "partNumber=1", "", "GetObject"},
      {"GET", Scope::object, "attributes", "x-amz-object-attributes", "GetObjectAttributes"},
      {"HEAD", Scope::object, "", "", "HeadObject"},
      {"GET", Scope::object, "tagging", "", "GetObjectTagging"},
  }));
  INFO(c.method << " ?" << c.query);
  protocol::Headers headers;
  if (!c.header.empty()) headers.add(c.header, "x");
  const auto row = route(c.method, c.scope, *protocol::Query::parse(c.query), headers);
  REQUIRE(row);
  CHECK((*row)->name == c.operation);
}

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

auto routed(const std::string& method, Scope scope, const std::string& query = "") {
  return route(method, scope, *protocol::Query::parse(query), {});
}

std::string allow_of(const RouteRefusal& refused) {
  for (const auto& [name, value] : refused.error.headers) {
    if (name == "Allow") return value;
  }
  return {};
}

}  // namespace

TEST_CASE("A method that a resource doesn't have is MethodNotAllowed, with those that it has") {
  struct Case {
    std::string method;
    Scope scope;
    std::string query, type, allow;
  };
  // Reported: versitygw#1236, versitygw#1810; brekkylab/backlot (measured 2026-09).
  const auto c = GENERATE(values<Case>({
      {"POST", Scope::service, "", "SERVICE", "GET"},
      {"HEAD", Scope::service, "acl", "SERVICE", "GET"},
      {"PATCH", Scope::bucket, "", "BUCKET", "HEAD, DELETE, POST, GET, PUT"},
      {"PATCH", Scope::object, "", "OBJECT", "HEAD, DELETE, GET, PUT"},
      {"POST", Scope::object, "", "OBJECT", "HEAD, DELETE, GET, PUT"},
      {"HEAD", Scope::bucket, "location", "LOCATION", "GET"},
      {"HEAD", Scope::bucket, "uploads", "UPLOADS", "POST, GET"},
      {"HEAD", Scope::bucket, "versioning", "VERSIONING", "GET, PUT"},
      {"HEAD", Scope::bucket, "tagging", "TAGGING", "DELETE, GET, PUT"},
      {"POST", Scope::bucket, "policy", "BUCKETPOLICY", "DELETE, GET, PUT"},
      {"GET", Scope::bucket, "delete", "MULTI_OBJECT_DELETE", "POST"},
      {"HEAD", Scope::object, "acl", "ACL", "GET, PUT"},
      {"HEAD", Scope::object, "tagging", "OBJECT_TAGGING", "DELETE, GET, PUT"},
      {"PUT", Scope::object, "uploadId=u", "UPLOAD", "DELETE, POST, GET"},
      {"GET", Scope::object, "uploadId=u&partNumber=1", "PART", "PUT"},
      {"GET", Scope::object, "encryption", "OBJECT_ENCRYPTION", "PUT"},
      {"HEAD", Scope::object, "location=1", "LOCATION", "GET"},
  }));
  INFO(c.method << " ?" << c.query);
  const auto row = routed(c.method, c.scope, c.query);
  REQUIRE_FALSE(row);
  CHECK(row.error().error.code == protocol::ErrorCode::MethodNotAllowed);
  CHECK(row.error().error.fields == Fields{{"Method", c.method}, {"ResourceType", c.type}});
  CHECK(allow_of(row.error()) == c.allow);
  CHECK(row.error().after == RefusedAfter::signature);
}

TEST_CASE("A method that S3 hasn't is BadRequest") {
  for (const auto* method : {"TRACE", "LINK", "get"}) {
    const auto row = routed(method, Scope::bucket);
    REQUIRE_FALSE(row);
    CHECK(row.error().error.code == protocol::ErrorCode::BadRequest);
    CHECK(allow_of(row.error()).empty());
  }
}

TEST_CASE("Two sub-resources conflict, named in the order of the alphabet") {
  const auto row = routed("GET", Scope::bucket, "versioning&acl");
  REQUIRE_FALSE(row);
  CHECK(row.error().error.code == protocol::ErrorCode::InvalidArgument);
  CHECK(row.error().error.message == "Conflicting query string parameters: acl, versioning");
  CHECK(row.error().error.fields == Fields{{"ArgumentName", "ResourceType"}, {"ArgumentValue", "acl"}});
  CHECK_FALSE(routed("GET", Scope::object, "partNumber=1&tagging"));
  CHECK(routed("GET", Scope::bucket, "acl&acl"));
}

TEST_CASE("A sub-resource is its name in its letter case, whatever its value; other names are ignored") {
  CHECK((*routed("GET", Scope::bucket, "versioning=1"))->name == "GetBucketVersioning");
  CHECK((*routed("GET", Scope::bucket, "Versioning"))->name == "ListObjects");
  CHECK((*routed("GET", Scope::object, "foo&x-id=GetObject"))->name == "GetObject");
  CHECK((*routed("PUT", Scope::object, "UploadId=u&PartNumber=1"))->name == "PutObject");
}

TEST_CASE("Some of a bucket's sub-resources are answered at its keys, and others ignored") {
  CHECK((*routed("GET", Scope::object, "location"))->name == "GetBucketLocation");
  CHECK((*routed("PUT", Scope::object, "cors"))->name == "PutBucketCors");
  CHECK((*routed("POST", Scope::object, "delete"))->name == "DeleteObjects");
  CHECK((*routed("GET", Scope::object, "object-lock"))->name == "GetObject");
  CHECK((*routed("GET", Scope::bucket, "retention"))->name == "ListObjects");
  for (const auto* name : {"logging", "versions", "uploads"}) {
    const auto row = routed("GET", Scope::object, name);
    REQUIRE_FALSE(row);
    CHECK(row.error().after == RefusedAfter::bucket);
    CHECK(row.error().error.status() == 400);
  }
}

TEST_CASE("partNumber without uploadId is refused where it would name a part") {
  const auto row = routed("PUT", Scope::object, "partNumber=1");
  REQUIRE_FALSE(row);
  CHECK(row.error().error.message == "This operation does not accept partNumber without uploadId");
  CHECK(row.error().error.fields == Fields{{"ArgumentName", "partNumber"}, {"ArgumentValue", "partNumber"}});
  CHECK(routed("GET", Scope::object, "partNumber=1"));
  CHECK_FALSE(routed("GET", Scope::bucket, "partNumber=1"));
}

TEST_CASE("versionId is refused where nothing has versions") {
  for (const auto& [method, query] :
       std::vector<std::pair<std::string, std::string>>{{"GET", "versionId=null"},
                                                        {"HEAD", "versionId=x"},
                                                        {"DELETE", "versionId="},
                                                        {"PUT", "tagging&versionId=x"}}) {
    INFO(method << " ?" << query);
    const auto row = routed(method, Scope::bucket, query);
    REQUIRE_FALSE(row);
    CHECK(row.error().error.message == "This operation does not accept a version-id.");
  }
  CHECK_FALSE(routed("GET", Scope::object, "location&versionId=x"));
  CHECK(routed("GET", Scope::object, "tagging&versionId=x"));
}
