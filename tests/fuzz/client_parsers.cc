// What a client reads: answers of a server that may be any, and the files that the AWS tools share.

#include <partsmith/client/s3_url.h>
#include <partsmith/client/shared_config.h>

#include "answer_reader.h"
#include "harness.h"

namespace partsmith::fuzz {
namespace {

/// Gives a text in pieces, then its end.
class TextWire final : public client::Wire {
 public:
  TextWire(std::string_view text, std::size_t piece) : rest_(text), piece_(piece) {}

  std::expected<std::size_t, client::ClientError> read(std::span<std::uint8_t> into,
                                                       client::Instant) override {
    const std::size_t count = std::min({piece_, into.size(), rest_.size()});
    std::ranges::copy(as_bytes(rest_.substr(0, count)), into.begin());
    rest_.remove_prefix(count);
    return count;
  }
  std::expected<std::size_t, client::ClientError> write(ByteView bytes, client::Instant) override {
    return bytes.size();
  }
  bool has_input() override { return !rest_.empty(); }
  void half_close() override {}
  void interrupt() override {}
  void reset() override {}

 private:
  std::string_view rest_;
  std::size_t piece_;
};

/// What reading all answers comes to.
std::string read_answers(std::string_view text, std::size_t piece, bool to_head) {
  TextWire wire(text, piece);
  client::AnswerReader reader(wire);
  const client::Patience patience{std::chrono::minutes(1),
                                  std::chrono::steady_clock::now() + std::chrono::minutes(1)};
  std::string seen;
  for (int answers = 0; answers < 8; ++answers) {
    const auto head = reader.read_head(patience);
    if (!head) return seen + "no head\n";
    seen += std::to_string(head->status) + "\n";
    for (const auto& [name, value] : head->headers) seen += name + ": " + value + "\n";
    const auto read = reader.read_body(
        *head, to_head,
        [&](ByteView bytes) {
          seen += as_text(bytes);
          return true;
        },
        patience);
    if (!read) return seen + "no body\n";
    if (!head->keeps_alive()) return seen + "closed\n";
  }
  return seen;
}

void answer(std::string_view input) {
  Input in(input);
  const std::size_t piece = 1 + in.number(40);
  const bool to_head = in.number(1) == 1;
  const std::string whole = read_answers(in.rest(), in.rest().size() + 1, to_head);
  must(whole.size() <= 2 * input.size() + 128, "an answer gives no more than it has");
  must(read_answers(in.rest(), piece, to_head) == whole, "pieces make no difference");
}

std::vector<std::string> answer_seeds() {
  const std::string continued = "HTTP/1.1 100 Continue\r\n\r\n";
  return {std::string("\5\0", 2) + continued +
              "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"a\"\r\n\r\nhello"
              "HTTP/1.1 204 No Content\r\n\r\n",
          std::string("\1\0", 2) +
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nT: x\r\n\r\n",
          std::string("\7\1", 2) + "HTTP/1.0 200\r\nContent-Length: 7\r\nConnection: close\r\n\r\n",
          std::string("\3\0", 2) + "HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n<Error/>"};
}

void shared_config(std::string_view input) {
  const auto parsed = client::SharedConfig::parse(input);
  if (!parsed) return must(!parsed.error().empty(), "a refusal says why");
  static_cast<void>(parsed->section("default"));
  static_cast<void>(parsed->profile("dev"));
}

std::vector<std::string> shared_config_seeds() {
  return {
      "[default]\naws_access_key_id = test\naws_secret_access_key=test # no\n; c\n\n[profile dev]\nregion = "
      "eu-west-1\n"
      "s3 =\n  addressing_style = path\n  max_concurrent_requests=5\n",
      "[services local]\ns3 =\n endpoint_url = http://localhost:9000\n[dev]\n", "[a", "a = b\n"};
}

}  // namespace

const std::vector<Harness> client_parsers{{"answer", 4'096, answer, answer_seeds},
                                          {"shared-config", 2'048, shared_config, shared_config_seeds}};

}  // namespace partsmith::fuzz
