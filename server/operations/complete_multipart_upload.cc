#include <charconv>
#include <memory>
#include <vector>

#include <partsmith/protocol/path.h>
#include <partsmith/values/limits.h>

#include "configuration/lifecycle.h"
#include "error_response.h"
#include "object_names.h"
#include "operations/answers.h"
#include "operations/completion_plan.h"
#include "operations/conditions.h"
#include "operations/object_headers.h"
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

/// x-amz-checksum-* of the whole object, which may carry "-N".
S3Result<void> take_object_checksum(const protocol::Headers& headers, CompletionRequest& request) {
  for (const ChecksumTraits& row : checksum_table()) {
    const auto text = headers.get(row.header);
    if (!text) continue;
    const std::size_t dash = text->find('-');
    request.checksum = Checksum::from_base64(row.algorithm, text->substr(0, dash));
    if (!request.checksum) return invalid_request("Value for " + std::string(row.header) + " header is invalid.");
    request.counts_parts = dash != std::string_view::npos;
    return {};
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
    return invalid_request("Value for x-amz-mp-object-size header is less than zero: '" + std::string(text) + '\'');
  }
  return static_cast<std::uint64_t>(value);
}

S3Result<CompletionRequest> completion_request(const Call& call) {
  CompletionRequest request;
  const protocol::Headers& headers = call.headers();
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

Response completion_answer(const Call& call, const storage::ObjectInfo& object) {
  protocol::XmlWriter document("CompleteMultipartUploadResult");
  document.element("Location", object_url(call, object.key))
      .element("Bucket", object.bucket.text())
      .element("Key", object.key.text())
      .element("ETag", object.etag.quoted());
  // Under KMS the answer tells no checksum, though the object has one (recorded: multipart-upload-sse-kms).
  if (object.checksum && !object.attributes.encryption.algorithm.starts_with("aws:kms")) {
    document.element(traits(object.checksum->checksum.algorithm).element, object.checksum->text())
        .element("ChecksumType", to_string(object.checksum->type));
  }
  Response response = xml_answer(document);
  if (!object.version.is_null()) add_version(response.headers, object);  // as a put tells it
  // Nor does it tell of a customer key (recorded: multipart-upload-sse-c).
  if (object.attributes.encryption.customer_key_md5.empty()) {
    add_encryption(response.headers, object.attributes.encryption);
  }
  add_expiration(response, call, object);
  return response;
}

/// Of the upload's parts those that the client lists. The others are let go a page at a time: a short list
/// takes little memory, however many parts there are.
S3Result<std::vector<storage::PartInfo>> listed_parts(const Call& call, const storage::UploadRef& ref,
                                                      const std::vector<ListedPart>& listed) {
  std::vector<bool> named(limits::max_part_number + 1);
  for (const ListedPart& part : listed) {
    if (PartNumber::from(part.number)) named[static_cast<std::size_t>(part.number)] = true;
  }
  std::vector<storage::PartInfo> found;
  std::uint32_t after = 0;
  for (bool more = true; more;) {
    auto page = call.store().parts(ref, after, limits::max_page);
    if (!page) return refused(page.error(), call);
    for (storage::PartInfo& part : page->parts) {
      after = part.number.value();
      if (named[after]) found.push_back(std::move(part));
    }
    more = page->truncated;
  }
  return found;
}

S3Result<storage::ObjectInfo> complete(const Call& call, const storage::UploadInfo& upload,
                                       const CompletionRequest& request,
                                       const storage::WriteCondition& condition) {
  const storage::UploadRef ref = upload_ref(call);
  for (int attempt = 1;; ++attempt) {
    const auto parts = listed_parts(call, ref, request.parts);
    if (!parts) return std::unexpected(parts.error());
    const auto plan = plan_completion(upload, *parts, request, call.rules());
    if (!plan) return std::unexpected(plan.error());
    const storage::ObjectDraft draft{.attributes = upload.attributes,
                                     .etag = plan->etag,
                                     .checksum = plan->checksum,
                                     .condition = condition};
    auto object = call.store().complete(ref, plan->parts, draft);
    if (object) return std::move(*object);
    if (object.error().code != storage::StoreErrorCode::parts_changed || attempt == max_attempts) {
      return refused(object.error(), call);
    }
  }
}

Outcome completed_answer(const Call& call, const storage::UploadInfo& upload, const CompletionRequest& request,
                         const storage::WriteCondition& condition) {
  const auto object = complete(call, upload, request, condition);
  if (object) return completion_answer(call, *object);
  const storage::UploadRef ref = upload_ref(call);
  // Another request with the same list may have completed the upload meanwhile.
  if (object.error().code == ErrorCode::NoSuchUpload && !call.rules().complete_once) {
    if (const auto winner = call.store().completed(ref)) return completion_answer(call, *winner);
  }
  // After a conflict the upload has to be begun anew. Source: S3 API reference, CompleteMultipartUpload, If-Match.
  if (object.error().code == ErrorCode::ConditionalRequestConflict) {
    if (const auto ended = call.store().abort(ref); !ended) return refused(ended.error(), call);
  }
  return std::unexpected(object.error());
}

/// A completion that goes on after its call has ended.
struct LateCompletion {
  Request http;
  Address address;
  const protocol::OperationRow& operation;
  Identity identity;
  World world;
  BucketName bucket;
  ObjectKey key;
  RequestIds ids;
  storage::UploadInfo upload;
  CompletionRequest request;
  storage::WriteCondition condition;
  enum class Next { white_space, work, end } next = Next::white_space;
  std::string run = {};

  static constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

  /// The XML declaration and white space, at once; then the work, and what came of it, an error too.
  std::string_view operator()() {
    const auto stage = next;
    if (stage == Next::end) return {};
    next = stage == Next::white_space ? Next::work : Next::end;
    run = stage == Next::white_space ? std::string(declaration) + ' ' : result();
    return run;
  }

  std::string result() {
    const Call call{http, address, operation, identity, world, &bucket, &key, &ids};
    const Outcome outcome = completed_answer(call, upload, request, condition);
    const Response response =
        outcome ? *outcome
                : error_response(outcome.error(), ids, false);
    return std::get<std::string>(response.body).substr(declaration.size());
  }
};

/// 200 before the work is done, as Amazon S3 answers completions that take long. Source: S3 API reference,
/// CompleteMultipartUpload: "a 200 OK response can contain either a success or an error".
Outcome early_answer(const Call& call, const storage::UploadInfo& upload, CompletionRequest request,
                     const storage::WriteCondition& condition) {
  Request http;
  http.method = call.request.method;
  http.target = call.request.target;
  http.headers = call.request.headers;
  http.secure = call.request.secure;
  const auto late = std::make_shared<LateCompletion>(
      LateCompletion{std::move(http), call.address, call.operation, call.identity, call.world, *call.bucket, *call.key,
                     *call.ids, upload, std::move(request), condition});
  // The copied address looks into the target of the call.
  const protocol::TargetParts target = protocol::split_target(late->http.target);
  late->address.raw_path = target.path;
  late->address.raw_query = target.query;
  Response response;
  response.headers.add("Content-Type", "application/xml");
  if (upload.attributes.encryption.customer_key_md5.empty()) {
    add_encryption(response.headers, upload.attributes.encryption);
  }
  response.body = ChunkedBody{[late] { return (*late)(); }};
  return response;
}

}  // namespace

Outcome complete_multipart_upload(Call& call) {
  const storage::UploadRef ref = upload_ref(call);
  const auto upload = call.store().upload(ref);
  if (!upload) {
    // Completing again what was completed succeeds again, while the object is there.
    if (upload.error().code == storage::StoreErrorCode::no_such_upload && !call.rules().complete_once) {
      if (const auto object = call.store().completed(ref)) return completion_answer(call, *object);
    }
    return refused(upload.error(), call);
  }
  if (auto ok = check_given_key(call, *upload); !ok) return std::unexpected(std::move(ok.error()));
  auto request = completion_request(call);
  if (!request) return std::unexpected(request.error());
  const auto condition = write_condition(call);
  if (!condition) return std::unexpected(condition.error());
  auto text = receive_document(call, ChecksumHeader::of_object);
  if (!text) return std::unexpected(text.error());
  auto parts = completion_document(*text);
  if (!parts) return std::unexpected(parts.error());
  request->parts = *std::move(parts);
  text->was_read();

  if (call.world.completes_early) return early_answer(call, *upload, std::move(*request), *condition);
  return completed_answer(call, *upload, *request, *condition);
}

}  // namespace partsmith::server
