#pragma once
/// What listings share: numbers and opaque tokens in queries, encoding-type, and how keys are written.
/// docs/kinds/listings.md has every parameter of every listing with each kind of value, and where the answer
/// is known from.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <partsmith/protocol/xml.h>

#include "visit.h"

namespace partsmith::server {

/// How one listing takes one number. Amazon S3 judges it twice: whether it is a number, before it looks for
/// the bucket, and whether it is in range, after it has found bucket and upload.
struct NumberRule {
  std::string_view operation;  ///< "ListObjectsV2"
  std::string_view parameter;  ///< "max-keys"
  std::int32_t absent;         ///< the value of an absent or empty parameter
  std::int32_t least;
  std::int32_t most;
  std::string_view argument;  ///< ArgumentName of a value out of range; of any other it is the parameter
  /// What is said of a value out of range; empty: "Argument <argument> must be an integer between <least> and
  /// <most>", with its ArgumentValue.
  std::string_view out_of_range = {};
};

/// The rule of the operation that is called. The operation and the parameter must have one.
const NumberRule& number_rule(const Visit& visit, std::string_view parameter);

/// The number in the query: digits, or a '-' and digits, with any number of leading zeros, that are a 32-bit
/// integer. InvalidArgument naming the parameter otherwise. The first value counts when there are two.
S3Result<std::int32_t> number_parameter(const Visit& visit, const NumberRule& rule);
/// InvalidArgument when the number is out of the rule's range.
S3Result<std::uint32_t> number_in_range(const NumberRule& rule, std::int32_t number);

/// An error that Amazon S3 tells only of buckets that exist: NoSuchBucket comes before it.
std::unexpected<protocol::S3Error> after_bucket(const Visit& visit, protocol::S3Error error);

/// A parameter of the other kind of listing, which Amazon S3 refuses, empty or not: InvalidArgument with the
/// message.
S3Result<void> refuse_parameter(const Visit& visit, std::string_view name, std::string_view message);

/// Opaque tokens hold a key. InvalidArgument when the text is not one that make_token() gave.
std::string make_token(std::string_view key);
S3Result<std::optional<std::string>> opaque_token(const Visit& visit, std::string_view name);

/// encoding-type=url and how it changes the names in a listing.
class NameEncoding {
 public:
  /// InvalidArgument when the parameter is there, empty or not, and isn't "url" in any letter case.
  static S3Result<NameEncoding> of(const Visit& visit);

  /// As S3 writes names: untouched, or encoded with '/' and '*' kept and a space as '+'.
  std::string operator()(std::string_view name) const;
  /// EncodingType as the request has it, when it has it.
  void write_type(protocol::XmlWriter& document) const;

 private:
  std::optional<std::string> type_;
};

}  // namespace partsmith::server
