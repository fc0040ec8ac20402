#include "service.h"

#include <algorithm>
#include <array>

#include "bad_heads.h"
#include "header_lines.h"
#include "object_names.h"
#include "operations/early_refusals.h"
#include "policies/store_policy.h"
#include "query_headers.h"
#include "signing_checks.h"
#include "stage_timer.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::OperationId;
using protocol::S3Error;
using protocol::Scope;

/// Passes a stage on, or ends it with the error.
std::unexpected<S3Error> refused(S3Error error) {
  return std::unexpected(std::move(error));
}

S3Result<BucketName> checked_bucket(const Address& address) {
  if (auto name = BucketName::parse(address.bucket)) return *std::move(name);
  return refused(S3Error(ErrorCode::InvalidBucketName).with("BucketName", address.bucket));
}

bool names_version(const Visit& visit) {
  return !visit.unrouted() && visit.operation().scope == Scope::object && visit.query().has("versionId");
}

/// InvalidBucketName, InvalidURI, KeyTooLongError. A key that an engine judges itself stays untold: it is in
/// the address.
S3Result<Target> target_of(const Visit& visit, bool engine_judges) {
  const Address& address = visit.address();
  if (address.scope == Scope::service) return ServiceTarget{};
  auto bucket = checked_bucket(address);
  if (!bucket) return refused(std::move(bucket.error()));
  if (address.scope == Scope::bucket) return BucketTarget{*std::move(bucket)};
  auto key = object_key(address.key, [] { return S3Error(ErrorCode::InvalidURI); });
  if (!key && engine_judges) return BucketTarget{*std::move(bucket)};
  if (!key) return refused(std::move(key.error()));
  ObjectTarget object{*std::move(bucket), *std::move(key)};
  if (names_version(visit)) object.version = VersionId::parse(*visit.query().get("versionId"));
  return object;
}

/// What the operation needs the right to.
std::string needed_action(const Visit& visit) {
  const std::string_view action = visit.unrouted() ? std::string_view() : visit.operation().action;
  return names_version(visit) ? versioned(action) : std::string(action);
}

/// An upstream decides for itself.
bool is_open_to_anybody(const Visit& visit, const Target& target) {
  if (!visit.world().foreign_policy && needs_account(visit.operation().id)) return false;
  return visit.authorise(needed_action(visit), target).has_value();
}

/// A bucket is made in the region that its maker signs for.
SignedRegion signed_region(const Visit& visit) {
  return visit.is(OperationId::CreateBucket) ? SignedRegion::of_aws : SignedRegion::any;
}

}  // namespace

/// A visit as the edge knows it.
class Service::ServedVisit final : public Visit, public AnswerOwner {
 public:
  ServedVisit(Service& service, Request came)
      : Visit(std::move(came), new_request_ids(), service.stops_.get_token()), service_(service) {}

  Response instead(AnswerFault why, std::string_view what) override {
    S3Error error(why == AnswerFault::bug ? ErrorCode::InternalError : ErrorCode::SlowDown);
    error.log_detail = what;
    return service_.answer(*this, std::unexpected(std::move(error)));
  }
  void sent(const Exchange& exchange) override { service_.sent(*this, exchange); }

 private:
  Service& service_;
};

Service::Service(const ServerOptions& options, Parts parts)
    : worlds_(parts.worlds),
      engine_(parts.engine),
      control_(parts.control),
      observers_(std::move(parts.observers)),
      guard_({.known_secret = is_known_secret(options.secret_key),
              .allowed_hosts = options.allowed_hosts,
              .trust_pages = options.trust_pages}),
      authenticator_({.access_key = options.world_per_access_key() ? std::string() : options.access_key,
                      .secret_key = options.secret_key,
                      .session_token = options.session_token,
                      .region = options.region,
                      .strict_region = options.strict_region}) {}

Response Service::handle(Request& request) {
  const auto visit = std::make_shared<ServedVisit>(*this, std::move(request));
  Response response;
  try {
    response = answer(*visit, pass_stages(*visit));
  } catch (const std::exception& bug) {
    S3Error error(ErrorCode::InternalError);
    error.log_detail = bug.what();
    response = answer(*visit, refused(std::move(error)));
    response.close_connection = true;  // nobody knows how much of the body was read
  }
  response.owner = visit;
  return response;
}

/// The stages, in order. The last three, `committed`, `answer` and `sent`, follow whatever came before.
Outcome Service::pass_stages(Visit& visit) {
  static constexpr auto stages = std::to_array<StageRow>({
      {Stage::address, &Service::address},
      {Stage::route, &Service::route},
      {Stage::claim, &Service::claim},
      {Stage::world, &Service::find_world},
      {Stage::verify, &Service::verify},
      {Stage::authorise, &Service::authorise},
      {Stage::before, &Service::before},
      {Stage::perform, &Service::perform},
  });
  for (const StageRow& row : stages) {
    const StageTimer timer(visit.spent_[static_cast<std::size_t>(row.stage)]);
    auto result = (this->*row.run)(visit);
    if (!result) return refused(std::move(result.error()));
    if (*result) return *std::move(*result);
  }
  throw std::logic_error("no stage answered");
}

/// Which bucket and key are meant. Answers partsmith's own endpoints. Refuses hosts that an attacker's DNS
/// could have led here, and malformed targets.
Service::StageResult Service::address(Visit& visit) {
  const Request& request = visit.request;
  if (auto ok = guard_.check_host(request); !ok) return refused(std::move(ok.error()));
  visit.is_control_ = control_ != nullptr && ControlApi::is_for(request);
  if (visit.is_control_) {
    if (auto ok = PageGuard::check_control(request); !ok) return refused(std::move(ok.error()));
    return control_->answer(visit, stops_.get_token());
  }
  auto address = address_of(request.headers.value("host"), request.target);
  if (!address) return refused(std::move(address.error()));
  visit.address_ = *std::move(address);
  return std::nullopt;
}

/// Which operation is asked for. What asks for none is refused as soon as Amazon S3 would: some of it only
/// after the signature.
Service::StageResult Service::route(Visit& visit) {
  visit.is_preflight_ = visit.request.method == "OPTIONS";
  if (visit.is_preflight_) return std::nullopt;
  const Address& address = visit.address();
  auto row = server::route(visit.request.method, address.scope, address.query, visit.request.headers);
  if (row) {
    visit.operation_ = *row;
  } else {
    visit.unrouted_ = std::move(row.error());
  }
  return std::nullopt;
}

/// Whose key the request says it is signed with. Refuses nothing: what is wrong with the claim is told by
/// `verify`.
Service::StageResult Service::claim(Visit& visit) {
  if (!visit.is_preflight_) visit.claim_ = claim_of(visit.request, visit.address());
  return std::nullopt;
}

/// The world of that key. Answers preflights, which nobody signs; refuses pages of other origins, and what
/// asks for no operation of any resource.
Service::StageResult Service::find_world(Visit& visit) {
  visit.world_ = worlds_.world_of(visit.claim_ ? access_key_of(*visit.claim_) : std::string_view());
  const auto allows = [&](std::string_view bucket, std::string_view origin, std::string_view method) {
    return engine_.cors_allows(visit, bucket, origin, method);
  };
  if (auto ok = guard_.check_page(visit.request, visit.address(), allows); !ok)
    return refused(std::move(ok.error()));
  if (visit.is_preflight_) return engine_.preflight(visit);
  if (visit.unrouted_ && visit.unrouted_->after == RefusedAfter::nothing && !engine_.judges(visit))
    return refused(refuse_at_once(visit));
  return std::nullopt;
}

/// Who asks, and what the signature says of the payload. A form says it in its body, and is verified when
/// that is read.
Service::StageResult Service::verify(Visit& visit) {
  if (visit.unrouted_ && !engine_.judges(visit)) return refused(refuse_unrouted(visit));
  visit.authenticator_ = &authenticator_;
  if (visit.is(OperationId::PostObject)) {
    visit.principal_.emplace();
  } else {
    const bool judged_later = engine_.judges(visit);
    auto parameters = judged_later ? S3Result<void>() : check_parameters(visit, endpoint_of(visit));
    if (!parameters) return refused(std::move(parameters.error()));
    auto proof = proof_of(visit);
    if (!proof)
      return refused(judged_later ? refused_unheard(visit, std::move(proof.error())) : proof.error());
    visit.principal_ = std::move(proof->principal);
    visit.payload_ = std::move(proof->payload);
    if (visit.principal().is_anonymous()) return std::nullopt;  // whether more is looked at, rights decide
    visit.world_ = worlds_.make_world_of(visit.principal().access_key);
  }
  if (auto ok = read_head(visit); !ok) return refused(std::move(ok.error()));
  return std::nullopt;
}

/// As operations want it.
S3Result<void> Service::read_head(Visit& visit) {
  visit.view_ = joined_lines(visit.request.headers);
  auto with_query = headers_with_query(visit.headers(), visit.query());
  if (!with_query) return refused(std::move(with_query.error()));
  if (*with_query) visit.view_ = **std::move(with_query);
  return {};
}

/// The region of the endpoint that the client believes to speak to.
std::string_view Service::endpoint_of(const Visit& visit) const {
  const auto* claim = visit.claim_ ? std::get_if<SignatureClaim>(&*visit.claim_) : nullptr;
  return claim == nullptr ? authenticator_.region() : std::string_view(claim->scope.region);
}

/// Who asks, by the signature. What is wrong with the claim itself is told in the order of Amazon S3.
S3Result<Proof> Service::proof_of(Visit& visit) const {
  if (!visit.claim_)
    return refused(told_first(visit.claim_.error(), visit.request, visit.address(), visit.clock()));
  return authenticator_.verify(*visit.claim_, visit.request, visit.address(), visit.clock(),
                               signed_region(visit));
}

/// Who lists the buckets of nobody is led to the service's page (reported: brekkylab/backlot, measured
/// 2026-09).
Service::StageResult Service::refuse_anonymous(Visit& visit) {
  if (visit.is(OperationId::ListBuckets)) {
    Response page;
    page.status = 307;
    page.headers.add("Location", "https://aws.amazon.com/s3/");
    return page;
  }
  const auto name = BucketName::parse(visit.address().bucket);
  if (name && !visit.is(OperationId::CreateBucket) && !engine_.has_bucket(visit, *name))
    return refused(S3Error(ErrorCode::NoSuchBucket).with("BucketName", name->text()));
  if (visit.unrouted_) return refused(S3Error(ErrorCode::AccessDenied));  // of a bucket whose name is none
  return refused(anonymous_refusal(visit.operation().id));
}

/// Whether the principal may do that to the target. Amazon S3 tells anonymous callers first when the bucket
/// doesn't exist (recorded). What a form may do is asked again when its fields are read.
Service::StageResult Service::authorise(Visit& visit) {
  auto target = target_of(visit, engine_.judges(visit));
  const bool is_form = visit.is(OperationId::PostObject);
  if (!is_form && visit.principal().is_anonymous() && !(target && is_open_to_anybody(visit, *target))) {
    return refuse_anonymous(visit);
  }
  if (!target) return refused(std::move(target.error()));
  visit.target_ = *std::move(target);
  if (!is_form && visit.principal().is_anonymous()) {
    if (auto ok = read_head(visit); !ok) return refused(std::move(ok.error()));
  } else if (!is_form) {
    if (auto ok = visit.authorise(needed_action(visit), visit.target()); !ok)
      return refused(std::move(ok.error()));
  }
  if (auto ok = engine_.check_owner(visit.headers()); !ok) return refused(std::move(ok.error()));
  return std::nullopt;
}

/// What observers do before the operation: a fault, for instance.
Service::StageResult Service::before(Visit& visit) {
  for (Observer* observer : observers_) {
    if (auto outcome = observer->before(visit)) {
      if (!*outcome) return refused(std::move(outcome->error()));
      return **std::move(outcome);
    }
  }
  return std::nullopt;
}

/// The operation itself.
Service::StageResult Service::perform(Visit& visit) {
  Outcome outcome = engine_.perform(visit);
  if (!visit.late_work_) committed(visit, outcome);
  if (!outcome) return refused(std::move(outcome.error()));
  return *std::move(outcome);
}

/// What is told of a wrong signature when the engine won't hear of the request: parameters and what asks for
/// no operation come first.
S3Error Service::refused_unheard(Visit& visit, S3Error of_the_signature) {
  if (visit.unrouted_) {
    const bool at_once = visit.unrouted_->after == RefusedAfter::nothing;
    return at_once ? refuse_at_once(visit) : refuse_unrouted(visit);
  }
  auto parameters = check_parameters(visit, endpoint_of(visit));
  return parameters ? std::move(of_the_signature) : std::move(parameters.error());
}

/// Of a listing but for something else its parameters are looked at first.
S3Error Service::refuse_at_once(Visit& visit) {
  visit.operation_ = visit.unrouted_->but_for_this;
  if (visit.operation_ != nullptr) {
    if (auto ok = check_parameters(visit, endpoint_of(visit)); !ok) return std::move(ok.error());
  }
  visit.operation_ = nullptr;
  return visit.unrouted_->error;
}

/// Some of what asks for no operation Amazon S3 refuses only when it knows who asks.
S3Error Service::refuse_unrouted(Visit& visit) {
  const bool anonymous = visit.claim_ && is_anonymous(*visit.claim_);
  const RouteRefusal& refusal = *visit.unrouted_;
  if (refusal.after == RefusedAfter::signature && anonymous) return refusal.error;
  if (!visit.claim_) return told_first(visit.claim_.error(), visit.request, visit.address(), visit.clock());
  const auto name = checked_bucket(visit.address());
  const bool bucket_missing = name && !engine_.has_bucket(visit, *name);
  const S3Error no_such_bucket = S3Error(ErrorCode::NoSuchBucket).with("BucketName", visit.address().bucket);
  if (anonymous) return bucket_missing ? no_such_bucket : S3Error(ErrorCode::AccessDenied);
  auto proof =
      authenticator_.verify(*visit.claim_, visit.request, visit.address(), visit.clock(), SignedRegion::any);
  if (!proof) return std::move(proof.error());
  if (refusal.after == RefusedAfter::bucket) {
    if (!name) return name.error();
    if (bucket_missing) return no_such_bucket;
  }
  return refusal.error;
}

Response Service::handle_bad_head(const HttpEdge::BadHead& bad) {
  Request nothing;
  nothing.method = nothing.target = "-";
  nothing.peer_address = bad.peer_address;
  const auto visit = std::make_shared<ServedVisit>(*this, std::move(nothing));
  Response response = answer(*visit, refused(bad_head_error(bad.kind)));
  response.close_connection = true;
  response.owner = visit;
  return response;
}

}  // namespace partsmith::server
