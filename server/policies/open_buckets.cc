#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include <partsmith/server/open_buckets.h>

namespace partsmith::server {
namespace {

std::string statement(std::string_view actions, std::string_view resource) {
  return fmt::format(R"({{"Effect":"Allow","Principal":"*","Action":[{}],"Resource":"arn:aws:s3:::{}"}})",
                     actions, resource);
}

/// What MinIO's `download`, `upload` and `public` allow.
std::string policy(std::string_view bucket, Opening opening) {
  const std::string objects = fmt::format("{}/*", bucket);
  std::vector<std::string> statements;
  if (opening.reads) {
    statements.push_back(statement(R"("s3:GetBucketLocation","s3:ListBucket")", bucket));
    statements.push_back(statement(R"("s3:GetObject")", objects));
  }
  if (opening.writes) {
    statements.push_back(statement(R"("s3:GetBucketLocation","s3:ListBucketMultipartUploads")", bucket));
    statements.push_back(statement(
        R"("s3:PutObject","s3:DeleteObject","s3:AbortMultipartUpload","s3:ListMultipartUploadParts")",
        objects));
  }
  return fmt::format(R"({{"Version":"2012-10-17","Statement":[{}]}})", fmt::join(statements, ","));
}

}  // namespace

storage::Result<void> open_to_everyone(storage::Store& store, const BucketName& bucket, Opening opening) {
  using storage::BucketDocument;
  if (auto ok = store.set_bucket_document(bucket, BucketDocument::public_access_block, ""); !ok) return ok;
  return store.set_bucket_document(bucket, BucketDocument::policy, policy(bucket.text(), opening));
}

}  // namespace partsmith::server
