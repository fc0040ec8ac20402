#include "operations/conditions.h"

#include <array>
#include <chrono>
#include <string>

#include <partsmith/protocol/dates.h>
#include <partsmith/storage/any_etag.h>

#include "operations/answers.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

enum class Comparison { strong, weak };

/// Whether a list of ETags names this one.
bool lists(std::string_view header, const ETag& etag, Comparison comparison) {
  while (true) {
    const std::size_t comma = header.find(',');
    const std::string_view tag = protocol::trimmed(header.substr(0, comma));
    if (tag == "*") return true;
    const bool comparable = comparison == Comparison::weak || !tag.starts_with("W/");
    if (comparable && ETag::from_client(tag) == etag) return true;
    if (comma == std::string_view::npos) return false;
    header.remove_prefix(comma + 1);
  }
}

/// A date this far ahead still counts, as one of a client whose clock is ahead: of a minute so reported
/// (adobe/S3Mock's tests that run on Amazon S3), an hour doesn't count (scality/cloudserver's), nor a day
/// (recorded). Between them this is as far as a signature's date may be ahead.
constexpr std::chrono::seconds counted_ahead(limits::max_clock_skew_seconds);

/// Whether the object was modified after the date of the header, if that counts as a date.
std::optional<bool> modified_after(const std::optional<std::string_view>& header, TimePoint modified,
                                   TimePoint now) {
  const auto date = header ? protocol::parse_http_date(*header) : std::nullopt;
  if (!date || *date > now + counted_ahead) return std::nullopt;
  // The header holds whole seconds, and so does the Last-Modified that it came from.
  return std::chrono::floor<std::chrono::seconds>(modified) > *date;
}

constexpr std::array<const char*, 4> names = {"If-Match", "If-Unmodified-Since", "If-None-Match",
                                              "If-Modified-Since"};

/// As errors write the condition's name.
std::string name_of(FailedCondition condition, std::string_view prefix) {
  return std::string(prefix) + names[static_cast<std::size_t>(condition)];
}

std::optional<FailedCondition> failed_in(const Visit& visit, std::string_view prefix,
                                         const storage::ObjectInfo& object) {
  const auto header = [&](std::string_view name) {
    return visit.headers().get(std::string(prefix) + std::string(name));
  };
  const ReadConditions conditions{header("if-match"), header("if-none-match"), header("if-modified-since"),
                                  header("if-unmodified-since")};
  return first_failed(conditions, {object.etag, object.modified}, visit.clock().now());
}

std::unexpected<S3Error> not_implemented(const char* header, const char* why) {
  S3Error error = S3Error(ErrorCode::NotImplemented).with("Header", header);
  if (*why != '\0') error = std::move(error).with("additionalMessage", why);
  return std::unexpected(std::move(error));
}

}  // namespace

std::optional<FailedCondition> first_failed(const ReadConditions& conditions, const Validators& object,
                                            TimePoint now) {
  using enum FailedCondition;
  const auto after = [&](const auto& date) { return modified_after(date, object.modified, now); };
  if (conditions.match) {
    if (!lists(*conditions.match, object.etag, Comparison::strong)) return match;
  } else if (after(conditions.unmodified_since) == true) {
    return unmodified_since;
  }
  if (conditions.none_match) {
    if (lists(*conditions.none_match, object.etag, Comparison::weak)) return none_match;
  } else if (after(conditions.modified_since) == false) {
    return modified_since;
  }
  return std::nullopt;
}

bool range_counts(std::string_view if_range, const Validators& object) {
  const std::string_view validator = protocol::trimmed(if_range);
  if (const auto date = protocol::parse_http_date(validator)) {
    return *date == std::chrono::floor<std::chrono::seconds>(object.modified);
  }
  return !validator.starts_with("W/") && ETag::from_client(validator) == object.etag;
}

S3Result<void> check_read_conditions(const Visit& visit, const storage::ObjectInfo& object) {
  const auto failed = failed_in(visit, "", object);
  if (!failed) return {};
  if (*failed == FailedCondition::match || *failed == FailedCondition::unmodified_since) {
    return std::unexpected(S3Error(ErrorCode::PreconditionFailed).with("Condition", name_of(*failed, "")));
  }
  return std::unexpected(S3Error(ErrorCode::NotModified)
                             .with("ETag", object.etag.quoted())
                             .with("Last-Modified", protocol::http_date(object.modified)));
}

S3Result<void> check_copy_conditions(const Visit& visit, const storage::ObjectInfo& source) {
  const auto failed = failed_in(visit, "x-amz-copy-source-", source);
  if (!failed) return {};
  return std::unexpected(
      S3Error(ErrorCode::PreconditionFailed).with("Condition", name_of(*failed, "x-amz-copy-source-")));
}

S3Result<storage::WriteCondition> write_condition(const Visit& visit) {
  storage::WriteCondition condition;
  const auto none_match = visit.headers().get("if-none-match");
  const auto match = visit.headers().get("if-match");
  if (!none_match && !match) return condition;
  if (none_match && match) {
    return not_implemented("If-Match,If-None-Match",
                           "Multiple conditional request headers present in the request");
  }
  if (none_match && *none_match != "*") {
    return not_implemented("If-None-Match",
                           "We don't accept the provided value of If-None-Match header for this API");
  }
  condition.must_not_exist = none_match.has_value();
  if (match) condition.must_match = named_etag(*match);
  // A delete from here to the commit is a conflict. Source: S3 user guide, "How to prevent object overwrites
  // with conditional writes".
  condition.existed = visit.store().object(visit.bucket(), visit.key()).has_value();
  return condition;
}

S3Result<std::optional<ETag>> delete_condition(const Visit& visit) {
  const auto match = visit.headers().get("if-match");
  if (!match) return std::nullopt;
  if (visit.query().has("versionId")) return not_implemented("If-Match", "");
  return named_etag(*match);
}

ETag named_etag(std::string_view text) {
  if (text == "*") return storage::any_etag();
  // A weak ETag is no object's: the text of none begins with W/.
  if (text.starts_with("W/")) return ETag::from_stored(std::string(text));
  // A quote may stand at one end alone (reported: moto, whose test runs on Amazon S3).
  if (text.starts_with('"')) text.remove_prefix(1);
  if (text.ends_with('"')) text.remove_suffix(1);
  return ETag::from_client(text);
}

}  // namespace partsmith::server
