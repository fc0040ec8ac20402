#include <fmt/format.h>

#include <charconv>

#include <partsmith/client/redis_source.h>
#include <partsmith/protocol/uri.h>

namespace partsmith::client {
namespace {

template <class Number>
bool read_number(std::string_view text, Number& into) {
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), into);
  return !text.empty() && parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

std::unexpected<std::string> wrong(std::string_view why) {
  return std::unexpected(fmt::format("not redis://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE/KEY: {}", why));
}

std::expected<void, std::string> read_authority(std::string_view text, RedisUrl& url) {
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    const auto colon = std::min(text.find(':'), at);
    const auto user = protocol::percent_decode(text.substr(0, colon));
    const auto password =
        protocol::percent_decode(colon < at ? text.substr(colon + 1, at - colon - 1) : std::string_view());
    if (!user || !password) return wrong("user or password is badly encoded");
    url.user = *user;
    url.password = *password;
    text.remove_prefix(at + 1);
  }
  const bool bracketed = text.starts_with('[');
  const auto end = bracketed ? text.find(']') : text.find(':');
  if (bracketed && end == std::string_view::npos) return wrong("a '[' without ']'");
  url.host = bracketed ? text.substr(1, end - 1) : text.substr(0, end);
  text.remove_prefix(std::min(text.size(), bracketed ? end + 1 : url.host.size()));
  if (url.host.empty()) return wrong("there is no host");
  if (text.empty()) return {};
  if (text[0] != ':' || !read_number(text.substr(1), url.port) || url.port == 0)
    return wrong("the port must be a number from 1 to 65535");
  return {};
}

}  // namespace

std::expected<RedisUrl, std::string> RedisUrl::parse(std::string_view text) {
  if (text.starts_with("rediss://"))
    return std::unexpected("Redis over TLS (rediss://) is not supported: use a tunnel, such as stunnel");
  if (!is_one(text)) return wrong("it must begin with redis://");
  text.remove_prefix(std::string_view("redis://").size());
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return wrong("there is no database and key");
  RedisUrl url;
  if (auto read = read_authority(text.substr(0, slash), url); !read) return std::unexpected(read.error());
  text.remove_prefix(slash + 1);
  const auto end = text.find('/');
  if (end == std::string_view::npos || !read_number(text.substr(0, end), url.database))
    return wrong("the database is a number, as in redis://127.0.0.1/0/KEY");
  auto key = protocol::percent_decode(text.substr(end + 1));
  if (!key || key->empty()) return wrong("there is no key, or it is badly encoded");
  url.key = *std::move(key);
  return url;
}

std::string RedisUrl::text() const {
  const bool bracketed = host.find(':') != std::string::npos;
  return fmt::format("redis://{}{}{}:{}/{}/{}", bracketed ? "[" : "", host, bracketed ? "]" : "", port,
                     database, protocol::uri_encode(key, protocol::Slash::keep));
}

}  // namespace partsmith::client
