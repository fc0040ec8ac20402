#include <fmt/format.h>

#include <partsmith/client/multipart.h>
#include <partsmith/client/retry.h>
#include <partsmith/conformance/context.h>
#include <partsmith/values/limits.h>

#include "evidence.h"
#include "run_id.h"
#include "trouble.h"
#include "wire_text.h"

namespace partsmith::conformance {
namespace {

/// What a step is for was done, whatever the document is called: clients look into it only, and checks of its
/// own tell its name.
Answer& succeeded(Answer& answer, std::string_view document) {
  answer.status(200);
  const auto told = answer.answer().document();
  if (!told || told->name == "Error") answer.document(document);
  return answer;
}

/// The next one that isn't an interim one.
std::expected<client::HttpAnswer, client::ClientError> final_answer(client::RawConnection& connection,
                                                                    bool to_head) {
  while (true) {
    auto answer = connection.read_answer(to_head);
    if (!answer || answer->status >= 200) return answer;
  }
}

}  // namespace

CheckContext::CheckContext(client::S3Client& client, CheckSettings settings)
    : client_(client),
      settings_(std::move(settings)),
      missing_bucket_(RunId::make(SystemClock().now()).bucket()),
      reproduction_(client.endpoint(), client.options(), settings_.bucket),
      preparing_(client, reproduction_) {}

bool CheckContext::fail(std::size_t exchange, std::string expected, std::string actual, bool in_error_text,
                        Level floor, scripts::Claim claim) {
  Failure failure{std::move(expected), std::move(actual), {}, {}, granted_ > 0, in_error_text};
  failure.level = std::max(settings_.level, floor);
  if (failure.level > settings_.counted) {
    ++beyond_level_;
    return false;
  }
  failure.exchange = exchange;
  failure.claim = std::move(claim);
  if (exchange < exchanges_.size()) {
    const auto& [sent, received, operation, status, code] = exchanges_[exchange];
    failure.sent = sent;
    failure.received = received;
    failure.operation = operation;
    failure.status = status;
    failure.code = code;
  }
  failures_.push_back(std::move(failure));
  return true;
}

void CheckContext::fail_without_exchange(std::string expected, std::string actual) {
  fail(exchanges_.size(), std::move(expected), std::move(actual));
}

void CheckContext::note_defect(std::string what) {
  defect_ = std::move(what);
}

client::HttpRequest PreparingClient::prepare(const client::S3Request& request) {
  auto prepared = client_.prepare(request);
  // A stream is read once; who compares has to read it again.
  if (prepared.body.text() == nullptr) {
    std::string text;
    const auto read = client::read_whole(prepared.body, [&](ByteView bytes) { text += as_text(bytes); });
    if (!read) throw std::runtime_error(read.error());
    prepared.body = std::move(text);
  }
  reproduction_.prepared(request, prepared);
  return prepared;
}

Answer CheckContext::send(const client::S3Request& request) {
  // Before the answer: it may get lost on its way back.
  const bool writes = request.method != "GET" && request.method != "HEAD";
  // A longer key is no key, and couldn't be deleted either.
  if (writes && !request.key.empty() && request.key.size() <= limits::max_key_bytes)
    touched_keys_.insert(request.key);
  reproduction_.add(request);
  auto answer = exchange(client_.prepare(request));
  note_effects(request, answer.answer());
  respect_bounds(request, answer.answer());
  return answer;
}

Answer CheckContext::send_by_other(const client::S3Request& request) {
  if (settings_.second == nullptr)
    throw std::logic_error("a check that needs a second account doesn't say so");
  if (!request.key.empty()) touched_keys_.insert(request.key);
  reproduction_.add(request).by_other = true;
  auto answer = exchange(settings_.second->prepare(request), "another account: ");
  note_effects(request, answer.answer());
  return answer;
}

Answer CheckContext::send(const client::HttpRequest& request, std::string_view key) {
  if (!key.empty()) touched_keys_.emplace(key);
  reproduction_.add(request);
  return exchange(request);
}

Answer CheckContext::send_until(const client::S3Request& request,
                                const std::function<bool(const Answer&)>& wanted) {
  const bool is_vain = settings_.evidence != nullptr && settings_.evidence->waits_are_vain();
  const int attempts = is_vain ? 2 : 6;
  auto pause = settings_.pause;
  auto answer = send(request);
  int attempt = 1;
  for (; attempt < attempts && !wanted(answer); ++attempt) {
    wait(pause);
    pause *= 2;
    answer = send(request);
  }
  if (attempt > 1 && settings_.evidence != nullptr) settings_.evidence->note_wait(wanted(answer));
  return answer;
}

void CheckContext::wait(std::chrono::milliseconds time) {
  reproduction_.wait(time);
  client::wait_for(time, settings_.stop);
}

Answer CheckContext::exchange(client::HttpRequest request, std::string_view by) {
  const auto bytes = request.body.length();
  const auto index = begin(request, request_text(request), bytes);
  exchanges_[index].operation.insert(0, by);
  request.max_body = left();
  request.stop = settings_.stop;
  return finish(index, persist(index, bytes, [&] { return client_.send(request); }));
}

CheckContext::Received CheckContext::persist(std::size_t exchange, std::uint64_t bytes,
                                             const std::function<Received()>& attempt) {
  const client::RetryPolicy policy{.attempts = settings_.attempts, .base = settings_.pause / 2};
  for (int made = 1;; ++made) {
    auto received = attempt();
    const auto trouble = trouble_of(received);
    if (trouble == Trouble::none) return received;
    {
      const std::scoped_lock lock(mutex_);
      disturbed_ = reached_ = true;
    }
    // What breaks each time would only be waited for in vain.
    const int most = trouble == Trouble::busy || trouble == Trouble::full ? settings_.attempts
                                                                          : std::min(settings_.attempts, 3);
    if (made < most && !settings_.stop.stop_requested() && may_repeat(bytes)) {
      note_repetition(exchange, received ? words_of(*received) : received.error().detail);
      if (client::wait_for(policy.pause(made, 1), settings_.stop)) continue;
    }
    const std::scoped_lock lock(mutex_);
    if (trouble == Trouble::busy) busy_ = words_of(*received);
    if (trouble == Trouble::full) full_ = words_of(*received);
    return received;
  }
}

bool CheckContext::may_repeat(std::uint64_t bytes) {
  const Cost again{1, bytes + document_allowance};
  if (settings_.allowance != nullptr && !settings_.allowance->take(again)) return false;
  const std::scoped_lock lock(mutex_);
  repeated_ += again;
  return true;
}

/// What was sent twice may have been done twice.
void CheckContext::note_repetition(std::size_t exchange, const std::string& why) {
  const std::scoped_lock lock(mutex_);
  disturbed_ = true;
  sent_again_.push_back(fmt::format("{}: {}", exchanges_[exchange].operation, why));
}

std::size_t CheckContext::begin(const client::HttpRequest& request, std::string sent, std::uint64_t bytes) {
  refuse_excess(bytes);
  ++spent_.requests;
  spent_.bytes += bytes;
  sent_ += bytes;
  exchanges_.push_back({std::move(sent), {}, operation_of(request, bucket()), 0, {}});
  return exchanges_.size() - 1;
}

Answer CheckContext::finish(std::size_t index, std::expected<client::S3Answer, client::ClientError> answer) {
  if (!answer) {
    exchanges_[index].received = "no answer: " + answer.error().detail;
    const bool away = answer.error().kind == client::ErrorKind::connect;
    if (away) unreachable_ = answer.error().detail;
    disturbed_ |= away;
    reached_ |= !away;
    timed_out_ |= answer.error().kind == client::ErrorKind::timeout;
    scripts::Claim claim{.about = "some answer"};
    if (answer.error().kind == client::ErrorKind::too_large) {
      claim = {.about = "body at most", .value = std::to_string(left())};
      spent_.bytes = settings_.limit.bytes;  // what came of it was paid for
    }
    const auto expected = claim.about == "body at most"
                              ? fmt::format("an answer of {} bytes at most", claim.value)
                              : "an answer";
    const auto actual = away ? "none, and nobody listens any more: it went away" : answer.error().detail;
    fail(index, expected, actual, false, Level::must, std::move(claim));
    end();
  }
  reached_ = true;
  spent_.bytes += answer->body_length;
  auto& exchange = exchanges_[index];
  exchange.received = answer_text(*answer);
  reproduction_.step(index).answer = *answer;
  exchange.status = answer->status;
  if (const auto failure = answer->failure()) exchange.code = failure->code;
  if (settings_.evidence != nullptr) settings_.evidence->note_code(exchange.code);
  if (answer->ok() && settings_.evidence != nullptr) settings_.evidence->note_success(exchange.operation);
  if (answer->excess > 0) {
    fail(index, "no body after the answer to HEAD (RFC 9110, 9.3.2)",
         fmt::format("{} bytes, which a client takes for its next answer", answer->excess), false,
         Level::must, {.about = "no excess"});
  }
  return {*this, index, *std::move(answer)};
}

void CheckContext::refuse_excess(std::uint64_t bytes) {
  const auto& limit = settings_.limit;
  if (spent_.requests < limit.requests && spent_.bytes + bytes <= limit.bytes) return;
  if (spent_.requests < limit.requests && sent_ + bytes <= limit.bytes) {
    fail_without_exchange(fmt::format("answers of fewer than {} bytes in all", limit.bytes - sent_),
                          fmt::format("{} bytes before the last request", spent_.bytes - sent_));
    end();
  }
  note_defect(fmt::format("it states {} requests and {} bytes, and wants more", limit.requests, limit.bytes));
  end();
}

std::vector<Answer> CheckContext::send_together(const std::vector<client::S3Request>& requests) {
  std::vector<client::HttpRequest> prepared;
  std::vector<std::size_t> exchanges;
  for (const auto& request : requests) {
    prepared.push_back(client_.prepare(request));
    exchanges.push_back(begin(prepared.back(), request_text(prepared.back()), request.body.length()));
    prepared.back().max_body = left() / requests.size();
    prepared.back().stop = settings_.stop;
    touched_keys_.insert(request.key);
    reproduction_.add(request).together = static_cast<unsigned>(exchanges_.size() - prepared.size());
  }
  std::vector<Received> received(requests.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < prepared.size(); ++i) {
      threads.emplace_back([&, i] {
        received[i] =
            persist(exchanges[i], prepared[i].body.length(), [&, i] { return client_.send(prepared[i]); });
      });
    }
  }
  std::vector<Answer> answers;
  for (std::size_t i = 0; i < received.size(); ++i)
    answers.push_back(finish(exchanges[i], std::move(received[i])));
  return answers;
}

client::RawConnection CheckContext::connect(std::size_t exchange, const client::Origin& origin,
                                            std::string_view bytes) {
  auto options = client_.options().http;
  options.max_body = left();
  auto connection = client::RawConnection::open(origin, options);
  if (!connection) finish(exchange, std::unexpected(connection.error()));
  // Whoever refuses early may close before all has come, and be right.
  if (const auto sent = connection->send(bytes); !sent && sent.error().kind != client::ErrorKind::cut) {
    finish(exchange, std::unexpected(sent.error()));
  }
  return *std::move(connection);
}

Answer CheckContext::send_bytes(const client::HttpRequest& request, std::string bytes, std::string_view key) {
  if (!key.empty()) touched_keys_.emplace(key);
  reproduction_.add(request).without_length = !protocol::lower_case(bytes).contains("\r\ncontent-length:");
  const auto index = begin(request, printable(bytes), bytes.size());
  return finish(index, persist(index, bytes.size(), [&] {
                  auto connection = connect(index, request.origin, bytes);
                  return client::s3_answer(final_answer(connection, request.method == "HEAD"));
                }));
}

Answer CheckContext::send_around(const client::HttpRequest& request, std::string_view key,
                                 const std::function<void()>& meanwhile) {
  touched_keys_.emplace(key);
  reproduction_.add(request);
  const auto index = begin(request, request_text(request), request.body.length());
  auto connection = connect(index, request.origin, client::head_text(request));
  const auto interim = connection.read_answer(false, client_.options().http.continue_wait);
  const bool silent = !interim && interim.error().kind == client::ErrorKind::timeout;
  // What happens meanwhile can't be repeated: the whole check is.
  const auto finish_undone = [&](Received received) {
    disturbed_ |= trouble_of(received) != Trouble::none;
    reproduction_.step(index).around = exchanges_.size() - 1 - index;
    return finish(index, std::move(received));
  };
  if (!interim && !silent) return finish_undone(std::unexpected(interim.error()));
  if (interim && interim->status != 100) return finish_undone(client::s3_answer(interim));
  meanwhile();
  if (const auto sent = connection.send(*request.body.text());
      !sent && sent.error().kind != client::ErrorKind::cut) {
    return finish_undone(std::unexpected(sent.error()));
  }
  return finish_undone(client::s3_answer(final_answer(connection, false)));
}

std::optional<Answer> CheckContext::send_head(const client::HttpRequest& request, std::string_view key) {
  constexpr auto patience = std::chrono::seconds(5);
  touched_keys_.emplace(key);
  reproduction_.add(request).head_only = true;
  const auto head = client::head_text(request);
  const auto index = begin(request, printable(head), head.size());
  bool waits = false;
  auto received = persist(index, head.size(), [&]() -> Received {
    auto connection = connect(index, request.origin, head);
    auto answer = connection.read_answer(false, patience);
    waits = answer ? answer->status < 200 : answer.error().kind == client::ErrorKind::timeout;
    return client::s3_answer(std::move(answer));
  });
  if (waits) return std::nullopt;
  return finish(index, std::move(received));
}

void CheckContext::send_and_cut(const client::HttpRequest& request, std::string bytes) {
  const auto sent_of_body = bytes.size() - std::min(bytes.size(), client::head_text(request).size());
  reproduction_.add(request).cut_after = sent_of_body;
  const auto index = begin(request, printable(bytes), bytes.size());
  auto connection = connect(index, request.origin, bytes);
  connection.reset();
  exchanges_[index].received = "the connection was reset on purpose";
}

/// In a bucket that isn't the run's own, the key may be for that bucket alone. Then S3 refuses to say whether
/// there is another, and is right.
void CheckContext::respect_bounds(const client::S3Request& request, const client::S3Answer& answer) const {
  if (answer.status != 403 || run_of_bucket(bucket())) return;
  const auto source = request.headers.value("x-amz-copy-source");
  const bool elsewhere =
      request.bucket != bucket() || (!source.empty() && !source.starts_with(bucket() + '/'));
  const auto failure = answer.failure();
  if (elsewhere && (failure->code == "AccessDenied" || failure->code.empty()))
    throw CheckSkipped{"the key may not be for other buckets than the one that the run is bound to",
                       Outcome::no_right};
}

void CheckContext::note_effects(const client::S3Request& request, const client::S3Answer& answer) {
  // Some servers take a PUT that they don't know for the making of a bucket.
  const bool makes_bucket = request.method == "PUT" && request.key.empty();
  if (makes_bucket && answer.ok() && request.bucket != bucket()) made_buckets_.insert(request.bucket);
  const bool creates =
      request.method == "POST" && request.query.size() == 1 && request.query[0].name == "uploads";
  if (!creates || !answer.ok()) return;
  const auto document = answer.document();
  const auto id = document ? document->child_text("UploadId") : std::nullopt;
  if (!id || id->empty()) return;
  reproduction_.created(*id);
  uploads_.push_back({request.bucket, request.key, *id});
}

client::S3Request CheckContext::request(std::string method, std::string_view name) const {
  client::S3Request request;
  request.method = std::move(method);
  request.bucket = bucket();
  request.key = key(name);
  return request;
}

client::UploadAddress CheckContext::create(std::string_view name, const protocol::Headers& headers) {
  const SetupStep granted(*this);
  auto request = client::create_multipart_upload(bucket(), key(name));
  request.headers = headers;
  auto answer = send(request);
  succeeded(answer, "InitiateMultipartUploadResult").has_element("UploadId").required();
  return {bucket(), key(name), answer.text("UploadId")};
}

client::ListedPart CheckContext::part(const client::UploadAddress& upload, unsigned number, client::Body body,
                                      const protocol::Headers& headers) {
  const SetupStep granted(*this);
  auto request = client::upload_part(upload, std::to_string(number), std::move(body));
  request.headers = headers;
  auto answer = send(request);
  answer.status(200).has_header("ETag").required();
  client::ListedPart listed{std::to_string(number), answer.header_value("ETag"), {}};
  for (const auto& row : checksum_table()) {
    if (answer.answer().headers.has(row.header)) {
      listed.checksums.emplace_back(row.element, answer.header_value(row.header));
    }
  }
  return listed;
}

Answer CheckContext::complete(const client::UploadAddress& upload,
                              const std::vector<client::ListedPart>& parts) {
  const SetupStep granted(*this);
  auto answer = send(client::complete_multipart_upload(upload, parts));
  succeeded(answer, "CompleteMultipartUploadResult").required();
  return answer;
}

Answer CheckContext::put(std::string_view name, std::string body, const protocol::Headers& headers) {
  const SetupStep granted(*this);
  auto put = request("PUT", name);
  put.body = std::move(body);
  put.headers = headers;
  auto answer = send(put);
  answer.status(200).required();
  return answer;
}

}  // namespace partsmith::conformance
