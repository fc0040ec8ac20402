#include "verbs/object_headers.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include <partsmith/client/content_type.h>
#include <partsmith/protocol/uri.h>
#include <partsmith/values/digest.h>
#include <partsmith/values/encoding.h>

namespace partsmith::cli {
namespace {

std::expected<std::pair<std::string, std::string>, VerbError> pair_of(const std::string& text,
                                                                    const char* flag) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    return misused(fmt::format("{} '{}': it is NAME=VALUE", flag, text));
  return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

bool fits_a_header(std::string_view text) {
  return text.find_first_of("\r\n") == std::string_view::npos;
}

}  // namespace

bool states_metadata(const ObjectOptions& options) {
  return !options.content_type.empty() || !options.cache_control.empty() ||
         !options.content_disposition.empty() || !options.content_encoding.empty() ||
         !options.content_language.empty() || !options.expires.empty() || !options.metadata.empty();
}

std::expected<protocol::Headers, VerbError> object_headers(const ObjectOptions& options,
                                                         const std::string& name) {
  protocol::Headers headers;
  const auto add = [&](const char* header, const std::string& value) {
    if (!value.empty()) headers.add(header, value);
  };
  if (!options.content_type.empty() || options.no_guess || name.empty()) {
    add("Content-Type", options.content_type);
  } else {
    add("Content-Type", std::string(client::content_type_of(name)));
  }
  add("Cache-Control", options.cache_control);
  add("Content-Disposition", options.content_disposition);
  add("Content-Encoding", options.content_encoding);
  add("Content-Language", options.content_language);
  add("Expires", options.expires);
  for (const auto& text : options.metadata) {
    const auto pair = pair_of(text, "--metadata");
    if (!pair) return std::unexpected(pair.error());
    headers.add("x-amz-meta-" + pair->first, pair->second);
  }
  std::string tags;
  for (const auto& text : options.tags) {
    const auto pair = pair_of(text, "--tag");
    if (!pair) return std::unexpected(pair.error());
    tags += fmt::format("{}{}={}", tags.empty() ? "" : "&",
                        protocol::uri_encode(pair->first, protocol::Slash::encode),
                        protocol::uri_encode(pair->second, protocol::Slash::encode));
  }
  add("x-amz-tagging", tags);
  add("x-amz-storage-class", options.storage_class);
  add("x-amz-acl", options.acl);
  add("x-amz-server-side-encryption",
      options.sse.empty() && !options.sse_kms_key_id.empty() ? "aws:kms" : options.sse);
  add("x-amz-server-side-encryption-aws-kms-key-id", options.sse_kms_key_id);
  for (const auto& [header, value] : headers) {
    if (!fits_a_header(header) || !fits_a_header(value))
      return misused(fmt::format("{}: a line break has no place in it", header));
  }
  return headers;
}

std::expected<protocol::Headers, VerbError> customer_key_headers(const std::string& file, bool copy_source) {
  if (file.empty()) return protocol::Headers();
  constexpr std::size_t key_bytes = 32;
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) return misused(fmt::format("cannot read the key in {}", file));
  std::string key = text.str();
  if (key.size() != key_bytes) {
    while (!key.empty() && (key.back() == '\n' || key.back() == '\r')) key.pop_back();
    const auto decoded = from_base64(key);
    if (!decoded || decoded->size() != key_bytes)
      return misused(fmt::format("{} holds no key: 32 bytes, or their base64", file));
    key = as_text(*decoded);
  }
  const std::string prefix =
      fmt::format("x-amz-{}server-side-encryption-customer-", copy_source ? "copy-source-" : "");
  return protocol::Headers{{prefix + "algorithm", "AES256"},
                           {prefix + "key", to_base64(as_bytes(key))},
                           {prefix + "key-MD5", to_base64(md5(as_bytes(key)))}};
}

}  // namespace partsmith::cli
