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

/// Reads the request's document, and stores what `write(parse(document))` makes of it: a text, or nothing,
/// which leaves the bucket without.
template <typename Parse, typename Write>
Outcome put_document(const Visit& visit, BucketDocument kind, int status, Parse parse, Write write) {
  if (const auto bucket = visit.store().bucket(visit.bucket()); !bucket)
    return refused(bucket.error(), visit);
  if (auto ok = require_digest(visit); !ok) return std::unexpected(std::move(ok.error()));
  const auto text = receive_document(visit);
  if (!text) return std::unexpected(text.error());
  if (text->empty()) return std::unexpected(S3Error(ErrorCode::MissingRequestBodyError));
  const auto parsed = parse(*text);
  if (!parsed) return std::unexpected(parsed.error());
  const auto stored = visit.store().set_bucket_document(visit.bucket(), kind, write(*parsed));
  if (!stored) return refused(stored.error(), visit);
  return empty_answer(status);
}

/// The stored document; `missing` when there is none.
S3Result<std::string> stored_document(const Visit& visit, BucketDocument kind, ErrorCode missing) {
  auto document = visit.store().bucket_document(visit.bucket(), kind);
  if (!document) return refused(document.error(), visit);
  if (!*document) return std::unexpected(S3Error(missing).with("BucketName", visit.bucket().text()));
  return std::move(**document);
}
Outcome get_document(const Visit& visit, BucketDocument kind, ErrorCode missing) {
  auto document = stored_document(visit, kind, missing);
  if (!document) return std::unexpected(std::move(document.error()));
  return untyped_answer(std::move(*document));
}

/// Deleting what isn't there succeeds.
Outcome delete_document(const Visit& visit, BucketDocument kind) {
  const auto deleted = visit.store().set_bucket_document(visit.bucket(), kind, std::nullopt);
  if (!deleted) return refused(deleted.error(), visit);
  return empty_answer(204);
}

}  // namespace

Outcome put_bucket_cors(Visit& visit) {
  return put_document(visit, BucketDocument::cors, 200, parse_cors, cors_document);
}

Outcome get_bucket_cors(Visit& visit) {
  return get_document(visit, BucketDocument::cors, ErrorCode::NoSuchCORSConfiguration);
}

Outcome delete_bucket_cors(Visit& visit) {
  return delete_document(visit, BucketDocument::cors);
}

Outcome put_bucket_encryption(Visit& visit) {
  // The key's name is answered in headers of every object.
  const auto parse = [](const std::string& text) -> S3Result<BucketEncryption> {
    auto encryption = parse_bucket_encryption(text);
    if (encryption && !protocol::is_field_value(encryption->kms_key_id)) {
      return std::unexpected(S3Error(ErrorCode::MalformedXML));
    }
    return encryption;
  };
  return put_document(visit, BucketDocument::encryption, 200, parse, bucket_encryption_document);
}

/// Every bucket encrypts: one that nobody configured does so with SSE-S3. Source: S3 user guide, "Amazon S3
/// now automatically encrypts all new objects".
Outcome get_bucket_encryption(Visit& visit) {
  auto document = visit.store().bucket_document(visit.bucket(), BucketDocument::encryption);
  if (!document) return refused(document.error(), visit);
  return untyped_answer(*document ? std::move(**document) : bucket_encryption_document({}));
}

Outcome delete_bucket_encryption(Visit& visit) {
  return delete_document(visit, BucketDocument::encryption);
}

Outcome put_bucket_lifecycle_configuration(Visit& visit) {
  // Left out, it doesn't stay what it was (recorded: lifecycle-transition-default-minimum-size).
  const std::string_view minimum =
      visit.headers().get(minimum_size_header).value_or(default_transition_minimum);
  if (!is_transition_minimum(minimum)) {
    return invalid_request("Invalid TransitionDefaultMinimumObjectSize found: " + std::string(minimum));
  }
  const auto write = [&](const std::vector<LifecycleRule>& rules) {
    return stored_lifecycle({std::string(minimum), lifecycle_document(rules)});
  };
  auto outcome = put_document(visit, BucketDocument::lifecycle, 200, parse_lifecycle, write);
  if (outcome) outcome->headers.add(minimum_size_header, std::string(minimum));
  return outcome;
}

Outcome get_bucket_lifecycle_configuration(Visit& visit) {
  const auto stored =
      stored_document(visit, BucketDocument::lifecycle, ErrorCode::NoSuchLifecycleConfiguration);
  if (!stored) return std::unexpected(stored.error());
  LifecycleConfiguration configuration = lifecycle_from_stored(*stored);
  Response response = untyped_answer(std::move(configuration.document));
  response.headers.add(minimum_size_header, std::move(configuration.transition_minimum));
  return response;
}

Outcome delete_bucket_lifecycle(Visit& visit) {
  return delete_document(visit, BucketDocument::lifecycle);
}

/// No tags are no tag set (recorded: put-bucket-tagging-without-tag-set).
Outcome put_bucket_tagging(Visit& visit) {
  const auto parse = [](std::string_view text) { return parse_tagging(text, bucket_tag_rules); };
  const auto write = [](const storage::NameValues& tags) {
    return tags.empty() ? std::nullopt : std::optional(tagging_document(tags));
  };
  return put_document(visit, BucketDocument::tagging, 204, parse, write);
}

Outcome get_bucket_tagging(Visit& visit) {
  return get_document(visit, BucketDocument::tagging, ErrorCode::NoSuchTagSet);
}

Outcome delete_bucket_tagging(Visit& visit) {
  return delete_document(visit, BucketDocument::tagging);
}

}  // namespace partsmith::server
