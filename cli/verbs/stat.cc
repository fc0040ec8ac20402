#include <fmt/format.h>

#include <algorithm>

#include <partsmith/client/objects.h>

#include "verbs/text.h"
#include "verbs/verbs.h"

namespace partsmith::cli {
namespace {

using client::ObjectFacts;
using client::S3Url;

/// What says something of the connection or the request, not of the object.
bool is_of_the_object(std::string_view name) {
  static constexpr std::array<std::string_view, 9> others{
      "date",          "server",           "connection", "keep-alive",
      "accept-ranges", "x-amz-request-id", "x-amz-id-2", "transfer-encoding",
      "vary"};
  return std::ranges::find(others, name) == others.end();
}

struct PartFacts {
  std::uint32_t number;
  std::uint64_t size;
  std::uint64_t offset;
};

/// Asks for each part by its number: GetObjectAttributes lists the parts of some objects only.
std::expected<std::vector<PartFacts>, VerbError> parts_of(Session& session, const S3Url& url) {
  std::vector<PartFacts> parts;
  std::uint32_t count = 1;
  std::uint64_t offset = 0;
  for (std::uint32_t number = 1; number <= count; ++number) {
    auto request = client::head_object(url.bucket, url.key);
    request.parameter("partNumber", std::to_string(number));
    const auto facts = client::object_facts(session.client, request, session.call_policy);
    if (!facts) return failed(fmt::format("{}, part {}", url.text(), number), facts.error());
    if (number == 1) count = facts->parts;
    if (count == 0) return parts;
    parts.push_back({number, facts->size, offset});
    offset += facts->size;
  }
  return parts;
}

void print(const S3Url& url, const ObjectFacts& facts, const std::vector<PartFacts>& parts, bool json) {
  if (json) {
    nlohmann::ordered_json line{
        {"bucket", url.bucket}, {"key", url.key}, {"size", facts.size}, {"etag", facts.etag.text()}};
    auto& headers = line["headers"] = nlohmann::ordered_json::object();
    for (const auto& [name, value] : facts.headers) {
      if (const auto lower = protocol::lower_case(name); is_of_the_object(lower)) headers[lower] = value;
    }
    for (const auto& [number, size, offset] : parts)
      line["parts"].push_back({{"part", number}, {"offset", offset}, {"size", size}});
    print_json(line);
    return;
  }
  say("{}\n  {:<32}  {} ({} bytes)\n", printable(url.text()), "size", human_size(facts.size), facts.size);
  for (const auto& [name, value] : facts.headers) {
    const auto lower = protocol::lower_case(name);
    if (lower != "content-length" && is_of_the_object(lower)) say("  {:<32}  {}\n", lower, printable(value));
  }
  for (const auto& [number, size, offset] : parts)
    say("  {:<32}  {} bytes from {}\n", fmt::format("part {}", number), size, offset);
}

VerbResult stat_bucket(Session& session, const S3Url& url, bool json) {
  const auto answer = client::call(session.client, client::head_bucket(url.bucket), session.call_policy);
  if (!answer) return failed(url.text(), answer.error());
  const std::string region(answer->headers.value("x-amz-bucket-region"));
  if (json) {
    print_json({{"bucket", url.bucket}, {"region", region}});
  } else {
    say("{}\n  {:<32}  {}\n", url.text(), "region", region.empty() ? "(unknown)" : region);
  }
  return {};
}

}  // namespace

VerbResult stat(const StatOptions& options, Session& session) {
  for (const auto& text : options.urls) {
    const auto url = any_url(text);
    if (!url) return std::unexpected(url.error());
    if (url->key.empty()) {
      if (auto told = stat_bucket(session, *url, options.json); !told) return told;
      continue;
    }
    const auto facts =
        client::object_facts(session.client, client::head_object(url->bucket, url->key), session.call_policy);
    if (!facts) return failed(url->text(), facts.error());
    std::vector<PartFacts> parts;
    if (options.parts) {
      auto told = parts_of(session, *url);
      if (!told) return std::unexpected(told.error());
      parts = *std::move(told);
    }
    print(*url, *facts, parts, options.json);
  }
  return {};
}

}  // namespace partsmith::cli
