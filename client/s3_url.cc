#include <fmt/format.h>

#include <algorithm>

#include <partsmith/client/s3_url.h>
#include <partsmith/values/limits.h>

namespace partsmith::client {
namespace {

/// As wide as any server's rules: what is left over is the server's to refuse. But nothing that would become
/// part of a path or query.
bool is_bucket_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_';
}

}  // namespace

std::expected<S3Url, std::string> S3Url::parse(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return std::unexpected(fmt::format("'{}' is not s3://BUCKET/KEY: {}", text, why));
  };
  if (!is_one(text)) return wrong("it must begin with s3://");
  const auto rest = text.substr(5);
  const auto slash = rest.find('/');
  S3Url url{std::string(rest.substr(0, slash)),
            slash == std::string_view::npos ? std::string() : std::string(rest.substr(slash + 1))};
  if (url.bucket.empty()) return wrong("there is no bucket in it");
  if (url.bucket == "." || url.bucket == ".." || !std::ranges::all_of(url.bucket, is_bucket_character))
    return wrong(fmt::format("no bucket is called '{}'", url.bucket));
  if (url.key.size() > limits::max_key_bytes)
    return wrong(fmt::format("a key has at most {} bytes", limits::max_key_bytes));
  return url;
}

}  // namespace partsmith::client
