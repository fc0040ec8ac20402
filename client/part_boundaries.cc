#include "part_boundaries.h"

#include <algorithm>
#include <array>

#include <partsmith/values/limits.h>

#include "answer_document.h"
#include "numbers.h"
#include "parallel.h"

namespace partsmith::client {
namespace {

/// The N of an ETag "…-N"; 0: it has none.
std::uint64_t parts_by_etag(const ETag& etag) {
  const auto dash = etag.text().rfind('-');
  if (dash == std::string::npos) return 0;
  const auto count = whole_number(std::string_view(etag.text()).substr(dash + 1)).value_or(0);
  return count <= limits::max_part_number ? count : 0;
}

std::vector<PartOfObject> of_one_size(std::uint64_t size, std::uint64_t part_size) {
  std::vector<PartOfObject> parts;
  std::uint64_t first = 0;
  do {
    parts.push_back({{first, std::min(part_size, size - first)}});
    first += part_size;
  } while (first < size);
  return parts;
}

/// In the order of how common they are: AWS's CLI and SDKs, the least that is allowed, mc and rclone, s5cmd …
constexpr std::array<std::uint64_t, 11> common_mib{8, 5, 16, 50, 10, 15, 25, 32, 64, 100, 128};

std::vector<PartOfObject> guessed(std::uint64_t size, std::uint64_t count) {
  const auto fits = [&](std::uint64_t part_size) { return (size + part_size - 1) / part_size == count; };
  for (const auto mib : common_mib) {
    if (fits(mib * limits::mib)) return of_one_size(size, mib * limits::mib);
  }
  const auto whole_mib = (size / count / limits::mib + 1) * limits::mib;
  if (fits(whole_mib)) return of_one_size(size, whole_mib);
  return of_one_size(size, std::max<std::uint64_t>((size + count - 1) / count, 1));
}

std::optional<Checksum> part_checksum(const protocol::Headers& headers) {
  for (const auto& row : checksum_table()) {
    if (const auto text = headers.get(row.header)) return Checksum::from_base64(row.algorithm, *text);
  }
  return std::nullopt;
}

/// Asks HEAD for each part. The outer error: the request failed; nothing: the service tells no parts.
class Asking {
 public:
  Asking(const ObjectAt& object, const ObjectFacts& facts, std::uint64_t count,
         const BoundaryOptions& options)
      : object_(object), facts_(facts), options_(options), parts_(static_cast<std::size_t>(count)) {}

  Result<std::optional<std::vector<PartOfObject>>> run() {
    const auto first = ask(0);
    if (!first && is_refusal(first.error())) return std::nullopt;
    if (!first) return std::unexpected(first.error());
    if (*first != parts_.size()) return std::nullopt;
    const auto others =
        for_each_index(parts_.size() - 1, options_.workers, options_.slots, options_.call_policy.stop,
                       [this](std::uint64_t index) -> Result<void> {
                         const auto asked = ask(static_cast<std::size_t>(index) + 1);
                         if (!asked) return std::unexpected(asked.error());
                         return {};
                       });
    if (!others && is_refusal(others.error())) return std::nullopt;
    if (!others) return std::unexpected(others.error());
    std::uint64_t offset = 0;
    for (auto& part : parts_) {
      part.span.first = offset;
      if (part.span.length > facts_.size - offset) return not_the_whole();
      offset += part.span.length;
    }
    if (offset != facts_.size) return not_the_whole();
    return std::move(parts_);
  }

 private:
  /// A number that the service has no part of, or a parameter that it doesn't know.
  static bool is_refusal(const ClientError& error) {
    return error.failure &&
           (error.failure->status == 416 || error.failure->status == 400 || error.failure->status == 501);
  }
  static std::unexpected<ClientError> not_the_whole() {
    return malformed_answer("the sizes of the source's parts do not add up to its size");
  }

  /// How many parts the answer says there are.
  Result<std::size_t> ask(std::size_t index) {
    auto head = object_.addressed(head_object({}, {}));
    head.parameter("partNumber", std::to_string(index + 1));
    if (!facts_.etag.text().empty()) head.header("If-Match", facts_.etag.quoted());
    const auto told = object_facts(object_.client, head, options_.call_policy);
    if (!told) return std::unexpected(told.error());
    parts_[index] = {{0, told->size}, part_checksum(told->headers)};
    return told->parts;
  }

  const ObjectAt& object_;
  const ObjectFacts& facts_;
  const BoundaryOptions& options_;
  std::vector<PartOfObject> parts_;
};

}  // namespace

Result<std::vector<PartOfObject>> parts_of_object(const ObjectAt& object, const ObjectFacts& facts,
                                                  const BoundaryOptions& options) {
  const auto count = parts_by_etag(facts.etag);
  if (count == 0) {
    if (facts.size <= limits::max_put_size) return std::vector<PartOfObject>();
    return of_one_size(facts.size, std::max(options.part_size, facts.size / limits::max_part_number + 1));
  }
  auto told = Asking(object, facts, count, options).run();
  if (!told) return std::unexpected(std::move(told.error()));
  if (*told) return **std::move(told);
  return guessed(facts.size, count);
}

}  // namespace partsmith::client
