#pragma once
/// Stands before a server and spoils its answers on purpose.

#include <functional>

#include <partsmith/client/http_client.h>

#include "fake_server.h"

namespace partsmith::test {

class Proxy {
 public:
  using Request = FakeServer::Request;
  /// Changes an answer in passing.
  using Spoil = std::function<void(const Request&, client::HttpAnswer&)>;

  Proxy(std::uint16_t port, Spoil spoil) : origin_{false, "127.0.0.1", port}, spoil_(std::move(spoil)) {}

  std::uint16_t port() const { return server_.port(); }

 private:
  std::string pass_on(const Request& request) {
    client::HttpRequest onward{origin_, request.method, request.target, request.headers, request.body};
    auto answer = client_.send(onward);
    if (!answer) return answer_of(502, {}, answer.error().detail);
    spoil_(request, *answer);
    if (request.method != "HEAD") answer->headers.remove("content-length");
    answer->headers.remove("connection");
    return answer_of(answer->status, answer->headers, answer->body);
  }

  client::Origin origin_;
  Spoil spoil_;
  client::HttpClient client_;
  FakeServer server_{FakeServer::answering([this](const Request& request) { return pass_on(request); })};
};

/// Every occurrence.
inline void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// Every element of that name, with its content.
inline void remove_elements(std::string& text, const std::string& name) {
  const auto open = '<' + name + '>';
  const auto close = "</" + name + '>';
  for (auto at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
    text.erase(at, text.find(close, at) + close.size() - at);
  }
}

}  // namespace partsmith::test
