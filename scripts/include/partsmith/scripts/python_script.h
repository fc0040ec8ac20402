#pragma once
/// Scripts of Python, without any library, that send requests to an S3 endpoint in a bucket of their own, and
/// say whether what comes back is as expected. Whoever finds that a server differs hands one of these to its
/// makers.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <partsmith/client/endpoint.h>
#include <partsmith/client/s3_request.h>
#include <partsmith/scripts/claim.h>

namespace partsmith::scripts {

/// A claim that a script tells of: in words what is expected, and what was found when the script was written.
struct ToldClaim {
  Claim claim;
  std::string expected;
  std::string found = {};
};

/// What was done to a request after it had been signed: ("method", "", "DELETE"), ("target", old, new),
/// ("header", name, value), ("no header", name, ""), ("signature", "", "") for a wrong last digit, ("access
/// key", "", key).
struct Change {
  std::string what;
  std::string where;
  std::string to;
};

/// Of the body that was signed, from there on so many bytes; or a text of its own.
using BodyPiece = std::variant<std::pair<std::size_t, std::size_t>, std::string>;

/// An answer that a claim of kind "then" is compared with.
struct Answered {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// One request. Texts may hold placeholders: {bucket}; {UploadId:3}, the value of an element in the answer to
/// the step of number 3, without quotes around it, {UploadId:3:2} the second of that name, {header etag:3}
/// the same of a header; {upload:3}, {etag:3} (with its quotes), {version:3}, {token:3}, {key_marker:3},
/// {upload_marker:3}, {version_marker:3}; {http_date:60} and {iso_date:60}, a minute from now. What no answer
/// had there stands as it is.
struct Step {
  std::uint64_t number = 0;
  std::string operation = {};  ///< for people
  std::string method;
  std::string bucket = "{bucket}";  ///< empty: the service
  std::string key = {};             ///< empty: the bucket
  std::vector<std::pair<std::string, std::optional<std::string>>> query = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  client::Signing signing = client::Signing::header;
  bool signed_v2 = false;  ///< a URL of Signature V2, whatever `signing` says
  client::Payload payload = client::Payload::signed_whole;
  std::uint64_t chunk_bytes = 64 * 1024;                            ///< of the aws-chunked forms
  std::optional<std::pair<std::string, std::string>> trailer = {};  ///< of those with a trailer
  std::int64_t expires = 900;                                       ///< seconds, of a URL
  std::chrono::seconds age{0};                                      ///< it was signed so long ago
  bool by_stranger = false;                                         ///< signed with a wrong secret key
  bool by_other = false;  ///< signed with the keys of another account
  std::optional<std::string> policy =
      {};  ///< of a form: then the body may say {policy}, {policy_v4}, {policy_v2}
  std::vector<Change> changes = {};
  std::vector<std::pair<std::size_t, std::string>> changed_bytes = {};  ///< of the body; empty: another digit
  std::vector<BodyPiece> body_pieces = {};                              ///< where it became longer or shorter
  std::chrono::milliseconds after{0};     ///< it waits so long before it is sent
  std::optional<unsigned> together = {};  ///< sent at the same time as its neighbours of this number
  std::size_t around = 0;                 ///< so many of the next steps happen between its head and its body
  bool head_only = false;                 ///< the body is never sent
  std::optional<std::size_t> cut_after =
      {};  ///< so many bytes of the body, after which the connection is reset
  std::vector<ToldClaim> claims = {};
  std::optional<Answered> then = {};
  /// Placeholders that stood for the same value when the script was written, the first of which the step has.
  /// Where they differ now nobody knows which one it should have: a claim that doesn't hold from here on is
  /// unclear.
  std::vector<std::vector<std::string>> doubts = {};
};

struct Purpose {
  std::string about;          ///< what the script says of itself, a paragraph
  std::string bucket_prefix;  ///< of the name of its bucket
  client::Endpoint endpoint;
  std::string region;
};

/// Its exit code: 0 when all claims hold, 1 when one doesn't, 2 when a person has to look.
std::string python_script(const Purpose& purpose, const std::vector<Step>& steps);

/// What is the same in each script, most of it: who keeps many keeps it once.
std::string_view common_part();

}  // namespace partsmith::scripts
