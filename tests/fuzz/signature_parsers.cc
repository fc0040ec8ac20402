// What a client claims about itself, and what is made of it to verify the claim.

#include <algorithm>

#include <partsmith/protocol/sigv2.h>
#include <partsmith/protocol/sigv4.h>
#include <partsmith/protocol/uri.h>
#include <partsmith/values/encoding.h>

#include "authorization.h"
#include "forms/post_policy.h"
#include "harness.h"

namespace partsmith::fuzz {
namespace {

// What is signed grows with what is sent, and no faster: each byte of it may be percent-encoded twice.
constexpr std::size_t growth = 9;
constexpr std::size_t fixed = 2'048;

struct SignedParts {
  std::string_view method;
  std::string_view target;
  protocol::Headers headers;
};

/// "METHOD target", then a header a line.
SignedParts parts_of(std::string_view input) {
  Input in(input);
  SignedParts parts;
  const std::string_view first = in.line();
  const std::size_t blank = first.find(' ');
  parts.method = first.substr(0, blank);
  parts.target = blank == std::string_view::npos ? "/" : first.substr(blank + 1);
  while (!in.at_end()) {
    const std::string_view line = in.line();
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    parts.headers.add(std::string(line.substr(0, colon)),
                      std::string(protocol::trimmed(line.substr(colon + 1))));
  }
  return parts;
}

void sigv4(std::string_view input) {
  const SignedParts parts = parts_of(input);
  const auto target = protocol::split_target(parts.target);
  const auto query = protocol::Query::parse(target.query);
  const bool in_header = parts.headers.value("authorization").starts_with(protocol::sigv4::algorithm);
  if (!in_header && !query) return;
  const auto claim = in_header ? server::claim_from_header(parts.headers) : server::claim_from_query(*query);
  if (!claim) return;
  must(std::ranges::is_sorted(claim->signed_headers), "signed headers are sorted");
  const std::string canonical = protocol::sigv4::canonical_request({.method = parts.method,
                                                                    .path = target.path,
                                                                    .query = target.query,
                                                                    .headers = &parts.headers,
                                                                    .signed_headers = claim->signed_headers,
                                                                    .payload_hash = "UNSIGNED-PAYLOAD"});
  must(canonical.size() <= growth * input.size() + fixed, "what is signed grows with what is sent");
  const auto text = protocol::sigv4::string_to_sign(claim->amz_date, claim->scope, canonical);
  must(text.size() <= input.size() + fixed, "the string to sign is short");
}

std::vector<std::string> sigv4_seeds() {
  protocol::Headers headers{{"Host", "localhost:9000"}, {"x-amz-meta-a", "b"}};
  const protocol::sigv4::Credentials keys{"test", "test", {}};
  const TimePoint now{std::chrono::seconds(1'790'000'000)};
  std::string seed = "PUT /films/k?partNumber=1\n";
  protocol::sigv4::sign(headers, "PUT", "/films/k?partNumber=1", "UNSIGNED-PAYLOAD", keys, "us-east-1", now);
  for (const auto& [name, value] : headers) seed += name + ": " + value + "\n";
  return {seed, "GET " +
                    protocol::sigv4::presign("GET", "localhost:9000", "/films/a%20b", {}, keys, "us-east-1",
                                             now, 600) +
                    "\nHost: localhost:9000\n"};
}

void sigv2(std::string_view input) {
  const SignedParts parts = parts_of(input);
  const auto target = protocol::split_target(parts.target);
  const auto query = protocol::Query::parse(target.query);
  if (!query) return;
  const bool in_header = parts.headers.value("authorization").starts_with("AWS ");
  const auto claim = in_header ? protocol::sigv2::claim_from_header(parts.headers)
                               : protocol::sigv2::claim_from_query(*query);
  if (!claim) return;
  const auto text = protocol::sigv2::string_to_sign({.method = parts.method,
                                                     .path = target.path,
                                                     .bucket = "films",
                                                     .query = *query,
                                                     .headers = parts.headers,
                                                     .date_text = claim->date_text});
  must(text.size() <= growth * input.size() + fixed, "what is signed grows with what is sent");
}

std::vector<std::string> sigv2_seeds() {
  return {
      "GET /films/k?uploads&acl\nHost: a\nDate: Sat, 21 Feb 2026 00:18:10 GMT\nAuthorization: AWS test:c2ln\n"
      "x-amz-meta-a: 1\nx-amz-meta-a: 2\n",
      "GET /films/k?AWSAccessKeyId=test&Signature=c2ln&Expires=1790000000&response-content-type=a%2Fb\nHost: "
      "a\n"};
}

void policy(std::string_view input) {
  Input in(input);
  server::FormFields fields;
  for (auto count = in.number(5); count > 0; --count) {
    const std::string_view name = in.line();
    fields.emplace_back(std::string(name), std::string(in.line()));
  }
  const auto parsed = server::parse_post_policy(to_base64(as_bytes(in.rest())));
  static_cast<void>(server::parse_post_policy(in.rest()));
  if (!parsed) return;
  must(parsed->conditions.size() <= input.size(), "conditions have bytes");
  static_cast<void>(server::check_post_policy(*parsed, fields, BucketName::parse("films").value(),
                                              TimePoint{std::chrono::seconds(1'790'000'000)}));
}

std::vector<std::string> policy_seeds() {
  return {
      std::string("\2key\nfilms/a\nbucket\nfilms\n") +
          R"({"expiration": "2036-02-21T00:18:10.000Z", "conditions": [{"bucket": "films"}, )"
          R"(["starts-with", "$key", "films/"], ["content-length-range", 0, 1048576], {"acl": "private"}]})",
      std::string("\1Key\na\n") + R"({"expiration":"2036-02-21T00:18:10Z","conditions":[["eq","$Key","a"]]})",
      std::string("\0", 1) + R"({"expiration": "x", "conditions": [[[[[]]]]]})"};
}

}  // namespace

const std::vector<Harness> signature_parsers{{"sigv4", 4'096, sigv4, sigv4_seeds},
                                             {"sigv2", 4'096, sigv2, sigv2_seeds},
                                             {"policy", 4'096, policy, policy_seeds}};

}  // namespace partsmith::fuzz
