#include "control/openapi.h"

#include <nlohmann/json.hpp>

#include "faults/presets.h"
#include "faults/rule.h"

namespace partsmith::server {
namespace {

using Json = nlohmann::ordered_json;

/// The paths, whose schemas the components below have. Names of faults, times and presets are filled in from
/// their tables.
constexpr const char* document =
#include "control/openapi_document.inc"
    ;

}  // namespace

std::string openapi_document(const std::string& version) {
  Json api = Json::parse(document);
  api["info"]["version"] = version;
  Json& schemas = api["components"]["schemas"];
  for (const FaultPreset& preset : fault_presets())
    schemas["PresetName"]["properties"]["preset"]["enum"].push_back(preset.name);
  Json& rule = schemas["Rule"]["properties"];
  for (const FaultTypeRow& row : fault_types())
    rule["fault"]["properties"]["type"]["enum"].push_back(row.name);
  for (const auto when :
       {FaultWhen::before, FaultWhen::during_request, FaultWhen::after_commit, FaultWhen::during_response}) {
    rule["when"]["enum"].push_back(to_string(when));
  }
  return api.dump() + '\n';
}

}  // namespace partsmith::server
