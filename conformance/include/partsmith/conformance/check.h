#pragma once
/// A check: one thing that Amazon S3 does, and where that is known from.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace partsmith::conformance {

class CheckContext;

enum class Level {
  must,    ///< documented and recorded: clients rely on it
  should,  ///< documented, or recorded, but seldom relied on
  quirk,   ///< what S3 happens to do, or where sources disagree
  text     ///< wording and decoration: messages, headers that are told again or too many
};

std::string_view to_string(Level level);
std::optional<Level> level_by_name(std::string_view name);

/// What a check needs beyond one bucket that it shares with others.
enum class Need {
  own_bucket,     ///< a bucket made for it alone, so that a listing of all of it can be known
  versioning,     ///< and that this bucket can have versions
  object_lock,    ///< and that this bucket is made with Object Lock
  tagging,        ///< objects that have tags
  post_forms,     ///< POST Object, as browsers send it
  lifecycle,      ///< buckets that have lifecycle rules
  cors,           ///< buckets that say which pages of other origins they are for
  encryption,     ///< buckets that say how what is put into them is encrypted
  acl,            ///< objects and buckets that tell who may do what
  other_region,   ///< an endpoint of another region than us-east-1
  second_account  ///< keys of another account
};

std::string_view to_string(Need need);

/// What a check costs at most, apart from cleaning up after it; or what was spent.
struct Cost {
  std::uint64_t requests = 0;
  std::uint64_t bytes = 0;  ///< of bodies, sent and received; a check states those of parts and objects only

  Cost& operator+=(const Cost& other) {
    requests += other.requests;
    bytes += other.bytes;
    return *this;
  }
  bool operator==(const Cost&) const = default;
};

/// What a request and its answer may take for XML documents, beyond the stated bytes.
inline constexpr std::uint64_t document_allowance = 4096;

struct Check {
  std::string id;  ///< stable: "multipart.complete.entity-too-small"
  std::string title;
  Level level = Level::must;
  std::string source;  ///< "recording: <case>", or the page of the documentation; see source.h
  Cost cost = {};
  std::vector<Need> needs = {};
  std::function<void(CheckContext&)> body = {};
  /// How many requests more it may take until a bucket's configuration is in force.
  unsigned repeats = 0;
  /// It asks at the same time what may come in any order: once seen, a wrong answer is proved, and another
  /// run would have luck.
  bool by_chance = false;
  /// It takes thousands of requests, or gigabytes at an endpoint that copies bytes: run only when asked for.
  bool costly = false;

  /// The stated cost with the documents, and with the requests that may have to be repeated.
  Cost most() const {
    const auto requests = cost.requests + repeats;
    return {requests, cost.bytes + requests * document_allowance};
  }
};

}  // namespace partsmith::conformance
