#include "run.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

namespace partsmith::explore {
namespace {

constexpr int most_attempts = 4;
constexpr int most_pages = 100;  ///< of what is removed at the end

/// What SDKs send again: the server is busy, or the connection failed.
bool is_worth_another(const std::expected<client::S3Answer, client::ClientError>& answer) {
  if (!answer) return answer.error().retryable();
  return answer->status == 429 || answer->status == 500 || answer->status == 503;
}

}  // namespace

std::expected<Run, std::string> Run::begin(const Side& side, std::uint64_t number, std::uint64_t& requests) {
  Run run(side, side.bucket_prefix + std::to_string(number), requests);
  const auto made = run.send(side.client, run.request("PUT"));
  if (!made) return std::unexpected(made.error());
  if (made->ok()) return run;
  const auto failure = made->failure();
  return std::unexpected(fmt::format("bucket {} can't be made: {} {} {}", run.bucket(), made->status,
                                     failure ? failure->code : "", failure ? failure->message : ""));
}

std::expected<client::S3Answer, std::string> Run::send(client::S3Client& client,
                                                       const client::S3Request& request) {
  std::chrono::milliseconds pause{50};
  for (int attempt = 1;; ++attempt) {
    ++*requests_;
    auto answer = client.send(request);
    if (attempt == most_attempts || !is_worth_another(answer)) {
      if (answer) return *std::move(answer);
      return std::unexpected(
          fmt::format("{} {}: {}", request.method, client.endpoint().origin().host, answer.error().detail));
    }
    std::this_thread::sleep_for(pause);
    pause *= 4;
  }
}

client::S3Request Run::request(std::string method, std::string key) const {
  client::S3Request made;
  made.method = std::move(method);
  made.bucket = bucket();
  made.key = std::move(key);
  return made;
}

client::S3Request Run::request_of(const Step& step) const {
  client::S3Request made = request(step.method, step.key);
  for (const auto& [name, value] : step.query) {
    made.parameter(name, value.empty() ? std::nullopt : std::optional(minted_.filled(value)));
  }
  for (const auto& [name, value] : step.headers) made.header(name, minted_.filled(value));
  made.body = step.size > 0 ? filler(step.seed, step.size) : minted_.filled(step.text);
  made.payload = step.payload;
  made.signing = step.signing;
  return made;
}

std::expected<Observation, std::string> Run::perform(const Step& step) {
  client::S3Client& ordinary = step.late ? side_->late : side_->client;
  const auto answer = send(step.by_stranger ? side_->stranger : ordinary, request_of(step));
  if (!answer) return std::unexpected(answer.error());
  minted_.learn(step, *answer);
  return observe(step, *answer, minted_);
}

bool Run::end() {
  if (!abort_uploads() || !delete_versions()) return false;
  const auto gone = send(side_->client, request("DELETE"));
  return gone && (gone->ok() || gone->status == 404);
}

bool Run::abort_uploads() {
  for (int page = 0; page < most_pages; ++page) {
    auto list = request("GET");
    list.parameter("uploads");
    const auto answer = send(side_->client, list);
    if (!answer) return false;
    const auto document = answer->document();
    if (!answer->ok() || !document) return true;  // it has no uploads, or doesn't say so
    std::size_t aborted = 0;
    for (const auto& element : document->children) {
      if (element.name != "Upload") continue;
      auto abort = request("DELETE", element.child_text("Key").value_or(""));
      abort.parameter("uploadId", element.child_text("UploadId"));
      const auto done = send(side_->client, abort);
      if (done && done->ok()) ++aborted;
    }
    if (aborted == 0) return true;
  }
  return false;
}

bool Run::delete_versions() {
  for (const bool by_versions : {true, false}) {
    for (int page = 0; page < most_pages; ++page) {
      auto list = request("GET");
      by_versions ? list.parameter("versions") : list.parameter("list-type", "2");
      const auto answer = send(side_->client, list);
      if (!answer) return false;
      const auto document = answer->document();
      if (!answer->ok() || !document) break;
      std::size_t deleted = 0;
      for (const auto& element : document->children) {
        if (element.name != "Version" && element.name != "DeleteMarker" && element.name != "Contents")
          continue;
        auto remove = request("DELETE", element.child_text("Key").value_or(""));
        if (by_versions) remove.parameter("versionId", element.child_text("VersionId"));
        const auto done = send(side_->client, remove);
        if (done && done->ok()) ++deleted;
      }
      if (deleted == 0) break;
    }
  }
  return true;
}

}  // namespace partsmith::explore
