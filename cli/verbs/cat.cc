#include <fmt/format.h>

#include <charconv>

#include <partsmith/client/object_reader.h>

#include "verbs/text.h"
#include "verbs/verbs.h"

namespace partsmith::cli {
namespace {

using client::ByteSpan;
using client::ObjectFacts;
using client::S3Url;

std::expected<ObjectFacts, VerbError> facts_of(const S3Url& url, const CatOptions& options,
                                               Session& session) {
  auto head = client::head_object(url.bucket, url.key);
  if (options.part) head.parameter("partNumber", std::to_string(*options.part));
  auto facts = client::object_facts(session.client, head, session.call_policy);
  if (!facts) return failed(url.text(), facts.error());
  return *std::move(facts);
}

/// HEAD of a part says where it lies and how large the whole is: "bytes 0-5242879/7000000".
std::expected<ByteSpan, VerbError> place_part(const S3Url& url, ObjectFacts& facts) {
  const auto range = facts.headers.value("content-range");
  const auto slash = range.find('/');
  std::uint64_t size = 0;
  const bool told =
      range.starts_with("bytes ") && slash != std::string_view::npos &&
      std::from_chars(range.data() + slash + 1, range.data() + range.size(), size).ec == std::errc();
  if (!told) return failed(fmt::format("{}: the server names no parts", url.text()));
  const auto span = client::span_of(range.substr(6, slash - 6), size);
  if (!span) return failed(url.text() + ": " + span.error());
  facts.size = size;
  return *span;
}

VerbResult print(const S3Url& url, const CatOptions& options, Session& session) {
  auto facts = facts_of(url, options, session);
  if (!facts) return std::unexpected(facts.error());
  ByteSpan span{0, facts->size};
  bool whole = true;
  if (options.part) {
    const auto part = place_part(url, *facts);
    if (!part) return std::unexpected(part.error());
    span = *part;
    whole = false;
  } else if (!options.range.empty()) {
    const auto asked = client::span_of(options.range, facts->size);
    if (!asked) return misused(url.text() + ": " + asked.error());
    span = *asked;
    whole = false;
  }
  if (span.length == 0) return {};
  client::ContentCheck check(*facts);
  StandardOutput out;
  const auto read = client::read_span(
      session.client, client::get_object(url.bucket, url.key), *facts, span,
      [&](ByteView bytes) {
        if (whole) check.update(bytes);
        return out.write(bytes);
      },
      session.call_policy);
  if (!out.trouble().empty()) return failed(out.trouble());
  if (!read) return failed(url.text(), read.error());
  if (!whole) return {};
  if (const auto verdict = check.verdict(); !verdict) return failed(url.text(), verdict.error());
  return {};
}

}  // namespace

VerbResult cat(const CatOptions& options, Session& session) {
  for (const auto& text : options.urls) {
    const auto url = object_url(text);
    if (!url) return std::unexpected(url.error());
    if (auto printed = print(*url, options, session); !printed) return printed;
  }
  return {};
}

}  // namespace partsmith::cli
