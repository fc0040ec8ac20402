#include "control/openapi.h"

#include <nlohmann/json.hpp>

#include "faults/presets.h"
#include "faults/rule.h"

namespace partsmith::server {
namespace {

using Json = nlohmann::ordered_json;

/// The paths, whose schemas the components below have. Names of faults, times and presets are filled in from their tables.
constexpr const char* document = R"json({
"openapi": "3.1.0",
"info": {
  "title": "partsmith control API",
  "description": "Faults, clock and journal of a partsmith server. docs/control.md is the manual.",
  "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}
},
"paths": {
  "/_partsmith/health": {"get": {"operationId": "health", "summary": "Whether the server answers", "responses": {
    "200": {"description": "It does", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Health"}}}}}}},
  "/_partsmith/metrics": {"get": {"operationId": "metrics", "summary": "Counts, in the text format of Prometheus", "responses": {
    "200": {"description": "The counts", "content": {"text/plain": {"schema": {"type": "string"}}}}}}},
  "/_partsmith/v1/openapi.json": {"get": {"operationId": "openapi", "summary": "This description", "responses": {
    "200": {"description": "This description", "content": {"application/json": {"schema": {"type": "object"}}}}}}},
  "/_partsmith/v1/faults": {
    "parameters": [{"$ref": "#/components/parameters/world"}],
    "get": {"operationId": "listFaults", "summary": "The rules, with their counts", "responses": {
      "200": {"description": "The rules", "content": {"application/json": {"schema": {"type": "object", "required": ["faults"],
        "properties": {"faults": {"type": "array", "items": {"$ref": "#/components/schemas/RuleStatus"}}}}}}},
      "400": {"$ref": "#/components/responses/Error"}}},
    "post": {"operationId": "addFaults", "summary": "Add a rule, several, or a preset's; a rule of the same name is replaced",
      "requestBody": {"required": true, "content": {"application/json": {"schema": {"oneOf": [
        {"$ref": "#/components/schemas/Rule"}, {"type": "array", "maxItems": 1000, "items": {"$ref": "#/components/schemas/Rule"}},
        {"$ref": "#/components/schemas/PresetName"}]}}}},
      "responses": {
        "201": {"description": "Added", "content": {"application/json": {"schema": {"type": "object", "required": ["added"],
          "properties": {"added": {"type": "array", "items": {"type": "string"}}}}}}},
        "400": {"$ref": "#/components/responses/Error"}, "413": {"$ref": "#/components/responses/Error"}}},
    "delete": {"operationId": "clearFaults", "summary": "Remove every rule", "responses": {"204": {"description": "Removed"},
      "400": {"$ref": "#/components/responses/Error"}}}},
  "/_partsmith/v1/faults/{name}": {
    "parameters": [{"$ref": "#/components/parameters/world"}, {"name": "name", "in": "path", "required": true,
      "schema": {"type": "string", "minLength": 1}}],
    "get": {"operationId": "getFault", "summary": "A rule, with its counts", "responses": {
      "200": {"description": "The rule", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RuleStatus"}}}},
      "400": {"$ref": "#/components/responses/Error"}, "404": {"$ref": "#/components/responses/Error"}}},
    "delete": {"operationId": "removeFault", "summary": "Remove a rule", "responses": {"204": {"description": "Removed"},
      "400": {"$ref": "#/components/responses/Error"}, "404": {"$ref": "#/components/responses/Error"}}}},
  "/_partsmith/v1/fault-presets": {"get": {"operationId": "listFaultPresets", "summary": "Faults of one word", "responses": {
    "200": {"description": "The presets", "content": {"application/json": {"schema": {"type": "object"}}}}}}},
  "/_partsmith/v1/fault-types": {"get": {"operationId": "listFaultTypes", "summary": "What a fault can be", "responses": {
    "200": {"description": "The types", "content": {"application/json": {"schema": {"type": "object"}}}}}}},
  "/_partsmith/v1/clock": {
    "parameters": [{"$ref": "#/components/parameters/world"}],
    "get": {"operationId": "getClock", "summary": "What the clock shows", "responses": {
      "200": {"description": "The clock", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Clock"}}}},
      "400": {"$ref": "#/components/responses/Error"}, "404": {"$ref": "#/components/responses/Error"}}},
    "post": {"operationId": "changeClock", "summary": "Reset, set, advance, freeze it, in this order",
      "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ClockChange"}}}},
      "responses": {
        "200": {"description": "The clock", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Clock"}}}},
        "400": {"$ref": "#/components/responses/Error"}, "404": {"$ref": "#/components/responses/Error"},
        "413": {"$ref": "#/components/responses/Error"}}}},
  "/_partsmith/v1/worlds": {"get": {"operationId": "listWorlds", "summary": "The access keys that have worlds of their own", "responses": {
    "200": {"description": "The keys", "content": {"application/json": {"schema": {"type": "object", "required": ["worlds"],
      "properties": {"worlds": {"type": "array", "items": {"type": "string"}}}}}}}}}},
  "/_partsmith/v1/reset": {"post": {"operationId": "resetWorld", "summary": "Remove every bucket, rule and journal entry of a world, and let its clock show real time",
    "parameters": [{"$ref": "#/components/parameters/world"}],
    "responses": {"204": {"description": "Removed"}, "400": {"$ref": "#/components/responses/Error"}, "413": {"$ref": "#/components/responses/Error"}, "500": {"$ref": "#/components/responses/Error"}}}},
  "/_partsmith/v1/journal": {
    "parameters": [{"$ref": "#/components/parameters/world"}],
    "get": {"operationId": "readJournal", "summary": "What was asked and answered, the oldest first",
      "parameters": [
        {"name": "operation", "in": "query", "schema": {"type": "string"}, "description": "a glob, as are the texts below"},
        {"name": "bucket", "in": "query", "schema": {"type": "string"}}, {"name": "key", "in": "query", "schema": {"type": "string"}},
        {"name": "upload_id", "in": "query", "schema": {"type": "string"}},
        {"name": "part_number", "in": "query", "schema": {"type": "string"}},
        {"name": "access_key", "in": "query", "schema": {"type": "string"}},
        {"name": "method", "in": "query", "schema": {"type": "string"}},
        {"name": "error", "in": "query", "schema": {"type": "string"}},
        {"name": "user_agent", "in": "query", "schema": {"type": "string"}},
        {"name": "acted", "in": "query", "schema": {"type": "string"}, "description": "a fault rule that acted"},
        {"name": "status", "in": "query", "schema": {"type": "integer", "minimum": 100, "maximum": 599}},
        {"name": "after", "in": "query", "schema": {"type": "integer", "minimum": 0}, "description": "ids above"},
        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 0, "default": 1000}},
        {"name": "format", "in": "query", "schema": {"enum": ["json", "har"], "default": "json"}}],
      "responses": {
        "200": {"description": "The entries, or an HTTP Archive", "content": {"application/json": {"schema": {"type": "object"}}}},
        "400": {"$ref": "#/components/responses/Error"}, "404": {"$ref": "#/components/responses/Error"}}},
    "delete": {"operationId": "clearJournal", "summary": "Forget every entry", "responses": {"204": {"description": "Forgotten"},
      "400": {"$ref": "#/components/responses/Error"}}}},
  "/_partsmith/v1/journal/stream": {"get": {"operationId": "streamJournal",
    "summary": "A line of JSON for each entry as it comes, an empty line every ten seconds; filters as above",
    "parameters": [{"$ref": "#/components/parameters/world"}],
    "responses": {"200": {"description": "Entries", "content": {"application/x-ndjson": {"schema": {"type": "string"}}}},
      "400": {"$ref": "#/components/responses/Error"}, "404": {"$ref": "#/components/responses/Error"}}}},
  "/_partsmith/v1/journal/expect": {"post": {"operationId": "expectInJournal", "summary": "Whether the journal has so many of such requests",
    "parameters": [{"$ref": "#/components/parameters/world"}],
    "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Expectation"}}}},
    "responses": {
      "200": {"description": "The verdict", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Verdict"}}}},
      "400": {"$ref": "#/components/responses/Error"}, "404": {"$ref": "#/components/responses/Error"},
      "413": {"$ref": "#/components/responses/Error"}}}}
},
"components": {
  "parameters": {"world": {"name": "world", "in": "query", "schema": {"type": "string"},
    "description": "the access key whose world is meant; without it the default world"}},
  "responses": {"Error": {"description": "What is wrong, in one line", "content": {"application/json": {"schema": {
    "type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}}}}},
  "schemas": {
    "Health": {"type": "object", "required": ["status", "version", "uptime_seconds"], "properties": {
      "status": {"const": "ok"}, "version": {"type": "string"}, "uptime_seconds": {"type": "number"}}},
    "PresetName": {"type": "object", "required": ["preset"], "additionalProperties": false, "properties": {"preset": {}}},
    "Match": {"type": "object", "additionalProperties": false, "properties": {
      "operation": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
      "method": {"type": "string"}, "bucket": {"type": "string"}, "key": {"type": "string"}, "upload_id": {"type": "string"},
      "part_number": {"anyOf": [{"type": "integer", "minimum": 0, "maximum": 10000}, {"type": "string"}]},
      "access_key": {"type": "string"}, "header": {"type": "object", "additionalProperties": {"type": "string"}},
      "attempt": {"type": "integer", "minimum": 0, "maximum": 1000}, "user_agent": {"type": "string"}}},
    "Rule": {"type": "object", "required": ["fault"], "additionalProperties": false, "properties": {
      "name": {"type": "string", "maxLength": 200}, "match": {"$ref": "#/components/schemas/Match"},
      "skip": {"type": "integer", "minimum": 0}, "times": {"type": "integer", "minimum": 0},
      "probability": {"type": "number", "minimum": 0, "maximum": 1}, "seed": {"type": "integer", "minimum": 0},
      "ttl": {"type": "integer", "minimum": 0, "description": "seconds"}, "when": {"enum": []},
      "fault": {"type": "object", "required": ["type"], "properties": {"type": {"enum": []}}}}},
    "RuleStatus": {"type": "object", "required": ["name", "fault", "matched", "hits"], "properties": {
      "name": {"type": "string"}, "matched": {"type": "integer"}, "hits": {"type": "integer"}}},
    "Clock": {"type": "object", "required": ["now", "real", "frozen"], "properties": {
      "now": {"type": "string"}, "real": {"type": "string"}, "frozen": {"type": "boolean"}}},
    "ClockChange": {"type": "object", "minProperties": 1, "additionalProperties": false, "properties": {
      "set": {"type": "string"}, "advance": {"type": "string"}, "frozen": {"type": "boolean"}, "reset": {"type": "boolean"}}},
    "Expectation": {"type": "object", "additionalProperties": false, "properties": {
      "operation": {"type": "string"}, "method": {"type": "string"}, "bucket": {"type": "string"}, "key": {"type": "string"},
      "upload_id": {"type": "string"}, "part_number": {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string"}]},
      "access_key": {"type": "string"}, "error": {"type": "string"}, "user_agent": {"type": "string"}, "acted": {"type": "string"},
      "status": {"type": "integer", "minimum": 100, "maximum": 599}, "after": {"type": "integer", "minimum": 0},
      "count": {"type": "integer", "minimum": 0}, "at_least": {"type": "integer", "minimum": 0},
      "at_most": {"type": "integer", "minimum": 0},
      "distinct": {"enum": ["part_number", "key", "bucket", "upload_id", "operation", "attempt"]}}},
    "Verdict": {"type": "object", "required": ["holds", "found"], "properties": {
      "holds": {"type": "boolean"}, "found": {"type": "integer"}, "text": {"type": "string"}}}
  }
}
})json";

}  // namespace

std::string openapi_document(const std::string& version) {
  Json api = Json::parse(document);
  api["info"]["version"] = version;
  Json& schemas = api["components"]["schemas"];
  for (const FaultPreset& preset : fault_presets()) schemas["PresetName"]["properties"]["preset"]["enum"].push_back(preset.name);
  Json& rule = schemas["Rule"]["properties"];
  for (const FaultTypeRow& row : fault_types()) rule["fault"]["properties"]["type"]["enum"].push_back(row.name);
  for (const auto when : {FaultWhen::before, FaultWhen::during_request, FaultWhen::after_commit, FaultWhen::during_response}) {
    rule["when"]["enum"].push_back(to_string(when));
  }
  return api.dump() + '\n';
}

}  // namespace partsmith::server
