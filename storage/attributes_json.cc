#include "attributes_json.h"

#include <nlohmann/json.hpp>

#include <partsmith/values/encoding.h>
#include <partsmith/values/limits.h>

#include "attribute_fields.h"
#include "plain_attributes.h"

namespace partsmith::storage {
namespace {

using nlohmann::json;

// What a request can carry, each byte as JSON's longest escape.
constexpr std::size_t max_bytes = 6 * limits::max_request_head_bytes;

json to_json(const std::string& text) {
  if (is_utf8(text)) return text;
  return json{{"base64", to_base64(as_bytes(text))}};
}

json to_json(const NameValues& pairs) {
  json list = json::array();
  for (const auto& [name, value] : pairs) list.push_back(json::array({to_json(name), to_json(value)}));
  return list;
}

json to_json(const Encryption& encryption) {
  const EncryptionFields fields = fields_of(encryption);
  return json{{"algorithm", to_json(fields.kms.algorithm)},
              {"kms_key_id", to_json(fields.kms.key_id)},
              {"kms_context", to_json(fields.kms.context)},
              {"bucket_key_enabled", fields.kms.bucket_key_enabled},
              {"customer_key_md5", to_json(fields.customer_key_md5)}};
}

// The readers below throw json::exception for any shape but the one written above; attributes_from_json()
// answers.

std::string text_from(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  const auto bytes = from_base64(value.at("base64").get<std::string>());
  if (!bytes) throw json::other_error::create(0, "not base64", &value);
  return std::string(as_text(*bytes));
}

NameValues pairs_from(const json& list) {
  NameValues pairs;
  for (const json& pair : list) pairs.emplace_back(text_from(pair.at(0)), text_from(pair.at(1)));
  return pairs;
}

Encryption encryption_from(const json& value) {
  return storage::encryption_from({{.algorithm = text_from(value.at("algorithm")),
                                    .key_id = text_from(value.at("kms_key_id")),
                                    .context = text_from(value.at("kms_context")),
                                    .bucket_key_enabled = value.at("bucket_key_enabled").get<bool>()},
                                   text_from(value.at("customer_key_md5"))});
}

}  // namespace

std::string any_json(const ObjectAttributes& attributes) {
  json value{{"headers", to_json(attributes.headers)},
             {"user_metadata", to_json(attributes.user_metadata)},
             {"tags", to_json(attributes.tags)},
             {"storage_class", to_json(attributes.storage_class)},
             {"encryption", to_json(attributes.encryption)}};
  if (!attributes.acl.empty()) value["acl"] = to_json(attributes.acl);  // most have none
  if (attributes.restored_until) value["restored_until"] = seconds_from(*attributes.restored_until);
  if (attributes.legal_hold) value["legal_hold"] = *attributes.legal_hold;
  if (const auto& retention = attributes.retention) {
    value["retention"] = {{"mode", mode_name(retention->mode)},
                          {"until_ms", retention->until.time_since_epoch().count()}};
  }
  return value.dump();
}

std::optional<ObjectAttributes> attributes_from_any_json(std::string_view text) {
  if (text.size() > max_bytes) return std::nullopt;
  try {
    const json value = json::parse(text);
    ObjectAttributes attributes;
    attributes.headers = pairs_from(value.at("headers"));
    attributes.user_metadata = pairs_from(value.at("user_metadata"));
    attributes.tags = pairs_from(value.at("tags"));
    attributes.storage_class = text_from(value.at("storage_class"));
    attributes.encryption = encryption_from(value.at("encryption"));
    if (const auto acl = value.find("acl"); acl != value.end()) attributes.acl = text_from(*acl);
    if (const auto until = value.find("restored_until"); until != value.end()) {
      attributes.restored_until = time_from_seconds(until->get<std::int64_t>());
      if (!attributes.restored_until) return std::nullopt;
    }
    if (const auto hold = value.find("legal_hold"); hold != value.end()) {
      attributes.legal_hold = hold->get<bool>();
    }
    if (const auto kept = value.find("retention"); kept != value.end()) {
      attributes.retention =
          retention_from(kept->at("mode").get<std::string>(), kept->at("until_ms").get<std::int64_t>());
      if (!attributes.retention) return std::nullopt;
    }
    return attributes;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

std::string to_json(const ObjectAttributes& attributes) {
  auto plain = plain_json(attributes);
  return plain ? *std::move(plain) : any_json(attributes);
}

std::optional<ObjectAttributes> attributes_from_json(std::string_view text) {
  if (text.size() > max_bytes) return std::nullopt;
  auto plain = attributes_from_plain_json(text);
  return plain ? std::move(plain) : attributes_from_any_json(text);
}

}  // namespace partsmith::storage
