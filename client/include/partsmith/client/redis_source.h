#pragma once
/// A list in Redis as the source of an upload, its elements in order.

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include <partsmith/client/part_source.h>

namespace partsmith::client {

/// `redis://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE/KEY`, percent-encoded as URLs are. `redis://:PASSWORD@…`
/// has no user.
struct RedisUrl {
  std::string host;
  std::uint16_t port = 6379;
  std::string user;
  std::string password;
  std::uint32_t database = 0;
  std::string key;

  /// The error is one line fit for a person and never shows the password.
  static std::expected<RedisUrl, std::string> parse(std::string_view text);
  static bool is_one(std::string_view text) {
    return text.starts_with("redis://") || text.starts_with("rediss://");
  }
  std::string text() const;  ///< without user and password
};

/// An element of at least 5 MiB is a part; smaller ones are joined with those after them until they are. A
/// list of more than 10,000 elements is joined to larger parts, so that 10,000 suffice. In memory is one
/// part: the elements of it. A list that is changed while it is read, in whatever way, is an error before its
/// end is told.
class RedisListSource final : public PartSource {
 public:
  /// Connects; the list must be there.
  static std::expected<RedisListSource, std::string> open(const RedisUrl& url);
  RedisListSource(RedisListSource&&) noexcept;
  RedisListSource& operator=(RedisListSource&&) = delete;
  ~RedisListSource() override;

  std::expected<std::optional<Body>, std::string> next() override;

 private:
  class Connection;
  RedisListSource(std::unique_ptr<Connection> connection, std::string key, std::uint64_t length);
  std::uint64_t enough() const;

  std::unique_ptr<Connection> connection_;
  std::string key_;
  std::uint64_t length_;     ///< elements
  std::uint64_t taken_ = 0;  ///< elements
  std::uint32_t parts_ = 0;
};

}  // namespace partsmith::client
