#include "operations/conditions.h"

#include <chrono>

#include <partsmith/protocol/dates.h>

#include "operations/answers.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

/// One of the two families of headers: `prefix` is empty or "x-amz-copy-source-".
class Conditions {
 public:
  Conditions(const Call& call, std::string prefix, const storage::ObjectInfo& object)
      : call_(call), prefix_(std::move(prefix)), object_(object) {}

  /// Whether the header is there and holds, or fails; nothing when it isn't there.
  std::optional<bool> etag_listed(std::string_view name) const {
    const auto header = call_.headers().get(prefix_ + std::string(name));
    if (!header) return std::nullopt;
    std::string_view rest = *header;
    while (true) {
      const std::size_t comma = rest.find(',');
      const std::string_view tag = protocol::trimmed(rest.substr(0, comma));
      if (tag == "*" || ETag::from_client(tag) == object_.etag) return true;
      if (comma == std::string_view::npos) return false;
      rest.remove_prefix(comma + 1);
    }
  }

  std::optional<bool> modified_since(std::string_view name) const {
    const auto header = call_.headers().get(prefix_ + std::string(name));
    const auto date = header ? protocol::parse_http_date(*header) : std::nullopt;
    if (!date || *date > call_.world.clock.now()) return std::nullopt;
    // The header holds whole seconds, and so does the Last-Modified that it came from.
    return std::chrono::floor<std::chrono::seconds>(object_.modified) > *date;
  }

 private:
  const Call& call_;
  std::string prefix_;
  const storage::ObjectInfo& object_;
};

std::unexpected<S3Error> failed(std::string condition) {
  return std::unexpected(S3Error(ErrorCode::PreconditionFailed).with("Condition", std::move(condition)));
}

}  // namespace

S3Result<void> check_read_conditions(const Call& call, const storage::ObjectInfo& object) {
  const Conditions conditions(call, "", object);
  const auto match = conditions.etag_listed("if-match");
  if (match == false) return failed("If-Match");
  // If-Match that holds makes If-Unmodified-Since not count, as RFC 9110 has it.
  if (!match && conditions.modified_since("if-unmodified-since") == true) return failed("If-Unmodified-Since");

  const auto none_match = conditions.etag_listed("if-none-match");
  if (none_match == true || (!none_match && conditions.modified_since("if-modified-since") == false)) {
    return std::unexpected(S3Error(ErrorCode::NotModified)
                               .with("ETag", object.etag.quoted())
                               .with("Last-Modified", protocol::http_date(object.modified)));
  }
  return {};
}

S3Result<void> check_copy_conditions(const Call& call, const storage::ObjectInfo& source) {
  const Conditions conditions(call, "x-amz-copy-source-", source);
  const auto match = conditions.etag_listed("if-match");
  if (match == false) return failed("x-amz-copy-source-If-Match");
  if (!match && conditions.modified_since("if-unmodified-since") == true) {
    return failed("x-amz-copy-source-If-Unmodified-Since");
  }
  const auto none_match = conditions.etag_listed("if-none-match");
  if (none_match == true) return failed("x-amz-copy-source-If-None-Match");
  if (!none_match && conditions.modified_since("if-modified-since") == false) {
    return failed("x-amz-copy-source-If-Modified-Since");
  }
  return {};
}

S3Result<storage::WriteCondition> write_condition(const Call& call) {
  storage::WriteCondition condition;
  const auto none_match = call.headers().get("if-none-match");
  const auto match = call.headers().get("if-match");
  if (none_match && (match || *none_match != "*")) {
    return std::unexpected(S3Error(ErrorCode::NotImplemented).with("Header", "If-None-Match"));
  }
  if (match && *match == "*") {
    return std::unexpected(S3Error(ErrorCode::NotImplemented).with("Header", "If-Match"));
  }
  condition.must_not_exist = none_match.has_value();
  if (match) condition.must_match = ETag::from_client(*match);
  // A delete from here to the commit is a conflict. Source: S3 user guide, "How to prevent object overwrites with
  // conditional writes".
  condition.existed = (match || none_match) && call.store().object(*call.bucket, *call.key).has_value();
  return condition;
}

}  // namespace partsmith::server
