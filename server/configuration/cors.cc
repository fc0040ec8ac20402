#include "configuration/cors.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <partsmith/protocol/field_syntax.h>
#include <partsmith/protocol/xml.h>

#include "operations/answers.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;
using protocol::XmlElement;

constexpr auto known_methods = std::to_array<std::string_view>({"GET", "PUT", "HEAD", "POST", "DELETE"});
constexpr std::size_t max_rules = 100;
constexpr std::size_t max_id = 255;

std::unexpected<S3Error> malformed() {
  return std::unexpected(S3Error(ErrorCode::MalformedXML));
}

bool read_element(const XmlElement& element, CorsRule& rule) {
  if (!element.children.empty()) return false;
  if (element.name == "AllowedMethod") {
    rule.methods.push_back(element.text);
  } else if (element.name == "AllowedOrigin") {
    rule.origins.push_back(element.text);
  } else if (element.name == "AllowedHeader") {
    rule.allowed_headers.push_back(element.text);
  } else if (element.name == "ExposeHeader") {
    rule.exposed_headers.push_back(element.text);
  } else if (element.name == "ID" && !rule.id && element.text.size() <= max_id) {
    rule.id = element.text;
  } else if (element.name == "MaxAgeSeconds" && !rule.max_age_seconds) {
    const std::string_view text = protocol::trimmed(element.text);
    std::int32_t seconds = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return false;
    rule.max_age_seconds = seconds;
  } else {
    return false;
  }
  return true;
}

S3Result<void> check_wildcards(std::string_view element, const std::vector<std::string>& values) {
  for (const std::string& value : values) {
    if (std::ranges::count(value, '*') > 1) {
      return invalid_request(std::string(element) + " \"" + value +
                             "\" can not have more than one wildcard.");
    }
  }
  return {};
}

/// Amazon S3 speaks of AllowedHeader for both lists (reported: scality/cloudserver#497, which has it check
/// ExposeHeader alone; versitygw, of both).
S3Result<void> check_names(const std::vector<std::string>& headers) {
  for (const std::string& header : headers) {
    std::string name = header;
    std::erase(name, '*');
    if (header == "*" || protocol::is_token(name)) continue;
    return invalid_request("AllowedHeader \"" + header + "\" contains invalid character.");
  }
  return {};
}

S3Result<void> check(const CorsRule& rule) {
  for (const std::string& method : rule.methods) {
    if (!is_cors_method(method)) {
      return invalid_request("Found unsupported HTTP method in CORS config. Unsupported method is " + method);
    }
  }
  if (auto ok = check_wildcards("AllowedOrigin", rule.origins); !ok) return ok;
  if (auto ok = check_wildcards("AllowedHeader", rule.allowed_headers); !ok) return ok;
  for (const std::string& header : rule.exposed_headers) {
    if (header.find('*') != std::string::npos) {
      return invalid_request("ExposeHeader \"" + header +
                             "\" contains wildcard. We currently do not support wildcard for ExposeHeader.");
    }
  }
  if (auto ok = check_names(rule.exposed_headers); !ok) return ok;
  return check_names(rule.allowed_headers);
}

/// `pattern` with at most one '*', which stands for any text.
bool matches(std::string_view pattern, std::string_view text) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  const std::string_view end = pattern.substr(star + 1);
  return text.size() >= pattern.size() - 1 && text.starts_with(pattern.substr(0, star)) &&
         text.ends_with(end);
}

/// The pattern of the rule that the origin matches.
const std::string* origin_pattern(const CorsRule& rule, std::string_view origin) {
  const auto found = std::ranges::find_if(
      rule.origins, [&](const std::string& pattern) { return matches(pattern, origin); });
  return found == rule.origins.end() ? nullptr : &*found;
}

/// No browser asks for so many. Each is compared with each pattern, and whoever asks has shown no key.
constexpr std::size_t max_asked_headers = 1'000;

bool allows_headers(const CorsRule& rule, const std::vector<std::string>& headers) {
  if (headers.empty()) return true;
  if (headers.size() > max_asked_headers) return false;
  std::vector<std::string> patterns;
  for (const std::string& pattern : rule.allowed_headers) patterns.push_back(protocol::lower_case(pattern));
  return std::ranges::all_of(headers, [&](const std::string& header) {
    return std::ranges::any_of(patterns,
                               [&](const std::string& pattern) { return matches(pattern, header); });
  });
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

protocol::Headers headers_of(const CorsRule& rule, const std::string& pattern, const CorsQuestion& question) {
  protocol::Headers headers;
  const bool anyone = pattern == "*";
  headers.add("Access-Control-Allow-Origin", anyone ? "*" : std::string(question.origin));
  headers.add("Access-Control-Allow-Methods", joined(rule.methods));
  if (!question.headers.empty()) headers.add("Access-Control-Allow-Headers", joined(question.headers));
  if (!rule.exposed_headers.empty())
    headers.add("Access-Control-Expose-Headers", joined(rule.exposed_headers));
  if (rule.max_age_seconds) headers.add("Access-Control-Max-Age", std::to_string(*rule.max_age_seconds));
  if (!anyone) headers.add("Access-Control-Allow-Credentials", "true");
  headers.add("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
  return headers;
}

}  // namespace

bool is_cors_method(std::string_view method) {
  return std::ranges::find(known_methods, method) != known_methods.end();
}

S3Result<std::vector<CorsRule>> parse_cors(std::string_view document) {
  const auto root = protocol::parse_xml(document);
  if (!root || root->name != "CORSConfiguration") return malformed();
  std::vector<CorsRule> rules;
  for (const XmlElement& element : root->children) {
    if (element.name != "CORSRule") return malformed();
    CorsRule rule;
    for (const XmlElement& field : element.children) {
      if (!read_element(field, rule)) return malformed();
    }
    if (rule.methods.empty() || rule.origins.empty()) return malformed();
    rules.push_back(std::move(rule));
  }
  if (rules.empty()) return malformed();
  if (rules.size() > max_rules) {  // reported: scality/cloudserver, ceph/ceph#23434
    return invalid_request("The number of CORS rules should not exceed allowed limit of " +
                           std::to_string(max_rules) + " rules.");
  }
  for (const CorsRule& rule : rules) {
    if (auto ok = check(rule); !ok) return std::unexpected(std::move(ok.error()));
  }
  return rules;
}

std::string cors_document(std::span<const CorsRule> rules) {
  protocol::XmlWriter document("CORSConfiguration");
  for (const CorsRule& rule : rules) {
    document.open("CORSRule").optional_element("ID", rule.id);
    for (const std::string& method : rule.methods) document.element("AllowedMethod", method);
    for (const std::string& origin : rule.origins) document.element("AllowedOrigin", origin);
    for (const std::string& header : rule.allowed_headers) document.element("AllowedHeader", header);
    if (rule.max_age_seconds) document.element("MaxAgeSeconds", std::to_string(*rule.max_age_seconds));
    for (const std::string& header : rule.exposed_headers) document.element("ExposeHeader", header);
    document.close();
  }
  return document.finish();
}

std::optional<protocol::Headers> cors_headers(std::span<const CorsRule> rules, const CorsQuestion& question) {
  for (const CorsRule& rule : rules) {
    const std::string* pattern = origin_pattern(rule, question.origin);
    if (pattern == nullptr || std::ranges::find(rule.methods, question.method) == rule.methods.end() ||
        !allows_headers(rule, question.headers)) {
      continue;
    }
    return headers_of(rule, *pattern, question);
  }
  return std::nullopt;
}

}  // namespace partsmith::server
