#include "faults/fault_observer.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include <partsmith/protocol/dates.h>
#include <partsmith/values/limits.h>

#include "authenticator.h"
#include "error_response.h"
#include "faults/faulty_bodies.h"
#include "faults/presets.h"
#include "operations/answers.h"
#include "payload.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::OperationId;
using protocol::S3Error;
using std::chrono::milliseconds;

constexpr std::string_view xml_declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// The connection ends before a byte of the answer.
Response no_answer(FaultType type) {
  Response response;
  (type == FaultType::close ? response.close_after_bytes : response.reset_after_bytes) = 0;
  response.close_connection = true;
  return response;
}

void wait_for(Visit& visit, const Fault& fault) {
  constexpr std::chrono::hours until_the_end{24 * 365};
  const bool forever = fault.type == FaultType::hang && fault.milliseconds == 0;
  visit.wait(forever ? milliseconds(until_the_end) : milliseconds(fault.milliseconds));
}

S3Error error_of(const Fault& fault) {
  S3Error error = fault.message.empty() ? S3Error(fault.code) : S3Error(fault.code, fault.message);
  error.log_detail = "a fault";
  return error;
}

Outcome error_answer(Visit& visit, const Fault& fault) {
  S3Error error = error_of(fault);
  if (fault.retry_after)
    error = std::move(error).with_header("Retry-After", std::to_string(*fault.retry_after));
  if (!fault.status) return std::unexpected(std::move(error));
  visit.note_error(error);
  Response response = error_response(error, visit.ids, visit.request.method == "HEAD");
  response.status = *fault.status;
  return response;
}

/// 200, white space, and the error.
Response error_in_200(Visit& visit, const Fault& fault) {
  const S3Error error = error_of(fault);
  visit.note_error(error);
  const Response document = error_response(error, visit.ids, false);
  Response response;
  response.headers.add("Content-Type", "application/xml");
  response.body = std::string(xml_declaration) + ' ' +
                  std::get<std::string>(document.body).substr(xml_declaration.size());
  return response;
}

Outcome redirect(const Visit& visit, const Fault& fault) {
  const std::string region = fault.region.empty() ? "eu-central-1" : fault.region;
  return std::unexpected(S3Error(ErrorCode::PermanentRedirect)
                             .with("Endpoint", visit.request.headers.value("host").empty()
                                                   ? std::string("localhost")
                                                   : std::string(visit.request.headers.value("host")))
                             .with("Bucket", std::holds_alternative<ServiceTarget>(visit.target())
                                                 ? std::string()
                                                 : visit.bucket().text())
                             .with_header("x-amz-bucket-region", region));
}

S3Error expired(std::optional<std::string_view> token) {
  S3Error error(ErrorCode::ExpiredToken);
  return token ? std::move(error).with("Token-0", std::string(*token)) : error;
}

Outcome refusal_of(const Visit& visit, const Fault& fault) {
  const auto refuse = [](S3Error error) -> Outcome {
    error.log_detail = "a fault";
    return std::unexpected(std::move(error));
  };
  switch (fault.type) {
    case FaultType::expired_token:
      return refuse(expired(session_token_of(visit.request, visit.query())));
    case FaultType::part_lost:
      return refuse(S3Error(ErrorCode::InvalidPart));
    default:
      return refuse(S3Error(ErrorCode::NoSuchUpload)
                        .with("UploadId", std::string(visit.query().get("uploadId").value_or(""))));
  }
}

/// Another object's ETag: its first digit differs.
std::string other_etag(std::string_view etag) {
  std::string other(etag);
  const std::size_t at = other.find_first_of("0123456789abcdefABCDEF");
  if (at != std::string::npos) other[at] = other[at] == '0' ? '1' : '0';
  return other;
}

void give_wrong_etag(Response& response) {
  if (const auto etag = response.headers.get("etag")) response.headers.set("ETag", other_etag(*etag));
  auto* document = std::get_if<std::string>(&response.body);
  if (document == nullptr) return;
  constexpr std::string_view open = "<ETag>";
  const std::size_t begin = document->find(open);
  if (begin == std::string::npos) return;
  const std::size_t from = begin + open.size();
  const std::size_t end = document->find('<', from);
  const std::string_view text = std::string_view(*document).substr(from, end - from);
  constexpr std::string_view quote = "&quot;";
  const std::size_t skip = text.starts_with(quote) ? quote.size() : 0;
  document->replace(from + skip, text.size() - skip, other_etag(text.substr(skip)));
}

/// The text between the tags of the first element of that name in the piece.
std::string_view text_in(std::string_view piece, std::string_view name) {
  const std::string open = fmt::format("<{}>", name);
  const std::size_t begin = piece.find(open);
  if (begin == std::string_view::npos) return {};
  const std::size_t from = begin + open.size();
  return piece.substr(from, piece.find('<', from) - from);
}

/// Leaves the elements out whose time is younger. Returns how many.
std::size_t leave_out_younger(std::string& document, std::string_view element, std::string_view time,
                              TimePoint limit) {
  const std::string open = fmt::format("<{}>", element);
  const std::string close = fmt::format("</{}>", element);
  std::size_t left_out = 0;
  for (std::size_t at = document.find(open); at != std::string::npos; at = document.find(open, at)) {
    const std::size_t end = document.find(close, at);
    if (end == std::string::npos) break;
    const std::string_view piece = std::string_view(document).substr(at, end - at);
    const auto when = protocol::parse_iso8601(text_in(piece, time));
    if (!when || *when <= limit) {
      at = end;
      continue;
    }
    document.erase(at, end + close.size() - at);
    ++left_out;
  }
  return left_out;
}

void make_stale(const Visit& visit, Response& response, const Fault& fault) {
  auto* document = std::get_if<std::string>(&response.body);
  if (document == nullptr) return;
  const TimePoint limit = visit.clock().now() - std::chrono::seconds(fault.seconds);
  std::size_t keys = leave_out_younger(*document, "Contents", "LastModified", limit);
  leave_out_younger(*document, "Part", "LastModified", limit);
  leave_out_younger(*document, "Upload", "Initiated", limit);
  leave_out_younger(*document, "Version", "LastModified", limit);
  const std::string_view count = text_in(*document, "KeyCount");
  if (count.empty() || keys == 0) return;
  const std::size_t left = std::stoul(std::string(count)) - keys;
  document->replace(static_cast<std::size_t>(count.data() - document->data()), count.size(),
                    std::to_string(left));
}

/// Of the request's own header: a preset's name, or a rule as JSON, or only its fault.
S3Result<FaultSet::Chosen> faults_of_header(std::string_view text) {
  using Json = nlohmann::json;
  const auto wrong = [&](std::string message) {
    return invalid_argument("x-partsmith-fault: " + std::move(message), "x-partsmith-fault",
                            std::string(text));
  };
  std::string json(text);
  if (!text.starts_with('{')) {
    const FaultPreset* preset = fault_preset(text);
    if (preset == nullptr) return wrong("no preset has that name");
    json = preset->rules;
  } else if (Json document = Json::parse(json, nullptr, false); document.contains("type")) {
    json = Json{{"fault", std::move(document)}}.dump();
  }
  auto rules = parse_fault_rules(json);
  if (!rules) return wrong(std::move(rules.error()));
  FaultSet::Chosen chosen;
  for (FaultRule& rule : *rules) chosen.push_back(std::make_shared<const FaultRule>(std::move(rule)));
  return chosen;
}

}  // namespace

std::optional<Outcome> FaultObserver::before(Visit& visit) {
  visit.faults = visit.world().faults->choose(visit);
  if (from_headers_) {
    if (const auto text = visit.request.headers.get("x-partsmith-fault")) {
      auto asked = faults_of_header(*text);
      if (!asked) return Outcome(std::unexpected(std::move(asked.error())));
      visit.faults.insert(visit.faults.end(), asked->begin(), asked->end());
    }
  }
  const auto faults = visit.faults;  // acting may end the visit
  for (const auto& rule : faults) {
    visit.note_acted(rule->name);
    const Fault& fault = rule->fault;
    if (rule->when == FaultWhen::during_request) {
      visit.wrap_body(std::make_unique<FaultyRequestBody>(*visit.request.body, visit, fault));
      continue;
    }
    if (rule->when != FaultWhen::before) continue;
    switch (fault.type) {
      case FaultType::delay:
        wait_for(visit, fault);
        break;
      case FaultType::no_continue:
        visit.request.body->withhold_continue();
        break;
      case FaultType::hang:
        wait_for(visit, fault);
        return no_answer(FaultType::reset);
      case FaultType::reset:
      case FaultType::close:
        return no_answer(fault.type);
      case FaultType::error:
        return error_answer(visit, fault);
      case FaultType::error_in_200:
        return error_in_200(visit, fault);
      case FaultType::redirect:
        return redirect(visit, fault);
      case FaultType::late_commit:
        return hold(visit, *rule);
      default:
        return refusal_of(visit, fault);
    }
  }
  return std::nullopt;
}

void FaultObserver::committed(Visit& visit, Outcome& outcome) {
  for (const Held& held : due_after(visit)) {
    const Outcome late = engine_.perform(*held.visit);
    visit.note_acted(fmt::format("{}: {} committed late, {}", held.rule, held.visit->operation().name,
                                 late ? "200" : traits(late.error().code).name));
  }
  for (const auto& rule : visit.faults) {
    if (rule->when != FaultWhen::after_commit) continue;
    const Fault& fault = rule->fault;
    switch (fault.type) {
      case FaultType::delay:
        wait_for(visit, fault);
        break;
      case FaultType::hang:
        wait_for(visit, fault);
        outcome = no_answer(FaultType::reset);
        break;
      case FaultType::reset:
      case FaultType::close:
        outcome = no_answer(fault.type);
        break;
      case FaultType::error:
        outcome = error_answer(visit, fault);
        break;
      case FaultType::error_in_200:
        outcome = error_in_200(visit, fault);
        break;
      case FaultType::wrong_etag:
        if (outcome) give_wrong_etag(*outcome);
        break;
      case FaultType::stale_listing:
        if (outcome) make_stale(visit, *outcome, fault);
        break;
      default:  // drop-header acts on the whole head
        break;
    }
  }
}

void FaultObserver::answering(Visit& visit, Response& response) {
  for (const auto& rule : visit.faults) {
    const Fault& fault = rule->fault;
    if (rule->when == FaultWhen::during_response) make_faulty(response, visit.shared_from_this(), fault);
    if (fault.type == FaultType::drop_header) response.headers.remove(fault.header);
    const bool ends =
        fault.type == FaultType::reset || fault.type == FaultType::close || fault.type == FaultType::hang;
    // The body was cut on its way in: there is no answer either.
    if (rule->when == FaultWhen::during_request && ends) {
      (fault.type == FaultType::close ? response.close_after_bytes : response.reset_after_bytes) = 0;
    }
  }
}

std::optional<Outcome> FaultObserver::hold(Visit& visit, const FaultRule& rule) {
  constexpr std::size_t longest = std::size_t{64} << 20U;
  auto bytes = std::make_shared<std::string>();
  const auto read = visit.request.body->read([&](ByteView run) {
    if (bytes->size() + run.size() > longest) return false;
    *bytes += as_text(run);
    return true;
  });
  if (!read) return Outcome(std::unexpected(S3Error(ErrorCode::SlowDown)));
  Held held{visit.again_with(std::make_unique<HeldBody>(bytes)), rule.fault.until, rule.name, bytes->size()};
  Outcome answer = no_answer(FaultType::reset);
  if (rule.fault.answered) {
    const auto declared = declared_payload(*held.visit, limits::max_part_size);
    if (!declared) return Outcome(std::unexpected(declared.error()));
    const auto received = receive_payload(*held.visit, *declared, std::nullopt, Md5Echo::base64,
                                          [](ByteView) -> S3Result<void> { return {}; });
    if (!received) return Outcome(std::unexpected(received.error()));
    Response success;
    success.headers.add("ETag", '"' + to_hex(received->md5) + '"');
    answer = std::move(success);
  }
  if (!take_place(std::move(held))) return Outcome(std::unexpected(S3Error(ErrorCode::SlowDown)));
  return answer;
}

bool FaultObserver::take_place(Held held) {
  const std::scoped_lock lock(mutex_);
  std::size_t all = held.bytes;
  for (const Held& other : held_) all += other.bytes;
  if (all > most_held_bytes) return false;
  held_.push_back(std::move(held));
  return true;
}

std::vector<FaultObserver::Held> FaultObserver::due_after(const Visit& visit) {
  std::vector<Held> due;
  const std::scoped_lock lock(mutex_);
  if (held_.empty() || !visit.has_key()) return due;
  const auto is_due = [&](const Held& held) {
    const Visit& late = *held.visit;
    if (&late.world() != &visit.world() || late.bucket() != visit.bucket() || late.key() != visit.key())
      return false;
    const auto same = [&](std::string_view name) {
      return late.query().get(name) == visit.query().get(name);
    };
    if (held.until == "retry") {
      return late.operation().id == visit.operation().id && same("uploadId") && same("partNumber");
    }
    const auto end =
        held.until == "complete" ? OperationId::CompleteMultipartUpload : OperationId::AbortMultipartUpload;
    return visit.is(end) && (same("uploadId") || !late.query().has("uploadId"));
  };
  std::ranges::copy_if(held_, std::back_inserter(due), is_due);
  std::erase_if(held_, is_due);
  return due;
}

}  // namespace partsmith::server
