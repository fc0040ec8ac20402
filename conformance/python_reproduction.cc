#include <fmt/format.h>

#include <algorithm>

#include <partsmith/conformance/reproduction.h>
#include <partsmith/scripts/python_script.h>
#include <partsmith/values/checksum.h>

#include "changed_request.h"
#include "told_text.h"

namespace partsmith::conformance {
namespace {

/// An answer is kept in the script up to this.
constexpr std::size_t longest_answer = 16 * 1024;

bool has_trailer(client::Payload payload) {
  return payload == client::Payload::unsigned_trailer || payload == client::Payload::signed_chunks_trailer;
}

std::optional<std::pair<std::string, std::string>> trailer_of(const client::S3Request& request,
                                                              const std::string& body) {
  if (!has_trailer(request.payload)) return std::nullopt;
  if (request.stated_trailer) return request.stated_trailer;
  if (!request.trailer) return std::nullopt;
  Checksummer checksummer(*request.trailer);
  checksummer.update(as_bytes(body));
  const auto checksum = checksummer.finish();
  return std::pair(std::string(traits(checksum.algorithm).header), checksum.base64());
}

/// How many of the steps a script needs to come to the last failure.
std::size_t needed_steps(const std::vector<SentStep>& steps, std::span<const Failure> failures) {
  std::size_t last = 0;
  for (const auto& failure : failures) last = std::max(last, failure.exchange + 1);
  last = std::min(last, steps.size());
  for (std::size_t i = 0; i < last; ++i)
    last = std::max(last, std::min(steps.size(), i + 1 + steps[i].around));
  while (last > 0 && last < steps.size() && steps[last].together &&
         steps[last].together == steps[last - 1].together)
    ++last;
  return last;
}

bool is_of_part(const client::S3Request& request) {
  return request.method == "PUT" && std::ranges::any_of(request.query, [](const auto& parameter) {
           return parameter.name == "partNumber";
         });
}

class Describing {
 public:
  Describing(ToldText& texts, const client::S3ClientOptions& options) : texts_(texts), options_(options) {}

  std::optional<scripts::Step> describe(const SentStep& sent) const {
    const auto& request = sent.request;
    const auto body = text_of(request.body);
    if (!body) return std::nullopt;
    scripts::Step step{
        .method = request.method,
        .bucket = texts_.told(request.bucket),
        .key = texts_.told(request.key),
        .body = texts_.told(*body),
        .signing = options_.credentials.access_key.empty() ? client::Signing::anonymous : request.signing,
        .payload = request.payload,
        .chunk_bytes = request.chunk_bytes,
        .trailer = trailer_of(request, *body),
        .expires = request.presigned_seconds,
        .by_other = sent.by_other,
        .after = sent.after,
        .together = sent.together,
        .around = sent.around,
        .head_only = sent.head_only,
        .cut_after = sent.cut_after};
    for (const auto& [name, value] : request.query)
      step.query.emplace_back(texts_.told(name), value ? std::optional(texts_.told(*value)) : std::nullopt);
    const std::string digest = to_base64(md5(as_bytes(*body)));
    for (const auto& [name, value] : request.headers)
      step.headers.emplace_back(name, value == digest ? "{md5 of the body}" : texts_.told(value));
    if (request.headers.value("content-type").starts_with("multipart/form-data"))
      describe_form(sent, options_.credentials, options_.region, texts_, step);
    if (!describe_changes(sent, options_, texts_, step)) return std::nullopt;
    return step;
  }

  scripts::ToldClaim told(const Failure& failure) const {
    scripts::ToldClaim told{failure.claim, failure.expected, failure.actual};
    auto& [about, name, value] = told.claim;
    if (about.empty()) about = "then";
    value = name == "AWSAccessKeyId" && value == options_.credentials.access_key
                ? "{access_key}"
                : texts_.with_amz_dates_told(texts_.told(value));
    return told;
  }

  scripts::Answered told(const client::S3Answer& answer) const {
    scripts::Answered told{.status = answer.status, .headers = {}, .body = texts_.told(answer.body)};
    for (const auto& [name, value] : answer.headers) told.headers.emplace_back(name, texts_.told(value));
    return told;
  }

 private:
  ToldText& texts_;
  const client::S3ClientOptions& options_;
};

}  // namespace

std::string Reproduction::python(std::string_view about, std::span<const Failure> failures) const {
  if (steps_.empty()) return {};
  ToldText texts(bucket_, steps_.front().at);
  const Describing describing(texts, options_);
  std::vector<scripts::Step> steps;
  const auto needed = needed_steps(steps_, failures);
  for (std::size_t i = 0; i < needed; ++i) {
    auto step = describing.describe(steps_[i]);
    if (!step) return {};
    step->number = i + 1;
    bool needs_then = false;
    for (const auto& failure : failures) {
      if (failure.exchange != i) continue;
      step->claims.push_back(describing.told(failure));
      needs_then = needs_then || step->claims.back().claim.about == "then";
    }
    const auto& answer = steps_[i].answer;
    step->doubts = texts.take_doubts();
    if (needs_then && answer && answer->body.size() <= longest_answer) step->then = describing.told(*answer);
    texts.take_doubts();  // whatever the answer to compare with has
    if (answer) texts.learn(i + 1, *answer, is_of_part(steps_[i].request));
    steps.push_back(*std::move(step));
  }
  return scripts::python_script({.about = std::string(about),
                                 .bucket_prefix = "conform-",
                                 .endpoint = endpoint_,
                                 .region = options_.region},
                                steps);
}

}  // namespace partsmith::conformance
