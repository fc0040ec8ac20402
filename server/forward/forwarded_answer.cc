#include "forward/forwarded_answer.h"

#include <algorithm>

#include <partsmith/protocol/xml.h>

#include "forward/forwarded_request.h"
#include "forward/upstream_errors.h"

namespace partsmith::server {
namespace {

using protocol::OperationId;
using protocol::S3Error;

/// Up to this a body is taken whole, in bytes.
constexpr std::uint64_t short_body = 64 * 1024;
/// Of a document whose length nobody knows, how much is looked at for an error.
constexpr std::size_t longest_error = 16 * 1024;

bool is_xml(const UpstreamHead& head) {
  return protocol::lower_case(head.headers.value("content-type")).contains("xml");
}

/// Whether the body is a document of S3's, and not what somebody stored.
bool is_document(const Visit& visit, const UpstreamHead& head) {
  return is_xml(head) && (head.status >= 300 || !visit.is(OperationId::GetObject));
}

/// Source: S3 API reference: these may answer 200 with an error.
bool may_err_in_200(const Visit& visit) {
  return visit.is(OperationId::CompleteMultipartUpload) || visit.is(OperationId::CopyObject) ||
         visit.is(OperationId::UploadPartCopy);
}

void note_error(Visit& visit, std::string_view document) {
  const auto parsed = protocol::parse_xml(document);
  if (!parsed || parsed->name != "Error") return;
  const std::string code = parsed->child_text("Code").value_or("");
  std::string message = parsed->child_text("Message").value_or("");
  const auto table = protocol::error_table();
  const auto row = std::ranges::find(table, code, &protocol::ErrorTraits::name);
  if (row != table.end()) {
    visit.note_error(S3Error(row->code, std::move(message)));
  } else {
    visit.note_cause("the upstream: " + code + ": " + message);
  }
}

protocol::Headers forwarded_headers(const UpstreamHead& head, const std::optional<XmlNames>& names) {
  protocol::Headers kept;
  for (const auto& [name, value] : head.headers) {
    const std::string lower = protocol::lower_case(name);
    // A public page has no business in the network that this gateway is in, whatever the upstream says.
    if (is_of_the_connection(lower) || lower == "access-control-allow-private-network") continue;
    const bool names_bucket = names && lower == "location" && value == '/' + names->place.bucket;
    kept.add(name, names_bucket ? '/' + names->bucket : value);
  }
  return kept;
}

/// A body that passes in runs: from the exchange, through a rewriter if there is one.
class PassingBody {
  /// While the upstream keeps us waiting, another may use the worker's place.
  template <typename Read>
  auto waiting(const Read& read) {
    if (exchange_->is_ready()) return read();
    const Away away(visit_.request.place);
    return read();
  }

 public:
  PassingBody(Visit& visit, std::unique_ptr<UpstreamExchange> exchange, const std::optional<XmlNames>& names)
      : visit_(visit), exchange_(std::move(exchange)) {
    if (names) rewriter_.emplace(*names);
  }

  void watch_for_an_error() { watched_.emplace(); }

  /// As the upstream sends them; empty at the end, or when it breaks off.
  ByteView next(std::size_t wanted) {
    while (run_.empty() && !ended_) fill();
    const ByteView piece = run_.first(std::min(wanted, run_.size()));
    run_ = run_.subspan(piece.size());
    return piece;
  }
  /// The same into the pipe; 0 when it breaks off. Nothing: next() has to look at them, or has some.
  std::optional<std::size_t> fill(BytePipe& pipe, std::size_t wanted) {
    if (!run_.empty() || ended_ || rewriter_ || watched_ || !exchange_->passes_pipes()) return std::nullopt;
    const auto count = waiting([&] { return exchange_->read(pipe, wanted); });
    if (count) return *count;
    break_off("the upstream: " + count.error().detail);
    return 0;
  }
  bool broke() const { return broke_; }

 private:
  void fill() {
    const auto read = waiting([&] { return exchange_->read(); });
    if (!read) return break_off("the upstream: " + read.error().detail);
    ended_ = read->empty();
    if (watched_) watch(*read);
    if (!rewriter_) {
      run_ = *read;
      return;
    }
    rewritten_ = ended_ ? rewriter_->finish() : rewriter_->feed(as_text(*read));
    if (rewriter_->failed()) break_off("the upstream: its document is none of S3's");
    run_ = as_bytes(rewritten_);
  }
  void break_off(std::string cause) {
    visit_.note_cause(std::move(cause));
    ended_ = broke_ = true;
  }
  void watch(ByteView read) {
    if (ended_) {
      note_error(visit_, *watched_);
    } else if (watched_->size() < longest_error) {
      *watched_ += as_text(read);
    }
  }

  Visit& visit_;
  std::unique_ptr<UpstreamExchange> exchange_;
  std::optional<XmlRewriter> rewriter_;
  std::optional<std::string> watched_;
  std::string rewritten_;
  ByteView run_;
  bool ended_ = false;
  bool broke_ = false;
};

/// A body that broke off must be cut, and not ended.
struct BrokenOff final : std::runtime_error {
  BrokenOff() : std::runtime_error("the upstream broke off") {}
};

Outcome whole_answer(Visit& visit, UpstreamExchange& exchange, const UpstreamHead& head,
                     const std::optional<XmlNames>& names, Response response) {
  auto body = [&] {
    const Away away(visit.request.place);
    return read_whole(exchange, short_body);
  }();
  if (!body) return std::unexpected(s3_error(body.error()));
  if (is_document(visit, head)) {
    if (head.status >= 300 || may_err_in_200(visit)) note_error(visit, *body);
    if (names) {
      XmlRewriter rewriter(*names);
      *body = rewriter.feed(*body) + rewriter.finish();
      if (rewriter.failed())
        return std::unexpected(
            s3_error(UpstreamFailure{UpstreamFailure::Kind::malformed, "its document is none of S3's"}));
    }
  }
  response.body = *std::move(body);
  return response;
}

}  // namespace

UpstreamExchange::Result<std::string> read_whole(UpstreamExchange& exchange, std::size_t most) {
  std::string whole;
  while (true) {
    const auto run = exchange.read();
    if (!run) return std::unexpected(run.error());
    if (run->empty()) return whole;
    if (whole.size() + run->size() > most)
      return std::unexpected(UpstreamFailure{UpstreamFailure::Kind::malformed, "the answer is too long"});
    whole += as_text(*run);
  }
}

Outcome forwarded_answer(Visit& visit, std::unique_ptr<UpstreamExchange> exchange,
                         const std::optional<XmlNames>& names) {
  const auto head = [&] {
    const Away away(visit.request.place);
    return exchange->answer();
  }();
  if (!head) return std::unexpected(s3_error(head.error()));
  Response response;
  response.status = head->status;
  response.headers = forwarded_headers(*head, names);
  if (visit.request.method == "HEAD") {
    response.announced_length = head->length;
    return response;
  }
  if (head->length && *head->length <= short_body)
    return whole_answer(visit, *exchange, *head, names, std::move(response));

  const bool rewrites = names && is_document(visit, *head);
  const auto body =
      std::make_shared<PassingBody>(visit, std::move(exchange), rewrites ? names : std::nullopt);
  if (is_document(visit, *head) && (head->status >= 300 || may_err_in_200(visit))) body->watch_for_an_error();
  if (head->length && !rewrites) {
    response.body = StreamedBody{
        *head->length, [body](std::uint64_t, std::size_t wanted) { return body->next(wanted); },
        [body](BytePipe& pipe, std::uint64_t, std::size_t wanted) { return body->fill(pipe, wanted); }};
  } else {
    response.body = ChunkedBody{[body]() -> std::string_view {
      constexpr std::size_t longest_run = 256 * 1024;
      const ByteView run = body->next(longest_run);
      if (run.empty() && body->broke()) throw BrokenOff();
      return as_text(run);
    }};
  }
  return response;
}

}  // namespace partsmith::server
