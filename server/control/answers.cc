#include "control/answers.h"

#include <nlohmann/json.hpp>

namespace partsmith::server {

using Json = nlohmann::ordered_json;

Response json_answer(const Json& document, int status) {
  Response response = json_text_answer(document.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n');
  response.status = status;
  return response;
}

Response json_text_answer(std::string text) {
  Response response;
  response.headers.add("Content-Type", "application/json");
  response.body = std::move(text);
  return response;
}

Response error_answer(int status, std::string message) {
  return json_answer({{"error", std::move(message)}}, status);
}

Response empty_answer() {
  Response response;
  response.status = 204;
  return response;
}

}  // namespace partsmith::server
