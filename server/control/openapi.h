#pragma once
/// The description of the control API, as tools read it.

#include <string>

namespace partsmith::server {

/// OpenAPI 3.1, as JSON.
std::string openapi_document(const std::string& version);

}  // namespace partsmith::server
