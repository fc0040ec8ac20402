#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <thread>

#include <partsmith/client/object_body.h>

namespace partsmith::client {
namespace {

/// One reading of a span. A thread of its own receives, for the client gives bytes when they come, and a body
/// is asked for them.
class Reading {
 public:
  Reading(S3Client& client, S3Request get, ObjectFacts facts, ByteSpan span, const CallPolicy& call_policy)
      : get_(std::move(get)), facts_(std::move(facts)) {
    outer_.emplace(call_policy.stop, [this] { stop(); });
    thread_ = std::jthread([this, &client, span, retries = call_policy.retries] {
      auto read = read_span(client, get_, facts_, span, [this](ByteView bytes) { return put(bytes); },
                            {retries, stop_.get_token()});
      const std::scoped_lock lock(mutex_);
      ended_ = true;
      if (!read) trouble_ = read.error().detail;
      changed_.notify_all();
    });
  }

  ~Reading() {
    outer_.reset();
    stop();
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  std::expected<std::size_t, std::string> pull(std::span<std::uint8_t> into) {
    if (begin_ == taken_.size()) {
      taken_.clear();
      begin_ = 0;
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return ended_ || !come_.empty(); });
      if (come_.empty() && trouble_) return std::unexpected(*trouble_);
      std::swap(taken_, come_);
      changed_.notify_all();
    }
    const auto count = std::min(into.size(), taken_.size() - begin_);
    std::copy_n(taken_.begin() + static_cast<std::ptrdiff_t>(begin_), count, into.begin());
    begin_ += count;
    return count;
  }

 private:
  static constexpr std::size_t most_waiting = std::size_t{256} << 10;

  bool put(ByteView bytes) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return come_.size() < most_waiting || stop_.get_token().stop_requested(); });
    if (stop_.get_token().stop_requested()) return false;
    come_.insert(come_.end(), bytes.begin(), bytes.end());
    changed_.notify_all();
    return true;
  }

  void stop() {
    stop_.request_stop();
    const std::scoped_lock lock(mutex_);
    changed_.notify_all();
  }

  const S3Request get_;
  const ObjectFacts facts_;
  std::stop_source stop_;
  std::mutex mutex_;  ///< guards what follows
  std::condition_variable changed_;
  Bytes come_;
  bool ended_ = false;
  std::optional<std::string> trouble_;

  Bytes taken_;  ///< of the one who pulls
  std::size_t begin_ = 0;
  std::optional<std::stop_callback<std::function<void()>>> outer_;
  std::jthread thread_;  ///< last: it uses all of the above
};

/// A reading whose bytes the witness sees; the last ones pass when he is content.
class Witnessed {
 public:
  Witnessed(std::unique_ptr<Reading> reading, std::uint64_t length, std::shared_ptr<ContentWitness> witness)
      : reading_(std::move(reading)), left_(length), witness_(std::move(witness)) {
    witness_->begin();
  }

  std::expected<std::size_t, std::string> pull(std::span<std::uint8_t> into) {
    if (left_ == 0) return std::size_t{0};
    const auto got = reading_->pull(into);
    if (!got) return got;
    if (*got == 0) return std::unexpected(fmt::format("{} bytes of the source did not come", left_));
    witness_->update(ByteView(into.data(), *got));
    left_ -= *got;
    if (left_ > 0) return got;
    if (auto content = witness_->end(); !content) return std::unexpected(content.error());
    return got;
  }

 private:
  std::unique_ptr<Reading> reading_;
  std::uint64_t left_;
  std::shared_ptr<ContentWitness> witness_;
};

}  // namespace

void ContentWitness::begin() {
  digest_.emplace(DigestKind::md5);
  checksummer_.reset();
  if (expected_.checksum) {
    checksummer_.emplace(expected_.checksum->algorithm);
  } else if (expected_.computes) {
    checksummer_.emplace(*expected_.computes);
  }
}

void ContentWitness::update(ByteView bytes) {
  digest_->update(bytes);
  if (checksummer_) checksummer_->update(bytes);
}

std::expected<void, std::string> ContentWitness::end() {
  const std::scoped_lock lock(mutex_);
  md5_ = to_hex(digest_->finish());
  if (checksummer_) checksum_ = checksummer_->finish();
  if (expected_.checksum && checksum_ != expected_.checksum) {
    return std::unexpected(fmt::format("the {} of what came is {}, the source's is {}",
                                       traits(expected_.checksum->algorithm).name, checksum_->base64(),
                                       expected_.checksum->base64()));
  }
  if (!expected_.md5.empty() && md5_ != expected_.md5) {
    return std::unexpected(
        fmt::format("the MD5 of what came is {}, the source's ETag is {}", md5_, expected_.md5));
  }
  return {};
}

std::string ContentWitness::md5() const {
  const std::scoped_lock lock(mutex_);
  return md5_;
}

std::optional<Checksum> ContentWitness::checksum() const {
  const std::scoped_lock lock(mutex_);
  return checksum_;
}

Body object_body(S3Client& client, const S3Request& get, const ObjectFacts& facts, ByteSpan span,
                 const CallPolicy& call_policy, std::shared_ptr<ContentWitness> witness) {
  if (span.length == 0) {
    witness->begin();
    static_cast<void>(witness->end());  // what is expected of no bytes is compared with what is stored
    return {};
  }
  return Body::elsewhere(
      span.length, [&client, get, facts, span, call_policy, witness = std::move(witness)]() -> Body::Pull {
        auto reading = std::make_unique<Reading>(client, get, facts, span, call_policy);
        const auto seen = std::make_shared<Witnessed>(std::move(reading), span.length, witness);
        return [seen](std::span<std::uint8_t> into) { return seen->pull(into); };
      });
}

}  // namespace partsmith::client
