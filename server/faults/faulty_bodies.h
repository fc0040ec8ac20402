#pragma once
/// Bodies of requests and answers that go wrong on their way.

#include <memory>
#include <string>

#include "faults/rule.h"
#include "http/message.h"
#include "visit.h"

namespace partsmith::server {

/// A request's body through the fault: waits, cuts, corrupts. `inner` outlives it, as the visit does.
class FaultyRequestBody final : public RequestBody {
 public:
  FaultyRequestBody(RequestBody& inner, Visit& visit, const Fault& fault)
      : inner_(inner), visit_(visit), fault_(fault) {}

  std::optional<std::uint64_t> length() const override { return inner_.length(); }
  bool framed() const override { return inner_.framed(); }
  void withhold_continue() override { inner_.withhold_continue(); }
  std::expected<void, BodyError> read(const Sink& sink) override;

 private:
  bool pass(ByteView run, const Sink& sink);
  bool pass_paced(ByteView run, const Sink& sink);

  RequestBody& inner_;
  Visit& visit_;
  const Fault fault_;
  std::uint64_t passed_ = 0;
  bool acted_ = false;
};

/// A body that has come already, and can be read more than once.
class HeldBody final : public RequestBody {
 public:
  explicit HeldBody(std::shared_ptr<const std::string> bytes) : bytes_(std::move(bytes)) {}

  std::optional<std::uint64_t> length() const override { return bytes_->size(); }
  bool framed() const override { return true; }
  std::expected<void, BodyError> read(const Sink& sink) override;

 private:
  std::shared_ptr<const std::string> bytes_;
};

/// Puts the fault between the answer's body and the edge.
void make_faulty(Response& response, const std::shared_ptr<Visit>& visit, const Fault& fault);

}  // namespace partsmith::server
