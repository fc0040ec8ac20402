#pragma once
/// The document of a successful answer.

#include <string_view>

#include <partsmith/client/call.h>

namespace partsmith::client {

std::unexpected<ClientError> malformed_answer(std::string detail);

/// The document with that root; a refusal, in a 200 too, is an error of kind s3. Some services (moto 5) name
/// the root by the API model's shape instead: ListPartsOutput for ListPartsResult.
Result<protocol::XmlElement> answer_document(const S3Answer& answer, std::string_view root);

}  // namespace partsmith::client
