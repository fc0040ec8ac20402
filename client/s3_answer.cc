#include <partsmith/client/s3_client.h>

namespace partsmith::client {
namespace {

std::optional<S3Failure> read_error_document(int status, const std::string& body) {
  const auto document = protocol::parse_xml(body);
  if (!document || document->name != "Error") return std::nullopt;
  S3Failure failure;
  failure.status = status;
  for (const auto& child : document->children) {
    if (child.name == "Code") {
      failure.code = child.text;
    } else if (child.name == "Message") {
      failure.message = child.text;
    } else {
      failure.fields.emplace_back(child.name, child.text);
    }
  }
  return failure;
}

}  // namespace

std::expected<S3Answer, ClientError> s3_answer(std::expected<HttpAnswer, ClientError> answer) {
  if (!answer) return std::unexpected(std::move(answer.error()));
  return S3Answer{answer->status, std::move(answer->headers), std::move(answer->body), answer->body_length,
                  answer->excess};
}

std::optional<S3Failure> S3Answer::failure() const {
  if (ok()) return std::nullopt;
  if (auto failure = read_error_document(status, body)) return failure;
  // A HEAD answer has no document; what it does tell is in its headers.
  S3Failure failure{status, {}, {}, {}};
  if (const auto id = headers.get("x-amz-request-id")) failure.fields.emplace_back("RequestId", *id);
  return failure;
}

std::optional<S3Failure> S3Answer::failure_even_in_200() const {
  return ok() ? read_error_document(status, body) : failure();
}

}  // namespace partsmith::client
