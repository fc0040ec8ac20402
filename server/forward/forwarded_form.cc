#include "forward/forwarded_form.h"

#include <algorithm>
#include <array>

#include <partsmith/protocol/sigv4.h>
#include <partsmith/protocol/uri.h>

#include "forward/forwarded_payload.h"
#include "forward/forwarded_request.h"
#include "forward/upstream_errors.h"
#include "operations/encoded_words.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

/// Whether the field says something of the object, as the header of that name does. Any other could change
/// what the request is: a form chooses its fields' names.
bool goes_on(std::string_view lower_name) {
  constexpr auto names = std::to_array<std::string_view>(
      {"cache-control", "content-disposition", "content-encoding", "content-language", "content-md5",
       "content-type", "expires", "x-amz-acl", "x-amz-sdk-checksum-algorithm", "x-amz-storage-class",
       "x-amz-website-redirect-location"});
  constexpr auto families =
      std::to_array<std::string_view>({"x-amz-checksum-", "x-amz-grant-", "x-amz-meta-", "x-amz-object-lock-",
                                       "x-amz-server-side-encryption"});
  return std::ranges::find(names, lower_name) != names.end() ||
         std::ranges::any_of(families,
                             [&](std::string_view family) { return lower_name.starts_with(family); });
}

S3Error not_the_end() {
  return S3Error(ErrorCode::NotImplemented,
                 "PostObject of more than 64 KiB is forwarded only if its file is the form's end");
}

std::string tagging_header(const storage::NameValues& tags) {
  std::string text;
  for (const auto& [name, value] : tags) {
    if (!text.empty()) text += '&';
    text += protocol::uri_encode(name, protocol::Slash::encode) + '=' +
            protocol::uri_encode(value, protocol::Slash::encode);
  }
  return text;
}

/// A form is UTF-8, and a header says it in an encoded word. What looks like one in a form is only text,
/// which a header says in another.
std::string text_to_header(const std::string& text) {
  if (text.find("=?") == std::string::npos) return metadata_to_header(text);
  return "=?UTF-8?B?" + to_base64(as_bytes(text)) + "?=";
}

/// The form's fields as the headers of a PutObject.
S3Result<protocol::Headers> put_headers(const Visit& visit, const FormFields& fields) {
  protocol::Headers headers;
  for (const auto& [name, value] : visit.headers()) {
    if (!goes_on(name)) continue;
    headers.add(name, name.starts_with("x-amz-meta-") ? text_to_header(value) : value);
  }
  const auto tags = form_tags(fields);
  if (!tags) return std::unexpected(tags.error());
  if (!tags->empty()) headers.add("x-amz-tagging", tagging_header(*tags));
  return headers;
}

}  // namespace

S3Result<void> ForwardedForm::begin(const FormFields& fields, const File& file) {
  auto place = upstream_place(visit_, names_);
  if (!place) return std::unexpected(std::move(place.error()));
  place_ = *std::move(place);
  auto headers = put_headers(visit_, fields);
  if (!headers) return std::unexpected(std::move(headers.error()));
  request_.method = "PUT";
  request_.bucket = place_->bucket;
  request_.key = upstream_key(*place_, visit_.key().text());
  request_.headers = *std::move(headers);
  // Who signs nothing must not be given our signature.
  if (!visit_.principal().is_anonymous()) request_.payload_hash = protocol::sigv4::unsigned_payload;

  const std::uint64_t whole = visit_.request.body->length().value_or(0);
  is_whole_ = whole <= ForwardedPayload::small_body;
  if (is_whole_) {
    auto held = visit_.memory().reserve(static_cast<std::size_t>(whole));
    if (!held) return std::unexpected(S3Error(ErrorCode::SlowDown));
    held_ = *std::move(held);
    request_.body = std::string();
    return {};
  }
  if (!file.expected_bytes) return std::unexpected(not_the_end());
  // What isn't allowed to be stored is read past: the error tells its size.
  if (*file.expected_bytes > file.most || *file.expected_bytes < file.least) return {};
  request_.length = file.expected_bytes;
  return begin_exchange();
}

S3Result<void> ForwardedForm::begin_exchange() {
  auto begun = [&] {
    const Away away(visit_.request.place);
    return upstream_.begin(request_);
  }();
  if (!begun) return std::unexpected(s3_error(begun.error()));
  exchange_ = *std::move(begun);
  return {};
}

S3Result<void> ForwardedForm::take(ByteView bytes) {
  taken_ += bytes.size();
  if (is_whole_) {
    *request_.body += as_text(bytes);
    return {};
  }
  if (exchange_ == nullptr || bytes.empty()) return {};
  if (taken_ > *request_.length) return std::unexpected(not_the_end());
  if (auto sent = send(as_bytes(std::exchange(last_, {}))); !sent) return sent;
  last_ = as_text(bytes.last(1));
  return send(bytes.first(bytes.size() - 1));
}

S3Result<void> ForwardedForm::send(ByteView bytes) {
  if (answered_ || bytes.empty()) return {};
  const auto sent = exchange_->send(bytes);
  // An upstream that refuses may answer and close before all is sent: the answer counts.
  answered_ = sent ? !*sent : sent.error().kind == UpstreamFailure::Kind::cut;
  if (!sent && !answered_) return std::unexpected(s3_error(sent.error()));
  return {};
}

Outcome ForwardedForm::end() {
  if (is_whole_) {
    request_.length = request_.body->size();
    if (auto begun = begin_exchange(); !begun) return std::unexpected(std::move(begun.error()));
  } else {
    if (exchange_ == nullptr || taken_ != *request_.length) return std::unexpected(not_the_end());
    if (auto sent = send(as_bytes(last_)); !sent) return std::unexpected(std::move(sent.error()));
    if (!answered_) {
      if (const auto ended = exchange_->end_body();
          !ended && ended.error().kind != UpstreamFailure::Kind::cut)
        return std::unexpected(s3_error(ended.error()));
    }
  }
  return forwarded_answer(visit_, std::move(exchange_), names_for_(place_));
}

}  // namespace partsmith::server
