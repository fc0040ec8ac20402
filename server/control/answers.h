#pragma once
/// Answers of the control API: JSON, errors as `{"error": "one line"}`.

#include <nlohmann/json_fwd.hpp>

#include <string>

#include "http/message.h"

namespace partsmith::server {

Response json_answer(const nlohmann::ordered_json& document, int status = 200);
Response json_text_answer(std::string text);
Response error_answer(int status, std::string message);
/// 204.
Response empty_answer();

}  // namespace partsmith::server
