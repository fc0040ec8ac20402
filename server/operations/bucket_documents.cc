/// What buckets are configured with: Put, Get and Delete of CORS, encryption, lifecycle rules and tags.

#include <partsmith/protocol/field_syntax.h>

#include "configuration/bucket_encryption.h"
#include "configuration/cors.h"
#include "configuration/lifecycle.h"
#include "operations/answers.h"
#include "operations/operations.h"
#include "payload.h"
#include "tags.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;
using storage::BucketDocument;

constexpr const char* minimum_size_header = "x-amz-transition-default-minimum-object-size";

/// Reads the request's document, and stores what `write(parse(document))` makes of it: a text, or nothing, which
/// leaves the bucket without.
template <typename Parse, typename Write>
Outcome put_document(const Call& call, BucketDocument kind, int status, Parse parse, Write write) {
  if (const auto bucket = call.store().bucket(*call.bucket); !bucket) return refused(bucket.error(), call);
  if (auto ok = require_digest(call); !ok) return std::unexpected(std::move(ok.error()));
  const auto text = receive_document(call);
  if (!text) return std::unexpected(text.error());
  if (text->empty()) return std::unexpected(S3Error(ErrorCode::MissingRequestBodyError));
  const auto parsed = parse(*text);
  if (!parsed) return std::unexpected(parsed.error());
  const auto stored = call.store().set_bucket_document(*call.bucket, kind, write(*parsed));
  if (!stored) return refused(stored.error(), call);
  return empty_answer(status);
}

Response document_answer(std::string document) {
  Response response;
  response.headers.add("Content-Type", "application/xml");
  response.body = std::move(document);
  return response;
}

/// The stored document; `missing` when there is none.
S3Result<std::string> stored_document(const Call& call, BucketDocument kind, ErrorCode missing) {
  auto document = call.store().bucket_document(*call.bucket, kind);
  if (!document) return refused(document.error(), call);
  if (!*document) return std::unexpected(S3Error(missing).with("BucketName", call.bucket->text()));
  return std::move(**document);
}
Outcome get_document(const Call& call, BucketDocument kind, ErrorCode missing) {
  auto document = stored_document(call, kind, missing);
  if (!document) return std::unexpected(std::move(document.error()));
  return document_answer(std::move(*document));
}

/// Deleting what isn't there succeeds.
Outcome delete_document(const Call& call, BucketDocument kind) {
  const auto deleted = call.store().set_bucket_document(*call.bucket, kind, std::nullopt);
  if (!deleted) return refused(deleted.error(), call);
  return empty_answer(204);
}

}  // namespace

Outcome put_bucket_cors(Call& call) {
  return put_document(call, BucketDocument::cors, 200, parse_cors, cors_document);
}

Outcome get_bucket_cors(Call& call) {
  return get_document(call, BucketDocument::cors, ErrorCode::NoSuchCORSConfiguration);
}

Outcome delete_bucket_cors(Call& call) {
  return delete_document(call, BucketDocument::cors);
}

Outcome put_bucket_encryption(Call& call) {
  // The key's name is answered in headers of every object.
  const auto parse = [](const std::string& text) -> S3Result<BucketEncryption> {
    auto encryption = parse_bucket_encryption(text);
    if (encryption && !protocol::is_field_value(encryption->kms_key_id)) {
      return std::unexpected(S3Error(ErrorCode::MalformedXML));
    }
    return encryption;
  };
  return put_document(call, BucketDocument::encryption, 200, parse, bucket_encryption_document);
}

/// Every bucket encrypts: one that nobody configured does so with SSE-S3. Source: S3 user guide, "Amazon S3
/// now automatically encrypts all new objects".
Outcome get_bucket_encryption(Call& call) {
  auto document = call.store().bucket_document(*call.bucket, BucketDocument::encryption);
  if (!document) return refused(document.error(), call);
  return document_answer(*document ? std::move(**document) : bucket_encryption_document({}));
}

Outcome delete_bucket_encryption(Call& call) {
  return delete_document(call, BucketDocument::encryption);
}

Outcome put_bucket_lifecycle_configuration(Call& call) {
  // Left out, it doesn't stay what it was (recorded: lifecycle-transition-default-minimum-size).
  const std::string_view minimum = call.headers().get(minimum_size_header).value_or(default_transition_minimum);
  if (!is_transition_minimum(minimum)) {
    return invalid_request("Invalid TransitionDefaultMinimumObjectSize found: " + std::string(minimum));
  }
  const auto write = [&](const std::vector<LifecycleRule>& rules) {
    return stored_lifecycle({std::string(minimum), lifecycle_document(rules)});
  };
  auto outcome = put_document(call, BucketDocument::lifecycle, 200, parse_lifecycle, write);
  if (outcome) outcome->headers.add(minimum_size_header, std::string(minimum));
  return outcome;
}

Outcome get_bucket_lifecycle_configuration(Call& call) {
  const auto stored = stored_document(call, BucketDocument::lifecycle, ErrorCode::NoSuchLifecycleConfiguration);
  if (!stored) return std::unexpected(stored.error());
  LifecycleConfiguration configuration = lifecycle_from_stored(*stored);
  Response response = document_answer(std::move(configuration.document));
  response.headers.add(minimum_size_header, std::move(configuration.transition_minimum));
  return response;
}

Outcome delete_bucket_lifecycle(Call& call) {
  return delete_document(call, BucketDocument::lifecycle);
}

/// No tags are no tag set (recorded: put-bucket-tagging-without-tag-set).
Outcome put_bucket_tagging(Call& call) {
  const auto parse = [](std::string_view text) { return parse_tagging(text, bucket_tag_rules); };
  const auto write = [](const storage::NameValues& tags) {
    return tags.empty() ? std::nullopt : std::optional(tagging_document(tags));
  };
  return put_document(call, BucketDocument::tagging, 204, parse, write);
}

Outcome get_bucket_tagging(Call& call) {
  return get_document(call, BucketDocument::tagging, ErrorCode::NoSuchTagSet);
}

Outcome delete_bucket_tagging(Call& call) {
  return delete_document(call, BucketDocument::tagging);
}

}  // namespace partsmith::server
