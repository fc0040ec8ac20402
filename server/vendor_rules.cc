#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include <partsmith/protocol/headers.h>
#include <partsmith/protocol/operations.h>
#include <partsmith/server/vendor_rules.h>

namespace partsmith::server {
namespace {

using Json = nlohmann::json;

std::vector<std::string> texts_of(const std::string& name, const Json& value) {
  const bool texts =
      value.is_array() && std::ranges::all_of(value, [](const Json& one) { return one.is_string(); });
  if (!texts) throw std::invalid_argument(fmt::format("\"{}\" must be a list of texts", name));
  return value.get<std::vector<std::string>>();
}

bool flag_of(const std::string& name, const Json& value) {
  if (!value.is_boolean()) throw std::invalid_argument(fmt::format("\"{}\" must be true or false", name));
  return value.get<bool>();
}

std::uint64_t number_of(const std::string& name, const Json& value, std::uint64_t least, std::uint64_t most) {
  const bool fits =
      value.is_number_unsigned() && value.get<std::uint64_t>() >= least && value.get<std::uint64_t>() <= most;
  if (!fits)
    throw std::invalid_argument(fmt::format("\"{}\" must be a number from {} to {}", name, least, most));
  return value.get<std::uint64_t>();
}

std::vector<protocol::OperationId> operations_of(const std::string& name, const Json& value) {
  std::vector<protocol::OperationId> operations;
  for (const auto& operation : texts_of(name, value)) {
    const auto* row = protocol::operation_by_name(operation);
    if (row == nullptr) {
      throw std::invalid_argument(fmt::format("\"{}\": {} is no operation of S3", name, operation));
    }
    operations.push_back(row->id);
  }
  return operations;
}

std::vector<std::string> headers_of(const std::string& name, const Json& value) {
  auto headers = texts_of(name, value);
  for (auto& header : headers) {
    header = protocol::lower_case(header);
    if (header.empty())
      throw std::invalid_argument(fmt::format("\"{}\": an empty name would refuse every request", name));
  }
  return headers;
}

void take(VendorRules& rules, const std::string& name, const Json& value) {
  if (name == "refused_operations") {
    rules.refused_operations = operations_of(name, value);
  } else if (name == "refused_headers") {
    rules.refused_headers = headers_of(name, value);
  } else if (name == "equal_parts") {
    rules.equal_parts = flag_of(name, value);
  } else if (name == "minimum_part_bytes") {
    rules.minimum_part_bytes = number_of(name, value, 0, limits::max_part_size);
  } else if (name == "maximum_parts") {
    rules.maximum_parts = static_cast<std::uint32_t>(number_of(name, value, 1, limits::max_part_number));
  } else if (name == "complete_once") {
    rules.complete_once = flag_of(name, value);
  } else {
    throw std::invalid_argument(fmt::format("\"{}\" is no rule that the server can take on", name));
  }
}

}  // namespace

std::expected<VendorRules, std::string> parse_vendor_rules(std::string_view json) {
  VendorRules rules;
  try {
    const Json object = Json::parse(json);
    if (!object.is_object()) return std::unexpected("the rules must be an object");
    for (const auto& [name, value] : object.items()) take(rules, name, value);
  } catch (const Json::exception& error) {
    return std::unexpected(fmt::format("the rules are no JSON: {}", error.what()));
  } catch (const std::invalid_argument& error) {
    return std::unexpected(error.what());
  }
  return rules;
}

}  // namespace partsmith::server
