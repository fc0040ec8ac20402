#pragma once
/// One request, and everything that becomes known of it on its way through the stages (service.h): the record
/// from which the log, and whoever else observes, tells what happened. Owned by its answer until that is
/// sent.

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/protocol/operations.h>

#include "addressing.h"
#include "authorisation.h"
#include "claim.h"
#include "http/message.h"
#include "outcome.h"
#include "payload_signature.h"
#include "request_ids.h"
#include "router.h"
#include "world.h"

namespace partsmith::server {

class Authenticator;
class Service;
struct FaultRule;

/// The way of a request, in order. service.cc says what each does.
enum class Stage : std::uint8_t {
  address,
  route,
  claim,
  world,
  verify,
  authorise,
  before,
  perform,
  committed,
  answer,
  sent,
};
inline constexpr std::size_t stage_count = static_cast<std::size_t>(Stage::sent) + 1;
std::string_view to_string(Stage stage);

/// How a visit ended. Texts are empty where there is nothing to say.
struct VisitEnd {
  int status = 0;
  std::string_view error = {};          ///< S3's code; also of an error in a 200
  std::string message = {};             ///< the error's
  std::string cause = {};               ///< what was behind it, for the log: never sent
  std::string_view refused_by_s3 = {};  ///< the code with which Amazon S3 would have refused this
  protocol::Headers headers = {};       ///< of the answer, where somebody keeps them (Visit::keep_answer)
  Exchange exchange = {};
  std::chrono::steady_clock::duration took = {};
};

class Visit : public std::enable_shared_from_this<Visit> {
 public:
  using Duration = std::chrono::steady_clock::duration;

  Visit(Request came, RequestIds given, std::stop_token stops)
      : request(std::move(came)), ids(std::move(given)), stopping_(std::move(stops)) {}
  virtual ~Visit() = default;
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

  /// The head as it came: no stage writes into it. Its body can be read once.
  Request request;
  const RequestIds ids;
  const std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();

  // What is known from a stage on. Asked for earlier, these throw std::logic_error.

  /// From `address` on.
  const Address& address() const { return known(address_, "address"); }
  const protocol::Query& query() const { return address().query; }
  /// From `route` on.
  const protocol::OperationRow& operation() const;
  /// False of a request that asks for no operation.
  bool is(protocol::OperationId id) const { return operation_ != nullptr && operation_->id == id; }
  /// Why there is no operation.
  const std::optional<RouteRefusal>& unrouted() const { return unrouted_; }
  /// From `world` on.
  World& world() const;
  const std::shared_ptr<World>& shared_world() const { return world_; }
  storage::Store& store() const { return world().store; }
  const Clock& clock() const { return world().clock; }
  const VendorRules& rules() const { return world().rules; }
  MemoryBudget& memory() const { return world().memory; }
  /// From `verify` on.
  const Principal& principal() const { return known(principal_, "principal"); }
  const PayloadSignature& payload() const { return payload_; }
  /// The head as operations read it: lines of one name joined, what a presigned query adds beside them; of a
  /// form, its fields. Before `verify`, as it came.
  const protocol::Headers& headers() const { return view_ ? *view_ : request.headers; }
  /// From `authorise` on: what the operation is about. bucket() and key() throw where it has none.
  const Target& target() const { return known(target_, "target"); }
  const BucketName& bucket() const;
  const ObjectKey& key() const;
  /// Whether it is for partsmith's own endpoints.
  bool is_control() const { return is_control_; }
  bool has_target() const { return target_.has_value(); }
  bool has_key() const { return target_ && std::holds_alternative<ObjectTarget>(*target_); }

  // What may be missing.

  bool is_addressed() const { return address_.has_value(); }
  /// The operation's name, "Preflight" for CORS's OPTIONS, or empty where there is none.
  std::string_view operation_name() const;
  bool has_world() const { return world_ != nullptr; }
  bool is_verified() const { return principal_.has_value(); }

  /// AccessDenied when the principal may not do that to the resource. For operations that touch more than
  /// their target; the target itself was authorised by the stage.
  S3Result<void> authorise(std::string_view action, const Target& resource) const;

  /// From `verify` on: verifies what a form claims.
  const Authenticator& authenticator() const;
  /// The browser's form says in its fields what other requests say in their heads.
  void take_form(Principal principal, ObjectKey key, protocol::Headers fields);

  /// The answer's head is sent at once, as 200, and its body is what comes of `work`, an error too. `work`
  /// runs on the thread that sends, and may use this visit. Source: S3 API reference,
  /// CompleteMultipartUpload: "a 200 OK response can contain either a success or an error".
  void answer_late(std::move_only_function<Outcome()> work) { late_work_ = std::move(work); }

  /// Waits that long, without a worker's place; false, and at once, when the server stops.
  bool wait(Duration time) const;

  /// Puts another body, which reads the one that is there, in its place.
  void wrap_body(std::unique_ptr<RequestBody> body);
  /// A visit of the same request, authorised as this is, with a body that has come already. Nobody waits for
  /// its answer.
  std::shared_ptr<Visit> again_with(std::unique_ptr<RequestBody> body) const;

  /// The faults that act on this visit.
  std::vector<std::shared_ptr<const FaultRule>> faults = {};

  /// The error that the answer carries, for the record.
  void note_error(const protocol::S3Error& error);
  /// The answer's head, for the record.
  void keep_answer(const Response& response) { end_.headers = response.headers; }
  /// What a reader of the log should know of why an answer broke off. The first cause counts.
  void note_cause(std::string cause) const {
    if (end_.cause.empty()) end_.cause = std::move(cause);
  }
  /// What was done here, and Amazon S3 would have refused with that code: for the record.
  void note_refusal_of_s3(protocol::ErrorCode code) { end_.refused_by_s3 = protocol::traits(code).name; }
  /// Named by what acted on the visit from outside of S3: a fault, for instance.
  void note_acted(std::string what) { acted_.push_back(std::move(what)); }
  const std::vector<std::string>& acted() const { return acted_; }

  const VisitEnd& end() const { return end_; }
  Duration spent_in(Stage stage) const { return spent_[static_cast<std::size_t>(stage)]; }

 private:
  friend class Service;

  template <typename T>
  static const T& known(const std::optional<T>& fact, const char* name) {
    if (!fact) unknown(name);
    return *fact;
  }
  [[noreturn]] static void unknown(const char* name);

  std::optional<Address> address_;
  const protocol::OperationRow* operation_ = nullptr;
  std::optional<RouteRefusal> unrouted_;  ///< instead of an operation
  bool is_preflight_ = false;
  bool is_control_ = false;
  S3Result<Claim> claim_ = Claim{};
  std::shared_ptr<World> world_;
  std::optional<Principal> principal_;
  PayloadSignature payload_;
  const Authenticator* authenticator_ = nullptr;
  std::optional<protocol::Headers> view_;
  std::optional<Target> target_;
  std::move_only_function<Outcome()> late_work_;
  std::vector<std::unique_ptr<RequestBody>> bodies_;  ///< in whose place others stand, or that do
  std::vector<std::string> acted_;
  mutable VisitEnd end_;  ///< of which a reader of the visit may note a cause
  std::array<Duration, stage_count> spent_{};
  std::stop_token stopping_;
};

}  // namespace partsmith::server
