#pragma once
/// Percent-encoding and query strings as S3 and Signature V4 use them. Pure functions.
/// Source: IAM user guide, "Create a signed AWS API request", UriEncode.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace partsmith::protocol {

enum class Slash { keep, encode };

/// Every byte but A-Z a-z 0-9 - _ . ~ becomes %XX with upper-case digits; '/' as asked.
std::string uri_encode(std::string_view text, Slash slash);
/// `%XX` becomes its byte; '+' stays '+'. Nothing when a '%' isn't followed by two hex digits.
std::optional<std::string> percent_decode(std::string_view text);

/// A query string as received: pairs in order, repeated names kept, names and values decoded ('+' is a
/// space). A name without '=' has an empty value and `has_value` false.
class Query {
 public:
  struct Parameter {
    std::string name;
    std::string value;
    bool has_value = false;
  };

  /// `text` without the '?'. Nothing when a percent sequence is malformed.
  static std::optional<Query> parse(std::string_view text);

  bool has(std::string_view name) const;
  /// The first value; names are compared exactly.
  std::optional<std::string_view> get(std::string_view name) const;
  const std::vector<Parameter>& parameters() const { return parameters_; }

 private:
  std::vector<Parameter> parameters_;
};

/// An origin-form request target split at its first '?'. `query` excludes it.
struct TargetParts {
  std::string_view path;
  std::string_view query;
};
TargetParts split_target(std::string_view target);

}  // namespace partsmith::protocol
