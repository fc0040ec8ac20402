#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <partsmith/protocol/operations.h>

#include "catch.h"

namespace partsmith::protocol {
namespace {

/// Every operation of the S3 API model of botocore 1.44.5.
constexpr std::string_view model_operations =
    "AbortMultipartUpload CompleteMultipartUpload CopyObject CreateBucket "
    "CreateBucketMetadataConfiguration CreateBucketMetadataTableConfiguration CreateMultipartUpload "
    "CreateSession DeleteBucket DeleteBucketAnalyticsConfiguration DeleteBucketCors "
    "DeleteBucketEncryption DeleteBucketIntelligentTieringConfiguration "
    "DeleteBucketInventoryConfiguration DeleteBucketLifecycle DeleteBucketMetadataConfiguration "
    "DeleteBucketMetadataTableConfiguration DeleteBucketMetricsConfiguration "
    "DeleteBucketOwnershipControls DeleteBucketPolicy DeleteBucketReplication DeleteBucketTagging "
    "DeleteBucketWebsite DeleteObject DeleteObjectAnnotation DeleteObjectTagging DeleteObjects "
    "DeletePublicAccessBlock GetBucketAbac GetBucketAccelerateConfiguration GetBucketAcl "
    "GetBucketAnalyticsConfiguration GetBucketCors GetBucketEncryption "
    "GetBucketIntelligentTieringConfiguration GetBucketInventoryConfiguration GetBucketLifecycle "
    "GetBucketLifecycleConfiguration GetBucketLocation GetBucketLogging "
    "GetBucketMetadataConfiguration GetBucketMetadataTableConfiguration GetBucketMetricsConfiguration "
    "GetBucketNotification GetBucketNotificationConfiguration GetBucketOwnershipControls "
    "GetBucketPolicy GetBucketPolicyStatus GetBucketReplication GetBucketRequestPayment "
    "GetBucketTagging GetBucketVersioning GetBucketWebsite GetObject GetObjectAcl GetObjectAnnotation "
    "GetObjectAttributes GetObjectLegalHold GetObjectLockConfiguration GetObjectRetention "
    "GetObjectTagging GetObjectTorrent GetPublicAccessBlock HeadBucket HeadObject "
    "ListBucketAnalyticsConfigurations ListBucketIntelligentTieringConfigurations "
    "ListBucketInventoryConfigurations ListBucketMetricsConfigurations ListBuckets "
    "ListDirectoryBuckets ListMultipartUploads ListObjectAnnotations ListObjectVersions ListObjects "
    "ListObjectsV2 ListParts PutBucketAbac PutBucketAccelerateConfiguration PutBucketAcl "
    "PutBucketAnalyticsConfiguration PutBucketCors PutBucketEncryption "
    "PutBucketIntelligentTieringConfiguration PutBucketInventoryConfiguration PutBucketLifecycle "
    "PutBucketLifecycleConfiguration PutBucketLogging PutBucketMetricsConfiguration "
    "PutBucketNotification PutBucketNotificationConfiguration PutBucketOwnershipControls "
    "PutBucketPolicy PutBucketReplication PutBucketRequestPayment PutBucketTagging "
    "PutBucketVersioning PutBucketWebsite PutObject PutObjectAcl PutObjectAnnotation "
    "PutObjectLegalHold PutObjectLockConfiguration PutObjectRetention PutObjectTagging "
    "PutPublicAccessBlock RenameObject RestoreObject SelectObjectContent "
    "UpdateBucketMetadataAnnotationTableConfiguration UpdateBucketMetadataInventoryTableConfiguration "
    "UpdateBucketMetadataJournalTableConfiguration UpdateObjectEncryption UploadPart UploadPartCopy "
    "WriteGetObjectResponse ";

std::vector<std::string> words(std::string_view text) {
  std::istringstream stream{std::string(text)};
  return {std::istream_iterator<std::string>(stream), {}};
}

std::set<std::string> conditions(const OperationRow& row) {
  const auto query = words(row.query);
  std::set<std::string> result(query.begin(), query.end());
  if (!row.header.empty()) result.insert("header " + std::string(row.header));
  return result;
}

bool same_place(const OperationRow& a, const OperationRow& b) {
  return a.method == b.method && a.scope == b.scope;
}

/// Whether every request that `row` matches is matched by `other` too.
bool is_covered_by(const OperationRow& row, const OperationRow& other) {
  return same_place(row, other) && std::ranges::includes(conditions(row), conditions(other));
}

}  // namespace

TEST_CASE("Every operation of the S3 API model has a row") {
  const auto names = words(model_operations);
  CHECK(names.size() == 116);
  for (const auto& name : names) {
    CAPTURE(name);
    const auto* const row = operation_by_name(name);
    REQUIRE(row != nullptr);
    CHECK(row->name == name);
  }
}

TEST_CASE("The browser's form is the only row that the model doesn't have") {
  const auto names = words(model_operations);
  std::vector<std::string_view> others;
  for (const auto& row : operation_table()) {
    if (std::ranges::find(names, row.name) == names.end()) others.push_back(row.name);
  }
  CHECK(others == std::vector<std::string_view>{"PostObject"});
  CHECK(operation_by_name("NoSuchOperation") == nullptr);
}

TEST_CASE("Names are given once") {
  std::set<std::string_view> names;
  for (const auto& row : operation_table()) {
    CAPTURE(row.name);
    CHECK(names.insert(row.name).second);
  }
}

TEST_CASE("Within a method and scope, rows with more conditions come first") {
  const auto table = operation_table();
  for (std::size_t i = 1; i < table.size(); ++i) {
    CAPTURE(table[i - 1].name, table[i].name);
    if (same_place(table[i - 1], table[i]))
      CHECK(conditions(table[i - 1]).size() >= conditions(table[i]).size());
  }
}

TEST_CASE("No row hides a later one, but for those that S3 itself doesn't tell apart") {
  const std::set<std::string_view> hidden_by_nature = {"GetBucketLifecycle", "GetBucketNotification",
                                                       "ListDirectoryBuckets", "PutBucketLifecycle",
                                                       "PutBucketNotification"};
  std::set<std::string_view> hidden;
  const auto table = operation_table();
  for (std::size_t i = 0; i < table.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (is_covered_by(table[i], table[j])) hidden.insert(table[i].name);
    }
  }
  CHECK(hidden == hidden_by_nature);
  for (const auto name : hidden) CHECK(operation_by_name(name)->support == Support::none);
}

TEST_CASE("No bucket is made or deleted by a request for one of its configurations") {
  for (const auto& row : operation_table()) {
    if (row.scope != Scope::bucket || (row.method != "PUT" && row.method != "DELETE")) continue;
    CAPTURE(row.name);
    CHECK(words(row.query).size() <= 1);
  }
}

TEST_CASE("What is partly there says what differs, what isn't there says nothing") {
  for (const auto& row : operation_table()) {
    CAPTURE(row.name);
    CHECK(row.note.empty() == (row.support != Support::partial));
  }
}

TEST_CASE("The whole of multipart upload is there") {
  const auto name =
      GENERATE(as<std::string_view>(), "CreateMultipartUpload", "UploadPart", "UploadPartCopy",
               "CompleteMultipartUpload", "AbortMultipartUpload", "ListParts", "ListMultipartUploads");
  CAPTURE(name);
  CHECK(operation_by_name(name)->support != Support::none);
}

}  // namespace partsmith::protocol
