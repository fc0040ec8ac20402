#include "service.h"

#include <algorithm>
#include <array>

#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/path.h>
#include <partsmith/protocol/uri.h>

#include "answer_memory.h"
#include "control/health.h"
#include "cross_origin.h"
#include "error_response.h"
#include "header_lines.h"
#include "header_rules.h"
#include "object_names.h"
#include "operations/answers.h"
#include "operations/operations.h"
#include "operations/regions.h"
#include "query_headers.h"
#include "request_log.h"
#include "router.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

S3Result<BucketName> checked_bucket(const Address& address) {
  if (auto name = BucketName::parse(address.bucket)) return *std::move(name);
  return std::unexpected(S3Error(ErrorCode::InvalidBucketName).with("BucketName", address.bucket));
}

/// What the vendor whose part we play doesn't have.
S3Result<void> check_vendor_rules(const Call& call) {
  const VendorRules& rules = call.rules();
  if (std::ranges::find(rules.refused_operations, call.operation.name) != rules.refused_operations.end()) {
    return std::unexpected(S3Error(ErrorCode::NotImplemented));
  }
  for (const auto& [name, value] : call.headers()) {
    const std::string lower = protocol::lower_case(name);
    const auto refuses = [&](const std::string& beginning) { return lower.starts_with(beginning); };
    if (std::ranges::none_of(rules.refused_headers, refuses)) continue;
    return invalid_argument("Unsupported header '" + lower + "' received for this API call.", lower, value);
  }
  return {};
}

/// Who has to own the bucket, or a copy's source, if the request says so. Source: S3 user guide, "Verifying
/// bucket ownership with bucket owner condition"; everything here belongs to one account.
S3Result<void> check_expected_owner(const protocol::Headers& headers) {
  for (const char* name : {"x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"}) {
    const auto expected = headers.get(name);
    if (!expected || *expected == account_number) continue;
    const bool is_account =
        expected->size() == 12 && std::ranges::all_of(*expected, [](char c) { return c >= '0' && c <= '9'; });
    if (is_account) return std::unexpected(S3Error(ErrorCode::AccessDenied));
    return std::unexpected(
        S3Error(ErrorCode::InvalidBucketOwnerAWSAccountID,
                "The value of the expected bucket owner parameter must be an AWS Account ID... [" +
                    std::string(*expected) + ']'));
  }
  return {};
}

/// The query of a log line: what tells one multipart request from another, and never a signature.
std::string logged_query(std::string_view target) {
  const auto query = protocol::Query::parse(protocol::split_target(target).query);
  if (!query) return {};
  std::string text;
  for (const std::string_view name : {"partNumber", "uploadId", "uploads"}) {
    if (!query->has(name)) continue;
    text += (text.empty() ? "" : "&") + std::string(name);
    if (const auto value = *query->get(name); !value.empty()) text += '=' + std::string(value);
  }
  return text;
}

/// A bucket is made in the region that its maker signs for.
SignedRegion signed_region(const protocol::OperationRow& row) {
  return row.name == "CreateBucket" ? SignedRegion::of_aws : SignedRegion::any;
}

/// How a head that is none is answered, and what the log says of it besides.
struct BadHeadRow {
  HttpEdge::BadHead::Kind kind;
  ErrorCode code;
  std::string_view message = {};  ///< empty: the code's own
  std::string_view cause = {};
};

const BadHeadRow& row_of(HttpEdge::BadHead::Kind kind) {
  using Kind = HttpEdge::BadHead::Kind;
  static constexpr auto rows = std::to_array<BadHeadRow>({
      {Kind::malformed, ErrorCode::BadRequest, {}, "malformed head"},
      {Kind::too_large, ErrorCode::RequestHeaderSectionTooLarge},
      {Kind::missing_host, ErrorCode::BadRequest, {}, "no Host"},
      {Kind::conflicting_framing, ErrorCode::BadRequest, {}, "conflicting framing"},
      {Kind::timeout, ErrorCode::RequestTimeout},
      {Kind::no_memory, ErrorCode::SlowDown},
      {Kind::tls, ErrorCode::BadRequest, "You spoke TLS to a port that speaks plain HTTP. Use http:// here.",
       "TLS spoken to the plain HTTP port"},
      {Kind::plain_text, ErrorCode::BadRequest, "You spoke plain HTTP to a port that speaks TLS. Use https:// here.",
       "plain HTTP spoken to the TLS port"},
  });
  return *std::ranges::find(rows, kind, &BadHeadRow::kind);
}

}  // namespace

Service::Service(const ServerOptions& options, World world)
    : log_format_(options.log_format),
      version_(options.version),
      world_(world),
      guard_({.known_secret = options.secret_key == default_secret_key,
              .allowed_hosts = options.allowed_hosts,
              .trust_pages = options.trust_pages}),
      authenticator_({options.access_key, options.secret_key, options.region, options.strict_region}) {}

Response Service::handle(Request& request) {
  Note note;
  const RequestIds ids = new_request_ids();
  note.request_id = ids.request_id;

  Outcome outcome = answer(request, ids, note);
  Response response;
  if (outcome) {
    response = std::move(*outcome);
  } else {
    note.error = traits(outcome.error().code).name;
    note.message = outcome.error().message;
    note.detail = outcome.error().log_detail;
    response = error_response(outcome.error(), ids, request.method == "HEAD");
    add_bucket_region(response, request, note.operation);
  }
  if (request.method != "OPTIONS") add_cors_headers(response, request, world_);
  guard_.contain(response, request);
  add_common_headers(response, ids);
  response.note = std::move(note);
  return response;
}

Outcome Service::answer(Request& request, const RequestIds& ids, Note& note) {
  if (auto ok = guard_.check_host(request); !ok) return std::unexpected(std::move(ok.error()));
  if (is_control(request)) {
    if (auto ok = PageGuard::check_control(request); !ok) return std::unexpected(std::move(ok.error()));
    return control_answer(request, version_, started_);
  }
  const auto address = address_of(request.headers.value("host"), request.target);
  if (!address) return std::unexpected(address.error());
  if (auto ok = guard_.check_page(request, *address, world_); !ok)
    return std::unexpected(std::move(ok.error()));
  if (request.method == "OPTIONS") {
    note.operation = "Preflight";
    return preflight(request, *address, world_);
  }
  const auto row = route(request.method, address->scope, address->query, request.headers);
  if (!row) return std::unexpected(refusal(request, *address, row.error()));
  note.operation = (*row)->name;

  const bool is_form = (*row)->name == "PostObject";
  const auto identity = is_form ? Identity{} : identify(request, *address, signed_region(**row));
  if (!identity) return std::unexpected(identity.error());
  join_repeated_lines(request.headers);
  if (auto ok = take_headers_from_query(request, address->query); !ok)
    return std::unexpected(std::move(ok.error()));

  Call call{request, *address, **row, *identity, world_};
  call.ids = &ids;
  if (is_form) call.authenticator = &authenticator_;
  std::optional<BucketName> bucket;
  std::optional<ObjectKey> key;
  if (address->scope != protocol::Scope::service) {
    auto name = checked_bucket(*address);
    if (!name) return std::unexpected(name.error());
    call.bucket = &bucket.emplace(*std::move(name));
  }
  if (address->scope == protocol::Scope::object) {
    auto name = object_key(address->key, [] { return S3Error(ErrorCode::InvalidURI); });
    if (!name) return std::unexpected(name.error());
    call.key = &key.emplace(*std::move(name));
  }
  if (auto ok = check_expected_owner(request.headers); !ok) return std::unexpected(std::move(ok.error()));
  if (auto ok = check_vendor_rules(call); !ok) return std::unexpected(std::move(ok.error()));
  const Operation operation = operation_function((*row)->name);
  if (operation == nullptr) {
    return std::unexpected(
        S3Error(ErrorCode::NotImplemented, std::string((*row)->name) + " is not implemented by partsmith"));
  }
  if (auto ok = check_headers(call); !ok) return std::unexpected(std::move(ok.error()));
  // While it is built; what it takes while it is sent is the edge's to reserve.
  const auto held = memory_for_answer(call, longest_answer(call.operation));
  if (!held) return std::unexpected(S3Error(ErrorCode::SlowDown));
  return operation(call);
}

S3Error Service::refusal(const Request& request, const Address& address, const RouteRefusal& refused) {
  if (refused.after == RefusedAfter::nothing) return refused.error;
  const bool needs_signature = refused.after == RefusedAfter::bucket || !Authenticator::is_anonymous(request, address);
  if (needs_signature) {
    if (auto identity = identify(request, address, SignedRegion::any); !identity) return std::move(identity.error());
  }
  if (refused.after == RefusedAfter::bucket) {
    const auto name = checked_bucket(address);
    if (!name) return name.error();
    if (!world_.store.bucket(*name)) return S3Error(ErrorCode::NoSuchBucket).with("BucketName", address.bucket);
  }
  return refused.error;
}

/// The answers about a bucket itself name its region, also those that refuse: that is how clients find it. Source:
/// S3 API reference, HeadBucket; of the listings reported (versitygw#2004).
void Service::add_bucket_region(Response& response, const Request& request, std::string_view operation) const {
  if (operation != "HeadBucket" && operation != "ListObjects" && operation != "ListObjectsV2") return;
  const auto address = address_of(request.headers.value("host"), request.target);
  const auto name = address ? BucketName::parse(address->bucket) : std::nullopt;
  if (!name) return;
  if (const auto bucket = world_.store.bucket(*name)) response.headers.add("x-amz-bucket-region", region_of(*bucket));
}

/// Anonymous requests are refused, but Amazon S3 tells them first when the bucket doesn't exist (recorded).
S3Result<Identity> Service::identify(const Request& request, const Address& address, SignedRegion region) {
  auto identity = authenticator_.authenticate(request, address, world_.clock.now(), region);
  if (!identity && Authenticator::is_anonymous(request, address)) {
    const auto name = BucketName::parse(address.bucket);
    if (name && !world_.store.bucket(*name)) {
      return std::unexpected(S3Error(ErrorCode::NoSuchBucket).with("BucketName", address.bucket));
    }
  }
  return identity;
}

void Service::add_common_headers(Response& response, const RequestIds& ids) const {
  protocol::Headers headers{{"x-amz-id-2", ids.host_id},
                            {"x-amz-request-id", ids.request_id},
                            {"Date", protocol::http_date(world_.clock.now())}};
  for (const auto& [name, value] : response.headers) headers.add(name, value);
  headers.add("Server", "AmazonS3");
  response.headers = std::move(headers);
}

Response Service::handle_bad_head(const HttpEdge::BadHead& bad) {
  const BadHeadRow& row = row_of(bad.kind);
  S3Error error = row.message.empty() ? S3Error(row.code) : S3Error(row.code, std::string(row.message));
  const RequestIds ids = new_request_ids();
  Response response = error_response(error, ids, false);
  add_common_headers(response, ids);
  response.close_connection = true;
  response.note = Note{.error = traits(row.code).name,
                       .message = error.message,
                       .detail = std::string(row.cause),
                       .request_id = ids.request_id};
  return response;
}

Response Service::handle_failure(const Request& request, HttpEdge::Failure why) {
  const ErrorCode code = why == HttpEdge::Failure::bug ? ErrorCode::InternalError : ErrorCode::SlowDown;
  const RequestIds ids = new_request_ids();
  Response response = error_response(code, ids, request.method == "HEAD");
  add_common_headers(response, ids);
  response.note = Note{.error = traits(code).name, .request_id = ids.request_id};
  return response;
}

std::string Service::log_line(const HttpEdge::BadHead& bad, const Response& response,
                              const Exchange& exchange) const {
  Request request;
  request.method = request.target = "-";
  request.peer_address = bad.peer_address;
  return log_line(request, response, exchange);
}

std::string Service::log_line(const Request& request, const Response& response,
                              const Exchange& exchange) const {
  const auto* note = std::any_cast<Note>(&response.note);
  const std::string query = logged_query(request.target);
  LogEntry entry{.time = world_.clock.now(),
                 .peer = request.peer_address,
                 .method = request.method,
                 .path = protocol::split_target(request.target).path,
                 .upload = query,
                 .status = response.status,
                 .bytes_in = exchange.bytes_in,
                 .bytes_out = exchange.bytes_out,
                 .cut = exchange.cut};
  if (note != nullptr) {
    entry.operation = note->operation;
    entry.error = note->error;
    entry.message = note->message;
    entry.detail = note->detail;
    entry.request_id = note->request_id;
    entry.took =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - note->begun);
  }
  return log_format_ == LogFormat::json ? json_line(entry) : text_line(entry);
}

}  // namespace partsmith::server
