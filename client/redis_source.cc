#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <initializer_list>
#include <vector>

#include <partsmith/client/redis_source.h>
#include <partsmith/values/limits.h>

namespace partsmith::client {
namespace {

constexpr int connect_seconds = 10;
constexpr int answer_seconds = 60;

struct FreeReply {
  void operator()(redisReply* reply) const { ::freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, FreeReply>;

}  // namespace

/// Commands and their answers.
class RedisListSource::Connection {
 public:
  static std::expected<std::unique_ptr<Connection>, std::string> open(const RedisUrl& url) {
    auto connection = std::make_unique<Connection>(
        ::redisConnectWithTimeout(url.host.c_str(), url.port, timeval{connect_seconds, 0}));
    auto* context = connection->context_.get();
    if (context == nullptr) return std::unexpected("Redis: no memory for a connection");
    if (context->err != 0)
      return std::unexpected(fmt::format("Redis at {}:{}: {}", url.host, url.port, context->errstr));
    ::redisSetTimeout(context, timeval{answer_seconds, 0});
    if (!url.password.empty()) {
      const auto done = url.user.empty() ? connection->ask({"AUTH", url.password})
                                         : connection->ask({"AUTH", url.user, url.password});
      if (!done) return std::unexpected(done.error());
    }
    if (url.database != 0) {
      if (const auto done = connection->ask({"SELECT", std::to_string(url.database)}); !done)
        return std::unexpected(done.error());
    }
    return connection;
  }

  explicit Connection(redisContext* context) : context_(context) {}

  std::expected<Reply, std::string> ask(std::initializer_list<std::string_view> words) {
    std::vector<const char*> texts;
    std::vector<std::size_t> lengths;
    for (const auto word : words) {
      texts.push_back(word.data());
      lengths.push_back(word.size());
    }
    Reply reply(static_cast<redisReply*>(
        ::redisCommandArgv(context_.get(), static_cast<int>(words.size()), texts.data(), lengths.data())));
    if (!reply) return std::unexpected(fmt::format("Redis: {}", context_->errstr));
    if (reply->type == REDIS_REPLY_ERROR)
      return std::unexpected(fmt::format("Redis: {}", std::string_view(reply->str, reply->len)));
    return reply;
  }

 private:
  struct Free {
    void operator()(redisContext* context) const { ::redisFree(context); }
  };

  std::unique_ptr<redisContext, Free> context_;
};

std::expected<RedisListSource, std::string> RedisListSource::open(const RedisUrl& url) {
  auto connection = Connection::open(url);
  if (!connection) return std::unexpected(connection.error());
  // From here on any change of the list makes EXEC answer nil: see next().
  if (const auto watched = (*connection)->ask({"WATCH", url.key}); !watched)
    return std::unexpected(watched.error());
  const auto length = (*connection)->ask({"LLEN", url.key});
  if (!length) return std::unexpected(length.error());
  if ((*length)->type != REDIS_REPLY_INTEGER || (*length)->integer <= 0)
    return std::unexpected(fmt::format("Redis: there is no list {}", url.key));
  return RedisListSource(*std::move(connection), url.key, static_cast<std::uint64_t>((*length)->integer));
}

RedisListSource::RedisListSource(std::unique_ptr<Connection> connection, std::string key,
                                 std::uint64_t length)
    : connection_(std::move(connection)), key_(std::move(key)), length_(length) {}
RedisListSource::RedisListSource(RedisListSource&&) noexcept = default;
RedisListSource::~RedisListSource() = default;

std::uint64_t RedisListSource::enough() const {
  if (length_ <= limits::max_part_number) return limits::min_part_size;
  return growing_part_size(limits::min_part_size, parts_ + 1);
}

std::expected<std::optional<Body>, std::string> RedisListSource::next() {
  std::string part;
  while (taken_ < length_ && part.size() < enough()) {
    const auto reply = connection_->ask({"LINDEX", key_, std::to_string(taken_)});
    if (!reply) return std::unexpected(reply.error());
    if ((*reply)->type != REDIS_REPLY_STRING)
      return std::unexpected("Redis: the list was changed while it was read");
    part.append((*reply)->str, (*reply)->len);
    ++taken_;
  }
  if (!part.empty()) {
    ++parts_;
    return Body(std::move(part));
  }
  for (const std::string_view command : {"MULTI", "PING"}) {
    if (const auto queued = connection_->ask({command}); !queued) return std::unexpected(queued.error());
  }
  const auto unchanged = connection_->ask({"EXEC"});
  if (!unchanged) return std::unexpected(unchanged.error());
  if ((*unchanged)->type == REDIS_REPLY_NIL)
    return std::unexpected("Redis: the list was changed while it was read");
  return std::nullopt;
}

}  // namespace partsmith::client
