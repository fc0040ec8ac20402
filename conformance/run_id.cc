#include "run_id.h"

#include <fmt/format.h>

#include <charconv>

#include <partsmith/conformance/runner.h>
#include <partsmith/values/digest.h>
#include <partsmith/values/encoding.h>
#include <partsmith/values/random.h>

namespace partsmith::conformance {
namespace {

constexpr std::string_view bucket_prefix = "partsmith-conform-";
constexpr std::size_t own_digits = 16;
constexpr std::size_t check_digits = 8;

std::string check_of(std::string_view own) {
  const auto sum = sha256(as_bytes(fmt::format("a run of partsmith conform: {}", own)));
  return to_hex(sum).substr(0, check_digits);
}

}  // namespace

RunId RunId::make(TimePoint now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  const auto own =
      fmt::format("{:08x}{}", static_cast<std::uint32_t>(second.time_since_epoch().count()), random_hex(4));
  return {own + check_of(own), second};
}

std::optional<RunId> RunId::parse(std::string_view text) {
  if (text.size() != own_digits + check_digits) return std::nullopt;
  const auto own = text.substr(0, own_digits);
  std::uint32_t second = 0;
  const auto [end, error] = std::from_chars(own.data(), own.data() + 8, second, 16);
  if (error != std::errc() || end != own.data() + 8 || text.substr(own_digits) != check_of(own))
    return std::nullopt;
  return RunId(std::string(text), TimePoint(std::chrono::seconds(second)));
}

std::string RunId::bucket() const {
  return fmt::format("{}{}", bucket_prefix, text_);
}

std::string RunId::prefix() const {
  return fmt::format("{}{}/", root_prefix, text_);
}

std::string key_segment(std::string_view check) {
  constexpr std::size_t kept = 19;
  constexpr std::size_t digits = 6;
  if (check.size() <= kept + 1 + digits) return std::string(check);
  return fmt::format("{}-{}", check.substr(0, kept), to_hex(sha256(as_bytes(check))).substr(0, digits));
}

std::optional<RunId> run_of_bucket(std::string_view bucket) {
  if (!bucket.starts_with(bucket_prefix)) return std::nullopt;
  bucket.remove_prefix(bucket_prefix.size());
  // Of a check that asks for a bucket which must be refused.
  if (bucket.ends_with(second_bucket_suffix)) bucket.remove_suffix(second_bucket_suffix.size());
  return RunId::parse(bucket);
}

std::optional<RunId> run_of_key(std::string_view key) {
  if (!key.starts_with(root_prefix)) return std::nullopt;
  key.remove_prefix(root_prefix.size());
  const auto slash = key.find('/');
  return slash == std::string_view::npos ? std::nullopt : RunId::parse(key.substr(0, slash));
}

}  // namespace partsmith::conformance
