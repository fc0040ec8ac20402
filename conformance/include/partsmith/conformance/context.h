#pragma once
/// What a check works with: a signing client, a bucket, a prefix of its own, and expectations that note what
/// was sent and what came back.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/client/multipart_requests.h>
#include <partsmith/client/raw_connection.h>
#include <partsmith/client/s3_client.h>
#include <partsmith/conformance/check.h>
#include <partsmith/conformance/reproduction.h>
#include <partsmith/conformance/result.h>

namespace partsmith::conformance {

class CheckContext;

/// Thrown where a check cannot go on, after its failure was noted; the runner catches it. (A check is a
/// straight list of steps; returning each step's failure by hand would hide what it says.)
struct CheckEnded {};

/// Thrown where a check turns out not to apply to an endpoint, or can't be judged.
struct CheckSkipped {
  std::string reason;
  Outcome outcome = Outcome::skipped;
};

class Evidence;
class Allowance;

/// What a check is run with.
struct CheckSettings {
  std::string bucket;
  std::string prefix;
  Cost limit;                          ///< what it says it costs; more is refused
  std::chrono::milliseconds pause{0};  ///< see RunOptions
  int attempts = 1;                    ///< see RunOptions
  Level level = Level::must;           ///< its own
  Level counted = Level::text;         ///< lesser differences aren't counted
  Evidence* evidence = nullptr;        ///< of the run; none: nothing is noted
  std::stop_token stop = {};           ///< ends what is under way
  Allowance* allowance = nullptr;      ///< for what is sent beyond the limit; none: no end of it
  client::S3Client* second = nullptr;  ///< of another account; none: the check needs none
};

/// An answer and what is expected of it. Each expectation that doesn't hold becomes a failure of the check;
/// the check goes on, so that one run tells all that differs. Texts for people say what S3 answers.
class Answer {
 public:
  Answer(CheckContext& context, std::size_t exchange, client::S3Answer answer);
  // Written once: thousands of places have one.
  Answer(const Answer& other);
  Answer(Answer&& other) noexcept;
  Answer& operator=(const Answer& other);
  Answer& operator=(Answer&& other) noexcept;
  ~Answer();

  Answer& status(int expected);
  /// Status and Code of an error document.
  Answer& error(int status, std::string_view code);
  Answer& message(std::string_view expected);
  /// The words of an element within a document.
  Answer& wording(std::string_view path, std::string_view expected);
  /// Another element of an error document.
  Answer& field(std::string_view name, std::string_view expected);

  Answer& header(std::string_view name, std::string_view expected);
  /// A header that tells what is known anyway: of level text, as is one too many that does no harm.
  Answer& decoration(std::string_view name, std::string_view expected);
  Answer& no_decoration(std::string_view name);
  Answer& has_header(std::string_view name);
  Answer& no_header(std::string_view name);
  Answer& body(std::string_view expected);

  /// The body is a document with that root.
  Answer& document(std::string_view root);
  /// Text at a path below the root: "Part[2]/ETag"; the first of its name unless numbered.
  Answer& element(std::string_view path, std::string_view expected);
  Answer& has_element(std::string_view path);
  Answer& no_element(std::string_view path);
  /// How many of that name stand below the root.
  Answer& elements(std::string_view name, std::size_t expected);

  /// Ends the check here if any expectation of this answer failed: what follows would make no sense.
  Answer& required();
  /// For what the others can't say. `claim`: the same for scripts; else they hold the answer against this
  /// one.
  Answer& expect(bool holds, std::string expected, std::string actual, scripts::Claim claim = {});

  std::string header_value(std::string_view name) const { return std::string(answer_.headers.value(name)); }
  /// Empty when there is no such element.
  std::string text(std::string_view path) const;
  const client::S3Answer& answer() const { return answer_; }

 private:
  const protocol::XmlElement* find(std::string_view path) const;
  /// What `expectations` note is of this level at most.
  Answer& at_most(Level level, const std::function<void()>& expectations);

  CheckContext* context_;
  std::size_t exchange_;
  client::S3Answer answer_;
  std::optional<protocol::XmlElement> document_;
  bool in_error_text_ = false;
  Level floor_ = Level::must;
  bool failed_ = false;
};

/// The client as a check sees it: what it prepares is remembered, so that a script can tell how it was
/// changed.
class PreparingClient {
 public:
  PreparingClient(const client::S3Client& client, Reproduction& reproduction)
      : client_(client), reproduction_(reproduction) {}

  /// The request as it goes over the wire.
  client::HttpRequest prepare(const client::S3Request& request);
  const client::Endpoint& endpoint() const { return client_.endpoint(); }
  const client::S3ClientOptions& options() const { return client_.options(); }

 private:
  const client::S3Client& client_;
  Reproduction& reproduction_;
};

/// For one run of one check, in one thread.
class CheckContext {
 public:
  CheckContext(client::S3Client& client, CheckSettings settings);

  /// No bucket has that name. It is this check's own: a server that takes some request for the making of a
  /// bucket misleads no other check.
  const std::string& missing_bucket() const { return missing_bucket_; }
  const std::string& bucket() const { return settings_.bucket; }
  std::string prefix() const { return settings_.prefix + round_; }
  /// A key under the check's prefix.
  std::string key(std::string_view name = "object") const { return prefix() + std::string(name); }
  PreparingClient& client() { return preparing_; }

  /// Signs, sends, notes. Without an answer the check fails and ends.
  Answer send(const client::S3Request& request);
  /// The same for a request that was prepared, and perhaps spoilt, by hand.
  Answer send(const client::HttpRequest& request, std::string_view key = {});

  /// The same by the keys of another account, which the check says that it needs.
  Answer send_by_other(const client::S3Request& request);

  /// From now on keys lie under a prefix of the round's own, below the check's.
  void begin_round(unsigned number) { round_ = "round-" + std::to_string(number) + '/'; }

  /// Until the next request, in scripts, too; cut short where the run is stopped.
  void wait(std::chrono::milliseconds time);

  /// Sends it again, after pauses that grow, until the answer is as wanted: what a bucket is configured with
  /// may take a while to be in force. The last answer, after a few attempts. Each beyond the first is one of
  /// the check's `repeats`. Source: S3 user guide, "What is Amazon S3?", data consistency model.
  Answer send_until(const client::S3Request& request, const std::function<bool(const Answer&)>& wanted);

  /// All at the same time, each in a thread of its own; the answers in the order of the requests.
  std::vector<Answer> send_together(const std::vector<client::S3Request>& requests);
  /// These bytes over a connection of their own, and what is answered; interim answers are left out.
  /// `request` says where to, and whether it is HEAD.
  Answer send_bytes(const client::HttpRequest& request, std::string bytes, std::string_view key = {});
  /// These bytes, after which the connection is reset: nothing is answered.
  void send_and_cut(const client::HttpRequest& request, std::string bytes);

  /// The head of a request that expects 100-continue; `meanwhile`, when the endpoint has said that it waits
  /// for the body, or nothing for a while; then the body.
  Answer send_around(const client::HttpRequest& request, std::string_view key,
                     const std::function<void()>& meanwhile);

  /// The head of a request that expects 100-continue, and what is answered to it. Nothing when the endpoint
  /// asks for the body, or says nothing for a few seconds: it may decide later.
  std::optional<Answer> send_head(const client::HttpRequest& request, std::string_view key);

  /// What may be there because of this check though no request has it as its key.
  void touches(std::string key) { touched_keys_.insert(std::move(key)); }

  // Steps that a check takes for granted. If one fails, the check fails and ends.
  client::UploadAddress create(std::string_view name = "object", const protocol::Headers& headers = {});
  client::ListedPart part(const client::UploadAddress& upload, unsigned number, client::Body body,
                          const protocol::Headers& headers = {});
  Answer complete(const client::UploadAddress& upload, const std::vector<client::ListedPart>& parts);
  Answer put(std::string_view name, std::string body, const protocol::Headers& headers = {});

  // Requests about a key of the check, not yet sent.
  client::S3Request get(std::string_view name = "object") const { return request("GET", name); }
  client::S3Request head(std::string_view name = "object") const { return request("HEAD", name); }
  client::S3Request request(std::string method, std::string_view name) const;

  /// Notes a failure about an exchange, unless the run doesn't count what matters as little as `floor`, or as
  /// the check itself. Whether it was noted.
  bool fail(std::size_t exchange, std::string expected, std::string actual, bool in_error_text = false,
            Level floor = Level::must, scripts::Claim claim = {});
  void fail_without_exchange(std::string expected, std::string actual);
  /// Notes that the check itself is wrong: not the endpoint's failure.
  void note_defect(std::string what);
  [[noreturn]] void end() const { throw CheckEnded(); }
  /// The endpoint does, by right, without what the check is about.
  [[noreturn]] void skip(std::string reason) const { throw CheckSkipped{std::move(reason)}; }
  [[noreturn]] void not_offered(std::string reason) const {
    throw CheckSkipped{std::move(reason), Outcome::not_offered};
  }

  const std::vector<Failure>& failures() const { return failures_; }
  std::size_t beyond_level() const { return beyond_level_; }
  const std::string& defect() const { return defect_; }
  /// Whether a connection was lost or the endpoint was too busy: what was asked may have been done twice.
  bool disturbed() const { return disturbed_; }
  /// Whether the endpoint got anything of it.
  bool reached() const { return reached_; }
  /// The endpoint's last word was that it is too busy; in its words.
  const std::string& busy() const { return busy_; }
  /// It has no room; in its words.
  const std::string& full() const { return full_; }
  /// The answer to the request of that number, as text.
  std::string received(std::size_t exchange) const {
    return exchange < exchanges_.size() ? exchanges_[exchange].received : std::string();
  }
  /// Why no connection could be made; empty: none was missed.
  const std::string& unreachable() const { return unreachable_; }
  /// Whether an answer didn't come in time.
  bool timed_out() const { return timed_out_; }
  /// What was sent once more, and why.
  const std::vector<std::string>& sent_again() const { return sent_again_; }
  /// All that was sent, and what came back.
  const Reproduction& reproduction() const { return reproduction_; }
  Cost spent() const {
    Cost all = spent_;
    return all += repeated_;
  }
  /// What may be there because of this check.
  const std::set<std::string>& touched_keys() const { return touched_keys_; }
  const std::vector<client::UploadAddress>& uploads() const { return uploads_; }
  /// Buckets that a request made, though it should have been refused.
  const std::set<std::string>& made_buckets() const { return made_buckets_; }

 private:
  /// While it lives, failures are of a step that is taken for granted.
  class SetupStep {
   public:
    explicit SetupStep(CheckContext& context) : context_(context) { ++context_.granted_; }
    ~SetupStep() { --context_.granted_; }
    SetupStep(const SetupStep&) = delete;
    SetupStep& operator=(const SetupStep&) = delete;

   private:
    CheckContext& context_;
  };

  struct Exchange {
    std::string sent;
    std::string received;
    std::string operation;
    int status = 0;
    std::string code;
  };
  using Received = std::expected<client::S3Answer, client::ClientError>;

  /// Sends again, as SDKs do, what was lost on its way or met an endpoint that was busy.
  Received persist(std::size_t exchange, std::uint64_t bytes, const std::function<Received()>& attempt);
  bool may_repeat(std::uint64_t bytes);
  void note_repetition(std::size_t exchange, const std::string& why);
  void refuse_excess(std::uint64_t bytes);
  /// How many bytes an answer may have: the check's stated cost is never exceeded.
  std::uint64_t left() const { return settings_.limit.bytes - std::min(spent_.bytes, settings_.limit.bytes); }
  /// Notes a request that is about to be sent, and its cost; the number of the exchange.
  std::size_t begin(const client::HttpRequest& request, std::string sent, std::uint64_t bytes);
  Answer finish(std::size_t exchange, std::expected<client::S3Answer, client::ClientError> answer);
  client::RawConnection connect(std::size_t exchange, const client::Origin& origin, std::string_view bytes);
  void note_effects(const client::S3Request& request, const client::S3Answer& answer);
  void respect_bounds(const client::S3Request& request, const client::S3Answer& answer) const;
  Answer exchange(client::HttpRequest request, std::string_view by = {});

  client::S3Client& client_;
  CheckSettings settings_;
  const std::string missing_bucket_;
  std::string round_;
  Cost spent_;
  Cost repeated_;           ///< beyond what the check sends; guarded by mutex_
  std::uint64_t sent_ = 0;  ///< of the bytes spent, our own
  std::vector<Exchange> exchanges_;
  std::vector<Failure> failures_;
  std::size_t beyond_level_ = 0;
  int granted_ = 0;
  std::mutex mutex_;  ///< of what requests that are sent together note
  bool disturbed_ = false;
  bool reached_ = false;
  std::string busy_;
  std::string full_;
  std::string defect_;
  std::string unreachable_;
  bool timed_out_ = false;
  std::vector<std::string> sent_again_;  ///< guarded by mutex_
  Reproduction reproduction_;
  PreparingClient preparing_;
  std::set<std::string> touched_keys_;
  std::vector<client::UploadAddress> uploads_;
  std::set<std::string> made_buckets_;
};

}  // namespace partsmith::conformance
