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

TEST_CASE("A method that a resource doesn't have is MethodNotAllowed, naming both") {
  const auto row = route("PATCH", Scope::object, {}, {});
  REQUIRE_FALSE(row);
  CHECK(row.error().code == protocol::ErrorCode::MethodNotAllowed);
  CHECK(row.error().fields ==
        std::vector<std::pair<std::string, std::string>>{{"Method", "PATCH"}, {"ResourceType", "OBJECT"}});
}
