/// What a visit comes to: its answer, at once or late, and its end.

#include <partsmith/protocol/dates.h>

#include "error_response.h"
#include "service.h"
#include "stage_timer.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::OperationId;
using protocol::S3Error;

constexpr std::string_view xml_declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

}  // namespace

/// What the operation did stays done, whatever becomes of the answer.
void Service::committed(Visit& visit, Outcome& outcome) {
  const StageTimer timer(visit.spent_[static_cast<std::size_t>(Stage::committed)]);
  for (Observer* observer : observers_) observer->committed(visit, outcome);
}

/// The head and body that are sent.
Response Service::answer(Visit& visit, Outcome outcome) {
  const StageTimer timer(visit.spent_[static_cast<std::size_t>(Stage::answer)]);
  Response response = outcome ? *std::move(outcome) : error_answer(visit, outcome.error());
  if (visit.late_work_) answer_late(visit, response);
  if (!visit.is_preflight_ && visit.is_addressed() && visit.has_world()) {
    engine_.let_pages_read(visit, response);
  }
  guard_.contain(response, visit.request);
  add_common_headers(response, visit);
  for (Observer* observer : observers_) observer->answering(visit, response);
  visit.end_.status = response.status;
  return response;
}

/// The last of a visit: its record is complete.
void Service::sent(Visit& visit, const Exchange& exchange) {
  visit.end_.exchange = exchange;
  visit.end_.took = std::chrono::steady_clock::now() - visit.begun;
  visit.request.body = nullptr;
  visit.request.place = nullptr;
  for (Observer* observer : observers_) observer->sent(visit);
  visit.world_.reset();  // whoever keeps the record doesn't keep the world
}

Response Service::error_answer(Visit& visit, const S3Error& error) {
  visit.note_error(error);
  Response response = error_response(error, visit.ids, visit.request.method == "HEAD");
  add_bucket_region(response, visit);
  return response;
}

/// The XML declaration and white space at once; then the work, and what came of it, an error too.
void Service::answer_late(Visit& visit, Response& response) {
  enum class Next : std::uint8_t { white_space, work, end };
  struct LateBody {
    Service& service;
    std::shared_ptr<Visit> visit;
    std::move_only_function<Outcome()> work;
    Next next = Next::white_space;
    std::string run = {};

    std::string_view operator()() {
      const Next now = next;
      next = now == Next::white_space ? Next::work : Next::end;
      if (now == Next::end) return {};
      run = now == Next::white_space ? std::string(xml_declaration) + ' ' : document();
      return run;
    }
    Outcome worked() {
      try {
        return work();
      } catch (const std::exception& bug) {
        S3Error error(ErrorCode::InternalError);
        error.log_detail = bug.what();
        return std::unexpected(std::move(error));
      }
    }
    std::string document() {
      Outcome outcome = worked();
      service.committed(*visit, outcome);
      const Response late = outcome ? *std::move(outcome) : service.error_answer(*visit, outcome.error());
      return std::get<std::string>(late.body).substr(xml_declaration.size());
    }
  };
  const auto body =
      std::make_shared<LateBody>(*this, visit.shared_from_this(), std::exchange(visit.late_work_, nullptr));
  response.body = ChunkedBody{[body] { return (*body)(); }};
}

/// The answers about a bucket itself name its region, also those that refuse: that is how clients find it.
/// Source: S3 API reference, HeadBucket; of the listings reported (versitygw#2004).
void Service::add_bucket_region(Response& response, Visit& visit) {
  using enum OperationId;
  if (visit.operation_name().empty() || visit.is_preflight_ || !visit.has_world()) return;
  if (response.headers.has("x-amz-bucket-region")) return;  // a redirect names another
  if (!visit.is(HeadBucket) && !visit.is(ListObjects) && !visit.is(ListObjectsV2)) return;
  const auto name = BucketName::parse(visit.address().bucket);
  if (!name) return;
  if (auto region = engine_.region_of(visit, *name))
    response.headers.add("x-amz-bucket-region", *std::move(region));
}

void Service::add_common_headers(Response& response, const Visit& visit) const {
  const TimePoint now = visit.has_world() ? visit.clock().now() : worlds_.world_of({})->clock.now();
  // An upstream's answer has ids, date and server of its own.
  protocol::Headers headers;
  if (!response.headers.has("x-amz-request-id")) {
    headers.add("x-amz-id-2", visit.ids.host_id);
    headers.add("x-amz-request-id", visit.ids.request_id);
  }
  if (!response.headers.has("date")) headers.add("Date", protocol::http_date(now));
  for (const auto& [name, value] : response.headers) headers.add(name, value);
  if (!headers.has("server")) headers.add("Server", "AmazonS3");
  response.headers = std::move(headers);
}

}  // namespace partsmith::server
