#pragma once
/// `s3://bucket/key` as people write it.

#include <expected>
#include <string>
#include <string_view>

namespace partsmith::client {

struct S3Url {
  std::string bucket;
  std::string key;  ///< as it is, not encoded; empty for the bucket; of a folder it ends with '/'

  /// The error is one line fit for a person. The bucket's name is checked, the key's length too.
  static std::expected<S3Url, std::string> parse(std::string_view text);
  static bool is_one(std::string_view text) { return text.starts_with("s3://"); }

  std::string text() const { return "s3://" + bucket + (key.empty() ? "" : '/' + key); }
  /// The key as a prefix of what lies below it: ends with '/' unless it is empty.
  std::string folder() const { return key.empty() || key.ends_with('/') ? key : key + '/'; }
  bool operator==(const S3Url&) const = default;
};

}  // namespace partsmith::client
