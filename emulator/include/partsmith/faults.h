#pragma once
/// Rules that make an emulator's requests fail on demand, as C++ values. docs/faults.md is the manual: a rule
/// is said there as JSON, with the same names. C++17 and the standard library are enough.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace partsmith {

/// Types of faults, each with its own parameters. What is left empty is as the manual says.
namespace faults {

/// Answers with S3's error instead. After the commit the work is done all the same.
struct Error {
  std::string code = {};           ///< any of S3's, such as "SlowDown"; InternalError unless named
  std::optional<int> status = {};  ///< instead of the code's own
  std::string message = {};        ///< instead of the code's own
  std::optional<std::chrono::seconds> retry_after = {};
};
/// Answers 200, white space, and an error as its document.
struct ErrorIn200 {
  std::string code = {};     ///< InternalError unless named
  std::string message = {};  ///< instead of the code's own
};
/// Resets the connection (RST), in the midst of a body after so many bytes of it.
struct Reset {
  std::uint64_t after_bytes = 0;
};
/// Closes the connection without (the rest of) an answer.
struct Close {
  std::uint64_t after_bytes = 0;
};
/// Says nothing for that long, or with a time of 0 until the emulator ends, and then resets the connection.
struct Hang {
  std::chrono::milliseconds time = {};
  std::uint64_t after_bytes = 0;
};
/// Ends the answer's body early, against its Content-Length.
struct Truncate {
  std::uint64_t after_bytes = 0;
};
/// Flips a bit of the body.
struct Corrupt {
  std::uint64_t after_bytes = 0;
  unsigned bit = 0;  ///< of the byte, 0 to 7
};
/// Waits before it goes on.
struct Delay {
  std::chrono::milliseconds time = {};  ///< required
  std::uint64_t after_bytes = 0;
};
/// Moves the body no faster.
struct Throttle {
  std::uint64_t bytes_per_second = 0;  ///< required
};
/// Moves the body in small pieces.
struct Slice {
  std::uint64_t bytes = 1;
};
/// Answers with an ETag that is another's.
struct WrongEtag {};
/// Leaves a header out of the answer.
struct DropHeader {
  std::string header = {};  ///< required
};
/// Takes the body, and does the work only after a later request to the same key has done its own.
struct LateCommit {
  enum class Until { retry, complete, abort };
  Until until = Until::retry;
  bool answered = false;  ///< the client has its answer at once; else its connection is reset
};
/// Leaves what is younger, by the emulator's clock, out of a listing.
struct StaleListing {
  std::optional<std::chrono::seconds> younger_than = {};  ///< a minute unless named
};
/// Redirects to another region (PermanentRedirect).
struct Redirect {
  std::string region = {};
};
/// Refuses the session's token (ExpiredToken).
struct ExpiredToken {};
/// Never answers Expect: 100-continue, and reads the body if it comes.
struct NoContinue {};
/// Knows nothing of a part that Complete names (InvalidPart).
struct PartLost {};
/// Knows nothing of the upload (NoSuchUpload).
struct UploadExpired {};

}  // namespace faults

using Fault = std::variant<faults::Error, faults::ErrorIn200, faults::Reset, faults::Close, faults::Hang,
                           faults::Truncate, faults::Corrupt, faults::Delay, faults::Throttle, faults::Slice,
                           faults::WrongEtag, faults::DropHeader, faults::LateCommit, faults::StaleListing,
                           faults::Redirect, faults::ExpiredToken, faults::NoContinue, faults::PartLost,
                           faults::UploadExpired>;

/// When in a request's way. Not every fault can act at each time: see the manual.
enum class FaultWhen {
  before,           ///< before anything is done
  during_request,   ///< while the body comes
  after_commit,     ///< the work is done and stays done
  during_response,  ///< while the answer's body goes
};

/// Which requests: all that is said here. Texts are globs: '*' is any run of characters, '?' any one.
struct FaultMatch {
  std::vector<std::string> operations = {};  ///< any of them, as S3 names them; none: every operation
  std::string method = {};
  std::string bucket = {};
  std::string key = {};
  std::string upload_id = {};
  std::optional<std::pair<unsigned, unsigned>> part_numbers = {};  ///< first and last
  std::string access_key = {};
  std::map<std::string, std::string> headers = {};  ///< names and values that must be there
  std::optional<unsigned> attempt = {};  ///< of an SDK that tells it (amz-sdk-request); 1 is the first
  std::string user_agent = {};
};

struct FaultRule {
  std::string name = {};  ///< another rule of this name gives way; the type's name unless named
  FaultMatch match = {};
  std::uint64_t skip = 0;                             ///< so many matching requests pass first
  std::optional<std::uint64_t> times = {};            ///< then so many are hit; all unless named
  double probability = 1;                             ///< of each match, from 0 to 1
  std::uint64_t seed = 0;                             ///< the same seed and requests meet the same faults
  std::optional<std::chrono::seconds> lifetime = {};  ///< of the rule, by real time
  std::optional<FaultWhen> when = {};  ///< unless named, the first that the manual has for the fault's type
  Fault fault = {};
};

/// The rule as docs/faults.md has it.
std::string to_json(const FaultRule& rule);

}  // namespace partsmith
