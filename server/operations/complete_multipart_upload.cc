#include <charconv>
#include <vector>

#include <partsmith/values/digest.h>
#include <partsmith/values/encoding.h>
#include <partsmith/values/limits.h>

#include "configuration/lifecycle.h"
#include "object_names.h"
#include "operations/answers.h"
#include "operations/completion_plan.h"
#include "operations/conditions.h"
#include "operations/object_headers.h"
#include "operations/object_lock.h"
#include "operations/operations.h"
#include "operations/uploads.h"
#include "payload.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

/// A part that is replaced while its upload completes makes the plan stale; it is made anew, as often as
/// this.
constexpr int max_attempts = 8;

/// Of each listed part: what the request says of it, its row, its place in the plan, and its part in the
/// transaction.
constexpr std::size_t memory_of_part = 600;

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// x-amz-checksum-* of the whole object, one at most, which may carry "-N".
S3Result<void> take_object_checksum(const protocol::Headers& headers, CompletionRequest& request) {
  const ChecksumTraits* given = nullptr;
  for (const ChecksumTraits& row : checksum_table()) {
    if (!headers.has(row.header)) continue;
    if (given != nullptr) {
      return invalid_request(
          "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
    }
    given = &row;
  }
  if (given == nullptr) return {};
  const std::string_view text = headers.value(given->header);
  const std::size_t dash = text.find('-');
  request.counts_parts = dash != std::string_view::npos;
  request.checksum = Checksum::from_base64(given->algorithm, text.substr(0, dash));
  if (!request.checksum || (request.counts_parts && !is_number(text.substr(dash + 1)))) {
    return invalid_request("Value for " + std::string(given->header) + " header is invalid.");
  }
  return {};
}

/// x-amz-mp-object-size (reported: versitygw#1398).
S3Result<std::uint64_t> object_size(std::string_view text) {
  std::int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
    return invalid_request("Value for x-amz-mp-object-size header is invalid: '" + std::string(text) + '\'');
  }
  if (value < 0) {
    return invalid_request("Value for x-amz-mp-object-size header is less than zero: '" + std::string(text) +
                           '\'');
  }
  return static_cast<std::uint64_t>(value);
}

S3Result<CompletionRequest> completion_request(const Visit& visit) {
  CompletionRequest request;
  const protocol::Headers& headers = visit.headers();
  if (const auto type = headers.get("x-amz-checksum-type")) {
    request.checksum_type = checksum_type_by_name(*type);
    if (!request.checksum_type) return invalid_request("Value for x-amz-checksum-type header is invalid.");
  }
  if (auto ok = take_object_checksum(headers, request); !ok) return std::unexpected(std::move(ok.error()));
  if (const auto text = headers.get("x-amz-mp-object-size")) {
    const auto size = object_size(*text);
    if (!size) return std::unexpected(size.error());
    request.object_size = *size;
  }
  return request;
}

Response completion_answer(const Visit& visit, const storage::ObjectInfo& object) {
  protocol::XmlWriter document("CompleteMultipartUploadResult");
  document.element("Location", object_url(visit, object.key))
      .element("Bucket", object.bucket.text())
      .element("Key", object.key.text())
      .element("ETag", object.etag.quoted());
  // Under KMS the answer tells no checksum, though the object has one (recorded: multipart-upload-sse-kms).
  if (object.checksum && !is_under_kms(object.attributes.encryption)) {
    document.element(traits(object.checksum->checksum.algorithm).element, object.checksum->text())
        .element("ChecksumType", to_string(object.checksum->type));
  }
  Response response = xml_answer(document);
  if (!object.version.is_null()) add_version(response.headers, object);  // as a put tells it
  // Nor does it tell of a customer key (recorded: multipart-upload-sse-c).
  if (!is_under_customer_key(object.attributes.encryption)) {
    add_encryption(response.headers, object.attributes.encryption);
  }
  add_expiration(response, visit, object);
  return response;
}

/// Of the upload's parts those that the client lists. The others are dropped a page at a time: a short list
/// takes little memory, however many parts there are.
S3Result<std::vector<storage::PartInfo>> listed_parts(const Visit& visit, const storage::UploadRef& ref,
                                                      const std::vector<ListedPart>& listed) {
  std::vector<bool> named(limits::max_part_number + 1);
  for (const ListedPart& part : listed) {
    if (PartNumber::from(part.number)) named[static_cast<std::size_t>(part.number)] = true;
  }
  std::vector<storage::PartInfo> found;
  std::uint32_t after = 0;
  for (bool more = true; more;) {
    auto page = visit.store().parts(ref, after, limits::max_page);
    if (!page) return refused(page.error(), visit);
    for (storage::PartInfo& part : page->parts) {
      after = part.number.value();
      if (named[after]) found.push_back(std::move(part));
    }
    more = page->truncated;
  }
  return found;
}

S3Result<storage::ObjectInfo> complete(Visit& visit, const storage::UploadInfo& upload,
                                       const CompletionRequest& request,
                                       const storage::WriteCondition& condition) {
  const storage::UploadRef ref = upload_ref(visit);
  VendorRules rules = visit.rules();
  rules.minimum_part_bytes = visit.world().settings->minimum_part_bytes;
  for (int attempt = 1;; ++attempt) {
    const auto parts = listed_parts(visit, ref, request.parts);
    if (!parts) return std::unexpected(parts.error());
    const auto plan = plan_completion(upload, *parts, request, rules);
    if (!plan) return std::unexpected(plan.error());
    if (plan->smallest < limits::min_part_size) visit.note_refusal_of_s3(ErrorCode::EntityTooSmall);
    const storage::ObjectDraft draft{.attributes = upload.attributes,
                                     .etag = plan->etag,
                                     .checksum = plan->checksum,
                                     .condition = condition,
                                     .default_retention = default_retention(visit)};
    auto object = visit.store().complete(ref, plan->parts, draft);
    if (object) return std::move(*object);
    if (object.error().code != storage::StoreErrorCode::parts_changed || attempt == max_attempts) {
      return refused(object.error(), visit);
    }
  }
}

/// Whether the object was completed with this list.
bool is_made_of(const storage::ObjectInfo& object, const std::vector<ListedPart>& parts) {
  std::vector<ETag> etags;
  etags.reserve(parts.size());
  for (const ListedPart& part : parts) {
    const auto digest = from_hex(part.etag.text());
    if (!digest || digest->size() != Md5{}.size()) return false;  // no part's
    etags.push_back(part.etag);
  }
  return ETag::of_parts(etags) == object.etag;
}

/// Completing again what was completed succeeds again with the same list, while the object is there: no other
/// condition is looked at. Source: openstack/swift's tests of Amazon S3 (test/s3api).
Outcome repeated_answer(const Visit& visit, const storage::ObjectInfo& object, S3Error otherwise) {
  const auto text = receive_document(visit, ChecksumHeader::of_object);
  if (!text) return std::unexpected(text.error());
  const auto parts = completion_document(*text);
  if (!parts || !is_made_of(object, *parts)) return std::unexpected(std::move(otherwise));
  return completion_answer(visit, object);
}

Outcome completed_answer(Visit& visit, const storage::UploadInfo& upload, const CompletionRequest& request,
                         const storage::WriteCondition& condition) {
  const auto object = complete(visit, upload, request, condition);
  const storage::UploadRef ref = upload_ref(visit);
  if (object) return completion_answer(visit, *object);
  // Another request with the same list may have completed the upload meanwhile.
  if (object.error().code == ErrorCode::NoSuchUpload && !visit.rules().complete_once) {
    const auto winner = visit.store().completed(ref);
    if (winner && is_made_of(*winner, request.parts)) return completion_answer(visit, *winner);
  }
  // After a conflict the upload has to be begun anew. Source: S3 API reference, CompleteMultipartUpload,
  // If-Match.
  if (object.error().code == ErrorCode::ConditionalRequestConflict) {
    if (const auto ended = visit.store().abort(ref); !ended) return refused(ended.error(), visit);
  }
  return std::unexpected(object.error());
}

/// 200 before the work is done, as Amazon S3 answers completions that take long. `held`: for the request's
/// parts.
Outcome early_answer(Visit& visit, const storage::UploadInfo& upload, CompletionRequest request,
                     const storage::WriteCondition& condition, MemoryBudget::Reservation held) {
  visit.answer_late([&visit, upload, request = std::move(request), condition, held = std::move(held)] {
    return completed_answer(visit, upload, request, condition);
  });
  Response response;
  response.headers.add("Content-Type", "application/xml");
  if (!is_under_customer_key(upload.attributes.encryption)) {
    add_encryption(response.headers, upload.attributes.encryption);
  }
  return response;
}

}  // namespace

Outcome complete_multipart_upload(Visit& visit) {
  const storage::UploadRef ref = upload_ref(visit);
  const auto upload = visit.store().upload(ref);
  if (!upload) {
    if (upload.error().code == storage::StoreErrorCode::no_such_upload && !visit.rules().complete_once) {
      if (const auto object = visit.store().completed(ref)) {
        return repeated_answer(visit, *object, refused(upload.error(), visit).error());
      }
    }
    return refused(upload.error(), visit);
  }
  if (auto ok = check_given_key(visit, *upload); !ok) return std::unexpected(std::move(ok.error()));
  auto request = completion_request(visit);
  if (!request) return std::unexpected(request.error());
  const auto condition = write_condition(visit);
  if (!condition) return std::unexpected(condition.error());
  auto text = receive_document(visit, ChecksumHeader::of_object);
  if (!text) return std::unexpected(text.error());
  auto parts = completion_document(*text);
  if (!parts) return std::unexpected(parts.error());
  request->parts = *std::move(parts);
  auto held = text->was_read_into(request->parts.size() * memory_of_part);

  if (visit.world().completes_early) {
    return early_answer(visit, *upload, *std::move(request), *condition, std::move(held));
  }
  return completed_answer(visit, *upload, *request, *condition);
}

}  // namespace partsmith::server
