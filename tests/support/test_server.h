#pragma once
/// A whole server in the test's process: a store in a temporary folder, a clock that the test moves, a free
/// port.

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include <partsmith/protocol/sigv4.h>
#include <partsmith/server/server.h>
#include <partsmith/storage/local_store.h>

#include "raw_client.h"
#include "temporary_folder.h"

namespace partsmith::test {

/// The system's time, moved by as much as the test says.
class MovableClock final : public Clock {
 public:
  TimePoint now() const override { return system_.now() + std::chrono::milliseconds(offset_.load()); }
  void move(std::chrono::milliseconds by) { offset_ += by.count(); }

 private:
  SystemClock system_;
  std::atomic<std::chrono::milliseconds::rep> offset_ = 0;  ///< milliseconds; server threads read it
};

/// What a test says of a request besides method and target; the rest is signed and framed for it.
struct Ask {
  std::string method;
  std::string target;
  std::string body = {};
  protocol::Headers headers = {};
  std::string payload_hash = {};  ///< empty: the body's SHA-256
  bool with_length = true;        ///< say Content-Length, unless the headers frame the body themselves
};

class TestServer {
 public:
  explicit TestServer(server::ServerOptions options = {}) {
    auto store = storage::open_local_store({.folder = folder_.path(), .clock = &clock_});
    if (!store) throw std::runtime_error(store.error());
    store_ = std::move(*store);
    options.log = [this](std::string_view line) {
      const std::scoped_lock lock(mutex_);
      log_.emplace_back(line);
      logged_.notify_all();
    };
    server_ = std::make_unique<server::Server>(std::move(options), *store_, clock_);
    if (const auto started = server_->start(); !started) throw std::runtime_error(started.error());
  }
  ~TestServer() { server_->stop(std::chrono::seconds(5)); }

  std::uint16_t port() const { return server_->port(); }
  std::string host() const { return "127.0.0.1:" + std::to_string(port()); }
  MovableClock& clock() { return clock_; }
  storage::Store& store() { return *store_; }
  const std::filesystem::path& folder() const { return folder_.path(); }
  /// The first line of the log that holds the text, once it is there: lines are written after answers are
  /// sent.
  std::string log_line_with(std::string_view text) {
    std::unique_lock lock(mutex_);
    for (std::size_t seen = 0;; ++seen) {
      if (!logged_.wait_for(lock, std::chrono::seconds(60), [&] { return log_.size() > seen; })) {
        throw std::runtime_error("no line of the log holds " + std::string(text));
      }
      if (log_[seen].find(text) != std::string::npos) return log_[seen];
    }
  }

  /// The request as it goes over the wire, signed for now with the default keys.
  std::string signed_request(const Ask& ask) {
    protocol::Headers headers{{"Host", host()}};
    for (const auto& [name, value] : ask.headers) headers.set(name, value);
    if (ask.with_length && !headers.has("content-length") && !headers.has("transfer-encoding")) {
      headers.add("Content-Length", std::to_string(ask.body.size()));
    }
    const std::string hash = ask.payload_hash.empty() ? to_hex(sha256(as_bytes(ask.body))) : ask.payload_hash;
    protocol::sigv4::sign(headers, ask.method, ask.target, hash, {"test", "test", ""}, "us-east-1",
                          clock_.now());
    std::string text = ask.method + ' ' + ask.target + " HTTP/1.1\r\n";
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    return text + "\r\n" + ask.body;
  }

  /// One signed request over a connection of its own.
  RawClient::Answer send(const Ask& ask) {
    RawClient client(port());
    return client.exchange(signed_request(ask), ask.method == "HEAD");
  }

 private:
  TemporaryFolder folder_;
  MovableClock clock_;
  std::unique_ptr<storage::Store> store_;
  std::mutex mutex_;
  std::condition_variable logged_;
  std::vector<std::string> log_;
  std::unique_ptr<server::Server> server_;
};

/// The text of the first element of that name, or empty.
inline std::string element(const std::string& xml, const std::string& name) {
  const std::size_t begin = xml.find('<' + name + '>');
  if (begin == std::string::npos) return {};
  const std::size_t text = begin + name.size() + 2;
  return xml.substr(text, xml.find("</" + name + '>', text) - text);
}

}  // namespace partsmith::test
