#pragma once
/// One request of a sequence, before it is known what the servers will call things.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <partsmith/client/s3_request.h>

namespace partsmith::explore {

/// Texts may hold placeholders for what a server made at an earlier step of the sequence: {upload:3} the
/// upload id of step 3, {etag:3}, {version:3}, {token:3} (a continuation token), {key_marker:3},
/// {upload_marker:3}, {version_marker:3}, {bucket}. What a server didn't make there stands as it is.
struct Step {
  std::uint64_t number = 0;    ///< kept when other steps are left out
  std::string_view operation;  ///< S3's name
  std::string method;
  std::string key;                                         ///< empty: the bucket
  std::vector<std::pair<std::string, std::string>> query;  ///< an empty value: `?uploads`
  std::vector<std::pair<std::string, std::string>> headers;
  std::string text;        ///< the body, or
  std::uint64_t size = 0;  ///< so many bytes of filler(seed)
  std::uint64_t seed = 0;
  client::Payload payload = client::Payload::signed_whole;
  client::Signing signing = client::Signing::header;
  bool late = false;         ///< signed two hours ago
  bool by_stranger = false;  ///< signed with a wrong secret key
};

/// "7:7:7:…", for the seed 7.
std::string filler(std::uint64_t seed, std::uint64_t size);
/// The step as a person reads it.
std::string line_of(const Step& step);

}  // namespace partsmith::explore
