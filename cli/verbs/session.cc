#include "verbs/session.h"

#include <fmt/format.h>

#include <algorithm>

namespace partsmith::cli {
namespace {

/// A HEAD answer has a status and no text.
std::string_view meaning(int status) {
  switch (status) {
    case 301:
      return "the bucket is in another region";
    case 400:
      return "the request was refused";
    case 403:
      return "access denied";
    case 404:
      return "not found";
    case 412:
      return "a condition does not hold";
    case 416:
      return "there is no such part or range";
    default:
      return "no reason given";
  }
}

std::string one_line(std::string text) {
  std::ranges::replace_if(text, [](unsigned char c) { return c < ' '; }, ' ');
  return text;
}

}  // namespace

std::unexpected<VerbError> failed(const std::string& about, const client::ClientError& error) {
  std::string text = error.detail;
  if (error.failure && error.failure->code.empty())
    text = fmt::format("{} ({})", meaning(error.failure->status), error.failure->status);
  if (error.failure) {
    if (const auto id = error.failure->field("RequestId")) text += fmt::format(" [request id {}]", *id);
  }
  const int code = error.kind == client::ErrorKind::stopped ? verb_interrupted : verb_failed;
  return std::unexpected(
      VerbError{one_line(about.empty() ? text : fmt::format("{}: {}", about, text)), code});
}

std::expected<client::S3Url, VerbError> any_url(const std::string& text) {
  auto url = client::S3Url::parse(text);
  if (!url) return misused(url.error());
  return *std::move(url);
}

std::expected<client::S3Url, VerbError> object_url(const std::string& text) {
  auto url = any_url(text);
  if (url && url->key.empty()) return misused(fmt::format("'{}' names a bucket, and no key in it", text));
  return url;
}

std::expected<client::S3Url, VerbError> bucket_url(const std::string& text) {
  auto url = any_url(text);
  if (url && !url->key.empty())
    return misused(fmt::format("'{}' names a key: a bucket is s3://{}", text, url->bucket));
  return url;
}

}  // namespace partsmith::cli
