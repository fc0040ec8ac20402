#include "control/openapi.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <sstream>
#include <vector>

#include <partsmith/protocol/error.h>
#include <partsmith/protocol/operations.h>

#include "faults/presets.h"
#include "faults/rule.h"

namespace partsmith::server {
namespace {

using Json = nlohmann::ordered_json;

/// The paths, whose schemas the components below have. Names of operations, errors, presets and times are
/// filled in from their tables, and what each type of fault takes.
constexpr const char* document =
#include "control/openapi_document.inc"
    ;

/// Parameters without which a type makes no sense.
constexpr auto needed =
    std::to_array<std::pair<FaultType, std::string_view>>({{FaultType::throttle, "bytes_per_second"},
                                                           {FaultType::delay, "ms"},
                                                           {FaultType::drop_header, "header"}});

std::vector<std::string> words_of(std::string_view text) {
  std::istringstream in{std::string(text)};
  return {std::istream_iterator<std::string>(in), {}};
}

/// The schema of a fault of that type.
Json fault_schema(const FaultTypeRow& row, const Json& parameters) {
  Json schema = {{"type", "object"},
                 {"required", {"type"}},
                 {"additionalProperties", false},
                 {"properties", {{"type", {{"const", row.name}}}}}};
  for (const std::string& name : words_of(row.parameters)) {
    Json parameter = parameters.at(name);
    if (std::ranges::find(needed, std::pair{row.type, std::string_view(name)}) != needed.end()) {
      schema["required"].push_back(name);
      if (parameter.contains("minimum")) parameter["minimum"] = 1;
    }
    schema["properties"][name] = std::move(parameter);
  }
  return schema;
}

/// The schema of a rule whose fault is of that type.
Json rule_schema(const FaultTypeRow& row, const Json& schemas) {
  Json properties = schemas.at("RuleFields");
  properties["when"]["enum"] = words_of(row.whens);
  properties["fault"] = fault_schema(row, schemas.at("FaultParameters"));
  return {{"type", "object"},
          {"title", row.name},
          {"description", row.text},
          {"required", {"fault"}},
          {"additionalProperties", false},
          {"properties", std::move(properties)}};
}

}  // namespace

std::string openapi_document(const std::string& version) {
  Json api = Json::parse(document);
  api["info"]["version"] = version;
  Json& schemas = api["components"]["schemas"];
  for (const FaultPreset& preset : fault_presets())
    schemas["PresetName"]["properties"]["preset"]["enum"].push_back(preset.name);
  for (const auto& row : protocol::operation_table())
    schemas["OperationGlob"]["anyOf"][0]["enum"].push_back(row.name);
  for (const auto& row : protocol::error_table())
    schemas["FaultParameters"]["code"]["enum"].push_back(row.name);
  for (const FaultTypeRow& row : fault_types()) schemas["Rule"]["oneOf"].push_back(rule_schema(row, schemas));
  schemas.erase("RuleFields");
  schemas.erase("FaultParameters");
  return api.dump() + '\n';
}

}  // namespace partsmith::server
