#include "forward/forwarding_engine.h"

#include <algorithm>
#include <array>

#include <partsmith/protocol/sigv4.h>

#include "configuration/cors.h"
#include "forward/deletions.h"
#include "forward/forwarded_answer.h"
#include "forward/forwarded_form.h"
#include "forward/forwarded_payload.h"
#include "forward/forwarded_request.h"
#include "forward/upstream_errors.h"
#include "object_names.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::OperationId;
using protocol::S3Error;
using enum protocol::OperationId;

/// What may be asked of a bucket of which only the keys below a prefix are ours: nothing that is about all of
/// it.
constexpr auto below_a_prefix =
    std::to_array<OperationId>({ListObjects, ListObjectsV2, ListObjectVersions, ListMultipartUploads,
                                HeadBucket, GetBucketLocation, GetBucketVersioning, DeleteObjects});

S3Result<void> check_forwardable(const Visit& visit, const std::optional<UpstreamPlace>& place) {
  if (!place || place->key_prefix.empty()) return {};
  const auto& unrouted = visit.unrouted();
  const auto scope = unrouted ? visit.address().scope : visit.operation().scope;
  if (scope != protocol::Scope::bucket) return {};
  if (unrouted) return std::unexpected(unrouted->error);
  if (std::ranges::find(below_a_prefix, visit.operation().id) != below_a_prefix.end()) return {};
  return std::unexpected(S3Error(
      ErrorCode::NotImplemented,
      std::string(visit.operation().name) + " is not forwarded: the bucket is a part of the upstream's"));
}

/// Amazon S3 and others encode keys where the client asks for it, or where they choose to.
bool asks_for_encoded_keys(const Visit& visit) {
  return visit.query().get("encoding-type") == "url";
}

}  // namespace

bool ForwardingEngine::judges(const Visit& visit) const {
  if (!visit.unrouted()) return true;
  const bool is_of_s3 = visit.unrouted()->error.code != ErrorCode::BadRequest;
  return is_of_s3 && (names_.is_identity() || visit.address().scope != protocol::Scope::service);
}

Outcome ForwardingEngine::perform(Visit& visit) {
  if (visit.is(PostObject)) {
    ForwardedForm form(visit, upstream_, names_, [&](const auto& place) { return names_for(visit, place); });
    return receive_form(visit, form);
  }
  const auto place = upstream_place(visit, names_);
  if (!place) return std::unexpected(place.error());
  if (auto ok = check_forwardable(visit, *place); !ok) return std::unexpected(std::move(ok.error()));
  return forward(visit, *place);
}

Outcome ForwardingEngine::forward(Visit& visit, const std::optional<UpstreamPlace>& place) {
  auto head = forwarded_head(visit, names_, place);
  if (!head) return std::unexpected(std::move(head.error()));
  UpstreamRequest request = *std::move(head);
  std::optional<ForwardedPayload> payload;
  MemoryBudget::Reservation held;
  if (visit.is(DeleteObjects) && place && !place->key_prefix.empty()) {
    auto ok = put_mapped_deletions(visit, *place, request);
    if (!ok) return std::unexpected(std::move(ok.error()));
  } else {
    auto known = ForwardedPayload::of(visit, request);
    if (!known) return std::unexpected(std::move(known.error()));
    payload = *std::move(known);
    auto reserved = visit.memory().reserve(payload->memory());
    if (!reserved) return std::unexpected(S3Error(ErrorCode::SlowDown));
    held = *std::move(reserved);
    if (payload->is_small()) {
      auto body = payload->read_small();
      if (!body) return std::unexpected(std::move(body.error()));
      request.body = *std::move(body);
    }
  }
  auto exchange = [&] {
    const Away away(visit.request.place);
    return upstream_.begin(request);
  }();
  if (!exchange) return std::unexpected(s3_error(exchange.error()));
  if (!request.body) {
    if (auto sent = payload->send(**exchange); !sent) return std::unexpected(std::move(sent.error()));
  }
  return forwarded_answer(visit, *std::move(exchange), names_for(visit, place));
}

std::optional<XmlNames> ForwardingEngine::names_for(const Visit& visit,
                                                    const std::optional<UpstreamPlace>& place) const {
  // A completed upload's Location leads to the server that was asked.
  const bool says_where = visit.is(CompleteMultipartUpload);
  if (names_.is_identity() && !says_where) return std::nullopt;
  XmlNames names{.map = names_,
                 .access_key = visit.is_verified() ? visit.principal().access_key : std::string(),
                 .bucket = visit.address().bucket};
  if (place) names.place = *place;
  const bool is_same = place && names.bucket == place->bucket && place->key_prefix.empty();
  if (is_same && !says_where) return std::nullopt;
  if (visit.has_target() && visit.has_key()) names.location = object_url(visit, visit.key());
  names.keys_are_encoded = asks_for_encoded_keys(visit);
  return names;
}

Outcome ForwardingEngine::preflight(Visit& visit) {
  const auto place = upstream_place(visit, names_);
  if (!place) return std::unexpected(place.error());
  UpstreamRequest request{.method = visit.request.method};
  if (*place) {
    request.bucket = (*place)->bucket;
    if (visit.address().scope == protocol::Scope::object)
      request.key = upstream_key(**place, visit.address().key);
  }
  request.query = visit.address().raw_query;
  for (const auto& [name, value] : visit.request.headers) {
    if (!is_of_the_connection(protocol::lower_case(name))) request.headers.add(name, value);
  }
  request.body = std::string();
  auto exchange = [&] {
    const Away away(visit.request.place);
    return upstream_.begin(request);
  }();
  if (!exchange) return std::unexpected(s3_error(exchange.error()));
  return forwarded_answer(visit, *std::move(exchange), names_for(visit, *place));
}

std::expected<ForwardingEngine::Told, UpstreamFailure> ForwardingEngine::ask(const Visit& visit,
                                                                             UpstreamRequest request) {
  constexpr std::size_t longest = std::size_t{64} << 10U;
  const Away away(visit.request.place);
  request.payload_hash = protocol::sigv4::empty_sha256;
  request.body = std::string();
  const bool has_body = request.method != "HEAD";
  const auto exchange = upstream_.begin(request);
  if (!exchange) return std::unexpected(exchange.error());
  const auto head = (*exchange)->answer();
  if (!head) return std::unexpected(head.error());
  Told told{.status = head->status};
  if (!has_body) return told;
  auto body = read_whole(**exchange, longest);
  if (!body) return std::unexpected(body.error());
  told.body = *std::move(body);
  return told;
}

bool ForwardingEngine::cors_allows(Visit& visit, std::string_view bucket, std::string_view origin,
                                   std::string_view method) {
  const auto place = names_.place({}, bucket);
  if (!place || !BucketName::parse(bucket)) return false;
  const auto told = ask(visit, {.method = "GET", .bucket = place->bucket, .query = "cors"});
  if (!told || told->status != 200) return false;
  const auto rules = parse_cors(told->body);
  return rules && cors_headers(*rules, {.origin = origin, .method = method, .headers = {}}).has_value();
}

bool ForwardingEngine::has_bucket(Visit& visit, const BucketName& bucket) {
  const auto place =
      names_.place(visit.is_verified() ? visit.principal().access_key : std::string(), bucket.text());
  if (!place) return false;
  const auto told = ask(visit, {.method = "HEAD", .bucket = place->bucket});
  return !told || told->status != 404;  // of an upstream that is down, nobody knows
}

}  // namespace partsmith::server
