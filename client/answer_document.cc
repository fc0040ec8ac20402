#include "answer_document.h"

#include <fmt/format.h>

namespace partsmith::client {
namespace {

std::string by_shape(std::string_view root) {
  constexpr std::string_view result = "Result";
  if (!root.ends_with(result)) return std::string(root);
  return std::string(root.substr(0, root.size() - result.size())) + "Output";
}

}  // namespace

std::unexpected<ClientError> malformed_answer(std::string detail) {
  return std::unexpected(ClientError(ErrorKind::malformed, std::move(detail)));
}

Result<protocol::XmlElement> answer_document(const S3Answer& answer, std::string_view root) {
  if (auto failure = answer.failure_even_in_200()) return std::unexpected(ClientError(*std::move(failure)));
  auto document = answer.document();
  if (!document || (document->name != root && document->name != by_shape(root)))
    return malformed_answer(fmt::format("the answer is no {} document", root));
  return *std::move(document);
}

}  // namespace partsmith::client
