/// Who pays for requests, and whether a bucket is accelerated: kept and returned. Nobody is charged here, and
/// no endpoint is nearer than another. Source: S3 API reference, PutBucketRequestPayment,
/// PutBucketAccelerateConfiguration; recordings request-payment*,
/// accelerate-invalid-status-and-dotted-bucket.

#include <algorithm>
#include <array>
#include <span>

#include "operations/answers.h"
#include "operations/operations.h"
#include "payload.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;
using storage::BucketDocument;

/// A configuration of one word.
struct OneWord {
  BucketDocument kind;
  std::string_view root;
  std::string_view element;
  std::array<std::string_view, 2> words;
};
constexpr OneWord request_payment{
    BucketDocument::request_payment, "RequestPaymentConfiguration", "Payer", {"BucketOwner", "Requester"}};
constexpr OneWord acceleration{
    BucketDocument::accelerate, "AccelerateConfiguration", "Status", {"Enabled", "Suspended"}};

Outcome put_word(const Visit& visit, const OneWord& row) {
  if (const auto bucket = visit.store().bucket(visit.bucket()); !bucket)
    return refused(bucket.error(), visit);
  const auto text = receive_document(visit);
  if (!text) return std::unexpected(text.error());
  if (row.kind == BucketDocument::accelerate && visit.bucket().text().find('.') != std::string::npos) {
    return invalid_request(
        "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names");
  }
  if (text->empty()) return std::unexpected(S3Error(ErrorCode::MissingRequestBodyError));
  const auto root = protocol::parse_xml(*text);
  const auto word = root && root->name == row.root && root->children.size() == 1
                        ? root->child_text(row.element)
                        : std::nullopt;
  if (!word || std::ranges::find(row.words, *word) == row.words.end()) {
    return std::unexpected(S3Error(ErrorCode::MalformedXML));
  }
  const auto stored = visit.store().set_bucket_document(visit.bucket(), row.kind, *word);
  if (!stored) return refused(stored.error(), visit);
  return empty_answer(200);
}

/// `unset` is told of a bucket that nobody configured; empty: nothing.
Outcome get_word(const Visit& visit, const OneWord& row, std::string_view unset) {
  const auto stored = visit.store().bucket_document(visit.bucket(), row.kind);
  if (!stored) return refused(stored.error(), visit);
  protocol::XmlWriter document(row.root);
  const std::string word = stored->value_or(std::string(unset));
  if (!word.empty()) document.element(row.element, word);
  return untyped_answer(document.finish());
}

}  // namespace

Outcome put_bucket_request_payment(Visit& visit) {
  return put_word(visit, request_payment);
}
Outcome get_bucket_request_payment(Visit& visit) {
  return get_word(visit, request_payment, "BucketOwner");
}
Outcome put_bucket_accelerate_configuration(Visit& visit) {
  return put_word(visit, acceleration);
}
Outcome get_bucket_accelerate_configuration(Visit& visit) {
  return get_word(visit, acceleration, "");
}

}  // namespace partsmith::server
