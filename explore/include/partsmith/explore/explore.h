#pragma once
/// What no catalogue imagines: random sequences of S3 requests to an endpoint and to a reference, side by
/// side, until their answers differ; then the shortest sequence that shows it.
///
/// Ids, tokens and dates that a server makes are compared by what they name, messages aren't compared. The
/// same seed makes the same sequences.

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include <partsmith/client/s3_client.h>

namespace partsmith::explore {

/// A server. Its buckets are made and removed as the sequences need them.
struct Side {
  client::S3Client& client;    ///< follows no region
  client::S3Client& stranger;  ///< the same with a wrong secret key
  client::S3Client& late;      ///< the same with a clock that is two hours behind
  std::string bucket_prefix;   ///< buckets are this and a number
};

struct Options {
  std::uint64_t seed = 1;
  std::size_t sequences = 100;       ///< at most
  std::size_t steps = 40;            ///< of a sequence
  std::chrono::seconds time{600};    ///< then no new sequence begins
  std::uint64_t requests = 100'000;  ///< to the endpoint; then no new sequence begins
  std::set<std::string> known = {};  ///< differences that are left out, by Difference::id
  std::stop_token stop = {};
};

/// Where the answers to one request differ.
struct Difference {
  std::string id;        ///< of all of its kind: "ListParts xml ListPartsResult/Part/ETag",
                         ///< "GetObject answer 404 NoSuchKey -> 200"
  std::string expected;  ///< the reference's; empty: it says nothing there
  std::string actual;    ///< the endpoint's
};

struct Finding {
  Difference difference;
  std::uint64_t sequence = 0;      ///< which of the seed's showed it
  std::vector<std::string> steps;  ///< the shortest sequence, a line each; the last one's answers differ
  bool unsteady = false;           ///< it didn't come again
  std::string script;              ///< in Python, with nothing but its library
};

struct Report {
  std::vector<Finding> findings;      ///< one of each id
  std::set<std::string> not_offered;  ///< operations that the endpoint says it doesn't implement
  std::set<std::string> seen_known;   ///< of Options::known
  std::size_t sequences = 0;
  std::uint64_t requests = 0;     ///< to the endpoint
  std::vector<std::string> left;  ///< buckets of the endpoint that couldn't be removed
  unsigned falls = 0;             ///< how often the endpoint went away and came back
  std::string lost;               ///< why it ended early; empty: it didn't
};

/// A request that the endpoint doesn't answer is a difference, too. Of an endpoint that went away and comes
/// back within half a minute the rest is asked; one that stays away ends it, with what was found. `told` is
/// called before each sequence and each step of a shrinking. The error is one line: nothing could be asked.
std::expected<Report, std::string> explore(const Side& reference, const Side& endpoint,
                                           const Options& options,
                                           const std::function<void(const Report&)>& told = {});

}  // namespace partsmith::explore
