#include "python_script.h"

#include <fmt/format.h>

#include <partsmith/scripts/python_script.h>

namespace partsmith::explore {
namespace {

scripts::Step script_step(const Step& step) {
  scripts::Step made{.number = step.number,
                     .operation = std::string(step.operation),
                     .method = step.method,
                     .key = step.key,
                     .headers = step.headers,
                     .body = step.size > 0 ? filler(step.seed, step.size) : step.text,
                     .signing = step.signing,
                     .payload = step.payload,
                     .age = step.late ? std::chrono::hours(2) : std::chrono::hours(0),
                     .by_stranger = step.by_stranger};
  for (const auto& [name, value] : step.query)
    made.query.emplace_back(name, value.empty() ? std::nullopt : std::optional(value));
  return made;
}

/// What is told of documents and bodies leaves much out: a person has to look.
scripts::Claim claim_of(const Difference& difference) {
  constexpr std::string_view header = "header ";
  const std::string aspect = difference.id.substr(difference.id.find(' ') + 1);
  if (aspect.starts_with("answer")) return {.about = "answer", .value = difference.expected};
  if (aspect.starts_with(header) && difference.expected != "(date)")
    return {.about = "header", .name = aspect.substr(header.size()), .value = difference.expected};
  return {.about = "shown"};
}

}  // namespace

std::string python_script(const client::S3Client& endpoint, const std::vector<Step>& steps,
                          const Difference& difference) {
  std::vector<scripts::Step> made;
  for (const Step& step : steps) made.push_back(script_step(step));
  if (!made.empty())
    made.back().claims.push_back({claim_of(difference), difference.expected, difference.actual});
  return scripts::python_script({.about = "What partsmith explore found: " + difference.id + '.',
                                 .bucket_prefix = "explore-",
                                 .endpoint = endpoint.endpoint(),
                                 .region = endpoint.options().region},
                                made);
}

}  // namespace partsmith::explore
