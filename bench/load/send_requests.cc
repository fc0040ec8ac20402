/// Sends requests that are ready, from several connections at once, and tells how long each took.
///
///     partsmith_load PLAN
///
/// PLAN is JSON: {"port": N, "bodies": [FILE…], "connections": [[{"head": TEXT, "body": INDEX or null}…]…]}.
/// Each connection sends its requests one after the other, a head and then its body. Nothing is signed or
/// made up while the clock runs. The answer is JSON: {"seconds": of all, "milliseconds": [of each request],
/// "received": bytes of answers' bodies}; or {"refused": status, "answer": TEXT} of the first that isn't a
/// success.
#include <nlohmann/json.hpp>

#include <barrier>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "answer_reader.h"

namespace {

using namespace partsmith;
using client::AnswerReader;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::minutes patience{10};

struct Request {
  std::string head;
  const std::string* body = nullptr;
};

struct Refused : std::runtime_error {
  Refused(int answered, const std::string& answer) : std::runtime_error(answer), status(answered) {}
  int status;
};

template <class T>
T value_of(std::expected<T, client::ClientError> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

class Connection {
 public:
  explicit Connection(const client::Origin& origin) : origin_(origin) { connect(); }

  /// Bytes of the answer's body.
  std::uint64_t exchange(const Request& request) {
    // Some servers close a connection after so many requests: that is part of what they take.
    if (closed_) connect();
    send(request.head);
    if (request.body) send(*request.body);
    return receive();
  }

 private:
  void connect() {
    wire_ = value_of(client::connect_tcp(origin_, end()));
    reader_ = std::make_unique<AnswerReader>(*wire_);
    closed_ = false;
  }

  static Clock::time_point end() { return Clock::now() + patience; }

  void send(std::string_view text) {
    ByteView left = as_bytes(text);
    while (!left.empty()) {
      const std::size_t sent = value_of(wire_->write(left, end()));
      if (sent == 0) break;  // it answers already
      left = left.subspan(sent);
    }
  }

  std::uint64_t receive() {
    const client::Patience until{.idle = patience, .end = end()};
    reader_->begin_answer();
    AnswerReader::Head head = value_of(reader_->read_head(until));
    while (head.status < 200) head = value_of(reader_->read_head(until));
    const bool good = head.status < 300;
    std::uint64_t received = 0;
    std::string answer;
    const auto take = [&](ByteView run) {
      received += run.size();
      if (!good) answer.append(as_text(run));
      return true;
    };
    value_of(reader_->read_body(head, false, take, until));
    if (!good) throw Refused(head.status, answer);
    closed_ = !head.keeps_alive() || reader_->ended_by_close();
    return received;
  }

  client::Origin origin_;
  std::unique_ptr<client::Wire> wire_;
  std::unique_ptr<AnswerReader> reader_;
  bool closed_ = false;
};

struct Plan {
  client::Origin origin;
  std::vector<std::string> bodies;
  std::vector<std::vector<Request>> connections;
};

std::string file_text(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  if (!file) throw std::runtime_error(name + " can't be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

Plan read_plan(const std::string& name) {
  const auto json = nlohmann::json::parse(file_text(name));
  Plan plan;
  plan.origin = {.tls = false, .host = "127.0.0.1", .port = json.at("port")};
  for (const auto& body : json.at("bodies")) plan.bodies.push_back(file_text(body));
  for (const auto& connection : json.at("connections")) {
    auto& requests = plan.connections.emplace_back();
    for (const auto& request : connection) {
      const auto& body = request.at("body");
      requests.push_back(
          {.head = request.at("head"), .body = body.is_null() ? nullptr : &plan.bodies.at(body)});
    }
  }
  return plan;
}

struct Told {
  double seconds = 0;
  std::vector<double> milliseconds;
  std::uint64_t received = 0;
};

Told carry_out(const Plan& plan) {
  Told told;
  std::mutex mutex;  // of `told` and `failure`
  std::exception_ptr failure;
  Clock::time_point begun;
  std::barrier start(static_cast<std::ptrdiff_t>(plan.connections.size()),
                     [&]() noexcept { begun = Clock::now(); });
  const auto work = [&](const std::vector<Request>& requests) {
    std::vector<double> taken;
    std::uint64_t received = 0;
    taken.reserve(requests.size());
    try {
      Connection connection(plan.origin);
      start.arrive_and_wait();
      for (const Request& request : requests) {
        const auto before = Clock::now();
        received += connection.exchange(request);
        taken.push_back(std::chrono::duration<double, std::milli>(Clock::now() - before).count());
      }
    } catch (...) {
      start.arrive_and_drop();
      const std::scoped_lock lock(mutex);
      if (!failure) failure = std::current_exception();
    }
    const std::scoped_lock lock(mutex);
    told.milliseconds.insert(told.milliseconds.end(), taken.begin(), taken.end());
    told.received += received;
  };
  {
    std::vector<std::jthread> threads;
    for (const auto& requests : plan.connections) threads.emplace_back(work, std::cref(requests));
  }
  if (failure) std::rethrow_exception(failure);
  told.seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  return told;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: partsmith_load PLAN\n";
    return 2;
  }
  try {
    const Told told = carry_out(read_plan(arguments[1]));
    std::cout << nlohmann::json{{"seconds", told.seconds},
                                {"milliseconds", told.milliseconds},
                                {"received", told.received}}
              << '\n';
  } catch (const Refused& refused) {
    std::cout << nlohmann::json{{"refused", refused.status}, {"answer", refused.what()}} << '\n';
  } catch (const std::exception& failure) {
    std::cerr << "partsmith_load: " << failure.what() << '\n';
    return 1;
  }
  return 0;
}
