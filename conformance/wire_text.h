#pragma once
/// Requests and answers as text for people: without secrets, long bodies shortened.

#include <string>

#include <partsmith/client/s3_client.h>

namespace partsmith::conformance {

std::string request_text(const client::HttpRequest& request);
std::string answer_text(const client::S3Answer& answer);
/// Safe to print: control characters and bytes that are no UTF-8 are escaped; long texts are cut.
std::string printable(std::string_view text, std::size_t limit = 2000);

}  // namespace partsmith::conformance
