/// Who pays for requests, and whether a bucket is accelerated: kept and told. Nobody is charged here, and no
/// endpoint is nearer than another. Source: S3 API reference, PutBucketRequestPayment,
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

Outcome put_word(const Call& call, const OneWord& row) {
  if (const auto bucket = call.store().bucket(*call.bucket); !bucket) return refused(bucket.error(), call);
  const auto text = receive_document(call);
  if (!text) return std::unexpected(text.error());
  if (row.kind == BucketDocument::accelerate && call.bucket->text().find('.') != std::string::npos) {
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
  const auto stored = call.store().set_bucket_document(*call.bucket, row.kind, *word);
  if (!stored) return refused(stored.error(), call);
  return empty_answer(200);
}

/// `unset` is told of a bucket that nobody configured; empty: nothing.
Outcome get_word(const Call& call, const OneWord& row, std::string_view unset) {
  const auto stored = call.store().bucket_document(*call.bucket, row.kind);
  if (!stored) return refused(stored.error(), call);
  protocol::XmlWriter document(row.root);
  const std::string word = stored->value_or(std::string(unset));
  if (!word.empty()) document.element(row.element, word);
  return xml_answer(document);
}

}  // namespace

Outcome put_bucket_request_payment(Call& call) {
  return put_word(call, request_payment);
}
Outcome get_bucket_request_payment(Call& call) {
  return get_word(call, request_payment, "BucketOwner");
}
Outcome put_bucket_accelerate_configuration(Call& call) {
  return put_word(call, acceleration);
}
Outcome get_bucket_accelerate_configuration(Call& call) {
  return get_word(call, acceleration, "");
}

}  // namespace partsmith::server
