#include "verbs/place.h"

#include "verbs/text.h"

namespace partsmith::cli {

using client::RedisUrl;
using client::S3Url;

std::expected<Place, VerbError> place_of(const std::string& text) {
  if (text == "-") return StandardStream{};
  if (S3Url::is_one(text)) {
    auto url = any_url(text);
    if (!url) return std::unexpected(url.error());
    return *std::move(url);
  }
  if (RedisUrl::is_one(text)) {
    auto url = RedisUrl::parse(text);
    if (!url) return misused(url.error());
    return *std::move(url);
  }
  if (text.empty()) return misused("an empty path");
  return std::filesystem::path(text);
}

std::string to_string(const Place& place) {
  if (const auto* path = std::get_if<std::filesystem::path>(&place)) return printable(path->string());
  if (const auto* url = std::get_if<S3Url>(&place)) return printable(url->text());
  if (const auto* url = std::get_if<RedisUrl>(&place)) return url->text();
  return "-";
}

std::string last_name(const Place& place) {
  if (const auto* path = std::get_if<std::filesystem::path>(&place)) return path->filename().string();
  std::string text;
  if (const auto* url = std::get_if<S3Url>(&place)) text = url->key;
  if (const auto* url = std::get_if<RedisUrl>(&place)) text = url->key;
  return text.substr(text.rfind('/') + 1);
}

bool is_folder(const Place& place, const std::string& text) {
  if (const auto* url = std::get_if<S3Url>(&place)) return url->key.empty() || url->key.ends_with('/');
  const auto* path = std::get_if<std::filesystem::path>(&place);
  std::error_code error;
  return path != nullptr && (text.ends_with('/') || std::filesystem::is_directory(*path, error));
}

Place inside(const Place& folder, const std::string& name) {
  if (const auto* url = std::get_if<S3Url>(&folder)) return S3Url{url->bucket, url->folder() + name};
  return std::get<std::filesystem::path>(folder) / name;
}

}  // namespace partsmith::cli
