#include <fmt/format.h>

#include <partsmith/client/object_reader.h>

#include "numbers.h"

namespace partsmith::client {
std::string_view to_string(Proof proof) {
  switch (proof) {
    case Proof::checksum:
      return "checksum";
    case Proof::etag:
      return "etag";
    case Proof::size:
      return "size";
  }
  return "nothing";
}

std::expected<ByteSpan, std::string> span_of(std::string_view range, std::uint64_t size) {
  const auto wrong = [&](std::string_view why) {
    return std::unexpected(fmt::format("range '{}': {}", range, why));
  };
  const auto dash = range.find('-');
  if (dash == std::string_view::npos) return wrong("it is FIRST-LAST, FIRST- or -COUNT");
  const auto left = range.substr(0, dash);
  const auto right = range.substr(dash + 1);
  const auto from = whole_number(left);
  const auto to = whole_number(right);
  if ((!left.empty() && !from) || (!right.empty() && !to) || (left.empty() && right.empty()))
    return wrong("it is FIRST-LAST, FIRST- or -COUNT");
  if (left.empty()) {
    const auto count = std::min(*to, size);
    if (count == 0) return wrong("it has no bytes");
    return ByteSpan{size - count, count};
  }
  if (to && *to < *from) return wrong("it ends before it begins");
  if (*from >= size) return wrong(fmt::format("the object has {} bytes", size));
  const auto last = std::min(to.value_or(size - 1), size - 1);
  return ByteSpan{*from, last - *from + 1};
}

ContentCheck::ContentCheck(const ObjectFacts& facts) : facts_(facts) {
  constexpr std::size_t hex_md5 = 32;
  if (facts.full_checksum) {
    checksummer_.emplace(facts.full_checksum->algorithm);
  } else if (facts.etag_is_md5() && facts.etag.text().size() == hex_md5 && from_hex(facts.etag.text())) {
    md5_.emplace(DigestKind::md5);
  }
}

void ContentCheck::update(ByteView bytes) {
  bytes_ += bytes.size();
  if (checksummer_) checksummer_->update(bytes);
  if (md5_) md5_->update(bytes);
}

Result<Proof> ContentCheck::verdict() {
  const auto damaged = [](std::string detail) {
    return std::unexpected(ClientError(ErrorKind::damaged, std::move(detail)));
  };
  if (bytes_ != facts_.size) return damaged(fmt::format("{} bytes came of {}", bytes_, facts_.size));
  if (checksummer_) {
    const auto computed = checksummer_->finish();
    if (computed == *facts_.full_checksum) return Proof::checksum;
    return damaged(fmt::format("the {} of what came is {}, the object's is {}",
                               traits(computed.algorithm).name, computed.base64(),
                               facts_.full_checksum->base64()));
  }
  if (md5_) {
    const auto computed = to_hex(md5_->finish());
    if (computed == facts_.etag.text()) return Proof::etag;
    return damaged(
        fmt::format("the MD5 of what came is {}, the object's ETag is {}", computed, facts_.etag.text()));
  }
  return Proof::size;
}

Result<void> read_span(S3Client& client, const S3Request& get, const ObjectFacts& facts, ByteSpan span,
                       const HttpClient::Sink& sink, const CallPolicy& call_policy) {
  std::uint64_t done = 0;
  const HttpClient::Sink count = [&](ByteView bytes) {
    if (call_policy.stop.stop_requested() || bytes.size() > span.length - done) return false;
    done += bytes.size();
    return sink(bytes);
  };
  const auto attempt = [&]() -> Result<void> {
    auto request = get;
    request.stop = call_policy.stop;
    if (!facts.etag.text().empty()) request.header("If-Match", facts.etag.quoted());
    const bool whole = done == 0 && span.length == facts.size;
    if (!whole) request.header("Range", byte_range(span.first + done, span.length - done));
    auto answer = client.send(request, count);
    if (!answer) return std::unexpected(std::move(answer.error()));
    if (auto failure = answer->failure()) return std::unexpected(ClientError(*std::move(failure)));
    // A server that ignores Range sends 200, and other bytes than asked for.
    if (!whole && answer->status != 206)
      return std::unexpected(ClientError(ErrorKind::malformed, "the server ignores Range"));
    if (done < span.length) return std::unexpected(ClientError(ErrorKind::cut, "the answer is too short"));
    return {};
  };
  while (true) {
    const auto before = done;
    auto read = persist(call_policy, [&]() -> Result<void> {
      if (done > before) return {};  // progress: begin to count anew
      return attempt();
    });
    if (call_policy.stop.stop_requested()) return std::unexpected(ClientError(ErrorKind::stopped, "stopped"));
    if (read && done == span.length) return {};
    if (!read && (done == before || !read.error().retryable())) return read;
  }
}

}  // namespace partsmith::client
