#pragma once
/// What a check works with: a signing client, a bucket, a prefix of its own, and expectations that note what
/// was sent and what came back.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
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

/// Thrown where a check turns out not to apply to an endpoint.
struct CheckSkipped {
  std::string reason;
};

/// An answer and what is expected of it. Each expectation that doesn't hold becomes a failure of the check;
/// the check goes on, so that one run tells all that differs. Texts for people say what S3 answers.
class Answer {
 public:
  Answer(CheckContext& context, std::size_t exchange, client::S3Answer answer);

  Answer& status(int expected);
  /// Status and Code of an error document.
  Answer& error(int status, std::string_view code);
  Answer& message(std::string_view expected);
  /// Another element of an error document.
  Answer& field(std::string_view name, std::string_view expected);

  Answer& header(std::string_view name, std::string_view expected);
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
  /// For what the others can't say.
  Answer& expect(bool holds, std::string expected, std::string actual);

  std::string header_value(std::string_view name) const { return std::string(answer_.headers.value(name)); }
  /// Empty when there is no such element.
  std::string text(std::string_view path) const;
  const client::S3Answer& answer() const { return answer_; }

 private:
  const protocol::XmlElement* find(std::string_view path) const;

  CheckContext* context_;
  std::size_t exchange_;
  client::S3Answer answer_;
  std::optional<protocol::XmlElement> document_;
  bool in_error_text_ = false;
  bool failed_ = false;
};

/// For one run of one check, in one thread.
class CheckContext {
 public:
  /// `limit` is what the check says it costs; more is refused. `pause` comes before the first repetition of
  /// send_until().
  CheckContext(client::S3Client& client, std::string bucket, std::string prefix, Cost limit,
               std::chrono::milliseconds pause);

  const std::string& bucket() const { return bucket_; }
  const std::string& prefix() const { return prefix_; }
  /// A key under the check's prefix.
  std::string key(std::string_view name = "object") const { return prefix_ + std::string(name); }
  client::S3Client& client() { return client_; }

  /// Signs, sends, notes. Without an answer the check fails and ends.
  Answer send(const client::S3Request& request);
  /// The same for a request that was prepared, and perhaps spoilt, by hand.
  Answer send(const client::HttpRequest& request, std::string_view key = {});

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

  /// Notes a failure about an exchange.
  void fail(std::size_t exchange, std::string expected, std::string actual, bool in_error_text = false);
  void fail_without_exchange(std::string expected, std::string actual);
  /// Notes that the check itself is wrong: not the endpoint's failure.
  void note_defect(std::string what);
  [[noreturn]] void end() const { throw CheckEnded(); }
  /// The endpoint does, by right, without what the check is about.
  [[noreturn]] void skip(std::string reason) const { throw CheckSkipped{std::move(reason)}; }

  const std::vector<Failure>& failures() const { return failures_; }
  const std::string& defect() const { return defect_; }
  /// Why no connection could be made; empty: none was missed.
  const std::string& unreachable() const { return unreachable_; }
  /// Whether an answer didn't come in time.
  bool timed_out() const { return timed_out_; }
  /// All that was sent, as a shell script that anyone can run.
  std::string reproduction() const { return reproduction_.script(); }
  const Cost& spent() const { return spent_; }
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
  };

  void refuse_excess(std::uint64_t bytes);
  /// How many bytes an answer may have: the check's stated cost is never exceeded.
  std::uint64_t left() const { return limit_.bytes - std::min(spent_.bytes, limit_.bytes); }
  /// Notes a request that is about to be sent, and its cost; the number of the exchange.
  std::size_t begin(std::string sent, std::uint64_t bytes);
  Answer finish(std::size_t exchange, std::expected<client::S3Answer, client::ClientError> answer);
  client::RawConnection connect(std::size_t exchange, const client::Origin& origin, std::string_view bytes);
  void note_effects(const client::S3Request& request, const client::S3Answer& answer);
  void respect_bounds(const client::S3Request& request, const client::S3Answer& answer) const;
  Answer exchange(client::HttpRequest request);

  client::S3Client& client_;
  std::string bucket_;
  std::string prefix_;
  Cost limit_;
  std::chrono::milliseconds pause_;
  Cost spent_;
  std::uint64_t sent_ = 0;  ///< of the bytes spent, our own
  std::vector<Exchange> exchanges_;
  std::vector<Failure> failures_;
  int granted_ = 0;
  std::string defect_;
  std::string unreachable_;
  bool timed_out_ = false;
  Reproduction reproduction_;
  std::set<std::string> touched_keys_;
  std::vector<client::UploadAddress> uploads_;
  std::set<std::string> made_buckets_;
};

}  // namespace partsmith::conformance
