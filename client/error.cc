#include <fmt/format.h>

#include <algorithm>

#include <partsmith/client/error.h>
#include <partsmith/protocol/error.h>

namespace partsmith::client {
namespace {

std::string describe(const S3Failure& failure) {
  if (failure.code.empty()) return fmt::format("HTTP status {}", failure.status);
  if (failure.message.empty()) return fmt::format("{} ({})", failure.code, failure.status);
  return fmt::format("{} ({}): {}", failure.code, failure.status, failure.message);
}

bool retryable(const S3Failure& failure) {
  const auto rows = protocol::error_table();
  const auto row = std::ranges::find(rows, failure.code, &protocol::ErrorTraits::name);
  if (row != rows.end() && row->retryable) return true;
  return failure.status == 429 || failure.status == 500 || failure.status == 502 || failure.status == 503 ||
         failure.status == 504;
}

}  // namespace

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::connect:
      return "connect";
    case ErrorKind::timeout:
      return "timeout";
    case ErrorKind::cut:
      return "cut";
    case ErrorKind::tls:
      return "tls";
    case ErrorKind::malformed:
      return "malformed";
    case ErrorKind::too_large:
      return "too large";
    case ErrorKind::source:
      return "source";
    case ErrorKind::sink:
      return "sink";
    case ErrorKind::stopped:
      return "stopped";
    case ErrorKind::damaged:
      return "damaged";
    case ErrorKind::s3:
      return "s3";
  }
  return "unknown";
}

std::optional<std::string> S3Failure::field(std::string_view name) const {
  const auto found = std::ranges::find(fields, name, &std::pair<std::string, std::string>::first);
  return found == fields.end() ? std::nullopt : std::optional(found->second);
}

ClientError::ClientError(S3Failure answer)
    : kind(ErrorKind::s3), detail(describe(answer)), failure(std::move(answer)) {}

bool ClientError::retryable() const {
  switch (kind) {
    case ErrorKind::connect:
    case ErrorKind::timeout:
    case ErrorKind::cut:
      return true;
    case ErrorKind::s3:
      return client::retryable(*failure);
    default:
      return false;
  }
}

}  // namespace partsmith::client
